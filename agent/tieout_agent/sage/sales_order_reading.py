"""Where a sales order is and what it holds: open orders, then history, then invoice history."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tieout_agent.journal import Journal, Written
from tieout_agent.problems import ProblemError, unavailable
from tieout_agent.sage.bulk import quoted, read_rows
from tieout_agent.sage.columns import HEADER, HISTORY_LINE, INVOICE, LINE
from tieout_agent.sage.com_object import FAILED, ComObject
from tieout_agent.sage.families import INVOICE_HISTORY, ORDER_HISTORY, SALES_ORDER, Family
from tieout_agent.sage.session import Session
from tieout_agent.sage.stamps import content_stamp

REV = "UDF_TIEOUT_REV"
MARKER = "UDF_TIEOUT_MARKER"

LINES_READ = 2000
"""Lines read of one order; an order in Sage has far fewer, so this only ends a broken browse."""

MARKER_ROWS = 50
"""Open orders read that begin with one marker; a marker belongs to one order."""

DELETED = ("X", "Z")
"""What history calls a deleted order, and a deleted quote."""

Where = Literal["open", "history", "invoiceHistory"]
Document = dict[str, Any]

_NUMBER = HEADER["SalesOrderNo"]
_MARKER = HEADER["CustomerPONo"]
_HISTORY_NAMES = {
    "QuantityOrderedRevised": "QuantityOrdered",
    "LastUnitPrice": "UnitPrice",
    "LastExtensionAmt": "ExtensionAmt",
}
"""History keeps the last quantity and price under names of its own; one reader serves both."""


@dataclass(frozen=True, slots=True)
class Found:
    """A sales order in one of the three places.

    Attributes:
        where: The place.
        order: The order's columns, with its lines under `Lines`.
        marker_matches: Numbers of all orders that bear the marker asked for, in any place.
    """

    where: Where
    order: Document
    marker_matches: tuple[str, ...] = ()

    @property
    def rev(self) -> int | None:
        """The revision that the agent left in the order; None where the company has no column."""
        text = str(self.order.get(REV, ""))
        return int(text.partition(".")[0]) if text[:1].isdigit() else None

    @property
    def stamp(self) -> str:
        """The fingerprint of its content: it changes when anyone changes the order."""
        return content_stamp(self.order)


def revision(company: str, found: Found, journal: Journal) -> int | None:
    """Say the highest revision known of an order: from its own column, or as it was journalled."""
    return (
        found.rev or journal.rev(company, document_path(found.order["SalesOrderNo"])) or found.rev
    )


@dataclass(frozen=True, slots=True)
class Seen:
    """A sales order, and what is known of our writes to it.

    Attributes:
        found: The order as it is.
        rev: Its revision; None where a write was begun whose end nobody knows.
        written: The last write of ours; its stamp differs once anybody else changed the order.
    """

    found: Found
    rev: int | None
    written: Written


def with_writes(company: str, found: Found, journal: Journal) -> Seen:
    """Add to an order what is known of our writes to it; call it under the lock of the reading."""
    document = document_path(found.order["SalesOrderNo"])
    rev = found.rev or journal.rev(company, document, for_certain=True) or found.rev
    return Seen(found, rev, journal.written(company, document))


def document_path(number: str) -> str:
    """Say under which name the journal keeps an order."""
    return f"SO/SalesOrder/{number}"


def look_up(
    session: Session, number: str, *, marker: str | None, places: "Sequence[Place]"
) -> Found | None:
    """Look for an order by number, and by marker when one is given.

    The places are visited in the order in which orders move, so that one that moves
    meanwhile is met at least once. The number decides before the marker does; without a marker
    the look-up ends where the number is.

    Args:
        session: The company's session; the caller holds the write lock by being on its thread.
        number: Seven digits or capitals.
        marker: What `CustomerPONo` of our order holds.
        places: Those that the company's user may look through.
    """
    numbered: list[tuple[Place, str]] = []
    marked: list[tuple[Place, str]] = []
    for place in places:
        if place.has(session, number):
            numbered.append((place, number))
            if not marker:
                break
        if marker:
            marked += [(place, other) for other in place.marked(session, marker)]
    for place, hit in [*numbered, *marked][:1]:
        matches = tuple(dict.fromkeys(other for _, other in marked))
        return Found(place.where, place.read(session, hit), matches)
    return None


@dataclass(frozen=True, slots=True)
class Place:
    """One of the places where an order may be.

    Attributes:
        where: Its name in answers.
        family: The object that reads it.
        guarantee: The word that says it is looked through; none where that goes without saying.
        has: Whether it holds this number.
        marked: Numbers of its orders that bear a marker.
        read: The order as a document.
    """

    where: Where
    family: Family
    guarantee: str
    has: Callable[[Session, str], bool]
    marked: Callable[[Session, str], list[str]]
    read: Callable[[Session, str], Document]


def in_open(session: Session, number: str) -> bool:
    """Say whether the open orders hold this number."""
    return _find(session.use(SALES_ORDER), number)


def in_history(session: Session, number: str) -> bool:
    """Say whether the order history holds this number; deleted orders stay there too."""
    return _find(session.use(ORDER_HISTORY), number)


def in_invoice_history(session: Session, number: str) -> bool:
    """Say whether a posted invoice came from this number.

    By filter: an index of invoice history that begins with the order number is not known.
    """
    return bool(_invoices(session, number))


def _find(source: ComObject, number: str) -> bool:
    """Position on a number and compare: Sage stops at the first record that is not lower."""
    if source.answer("nSetKeyValue", _NUMBER.sage_name, number) == FAILED:
        # The search would go on with the number before, and its answer would say "absent".
        raise unavailable(
            "SessionFailed",
            f"Sage 100 would not look for the order in {source.name}: {source.message()}",
        )
    return source.answer("nFind") != FAILED and source.get(_NUMBER) == number


def in_open_marked(session: Session, marker: str) -> list[str]:
    """Give the numbers of the open orders with a marker, by their index on `CustomerPONo`.

    On an object of its own, so that the one that writes stays on its first index.
    """
    with session.fresh(SALES_ORDER) as orders:
        narrowed = orders.call("nSetIndex", "KCUSTOMERPO"), orders.call("nSetBrowseFilter", marker)
        if FAILED not in narrowed:
            rows = browse(orders, limit=MARKER_ROWS)
            return [orders.get(_NUMBER) for _ in rows if orders.get(_MARKER) == marker]
    # Without that index the first rows of the file would be browsed, and the marker missed.
    return _numbers_where_marked(session.use(SALES_ORDER), marker)


def _history_marked(session: Session, marker: str) -> list[str]:
    """Search the history by condition: whether its marker index can be browsed is unconfirmed."""
    return _numbers_where_marked(session.use(ORDER_HISTORY), marker)


def _invoices_marked(session: Session, marker: str) -> list[str]:
    return _numbers_where_marked(session.use(INVOICE_HISTORY), marker)


def _numbers_where_marked(source: ComObject, marker: str) -> list[str]:
    if _MARKER.name not in source.layout():
        return []
    rows = read_rows(source, [_NUMBER], where=f"{_MARKER.sage_name}={quoted(marker)}")
    return [row[_NUMBER.name] for row in rows if row[_NUMBER.name]]


def read_open(session: Session, number: str) -> Document:
    """Read an open order."""
    source = session.use(SALES_ORDER)
    _find_again(source, number)
    return {**source.read(HEADER), "Lines": _open_lines(source.child("oLines"))}


def _open_lines(lines: ComObject) -> list[Document]:
    return [lines.read(LINE) for _ in browse(lines)]


def _read_history(session: Session, number: str) -> Document:
    source = session.use(ORDER_HISTORY)
    _find_again(source, number)
    header = source.read(HEADER)
    lines = source.child("oLines")
    rows = [lines.read(HISTORY_LINE) for _ in browse(lines)]
    kept = [row for row in rows if header["OrderStatus"] in DELETED or not _cancelled(row)]
    return {**header, "Lines": [_with_order_names(row) for row in kept]}


def _cancelled(row: Mapping[str, str]) -> bool:
    """Say whether a line had left the order before the order left; history keeps it all the same."""
    return row.get("CancelledLine") == "Y"


def _with_order_names(row: dict[str, str]) -> dict[str, str]:
    return {_HISTORY_NAMES.get(name, name): value for name, value in row.items()}


def _read_invoice_history(session: Session, number: str) -> Document:
    invoices = _invoices(session, number)
    if not invoices:
        raise _moved()
    return {**invoices[0], "Lines": []}


def _invoices(session: Session, number: str) -> list[dict[str, str]]:
    source = session.use(INVOICE_HISTORY)
    columns = source.present(INVOICE)
    return read_rows(source, columns, where=f"{_NUMBER.sage_name}={quoted(number)}")


def browse(source: ComObject, *, limit: int = LINES_READ) -> Iterator[None]:
    """Step through the rows of an object, at most `limit` of them."""
    code = source.answer("nMoveFirst")
    for _ in range(limit):
        if code == FAILED or source.at_end():
            return
        yield
        code = source.answer("nMoveNext")


def _find_again(source: ComObject, number: str) -> None:
    if not _find(source, number):
        raise _moved()


def _moved() -> ProblemError:
    return unavailable("Busy", "The order is being moved inside Sage 100. Look it up again.")


PLACES: Final = (
    Place("open", SALES_ORDER, "", has=in_open, marked=in_open_marked, read=read_open),
    Place(
        "history",
        ORDER_HISTORY,
        "history",
        has=in_history,
        marked=_history_marked,
        read=_read_history,
    ),
    Place(
        "invoiceHistory",
        INVOICE_HISTORY,
        "invoiceHistory",
        has=in_invoice_history,
        marked=_invoices_marked,
        read=_read_invoice_history,
    ),
)
"""In the order in which orders move."""
