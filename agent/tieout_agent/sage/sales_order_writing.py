"""Creating a sales order: never over another one, never after its deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout_agent.problems import ProblemError, problem
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.books import Books
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.com_object import DONE, NEW, WARNED
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_columns import (
    AFTER_LINES,
    CUSTOMER_FIRST,
    add_lines,
    before_lines,
    set_ours,
    set_present,
)
from tieout_agent.sage.sales_order_reading import Found, in_open_marked
from tieout_agent.sage.worker import ComFailedError
from tieout_agent.sage.writing import Warned, Writer

CREATED = 201

PREVIEW_NUMBER = "ZZZZZZZ"
"""What previews are worked out under. Web orders are a letter and six digits, and Sage's own counter
never gets so far, so only a person could enter an order of this number."""


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """A sales order as a caller wants it.

    Attributes:
        number: Its number, fixed by the caller.
        rev: The caller's revision of the document.
        marker: What `CustomerPONo` of no other open order may hold; None to leave that unchecked.
        header: Columns of `SO_SalesOrderHeader`; customer division and number are among them.
        lines: Columns of `SO_SalesOrderDetail` per line; each has an `ItemCode`.
    """

    number: str
    rev: int
    header: Mapping[str, str]
    lines: Sequence[Mapping[str, str]]
    marker: str | None = None


def create(books: Books, order: OrderDocument, attempt: Attempt) -> tuple[Found, list[Warned]]:
    """Create a sales order and read it back.

    Runs on the Sage thread, which is the write lock. Nothing is stored before the header is
    written, so every refusal up to there leaves Sage as it was; the object is dropped then,
    together with what had been set.

    Raises:
        ProblemError: 412 the number or the marker is taken, or time is up; 422 Sage refused a column; 503.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    if any(place.has(books.session, order.number) for place in books.places):
        raise _exists(order.number)
    if order.marker and in_open_marked(books.session, order.marker):
        raise _marked(order.marker)
    attempt.deadline.check()
    writer = Writer(books.session.use(SALES_ORDER), HEADER, [])
    with attempt.editing(books.session, SALES_ORDER):
        _write(writer, order, attempt)
    attempt.done(CREATED)
    return read_back(books, order.number, attempt), writer.warnings


def read_back(books: Books, number: str, attempt: Attempt) -> Found:
    """Read what was just stored, and journal its stamp.

    A refusal here must not say that nothing was stored.
    """
    try:
        stored = books.look_up(number)
    except ProblemError as error:
        raise ComFailedError("the order can't be read right after it was written") from error
    if stored is None:
        raise ComFailedError("the order is absent right after it was written")
    attempt.wrote(stored.stamp)
    return stored


def _write(writer: Writer, order: OrderDocument, attempt: Attempt) -> None:
    open_new(writer, order.number)
    fill(writer, order)
    attempt.before_commit()
    writer.accept(writer.target.commit())


def open_new(writer: Writer, number: str) -> None:
    """Open a record that does not exist.

    A -1 is passed on as a warning. It does not tell whether the record is new, so the record is
    asked: an order that exists has a customer, a new one has none yet.

    Raises:
        ProblemError: 412 the number is taken; 422 Sage refused it; 503.
    """
    code = set_key(writer, number)
    if code not in (DONE, NEW):
        writer.accept(code)
    if code == DONE or (code == WARNED and writer.target.get(HEADER["CustomerNo"])):
        raise _exists(number)


def set_key(writer: Writer, number: str) -> int:
    """Ask Sage to open an order for editing; say what it answered."""
    column = HEADER["SalesOrderNo"]
    writer.accept(writer.target.call("nSetKeyValue", column.sage_name, number), column=column.name)
    return writer.target.call("nSetKey")


def fill(writer: Writer, order: OrderDocument) -> list[str]:
    """Set all of a new order in the order in which Sage wants it; hand back the lines' keys.

    Raises:
        ProblemError: 422 naming the column.
    """
    set_present(writer, CUSTOMER_FIRST, order.header)
    set_present(writer, before_lines(order.header), order.header)
    set_ours(writer, order.rev, order.header)
    keys = add_lines(writer.target.child("oLines"), order.lines, writer.warnings)
    set_present(writer, AFTER_LINES, order.header)
    return keys


def _exists(number: str) -> Exception:
    return problem(
        412,
        "SalesOrderExists",
        f"Sage 100 has a sales order {number} already, open, in history or invoiced. Nothing was "
        "stored. Look the number up to see it.",
    )


def _marked(marker: str) -> Exception:
    return problem(
        412,
        "SalesOrderExists",
        f"Sage 100 has an open sales order with the customer PO {marker} under another number. "
        "Nothing was stored. Look the number up with its marker to see it.",
    )
