"""Calls on sales orders: look one up, create one."""

from typing import Any

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent.api.requests import (
    CompanyCode,
    CreateHeaders,
    Marker,
    OrderNumber,
    SalesOrderBody,
    TheAgent,
    required_deadline,
)
from tieout_agent.problems import bad_request, problem
from tieout_agent.sage.books import open_books
from tieout_agent.sage.columns import HEADER, LINE
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_reading import Found, Where
from tieout_agent.sage.sales_order_writing import CUSTOMER_FIRST, NewOrder, create
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.writing import Warned, check_columns

router = APIRouter(tags=["SO/SalesOrder"])

GUARANTEES = "X-Tieout-Guarantees"
"""Header of each look-up's answer: what holds for this company, blank-separated words."""


class SalesOrderFound(BaseModel):
    """Where an order is, and all of it that we read."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    where: Where
    stamp: str
    rev: int | None
    sales_order: dict[str, Any]
    marker_matches: list[str]


class SalesOrderCreated(BaseModel):
    """The order as Sage holds it now, and what Sage remarked on the way."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    where: Where
    stamp: str
    rev: int | None
    sales_order: dict[str, Any]
    warnings: list[Warned]


@router.get("/v1/{company}/SO/SalesOrder/{no}")
def get_sales_order(
    company: CompanyCode,
    no: OrderNumber,
    *,
    response: Response,
    agent: TheAgent,
    marker: Marker = None,
) -> SalesOrderFound:
    """Look an order up by number and marker: open, then history, then invoice history.

    A barrier: the answer comes after every write that had begun before.
    """

    def task(sessions: Sessions) -> tuple[Found | None, str]:
        books = open_books(sessions, company)
        return books.look_up(no, marker), books.guarantees

    found, guarantees = agent.owner.run(task, barrier=True)
    if found is None:
        raise _absent(no, guarantees)
    response.headers[GUARANTEES] = guarantees
    return SalesOrderFound(
        where=found.where,
        stamp=found.stamp,
        rev=found.rev,
        sales_order=found.order,
        marker_matches=list(found.marker_matches),
    )


@router.put("/v1/{company}/SO/SalesOrder/{no}", status_code=201)
def put_sales_order(
    company: CompanyCode,
    no: OrderNumber,
    *,
    body: SalesOrderBody,
    headers: CreateHeaders,
    agent: TheAgent,
) -> SalesOrderCreated:
    """Create an order, never over another one and never after `X-Not-After`."""
    deadline = required_deadline(headers)
    _check(body)
    order = NewOrder(no, headers.rev, header=body.header, lines=body.lines)

    def task(sessions: Sessions) -> tuple[Found, list[Warned]]:
        return create(open_books(sessions, company), order, deadline)

    stored, warnings = agent.owner.run(task, barrier=True)
    return SalesOrderCreated(
        where=stored.where,
        stamp=stored.stamp,
        rev=stored.rev,
        sales_order=stored.order,
        warnings=warnings,
    )


def _absent(no: str, guarantees: str) -> Exception:
    """Build the 404; its header tells which places were looked through."""
    absent = problem(
        404,
        "SalesOrderAbsent",
        f"Sage 100 has no sales order {no} in any place that the agent's user may read.",
    )
    absent.headers[GUARANTEES] = guarantees
    return absent


def _check(body: SalesOrderBody) -> None:
    for name in CUSTOMER_FIRST:
        if not body.header.get(name):
            raise bad_request(f"The header needs {name}: whose order it is.", column=name)
    check_columns(body.header, HEADER, on=SALES_ORDER.name)
    for position, line in enumerate(body.lines, start=1):
        if not line.get("ItemCode"):
            raise bad_request(f"Line {position} needs an ItemCode.", column="ItemCode")
        check_columns(line, LINE, on=f"{SALES_ORDER.name}.oLines")
