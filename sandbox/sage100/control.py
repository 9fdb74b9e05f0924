"""The control API of the simulated Sage 100: look inside, work as the staff does, make it fail."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import faults, views
from .clock import WorkstationClock, stamp_date
from .company import Company
from .hand_work import edit_order, make_order
from .invoices import Invoices
from .options import Options
from .order_files import OrderFiles
from .posting import mark, post_invoice
from .seed import COMPANIES, USER_KEY, fill
from .session import forget_dead_sessions
from .shipping import ship
from .store import SYSTEM, Store, database
from .tables_ar import AR_CUSTOMER
from .wire import AbsentError, BadRequestError, Body, answering, body_of, first_line

Fields = dict[str, str]
Flag = Literal["Y", "N"]
Quantity = Annotated[Decimal, Field(ge=0)]


class HandMadeOrder(Body):
    """An order that a person enters under a number of their own."""

    SalesOrderNo: str
    header: Fields
    lines: list[Fields]


class HandEdit(Body):
    """What a person changes on an open order."""

    header: Fields = Field(default_factory=Fields)
    add: list[Fields] = Field(default_factory=list[Fields])
    change: dict[str, Fields] = Field(default_factory=dict[str, Fields])
    remove: list[str] = Field(default_factory=list[str])


class Shipment(Body):
    """The packages of an order."""

    tracking: list[str] = Field(default_factory=list[str])


class HeaderMarks(Body):
    """What Sage 100 itself keeps in an order's header while the order is worked on."""

    SalesOrderPrinted: Flag | None = None
    PickingSheetPrinted: Flag | None = None
    CurrentInvoiceNo: Annotated[str, Field(max_length=7)] | None = None
    OrderStatus: Literal["N", "O", "C", "H"] | None = None


class Marks(Body):
    """What the staff's work leaves on an open order: header columns, shipped quantity by line."""

    header: HeaderMarks = HeaderMarks()
    shipped: dict[str, Quantity] = Field(default_factory=dict[str, Quantity])


class NoFields(Body):
    """An action that needs no more said."""


class Reset(Body):
    """Which seed to start anew from."""

    seed: int = 1


class FaultOrder(Body):
    """One thing to do wrong; `count` null means until faults are deleted."""

    kind: faults.FaultKind
    count: Annotated[int, Field(ge=1, le=faults.MAX_COUNT)] | None = 1
    seconds: Annotated[Decimal, Field(ge=0, le=faults.MAX_SECONDS)] = Decimal(0)
    on: Literal["call", "write", "commit"] = "call"
    object: str = ""
    text: str = ""


class Control:
    """The endpoints over one installation.

    Args:
        home: Its folder, already filled.
    """

    def __init__(self, home: Path) -> None:
        self._home = home

    def app(self) -> Starlette:
        """Return the application."""
        company = "/_control/companies/{company}"
        order = company + "/sales-orders/{number}"
        return Starlette(
            routes=[
                Route("/_control", answering(self.calls)),
                Route("/_control/health", answering(self.health)),
                Route("/_control/state", answering(self.state)),
                Route("/_control/faults", answering(self.list_faults)),
                Route("/_control/faults", answering(self.add_fault), methods=["POST"]),
                Route("/_control/faults", answering(self.clear_faults), methods=["DELETE"]),
                Route("/_control/reset", answering(self.reset), methods=["POST"]),
                *Options(self._home).routes(),
                *Invoices(self._company).routes(),
                Route(company + "/customers", answering(self.customers)),
                Route(company + "/sales-orders", answering(self.orders)),
                Route(company + "/sales-orders", answering(self.make), methods=["POST"]),
                Route(order, answering(self.order)),
                Route(order + "/ship", answering(self.ship), methods=["POST"]),
                Route(order + "/invoice", answering(self.invoice), methods=["POST"]),
                Route(order + "/delete", answering(self.delete), methods=["POST"]),
                Route(order + "/mark", answering(self.mark), methods=["POST"]),
                Route(order + "/hand-edit", answering(self.edit), methods=["POST"]),
            ]
        )

    async def calls(self, request: Request) -> Response:
        """Every call of this API; the fields of their documents are the classes of this module."""
        found = [
            {"method": method, "path": route.path, "does": first_line(route.endpoint)}
            for route in request.app.routes
            for method in sorted(route.methods - {"HEAD"})
        ]
        return JSONResponse({"calls": found})

    async def health(self, _: Request) -> Response:
        """Say that the process runs."""
        return JSONResponse({"status": "ok"})

    async def state(self, _: Request) -> Response:
        """Show the companies with their record counts, the faults and the open sessions."""
        with self._system() as system:
            forget_dead_sessions(system)
            sessions = system.execute("SELECT process, user FROM console ORDER BY id").fetchall()
            waiting = [asdict(fault) for fault in faults.active(system)]
        companies: dict[str, Any] = {}
        for code, (name, currency, _country) in COMPANIES.items():
            with self._company(code) as company:
                counted = views.counts(company.store)
            companies[code] = {"name": name, "currency": currency, "counts": counted}
        users = [{"process": process, "user": user} for process, user in sessions]
        return JSONResponse({"companies": companies, "faults": waiting, "sessions": users})

    async def customers(self, request: Request) -> Response:
        """Show all customers, or those with the e-mail asked for."""
        wanted = self._only(request, "email").lower()
        with self._company(request.path_params["company"]) as company:
            found = [record for _, record in company.store.scan(AR_CUSTOMER)]
        chosen = [one for one in found if wanted in ("", one.get("EmailAddress", "").lower())]
        return JSONResponse({"customers": [views.shown(AR_CUSTOMER, one) for one in chosen]})

    async def orders(self, request: Request) -> Response:
        """Show all orders, in all places, whose number begins with the prefix asked for."""
        prefix = self._only(request, "prefix")
        with self._company(request.path_params["company"]) as company:
            numbers = views.order_numbers(company, prefix)
            return JSONResponse({"salesOrders": [views.order(company, one) for one in numbers]})

    async def order(self, request: Request) -> Response:
        """Show one order in all places."""
        number = request.path_params["number"]
        with self._company(request.path_params["company"]) as company:
            found = views.order(company, number)
        if found is None:
            raise AbsentError(f"Sales order {number} is in no file.")
        return JSONResponse(found)

    async def make(self, request: Request) -> Response:
        """Enter an order by hand."""
        body = await body_of(request, HandMadeOrder)
        with self._company(request.path_params["company"]) as company:
            lines = list(body.lines)
            warning = make_order(company, body.SalesOrderNo, header=body.header, lines=[*lines])
            shown = views.order(company, body.SalesOrderNo)
        return JSONResponse({"warning": warning, "salesOrder": shown}, 201)

    async def edit(self, request: Request) -> Response:
        """Change an open order by hand."""
        body = await body_of(request, HandEdit)
        number = request.path_params["number"]
        with self._company(request.path_params["company"]) as company:
            warning = edit_order(
                company,
                number,
                header=body.header,
                add=[*body.add],
                change=body.change,
                remove=body.remove,
            )
            shown = views.order(company, number)
        return JSONResponse({"warning": warning, "salesOrder": shown})

    async def mark(self, request: Request) -> Response:
        """Note on an open order what was printed, picked or taken into an invoice."""
        body = await body_of(request, Marks)
        number = request.path_params["number"]
        with self._company(request.path_params["company"]) as company:
            header = body.header.model_dump(exclude_none=True)
            mark(company, number, header=header, shipped=body.shipped)
            shown = views.order(company, number)
        return JSONResponse({"salesOrder": shown})

    async def ship(self, request: Request) -> Response:
        """Ship an open order."""
        body = await body_of(request, Shipment)
        with self._company(request.path_params["company"]) as company:
            return JSONResponse(
                {"invoiceNo": ship(company, [request.path_params["number"]], body.tracking)}
            )

    async def invoice(self, request: Request) -> Response:
        """Post the invoice of an open order, which moves it to history."""
        await body_of(request, NoFields)
        with self._company(request.path_params["company"]) as company:
            return JSONResponse({"invoiceNo": post_invoice(company, request.path_params["number"])})

    async def delete(self, request: Request) -> Response:
        """Delete an open order, which leaves its history with status X."""
        await body_of(request, NoFields)
        with self._company(request.path_params["company"]) as company:
            OrderFiles(company).remove(request.path_params["number"], status="X")
        return Response(status_code=204)

    async def list_faults(self, _: Request) -> Response:
        """Show the faults that would still happen."""
        with self._system() as system:
            return JSONResponse({"faults": [asdict(fault) for fault in faults.active(system)]})

    async def add_fault(self, request: Request) -> Response:
        """Tell Sage 100 to do something wrong."""
        body = await body_of(request, FaultOrder)
        fault = faults.Fault(**body.model_dump(exclude={"seconds"}), seconds=float(body.seconds))
        with self._system() as system:
            faults.add(system, fault)
        return JSONResponse(asdict(fault), 201)

    async def clear_faults(self, _: Request) -> Response:
        """Forget every fault."""
        with self._system() as system:
            faults.clear(system)
        return Response(status_code=204)

    async def reset(self, request: Request) -> Response:
        """Throw everything away and seed anew."""
        body = await body_of(request, Reset)
        fill(self._home, body.seed)
        return JSONResponse({"seed": body.seed})

    def _only(self, request: Request, name: str) -> str:
        unknown = set(request.query_params) - {name}
        if unknown:
            raise BadRequestError(f"Unknown query parameter: {min(unknown)}")
        return request.query_params.get(name, "")

    @contextmanager
    def _system(self) -> Generator[Store]:
        store = Store(database(self._home, SYSTEM))
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def _company(self, code: str) -> Generator[Company]:
        if code not in COMPANIES:
            raise AbsentError(f"There is no company {code}.")
        clock = WorkstationClock()
        with self._system() as system:
            store = Store(database(self._home, code))
            try:
                date = stamp_date(clock.now())
                yield Company(code, store, system, clock=clock, user=USER_KEY, date=date)
            finally:
                store.close()
