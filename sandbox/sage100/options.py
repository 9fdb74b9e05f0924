"""What an administrator sets up: required fields, deleted orders kept or not, locked users."""

from contextlib import closing
from pathlib import Path
from typing import Literal

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .dictionary import Table
from .seed import COMPANIES, USER
from .store import SYSTEM, Store, database
from .tables_ar import AR_CUSTOMER
from .tables_so import SO_OPTIONS, SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER
from .tables_sy import SY_USER, SY_USER_DEFINED_FIELD
from .wire import AbsentError, BadRequestError, Body, answering, body_of

Flag = Literal["Y", "N"]

_FILES: dict[str, Table] = {
    table.name: table for table in (AR_CUSTOMER, SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER)
}


class RequiredField(Body):
    """Whether records of a file need a value in one of its fields."""

    file: str
    field: str
    required: bool = True


class OrderOptions(Body):
    """Options of the sales order module."""

    RetainDeletedOrders: Flag


class UserState(Body):
    """Whether the one user is locked out."""

    locked: bool


class Options:
    """The endpoints over one installation.

    Args:
        home: Its folder, already filled.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def routes(self) -> list[Route]:
        """Return the routes."""
        options = "/_control/companies/{company}/sales-order-options"
        return [
            Route("/_control/required-fields", answering(self.require), methods=["POST"]),
            Route("/_control/user", answering(self.lock), methods=["POST"]),
            Route(options, answering(self.set_orders), methods=["POST"]),
        ]

    async def require(self, request: Request) -> Response:
        """Demand a value in a field, in all companies, or demand it no longer."""
        body = await body_of(request, RequiredField)
        table = _FILES.get(body.file)
        if table is None or body.field not in table.columns:
            raise BadRequestError(f"{body.file} has no field {body.field}, or is not set up here.")
        record = {"FileName": body.file, "FieldName": body.field}
        self._put(SYSTEM, SY_USER_DEFINED_FIELD, record | {"Required": "NY"[body.required]})
        return JSONResponse(body.model_dump())

    async def lock(self, request: Request) -> Response:
        """Lock the user out of Sage 100, or let it in again."""
        body = await body_of(request, UserState)
        with closing(Store(database(self._home, SYSTEM))) as system:
            user = system.get(SY_USER, USER) or {}
            system.put(SY_USER, user | {"Locked": "NY"[body.locked]})
        return JSONResponse(body.model_dump())

    async def set_orders(self, request: Request) -> Response:
        """Set the options of a company's sales orders."""
        body = await body_of(request, OrderOptions)
        company = request.path_params["company"]
        if company not in COMPANIES:
            raise AbsentError(f"There is no company {company}.")
        self._put(company, SO_OPTIONS, {"ModuleCode": "S/O"} | body.model_dump())
        return JSONResponse(body.model_dump())

    def _put(self, name: str, table: Table, record: dict[str, str]) -> None:
        with closing(Store(database(self._home, name))) as store:
            store.put(table, record)
