"""Sales orders by rising number over open orders and order history: what a recount goes through."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from tieout_agent.sage.books import Books
from tieout_agent.sage.changes import DATE, TIME, Since
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.doubles import as_text
from tieout_agent.sage.file_keys import FileKey, Key, order
from tieout_agent.sage.key_pages import Elapsed, KeyedFile, Page, read_page
from tieout_agent.sage.sales_order_reading import Place, Where, in_open, read_open

MOST_ORDERS = 2000
"""Orders in one page, about 250 kB of JSON."""

LISTED = ("open", "history")
"""Places that are listed; a posted invoice alone tells too little of its order."""

_NUMBER = HEADER["SalesOrderNo"]
_STATUS = HEADER["OrderStatus"]
_MARKER = HEADER["CustomerPONo"]
_PLUS = ("TaxableAmt", "NonTaxableAmt", "SalesTaxAmt", "FreightAmt")
_MINUS = "DiscountAmt"
_CENT = Decimal("0.01")

_KEY = FileKey((_NUMBER,))
_ANY_BEHIND = "~"
"""Behind every character of a number."""

MOST_MARKED = 50
"""Orders in one page of those that bear a marker; it belongs to one order, so this only ends a page
about a text that people write into many."""

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ListWish:
    """Which orders are wanted.

    Attributes:
        prefix: How the numbers begin; one character at least.
        after: The last number of the page before; empty for the first page.
        limit: Most orders.
        since: Only orders that may have changed since then; None for all.
    """

    prefix: str
    after: str = ""
    limit: int = MOST_ORDERS
    since: datetime | None = None

    @property
    def begin(self) -> Key:
        """The key to begin behind."""
        before = f"{self.prefix[:-1]}{chr(ord(self.prefix[-1]) - 1)}{_ANY_BEHIND}"
        return max((before[: _KEY.size],), (self.after,), key=order)


@dataclass(frozen=True, slots=True)
class Listed:
    """One order in a list.

    Attributes:
        number: Its number.
        where: The first place that has it.
        status: `OrderStatus` in that place.
        marker: `CustomerPONo`.
        total: What the customer owes; None where Sage keeps no amounts.
    """

    number: str
    where: Where
    status: str
    marker: str
    total: str | None


def page(books: Books, wish: ListWish, elapsed: Elapsed) -> tuple[list[Listed], str | None]:
    """Read the next orders in the order of their numbers.

    Open orders are read before history, in which an order stands as long as it lives: one that
    moves meanwhile is met at least once, and open counts when both have it. Each place is read as
    far as a page goes; what one has beyond the other's end is left to the next page.

    Args:
        books: The company.
        wish: Which orders.
        elapsed: Says the seconds since the page began.

    Returns:
        The orders, which may be fewer than were wanted, and the number to go on after, or None
        when this was the last page.

    Raises:
        ProblemError: 503, Sage refused the read.
    """
    places = [place for place in books.places if place.where in LISTED]
    found: dict[str, Listed] = {}
    ends: list[Key] = []
    for place in places:
        part = _part(books, place, wish=wish, elapsed=elapsed)
        ends += [part.next] if part.next else []
        for row in part.rows:
            found.setdefault(row[_NUMBER.name], _listed(row, place.where))
    end = min(ends, key=order, default=None)
    numbers = sorted(
        number
        for number in found
        if number.startswith(wish.prefix) and (end is None or order((number,)) <= order(end))
    )
    wanted = numbers[: wish.limit]
    orders = [found[number] for number in wanted]
    if wish.since:
        orders = [_where_it_is(books, listed) for listed in orders]
    return orders, wanted[-1] if len(numbers) > wish.limit else _following(end, wish.prefix)


def marked(books: Books, marker: str, *, after: str, limit: int) -> tuple[list[Listed], str | None]:
    """List the orders that bear a marker, in all the places that a look-up goes through.

    Returns:
        The orders by rising number, each in the first place that has it, and the number to go on
        after, or None when these were the last.

    Raises:
        ProblemError: 503, Sage refused a read, or an order is being moved.
    """
    holds: dict[str, Place] = {}
    for place in books.places:
        for number in place.marked(books.session, marker):
            holds.setdefault(number, place)
    numbers = sorted(number for number in holds if number > after)
    wanted = numbers[: min(limit, MOST_MARKED)]
    orders = [
        _listed(holds[number].read(books.session, number), holds[number].where) for number in wanted
    ]
    return orders, wanted[-1] if len(numbers) > len(wanted) else None


def _part(books: Books, place: Place, *, wish: ListWish, elapsed: Elapsed) -> Page:
    source = books.session.use(place.family)
    layout = source.layout()
    names = (_STATUS.name, _MARKER.name, *_PLUS, _MINUS, DATE, TIME)
    columns = [_NUMBER, *(HEADER[name] for name in names if name in layout)]
    since = Since(wish.since) if wish.since and DATE in layout else None
    file = KeyedFile(source, _KEY, columns, since.where if since else "")
    part = read_page(file, after=wish.begin, limit=wish.limit, elapsed=elapsed)
    if since is None:
        return part
    return Page([row for row in part.rows if since.has(row)], part.next)


def _where_it_is(books: Books, listed: Listed) -> Listed:
    """Tell an order that changed in history alone as it is among the open ones, if it is there."""
    if listed.where == "open" or not in_open(books.session, listed.number):
        return listed
    return _listed(read_open(books.session, listed.number), "open")


def _following(end: Key | None, prefix: str) -> str | None:
    """Say what to go on after; nothing once the numbers with the prefix are through."""
    if end is None or order(end) > order((f"{prefix}{_ANY_BEHIND}",)):
        return None
    return end[0]


def _listed(row: Row, where: Where) -> Listed:
    return Listed(
        number=row[_NUMBER.name],
        where=where,
        status=row.get(_STATUS.name, ""),
        marker=row.get(_MARKER.name, ""),
        total=_total(row),
    )


def _total(row: Row) -> str | None:
    """Reckon what Sage has no column for (Sage 100 reference: sales order header)."""
    if any(name not in row for name in (*_PLUS, _MINUS)):
        return None
    added = sum((Decimal(row[name]) for name in _PLUS), Decimal(0))
    return as_text((added - Decimal(row[_MINUS])).quantize(_CENT))
