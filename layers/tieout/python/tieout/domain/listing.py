"""Which stretch of a company's list of sales orders is a store's, and which web order a row is about."""

from collections.abc import Iterator

from tieout.domain.identity import LARGEST_SIX_DIGITS, Numbering, OrderId, SalesOrderNo

# Ids go up to 1,073,741,823; a longer row of digits is nothing of ours, and could not even be read.
LONGEST_ID = 10


def stretches(numbering: Numbering, from_id: OrderId) -> Iterator[tuple[str, str]]:
    """The letter of each stretch and the number after which it begins, by rising id.

    All ids under the first letter are below those under the second, and within a letter numbers rise
    with ids.
    """
    if from_id <= LARGEST_SIX_DIGITS:
        yield numbering.letter, numbering.sales_order_no(OrderId(from_id - 1)) if from_id else ""
    if numbering.overflow_letter:
        inside = from_id > LARGEST_SIX_DIGITS + 1
        after = numbering.sales_order_no(OrderId(from_id - 1)) if inside else ""
        yield numbering.overflow_letter, after


def numbered(numbering: Numbering, number: SalesOrderNo) -> OrderId | None:
    """The web order that a number belongs to; None for a number that only begins with our letter."""
    try:
        return numbering.order_id(number)
    except ValueError:
        return None


def marked(numbering: Numbering, marker: str) -> OrderId | None:
    """The web order that a marker names; None unless it is a marker of this store and this stack."""
    _, _, rest = marker.partition("-")
    digits, _, _ = rest.partition("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > LONGEST_ID:
        return None
    order_id = OrderId(int(digits))
    return order_id if numbering.marker(order_id) == marker else None
