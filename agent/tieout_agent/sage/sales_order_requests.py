"""Write requests on sales orders, each carried out once: a repeat is answered by reading Sage."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tieout_agent.journal import REPEAT
from tieout_agent.problems import problem
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.books import Books
from tieout_agent.sage.sales_order_changing import (
    CHANGED,
    Left,
    Terms,
    delete,
    patch,
    place_of_deleted,
    replace,
)
from tieout_agent.sage.sales_order_reading import Found, Seen, with_writes
from tieout_agent.sage.sales_order_writing import CREATED, OrderDocument, create
from tieout_agent.sage.writing import Warned

Work = Callable[[], tuple[Found, list[Warned]]]


@dataclass(frozen=True, slots=True)
class Stored:
    """An order as Sage holds it after a write.

    Attributes:
        seen: The order.
        warnings: What Sage remarked; nothing in the answer to a repeat.
        repeat: Whether nothing was written now, since it had been before.
    """

    seen: Seen
    warnings: list[Warned]
    repeat: bool = False


def create_once(books: Books, order: OrderDocument, attempt: Attempt) -> Stored:
    """Create an order; see `create` for what is raised."""

    def landed() -> bool:
        return _is_created(books.look_up(order.number), order)

    if attempt.was_done(CREATED, landed=landed):
        return _again(books, order.number, attempt)
    return _stored(books, attempt, create(books, order, attempt))


def replace_once(books: Books, order: OrderDocument, terms: Terms) -> Stored:
    """Replace an open order; see `replace` for what is raised."""
    return _changed(books, terms, lambda: replace(books, order, terms))


def patch_once(books: Books, header: Mapping[str, str], terms: Terms) -> Stored:
    """Set header columns of an open order; see `patch` for what is raised."""
    return _changed(books, terms, lambda: patch(books, header, terms))


@dataclass(frozen=True, slots=True)
class Deleted:
    """Where a deleted order has been left.

    Attributes:
        where: `history` or `absent`.
        warnings: What Sage remarked; nothing in the answer to a repeat.
        repeat: Whether it had been deleted before.
    """

    where: Left
    warnings: list[Warned]
    repeat: bool = False


def delete_once(books: Books, terms: Terms) -> Deleted:
    """Delete an open order; see `delete` for what is raised."""
    entry = terms.attempt.known()
    if entry is None:
        return Deleted(*delete(books, terms))
    if entry.status is not None:
        where = "history" if entry.place == "history" else "absent"
        return Deleted(where, [], repeat=True)
    place = place_of_deleted(books, terms.number)
    if place is None:
        return Deleted(*delete(books, terms))
    terms.attempt.done(CHANGED, place)
    return Deleted(place, [], repeat=True)


def _changed(books: Books, terms: Terms, work: Work) -> Stored:
    """Carry out a change, unless Sage holds its revision already.

    Where the company has no column for it, a change that was begun is not known to have landed.
    Then its stamp decides: unchanged, it is done now; changed, the caller is told.
    """

    def landed() -> bool:
        found = books.look_up(terms.number)
        return found is not None and found.rev == terms.rev

    if terms.attempt.was_done(CHANGED, landed=landed):
        return _again(books, terms.number, terms.attempt)
    return _stored(books, terms.attempt, work())


def _is_created(found: Found | None, order: OrderDocument) -> bool:
    """Say whether an order is the one that was to be created: by its revision, else by its mark."""
    if found is None or found.rev is not None:
        return found is not None and found.rev == order.rev
    mark = order.header.get("CustomerPONo", "")
    return found.order.get("CustomerPONo", mark) == mark


def _stored(books: Books, attempt: Attempt, written: tuple[Found, list[Warned]]) -> Stored:
    found, warnings = written
    return Stored(with_writes(books.company, found, attempt.journal), warnings)


def _again(books: Books, number: str, attempt: Attempt) -> Stored:
    found = books.look_up(number)
    if found is None:
        gone = problem(
            404,
            "SalesOrderAbsent",
            f"This very request stored sales order {number} before, and Sage 100 has it no more. "
            "Nothing was stored now. To enter it once more, send it with a higher X-Rev.",
        )
        gone.headers.update(REPEAT)
        raise gone
    return Stored(with_writes(books.company, found, attempt.journal), [], repeat=True)
