"""Sales orders by rising number over open orders and order history: what a recount goes through."""

from dataclasses import dataclass
from decimal import Decimal

from tieout_agent.sage.books import Books
from tieout_agent.sage.bulk import HIGHEST_KEY, read_rows
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.doubles import as_text
from tieout_agent.sage.sales_order_reading import Place, Where

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

Row = dict[str, str]


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


def page(books: Books, *, prefix: str, after: str, limit: int) -> tuple[list[Listed], str | None]:
    """Read the next orders in the order of their numbers.

    Open orders are read before history, in which an order stands as long as it lives: one that
    moves meanwhile is met at least once, and open counts when both have it. The numbers alone
    tell where the page ends, since Sage reads key ranges but counts no rows.

    Args:
        books: The company.
        prefix: How the numbers begin.
        after: The last number of the page before; empty for the first page.
        limit: Orders wanted.

    Returns:
        The orders, and the number to go on after, or None when this was the last page.

    Raises:
        ProblemError: 503, Sage refused the read.
    """
    places = [place for place in books.places if place.where in LISTED]
    begin, end = max(prefix, after), f"{prefix}{HIGHEST_KEY}"
    ahead = {
        row[_NUMBER.name]
        for place in places
        for row in read_rows(books.session.use(place.family), [_NUMBER], begin=begin, end=end)
    }
    numbers = sorted(no for no in ahead if no.startswith(prefix) and no > after)
    wanted = numbers[:limit]
    found: dict[str, Listed] = {}
    if wanted:
        for place in places:
            for listed in _rows(books, place, first=wanted[0], last=wanted[-1]):
                found.setdefault(listed.number, listed)
    orders = [found[number] for number in wanted if number in found]
    return orders, wanted[-1] if len(numbers) > limit else None


def _rows(books: Books, place: Place, *, first: str, last: str) -> list[Listed]:
    source = books.session.use(place.family)
    layout = source.layout()
    columns = [_NUMBER, _STATUS, _MARKER]
    columns += [HEADER[name] for name in (*_PLUS, _MINUS) if name in layout]
    # Room behind the last number, since it is not documented whether the end key is counted in.
    rows = read_rows(source, columns, begin=first, end=f"{last}~")
    return [
        Listed(
            number=row[_NUMBER.name],
            where=place.where,
            status=row[_STATUS.name],
            marker=row[_MARKER.name],
            total=_total(row),
        )
        for row in rows
    ]


def _total(row: Row) -> str | None:
    """Reckon what Sage has no column for (Sage 100 reference: sales order header)."""
    if any(name not in row for name in (*_PLUS, _MINUS)):
        return None
    added = sum((Decimal(row[name]) for name in _PLUS), Decimal(0))
    return as_text((added - Decimal(row[_MINUS])).quantize(_CENT))
