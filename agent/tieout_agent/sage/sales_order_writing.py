"""Creating a sales order: never over another one, never after its deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tieout_agent.problems import ProblemError, problem
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.books import Books
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.com_object import DONE, NEW, ComObject
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_columns import (
    AFTER_LINES,
    CUSTOMER_FIRST,
    add_lines,
    before_lines,
    set_ours,
    set_present,
)
from tieout_agent.sage.sales_order_reading import Found
from tieout_agent.sage.worker import ComFailedError
from tieout_agent.sage.writing import Warned, Writer

CREATED = 201


@dataclass(frozen=True, slots=True)
class OrderDocument:
    """A sales order as a caller wants it.

    Attributes:
        number: Its number, fixed by the caller.
        rev: The caller's revision of the document.
        header: Columns of `SO_SalesOrderHeader`; customer division and number are among them.
        lines: Columns of `SO_SalesOrderDetail` per line; each has an `ItemCode`.
    """

    number: str
    rev: int
    header: Mapping[str, str]
    lines: Sequence[Mapping[str, str]]


def create(books: Books, order: OrderDocument, attempt: Attempt) -> tuple[Found, list[Warned]]:
    """Create a sales order and read it back.

    Runs on the Sage thread, which is the write lock. Nothing is stored before the header is
    written, so every refusal up to there leaves Sage as it was; the object is dropped then,
    together with what had been set.

    Raises:
        ProblemError: 412 the number is taken or time is up; 422 Sage refused a column; 503.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    if any(place.has(books.session, order.number) for place in books.places):
        raise _exists(order.number)
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
    target = writer.target
    _open_new(target, order.number, writer)
    set_present(writer, CUSTOMER_FIRST, order.header)
    set_present(writer, before_lines(order.header), order.header)
    set_ours(writer, order.rev, order.header)
    add_lines(target.child("oLines"), order.lines, writer.warnings)
    set_present(writer, AFTER_LINES, order.header)
    attempt.before_commit()
    writer.accept(target.commit())


def _open_new(target: ComObject, number: str, writer: Writer) -> None:
    """Open a record that does not exist; anything but "new" is refused.

    A -1 counts as a refusal here: it does not tell whether the record is new.
    """
    target.call("nSetKeyValue", HEADER["SalesOrderNo"].sage_name, number)
    code = target.call("nSetKey")
    if code == DONE:
        raise _exists(number)
    if code != NEW:
        raise writer.refusal()


def _exists(number: str) -> Exception:
    return problem(
        412,
        "SalesOrderExists",
        f"Sage 100 has a sales order {number} already, open, in history or invoiced. Nothing was "
        "stored. Look the number up to see it.",
    )
