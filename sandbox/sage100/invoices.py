"""The control API's part on invoices: ship orders together, pack, post, credit, look."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Annotated

from pydantic import Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from .company import Company
from .posting import credit, post
from .shipping import add_tracking, ship
from .wire import Body, answering, body_of

MOST_ORDERS = 100
"""Orders on one invoice; a warehouse puts a handful together."""

Opened = Callable[[str], AbstractContextManager[Company]]
TrackingID = Annotated[str, Field(max_length=30)]


class ManyOrders(Body):
    """Orders of one customer that leave together."""

    orders: Annotated[list[str], Field(min_length=1, max_length=MOST_ORDERS)]
    tracking: tuple[TrackingID, ...] = ()


class Packages(Body):
    """Tracking numbers of packages noted later."""

    tracking: Annotated[list[TrackingID], Field(min_length=1)]


class Credit(Body):
    """How much is credited."""

    amount: Decimal


class NoFields(Body):
    """An action that needs no more said."""


class Invoices:
    """The endpoints on invoices.

    Args:
        opened: Opens a company by its code.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened

    def routes(self) -> list[Route]:
        """Return the routes."""
        company = "/_control/companies/{company}"
        invoice = company + "/invoices/{number}"
        return [
            Route(company + "/shipments", answering(self.ship), methods=["POST"]),
            Route(invoice + "/tracking", answering(self.pack), methods=["POST"]),
            Route(invoice + "/post", answering(self.post), methods=["POST"]),
            Route(invoice + "/credit", answering(self.credit), methods=["POST"]),
        ]

    async def ship(self, request: Request) -> Response:
        """Ship several open orders of a customer on one invoice."""
        body = await body_of(request, ManyOrders)
        with self._company(request) as company:
            return JSONResponse({"invoiceNo": ship(company, body.orders, list(body.tracking))}, 201)

    async def pack(self, request: Request) -> Response:
        """Note packages on an invoice, posted or not; nothing else tells that they came."""
        body = await body_of(request, Packages)
        with self._company(request) as company:
            add_tracking(company, request.path_params["number"], body.tracking)
        return Response(status_code=204)

    async def post(self, request: Request) -> Response:
        """Post an invoice with all its orders."""
        await body_of(request, NoFields)
        with self._company(request) as company:
            return JSONResponse({"headerSeqNo": post(company, request.path_params["number"])})

    async def credit(self, request: Request) -> Response:
        """Post a credit memo over an amount of a posted invoice."""
        body = await body_of(request, Credit)
        with self._company(request) as company:
            memo = credit(company, request.path_params["number"], body.amount)
        return JSONResponse({"invoiceNo": memo}, 201)

    def _company(self, request: Request) -> AbstractContextManager[Company]:
        return self._opened(request.path_params["company"])
