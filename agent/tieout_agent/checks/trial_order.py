"""The test order: written, found, refused twice and late, changed, deleted; in a test company only."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.checks.history import TEST_DELETED
from tieout_agent.checks.judging import Document, compared, found_both, refused, stamped
from tieout_agent.checks.lengths import check_lengths, measure
from tieout_agent.checks.numbering import check_next_number
from tieout_agent.checks.stage import TOO_LATE, WRITE_SECONDS, Stage, Wanted, later, prepare
from tieout_agent.errors import SettingsError
from tieout_agent.journal import Action
from tieout_agent.problems import ProblemError
from tieout_agent.sage.books import Books
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

CREATED_REV, PATCHED_REV, REPLACED_REV, DELETED_REV = 1, 2, 3, 4
ACTIONS: Final[Mapping[int, Action]] = {
    PATCHED_REV: "patch",
    REPLACED_REV: "replace",
    DELETED_REV: "delete",
}
COMMENT = "Tieout test, will be deleted"


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
    except BaseException:  # Ctrl-C too, or whoever reads the findings stops reading
        list(_clear_away(stage, order))
        raise


def _live(stage: Stage, order: OrderDocument) -> Iterator[Finding]:
    yield _create(stage, order)
    document = _look(stage, order)
    marker = order.header["CustomerPONo"]
    found = stage.run(lambda books: books.look_up(order.number, marker))
    yield found_both(stage.company, order.number, found)
    yield stamped(stage.company, document, stage.clock.now())
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
    return compared(good(stage.company, "Test order written", says), stored.seen.found.order, order)


def _look(stage: Stage, order: OrderDocument) -> Document:
    found = stage.run(lambda books: books.look_up(order.number))
    return {} if found is None else found.order


def _not_twice(stage: Stage, order: OrderDocument) -> Finding:
    attempt = stage.attempt(order.number, "create", PATCHED_REV)
    again = later(order, PATCHED_REV, quantity="5")

    def work(books: Books) -> None:
        create_once(books, again, attempt)

    return refused(stage, "Same number again", work, code="SalesOrderExists")


def _not_late(stage: Stage, order: OrderDocument) -> Finding:
    terms = _terms(stage, order, PATCHED_REV, seconds=TOO_LATE)

    def work(books: Books) -> None:
        patch_once(books, {"Comment": "This must never be stored"}, terms)

    return refused(stage, "Too late", work, code="DeadlinePassed")


def _change(stage: Stage, order: OrderDocument) -> Finding:
    patched = _terms(stage, order, PATCHED_REV)
    stage.run(lambda books: patch_once(books, {"Comment": COMMENT}, patched))
    replaced, wanted = _terms(stage, order, REPLACED_REV), later(order, REPLACED_REV, quantity="2")
    stored = stage.run(lambda books: replace_once(books, wanted, replaced))
    says = "A header column alone, then its lines."
    return compared(
        good(stage.company, "Test order changed", says), stored.seen.found.order, wanted
    )


def _delete(stage: Stage, order: OrderDocument) -> Finding:
    what, terms = TEST_DELETED, _terms(stage, order, DELETED_REV)
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
    attempt = stage.attempt(order.number, ACTIONS[rev], rev, seconds=seconds)
    return Terms(order.number, stamp, rev, attempt)


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
