"""Calls on sales orders: look one up, create, replace, patch, delete."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent.api import examples
from tieout_agent.api.described import JOURNAL, TO_CHANGE, SalesOrder, carried, carrying, taking
from tieout_agent.api.preconditions import ChangeHeaders, Preconditions, PutHeaders
from tieout_agent.api.requests import (
    Agent,
    CompanyCode,
    Marker,
    OrderNumber,
    PatchBody,
    SalesOrderBody,
    TheAgent,
)
from tieout_agent.journal import REPEAT, Action
from tieout_agent.problems import bad_request, problem
from tieout_agent.sage.books import open_books
from tieout_agent.sage.column_checks import check_columns, require_columns
from tieout_agent.sage.columns import HEADER, LINE
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_changing import CHANGED, Terms
from tieout_agent.sage.sales_order_columns import CUSTOMER_FIRST
from tieout_agent.sage.sales_order_reading import Seen, Where, document_path, with_writes
from tieout_agent.sage.sales_order_requests import (
    Deleted,
    Stored,
    create_once,
    delete_once,
    patch_once,
    replace_once,
)
from tieout_agent.sage.sales_order_writing import CREATED, PREVIEW_NUMBER, OrderDocument
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.writing import Warned

router = APIRouter(tags=["SO/SalesOrder"])

GUARANTEES = "X-Tieout-Guarantees"
"""Header of each look-up's answer: what holds for this company, blank-separated words."""

STORED_REV = "X-Tieout-Stored-Rev"
"""Header of a look-up's 404: the highest revision that this agent ever stored under the number."""


class SalesOrderFound(BaseModel):
    """Where an order is, all of it that we read, and the stamp and revision of our last write to it.

    An open order whose stamp is not `writtenStamp` was changed by somebody else; null tells nothing.
    """

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_extra={"examples": [examples.FOUND]},
    )

    where: Where
    stamp: str
    rev: int | None
    written_stamp: str | None
    written_rev: int | None
    sales_order: SalesOrder
    marker_matches: list[str]


class SalesOrderStored(BaseModel):
    """The order as Sage holds it now, our last write to it, and what Sage remarked on the way."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_extra={"examples": [examples.STORED]},
    )

    where: Where
    stamp: str
    rev: int | None
    written_stamp: str | None
    written_rev: int | None
    sales_order: SalesOrder
    warnings: list[Warned]


class SalesOrderDeleted(BaseModel):
    """Where a deleted order has been left, and what Sage remarked on the way."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [examples.DELETED]})

    where: Literal["history", "absent"]
    stamp: str = ""
    warnings: list[Warned]


@router.get(
    "/v1/{company}/SO/SalesOrder/{no}",
    responses=carrying(_200=GUARANTEES, _404=f"{GUARANTEES} {STORED_REV}"),
)
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

    def task(sessions: Sessions) -> Seen:
        agent.journal.hold_off.check(company, document_path(no))
        books = open_books(sessions, company)
        response.headers[GUARANTEES] = books.guarantees
        found = books.look_up(no, marker)
        if found is None:
            raise _absent(no, books.guarantees, agent.journal.rev(company, document_path(no)))
        return with_writes(company, found, agent.journal)

    seen = agent.owner.run(task, barrier=True)
    return SalesOrderFound(
        where=seen.found.where,
        stamp=seen.found.stamp,
        rev=seen.rev,
        written_stamp=seen.written.stamp,
        written_rev=seen.written.rev,
        sales_order=seen.found.order,
        marker_matches=list(seen.found.marker_matches),
    )


@router.put(
    "/v1/{company}/SO/SalesOrder/{no}",
    status_code=CREATED,
    response_description="Created",
    responses=carrying(_201=JOURNAL, _404=JOURNAL)
    | {CHANGED: {"model": SalesOrderStored, "description": "Replaced", **carried(JOURNAL)}},
    openapi_extra=taking("X-Not-After", "X-Rev", optional=["If-None-Match", "If-Match"]),
)
def put_sales_order(
    company: CompanyCode,
    no: OrderNumber,
    *,
    body: SalesOrderBody,
    headers: PutHeaders,
    response: Response,
    agent: TheAgent,
    marker: Marker = None,
) -> SalesOrderStored:
    """Create an order (`If-None-Match: *`), or replace an open one (`If-Match`).

    Never over another order, never beside an open one that bears the `marker`, never over a change
    that the caller has not seen, and never after `X-Not-After`.
    """
    check_order(body, creating=headers.stamp is None)
    if no == PREVIEW_NUMBER:
        raise bad_request("This number is kept for previews. Take another one.")
    order = OrderDocument(no, headers.rev, header=body.header, lines=body.lines, marker=marker)
    stamp = headers.stamp
    action: Action = "create" if stamp is None else "replace"
    attempt = headers.attempt(agent, company, document=document_path(no), action=action)

    def task(sessions: Sessions) -> Stored:
        books = open_books(sessions, company)
        if stamp is None:
            return create_once(books, order, attempt)
        return replace_once(books, order, Terms(no, stamp, headers.rev, attempt))

    response.status_code = CREATED if stamp is None else CHANGED
    return _shown(agent.owner.run(task, barrier=True), response)


@router.patch(
    "/v1/{company}/SO/SalesOrder/{no}",
    responses=carrying(_200=JOURNAL, _404=JOURNAL),
    openapi_extra=taking(*TO_CHANGE),
)
def patch_sales_order(
    company: CompanyCode,
    no: OrderNumber,
    *,
    body: PatchBody,
    headers: ChangeHeaders,
    response: Response,
    agent: TheAgent,
) -> SalesOrderStored:
    """Set header columns of an open order, such as its status and comment to hold it."""
    check_columns(body.header, HEADER, on=SALES_ORDER.name)
    terms = _terms(agent, company, no=no, headers=headers, action="patch")

    def task(sessions: Sessions) -> Stored:
        return patch_once(open_books(sessions, company), body.header, terms)

    return _shown(agent.owner.run(task, barrier=True), response)


@router.delete(
    "/v1/{company}/SO/SalesOrder/{no}",
    responses=carrying(_200=JOURNAL, _404=JOURNAL),
    openapi_extra=taking(*TO_CHANGE),
)
def delete_sales_order(
    company: CompanyCode,
    no: OrderNumber,
    *,
    headers: ChangeHeaders,
    response: Response,
    agent: TheAgent,
) -> SalesOrderDeleted:
    """Delete an open order; Sage keeps it in its history where that is retained."""
    terms = _terms(agent, company, no=no, headers=headers, action="delete")

    def task(sessions: Sessions) -> Deleted:
        return delete_once(open_books(sessions, company), terms)

    deleted = agent.owner.run(task, barrier=True)
    if deleted.repeat:
        response.headers.update(REPEAT)
    return SalesOrderDeleted(where=deleted.where, warnings=deleted.warnings)


def _terms(agent: Agent, company: str, *, no: str, headers: Preconditions, action: Action) -> Terms:
    attempt = headers.attempt(agent, company, document=document_path(no), action=action)
    return Terms(no, headers.stamp or "", headers.rev, attempt)


def _shown(stored: Stored, response: Response) -> SalesOrderStored:
    if stored.repeat:
        response.headers.update(REPEAT)
    seen = stored.seen
    return SalesOrderStored(
        where=seen.found.where,
        stamp=seen.found.stamp,
        rev=seen.rev,
        written_stamp=seen.written.stamp,
        written_rev=seen.written.rev,
        sales_order=seen.found.order,
        warnings=stored.warnings,
    )


def _absent(no: str, guarantees: str, stored: int | None) -> Exception:
    """Build the 404; its headers tell which places were looked through, and what was stored once."""
    absent = problem(
        404,
        "SalesOrderAbsent",
        f"Sage 100 has no sales order {no} in any place that the agent's user may read.",
    )
    absent.headers[GUARANTEES] = guarantees
    if stored is not None:
        absent.headers[STORED_REV] = str(stored)
    return absent


def check_order(body: SalesOrderBody, *, creating: bool) -> None:
    """Refuse a body that can't be an order. One that is replaced has its customer already.

    Raises:
        ProblemError: 422 naming the column.
    """
    if creating:
        require_columns(body.header, CUSTOMER_FIRST, on=SALES_ORDER.name)
    check_columns(body.header, HEADER, on=SALES_ORDER.name)
    for position, line in enumerate(body.lines, start=1):
        on = f"{SALES_ORDER.name}.oLines"
        require_columns(line, ["ItemCode"], on=on, about=f"Line {position}")
        check_columns(line, LINE, on=on)
