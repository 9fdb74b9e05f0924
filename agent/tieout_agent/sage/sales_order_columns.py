"""Setting the columns of a sales order in the order in which Sage wants them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from tieout_agent.problems import About, refused
from tieout_agent.sage.columns import LINE
from tieout_agent.sage.com_object import ComObject
from tieout_agent.sage.sales_order_reading import MARKER, REV
from tieout_agent.sage.writing import Warned, Writer

CUSTOMER_FIRST = ("ARDivisionNo", "CustomerNo")
"""Set before all else: they load the customer's defaults, which later columns overwrite. Sage takes
them only while an order is new."""

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


def before_lines(header: Mapping[str, str]) -> list[str]:
    """Name the header columns to set before the lines, customer columns left out."""
    later = {*CUSTOMER_FIRST, SHIP_TO_CODE, *AFTER_LINES}
    first = [SHIP_TO_CODE] if SHIP_TO_CODE in header else []
    return first + [name for name in header if name not in later]


def set_present(writer: Writer, names: Sequence[str], values: Mapping[str, str]) -> None:
    """Set those of the columns that have a value."""
    for name in names:
        if name in values:
            writer.set(name, values[name])


def set_changed(writer: Writer, names: Sequence[str], values: Mapping[str, str]) -> None:
    """Set those of the columns whose value Sage does not hold already.

    Each is read right before it would be set, since setting one may load others.
    """
    for name in names:
        if name in values and not writer.holds(name, values[name]):
            writer.set(name, values[name])


def set_ours(writer: Writer, rev: int, header: Mapping[str, str]) -> None:
    """Set our own columns, where the company has them: the revision and the marker."""
    layout = writer.target.layout()
    if REV in layout:
        writer.set(REV, str(rev))
    if MARKER in layout and header.get("CustomerPONo"):
        writer.set(MARKER, header["CustomerPONo"])


def add_lines(
    lines: ComObject, given: Sequence[Mapping[str, str]], warnings: list[Warned]
) -> list[str]:
    """Add lines in their order; hand back their keys."""
    return [
        _add_line(lines, line, warnings=warnings, about=f"line {position}")
        for position, line in enumerate(given, start=1)
    ]


def _add_line(
    lines: ComObject, line: Mapping[str, str], *, warnings: list[Warned], about: str
) -> str:
    writer = Writer(lines, LINE, warnings, about=f"{about} (item {line['ItemCode']})")
    # Sage gives 1 or 2 for a new line, depending on release: anything but 0 is good.
    writer.accept(lines.call("nAddLine"))
    rest = [name for name in line if name not in LINE_ORDER]
    set_present(writer, (LINE_ORDER[0], *rest, *LINE_ORDER[1:]), line)
    _check_price(writer, line)
    # Read before the write: afterwards the cursor has moved and everything reads as zero.
    key = lines.get(LINE["LineKey"])
    if not key:
        raise writer.refusal(About(lines.name, "LineKey"))
    writer.accept(lines.call("nWrite"))
    return key


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
            About(writer.target.name, "UnitPrice", sent=len(asked)),
        )


def _same_price(writer: Writer, asked: str) -> bool:
    return Decimal(writer.target.get(LINE["UnitPrice"])) == Decimal(asked)
