"""The test order: written, found, refused twice and late, changed, deleted; in a test company only."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.checks.lengths import check_lengths, measure
from tieout_agent.checks.numbering import check_next_number
from tieout_agent.checks.stage import TOO_LATE, WRITE_SECONDS, Stage, Wanted, later, prepare
from tieout_agent.errors import SettingsError
from tieout_agent.journal import Action
from tieout_agent.problems import ProblemError
from tieout_agent.sage.books import Books
from tieout_agent.sage.changes import DATE, TIME, local_time
from tieout_agent.sage.com_object import FAILED
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_changing import Terms
from tieout_agent.sage.sales_order_requests import (
    create_once,
    delete_once,
    patch_once,
    replace_once,
)
from tieout_agent.sage.sales_order_writing import OrderDocument

CLOCK_TOLERANCE = timedelta(minutes=2)
"""Between Sage's stamp on a record just written and this server's time: stamps have seconds."""

CREATED_REV, PATCHED_REV, REPLACED_REV, DELETED_REV = 1, 2, 3, 4
ACTIONS: Final[Mapping[int, Action]] = {
    PATCHED_REV: "patch",
    REPLACED_REV: "replace",
    DELETED_REV: "delete",
}
COMMENT = "Tieout test, will be deleted"

Document = Mapping[str, Any]


def prove(stage: Stage, wanted: Wanted, letters: Sequence[str]) -> Iterator[Finding]:
    """Play the test order through; whatever happens, it is deleted at the end.

    Args:
        stage: The test company.
        wanted: What the order is to be made of.
        letters: With which web orders' numbers begin.
    """
    try:
        order = stage.run(lambda books: prepare(books, wanted, stage.clock))
        yield _next_number(stage, letters)
        yield check_lengths(stage.company, stage.run(lambda books: measure(books, order)))
    except (ProblemError, SettingsError) as error:
        yield _failed(stage, "Test order", error)
        return
    try:
        yield from _live(stage, order)
    except ProblemError as error:
        yield _failed(stage, "Test order", error)
        yield from _clear_away(stage, order)


def _live(stage: Stage, order: OrderDocument) -> Iterator[Finding]:
    yield _create(stage, order)
    document = _look(stage, order)
    yield _found(stage, order)
    yield _stamped(stage, document)
    yield _not_twice(stage, order)
    yield _not_late(stage, order)
    yield _change(stage, order)
    yield _delete(stage, order)


def _create(stage: Stage, order: OrderDocument) -> Finding:
    attempt = stage.attempt(order.number, "create", CREATED_REV)
    stored = stage.run(lambda books: create_once(books, order, attempt))
    says = f"{order.number} for {'-'.join(list(order.header.values())[:2])}."
    if stored.warnings:
        says += f" Sage 100 remarked: {'; '.join(warned.message for warned in stored.warnings)}"
    return _compared(
        good(stage.company, "Test order written", says), stored.seen.found.order, order
    )


def _look(stage: Stage, order: OrderDocument) -> Document:
    found = stage.run(lambda books: books.look_up(order.number))
    return {} if found is None else found.order


def _found(stage: Stage, order: OrderDocument) -> Finding:
    what, marker = "Test order found", order.header["CustomerPONo"]
    found = stage.run(lambda books: books.look_up(order.number, marker))
    if found is not None and found.where == "open" and order.number in found.marker_matches:
        return good(stage.company, what, "By its number, and by its customer PO number.")
    todo = "Write no web orders; tell Tieout which release of Sage 100 this is."
    return Finding(stage.company, what, State.WRONG, "Not by number and customer PO both.", todo)


def _not_twice(stage: Stage, order: OrderDocument) -> Finding:
    attempt = stage.attempt(order.number, "create", PATCHED_REV)
    again = later(order, PATCHED_REV, quantity="5")

    def work(books: Books) -> None:
        create_once(books, again, attempt)

    return _refused(stage, "Same number again", work, code="SalesOrderExists")


def _not_late(stage: Stage, order: OrderDocument) -> Finding:
    terms = _terms(stage, order, PATCHED_REV, seconds=TOO_LATE)

    def work(books: Books) -> None:
        patch_once(books, {"Comment": "This must never be stored"}, terms)

    return _refused(stage, "Too late", work, code="DeadlinePassed")


def _refused(stage: Stage, what: str, work: Callable[[Books], None], *, code: str) -> Finding:
    try:
        stage.run(work)
    except ProblemError as error:
        if error.problem.code == code:
            return good(stage.company, what, "Refused, as it has to be.")
        raise
    todo = "Write no web orders; tell Tieout which release of Sage 100 this is."
    return Finding(stage.company, what, State.WRONG, "It was not refused.", todo)


def _change(stage: Stage, order: OrderDocument) -> Finding:
    patched = _terms(stage, order, PATCHED_REV)
    stage.run(lambda books: patch_once(books, {"Comment": COMMENT}, patched))
    replaced, wanted = _terms(stage, order, REPLACED_REV), later(order, REPLACED_REV, quantity="2")
    stored = stage.run(lambda books: replace_once(books, wanted, replaced))
    says = "A header column alone, then its lines."
    return _compared(
        good(stage.company, "Test order changed", says), stored.seen.found.order, wanted
    )


def _delete(stage: Stage, order: OrderDocument) -> Finding:
    what, terms = "Test order deleted", _terms(stage, order, DELETED_REV)
    deleted = stage.run(lambda books: delete_once(books, terms))
    if deleted.where == "history":
        return good(stage.company, what, "It is gone, and the history keeps that it was there.")
    return Finding(
        stage.company,
        what,
        State.WARNING,
        "It is gone without a trace: an order that somebody deletes looks like one that never was.",
        "In Sales Order Options (Sales Order, Setup), tab History, keep deleted orders too.",
    )


def _terms(
    stage: Stage, order: OrderDocument, rev: int, *, seconds: float = WRITE_SECONDS
) -> Terms:
    found = stage.run(lambda books: books.look_up(order.number))
    stamp = "" if found is None else found.stamp
    actions = {PATCHED_REV: "patch", REPLACED_REV: "replace", DELETED_REV: "delete"}
    action: Any = actions[rev]
    return Terms(
        order.number, stamp, rev, stage.attempt(order.number, action, rev, seconds=seconds)
    )


def _compared(finding: Finding, held: Document, order: OrderDocument) -> Finding:
    """See that Sage holds the lines that were sent, in their order, with quantity and price."""
    if _lines(held["Lines"]) == _lines(order.lines):
        return finding
    return replace(
        finding,
        state=State.WRONG,
        says=f"{finding.says} Sage 100 holds other lines, quantities or prices than were sent.",
        todo="Write no web orders; look at the item's pricing, and tell Tieout what you see.",
    )


def _lines(lines: Sequence[Document]) -> list[tuple[str, Decimal, Decimal]]:
    return [
        (line["ItemCode"], Decimal(line["QuantityOrdered"]), Decimal(line["UnitPrice"]))
        for line in lines
    ]


def _stamped(stage: Stage, document: Document) -> Finding:
    """Compare Sage's own stamp on the new record with this server's time and zone."""
    what = "Sage's clock and zone"
    here = stage.clock.now().astimezone().replace(tzinfo=None)
    stamped = local_time(document.get(DATE, ""), document.get(TIME, ""))
    if stamped is None:
        says = "Sage 100 stamps no time on orders, so it can't be told."
        return Finding(stage.company, what, State.UNKNOWN, says)
    off = abs(here - stamped)
    if off <= CLOCK_TOLERANCE:
        return good(stage.company, what, f"As here: it stamped {stamped:%H:%M}.")
    says = f"Sage 100 stamps {stamped:%Y-%m-%d %H:%M} when it is {here:%Y-%m-%d %H:%M} here."
    todo = "Give this machine the clock and time zone of the Sage 100 server."
    return Finding(stage.company, what, State.WARNING, says, todo)


def _next_number(stage: Stage, letters: Sequence[str]) -> Finding:
    def task(books: Books) -> str:
        with books.session.fresh(SALES_ORDER) as orders:
            out = orders.by_ref()
            drawn = orders.call("nGetNextSalesOrderNo", out) != FAILED
            return str(out.value or "").strip() if drawn else ""

    return check_next_number(stage.company, letters, stage.run(task))


def _clear_away(stage: Stage, order: OrderDocument) -> Iterator[Finding]:
    """Delete the test order wherever the trial ended."""
    what = "Test order cleared away"
    try:
        document = _look(stage, order)
        if document and document.get("OrderStatus") not in {"X", "Z"}:
            terms = _terms(stage, order, DELETED_REV)
            stage.run(lambda books: delete_once(books, terms))
    except ProblemError as error:
        says = f"It could not be deleted: {error.problem.detail}"
        todo = f"Delete the sales order {order.number} in company {stage.company} by hand."
        yield Finding(stage.company, what, State.WRONG, says, todo)
    else:
        yield good(stage.company, what, f"No order {order.number} is left open.")


def _failed(stage: Stage, what: str, error: ProblemError | SettingsError) -> Finding:
    says = error.problem.detail if isinstance(error, ProblemError) else str(error)
    return Finding(stage.company, what, State.WRONG, says, "Mend it, then check again.")
