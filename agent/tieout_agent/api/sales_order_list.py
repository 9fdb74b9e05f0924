"""The call that lists sales orders, a page at a time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent.api import examples
from tieout_agent.api.bulk_queries import MOMENT, moment
from tieout_agent.api.described import carrying
from tieout_agent.api.requests import CompanyCode, Marker, TheAgent
from tieout_agent.api.sales_orders import GUARANTEES
from tieout_agent.problems import bad_request
from tieout_agent.sage import sales_order_list
from tieout_agent.sage.books import Books, open_books
from tieout_agent.sage.key_pages import Elapsed
from tieout_agent.sage.sales_order_list import Listed, ListWish
from tieout_agent.sage.sales_order_reading import Where
from tieout_agent.sage.sessions import Sessions

router = APIRouter(tags=["SO/SalesOrder"])

USUAL_ORDERS = 500

Prefix = Annotated[
    str | None,
    Query(
        pattern="^[0-9A-Z]{1,7}$",
        description="How the numbers begin. Either this or `marker`.",
        examples=["W"],
    ),
]
After = Annotated[
    str,
    Query(
        pattern="^[ -~\u00a0-\u00ff]{0,7}$",
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


def _since(
    since: Annotated[
        str | None,
        Query(
            pattern=MOMENT,
            description="With `prefix`: only orders that may have changed since then, in UTC. A "
            "hint: imports don't move Sage's stamps. Orders without a stamp are always told, and "
            "those stamped up to 15 minutes before.",
        ),
    ] = None,
) -> datetime | None:
    return moment(since, name="since")


ChangedSince = Annotated[datetime | None, Depends(_since)]


@router.get("/v1/{company}/SO/SalesOrder", responses=carrying(_200=GUARANTEES))
def get_sales_orders(
    company: CompanyCode,
    *,
    prefix: Prefix = None,
    marker: Marker = None,
    since: ChangedSince,
    after: After = "",
    limit: Limit = USUAL_ORDERS,
    response: Response,
    agent: TheAgent,
) -> OrderPage:
    """List the orders whose numbers begin so, over open orders and history, or that bear a marker.

    By marker, posted invoices are looked through too. A page may hold fewer orders than were asked
    for; the last one is that without a `next`.
    """
    as_of, began = agent.clock.now().isoformat(timespec="seconds"), agent.clock.monotonic()
    find = _finder(prefix, marker, ListWish("", after, limit, since))

    def task(sessions: Sessions) -> tuple[list[Listed], str | None, str]:
        books = open_books(sessions, company)
        orders, following = find(books, lambda: agent.clock.monotonic() - began)
        return orders, following, books.guarantees

    orders, following, guarantees = agent.owner.run(task)
    response.headers[GUARANTEES] = guarantees
    listed = [ListedOrder.model_validate(order) for order in orders]
    return OrderPage(as_of=as_of, orders=listed, next=following)


Find = Callable[[Books, Elapsed], tuple[list[Listed], str | None]]


def _finder(prefix: str | None, marker: str | None, wish: ListWish) -> Find:
    """Choose how the orders are found.

    Raises:
        ProblemError: 400, both or neither of prefix and marker, or marker with since.
    """
    if prefix is not None and marker is None:
        found = replace(wish, prefix=prefix)
        return lambda books, elapsed: sales_order_list.page(books, found, elapsed)
    if marker is None or prefix is not None or wish.since is not None:
        raise bad_request("Give either prefix, with since if wanted, or marker without since.")
    return lambda books, _: sales_order_list.marked(
        books, marker, after=wish.after, limit=wish.limit
    )
