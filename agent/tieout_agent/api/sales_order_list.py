"""The call that lists sales orders, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent.api import examples
from tieout_agent.api.described import carrying
from tieout_agent.api.requests import CompanyCode, TheAgent
from tieout_agent.api.sales_orders import GUARANTEES
from tieout_agent.sage import sales_order_list
from tieout_agent.sage.books import open_books
from tieout_agent.sage.sales_order_list import Listed
from tieout_agent.sage.sales_order_reading import Where
from tieout_agent.sage.sessions import Sessions

router = APIRouter(tags=["SO/SalesOrder"])

USUAL_ORDERS = 500

Prefix = Annotated[
    str,
    Query(pattern="^[0-9A-Z]{1,7}$", description="How the numbers begin.", examples=["W"]),
]
After = Annotated[
    str,
    Query(
        pattern="^[0-9A-Z]{0,7}$",
        description="`next` of the page before; empty for the first page.",
        examples=["W000250"],
    ),
]
Limit = Annotated[
    int, Query(ge=1, le=sales_order_list.MOST_ORDERS, description="Most orders in this page.")
]


class ListedOrder(BaseModel):
    """One order: where it is, its status there, its marker and what it comes to."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    number: str
    where: Where
    status: str
    marker: str
    total: str | None


class OrderPage(BaseModel):
    """Orders by rising number.

    `as_of` is when the read began: a change after it may be missing. `next` is what to send as
    `after` for the page that follows; None on the last one.
    """

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_extra={"examples": [examples.LIST]},
    )

    as_of: str
    orders: list[ListedOrder]
    next: str | None


@router.get("/v1/{company}/SO/SalesOrder", responses=carrying(_200=GUARANTEES))
def get_sales_orders(
    company: CompanyCode,
    *,
    prefix: Prefix,
    after: After = "",
    limit: Limit = USUAL_ORDERS,
    response: Response,
    agent: TheAgent,
) -> OrderPage:
    """List the orders whose numbers begin so, over open orders and history."""
    as_of = agent.clock.now().isoformat(timespec="seconds")

    def task(sessions: Sessions) -> tuple[list[Listed], str | None, str]:
        books = open_books(sessions, company)
        orders, following = sales_order_list.page(books, prefix=prefix, after=after, limit=limit)
        return orders, following, books.guarantees

    orders, following, guarantees = agent.owner.run(task)
    response.headers[GUARANTEES] = guarantees
    listed = [ListedOrder.model_validate(order) for order in orders]
    return OrderPage(as_of=as_of, orders=listed, next=following)
