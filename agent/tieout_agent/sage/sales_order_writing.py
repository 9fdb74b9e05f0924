"""Creating a sales order: never over another one, never after its deadline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tieout_agent.problems import ProblemError, problem, refused
from tieout_agent.sage.books import Books
from tieout_agent.sage.columns import HEADER, LINE
from tieout_agent.sage.com_object import DONE, NEW, ComObject
from tieout_agent.sage.deadline import Deadline
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_reading import MARKER, REV, Found
from tieout_agent.sage.worker import ComFailedError
from tieout_agent.sage.writing import Warned, Writer

CUSTOMER_FIRST = ("ARDivisionNo", "CustomerNo")
"""Set before all else: they load the customer's defaults, which later columns overwrite."""

SHIP_TO_CODE = "ShipToCode"
"""Set next: it loads an address, which typed address columns overwrite."""

AFTER_LINES = (
    "FreightAmt",
    "DiscountRate",
    "DiscountAmt",
    "PaymentType",
    "PaymentTypeCategory",
    "OtherPaymentTypeRefNo",
    "CheckNoForDeposit",
    "DepositAmt",
)
"""Set when the lines are there, since these are checked against what the order comes to."""

LINE_ORDER = ("ItemCode", "WarehouseCode", "UnitOfMeasure", "QuantityOrdered", "UnitPrice")
"""The item loads a line's defaults; unit and quantity can price it anew, so the price comes last."""


@dataclass(frozen=True, slots=True)
class NewOrder:
    """A sales order to create.

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


def create(books: Books, order: NewOrder, deadline: Deadline) -> tuple[Found, list[Warned]]:
    """Create a sales order and read it back.

    Runs on the Sage thread, which is the write lock. Nothing is stored before the header is
    written, so every refusal up to there leaves Sage as it was; the object is dropped then,
    together with what had been set.

    Raises:
        ProblemError: 412 the number is taken or time is up; 422 Sage refused a column.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    session = books.session
    if any(place.has(session, order.number) for place in books.places):
        raise _exists(order.number)
    warnings: list[Warned] = []
    try:
        _write(session.use(SALES_ORDER), order, deadline=deadline, warnings=warnings)
    except BaseException:
        session.discard(SALES_ORDER)
        raise
    return _read_back(books, order.number), warnings


def _read_back(books: Books, number: str) -> Found:
    """Read what was just stored; a refusal here must not say that nothing was."""
    try:
        stored = books.look_up(number)
    except ProblemError as error:
        raise ComFailedError("the order can't be read right after it was written") from error
    if stored is None:
        raise ComFailedError("the order is absent right after it was written")
    return stored


def _write(
    target: ComObject, order: NewOrder, *, deadline: Deadline, warnings: list[Warned]
) -> None:
    writer = Writer(target, HEADER, warnings)
    deadline.check()
    _open_new(target, order.number, writer)
    _set_header(writer, order)
    for position, line in enumerate(order.lines, start=1):
        _add_line(target.child("oLines"), line, warnings=warnings, about=f"line {position}")
    _set_present(writer, AFTER_LINES, order.header)
    deadline.check()
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


def _set_header(writer: Writer, order: NewOrder) -> None:
    _set_present(writer, (*CUSTOMER_FIRST, SHIP_TO_CODE), order.header)
    done = {*CUSTOMER_FIRST, SHIP_TO_CODE, *AFTER_LINES}
    _set_present(writer, [name for name in order.header if name not in done], order.header)
    layout = writer.target.layout()
    if REV in layout:
        writer.set(REV, str(order.rev))
    if MARKER in layout and order.header.get("CustomerPONo"):
        writer.set(MARKER, order.header["CustomerPONo"])


def _add_line(
    lines: ComObject, line: Mapping[str, str], *, warnings: list[Warned], about: str
) -> None:
    writer = Writer(lines, LINE, warnings, about=f"{about} (item {line['ItemCode']})")
    # Sage gives 1 or 2 for a new line, depending on release: anything but 0 is good.
    writer.accept(lines.call("nAddLine"))
    rest = [name for name in line if name not in LINE_ORDER]
    _set_present(writer, (LINE_ORDER[0], *rest, *LINE_ORDER[1:]), line)
    _check_price(writer, line)
    # Read before the write: afterwards the cursor has moved and everything reads as zero.
    if not lines.get(LINE["LineKey"]):
        raise writer.refusal("LineKey")
    writer.accept(lines.call("nWrite"))


def _check_price(writer: Writer, line: Mapping[str, str]) -> None:
    """Refuse a line whose price Sage holds differently from what was asked; set it twice at most.

    A quantity break or a price code may have replaced it, and an order with another price than the
    shop's must not get as far as the commit.
    """
    asked = line.get("UnitPrice")
    if asked is None or _same_price(writer, asked):
        return
    writer.set("UnitPrice", asked)
    if not _same_price(writer, asked):
        held = writer.target.get(LINE["UnitPrice"])
        raise refused(
            f"Sage 100 holds the price {held} for {writer.about} where {asked} was asked. Nothing "
            "was stored. Check the item's pricing in Sage 100, then send the order again.",
            on=writer.target.name,
            column="UnitPrice",
        )


def _same_price(writer: Writer, asked: str) -> bool:
    return Decimal(writer.target.get(LINE["UnitPrice"])) == Decimal(asked)


def _set_present(writer: Writer, names: Sequence[str], values: Mapping[str, str]) -> None:
    for name in names:
        if name in values:
            writer.set(name, values[name])


def _exists(number: str) -> Exception:
    return problem(
        412,
        "SalesOrderExists",
        f"Sage 100 has a sales order {number} already, open, in history or invoiced. Nothing was "
        "stored. Look the number up to see it.",
    )
