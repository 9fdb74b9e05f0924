"""Money: exact decimals, rounded once, here."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
# Sage 100 stores UnitPrice with six decimals (data dictionary, SO_SalesOrderDetail: 15,6).
UNIT_PRICE_STEP = Decimal("0.000001")
ZERO = Decimal(0)


def to_cents(amount: Decimal) -> Decimal:
    """Round to cents, half away from zero: the one place where storefront money is rounded."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def as_integer_cents(amount: Decimal) -> int:
    """`12.34` as `1234`; raises ValueError for an amount that has parts of a cent."""
    cents = amount / CENT
    if cents != cents.to_integral_value():
        raise ValueError(f"{amount} has parts of a cent")
    return int(cents)


def allocate(total: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Split `total` (whole cents) over `weights` so that the parts add up to it exactly.

    Each part is rounded down to a cent and the cents that remain go, one each, to the parts with the
    largest remainders, the earlier one first. With no weight at all the first part gets everything.

    Raises:
        ValueError: there is nothing to split over, a weight is negative, or `total` has parts of a cent.
    """
    if not weights or any(weight < 0 for weight in weights):
        raise ValueError("money is split over at least one weight, none of them negative")
    cents = as_integer_cents(total)
    whole = sum(weights, ZERO)
    if not whole:
        return (total, *(ZERO for _ in weights[1:]))
    exact = [abs(cents) * weight / whole for weight in weights]
    floors = [part.quantize(Decimal(1), rounding=ROUND_DOWN) for part in exact]
    missing = abs(cents) - int(sum(floors, ZERO))
    by_remainder = sorted(range(len(exact)), key=lambda i: (floors[i] - exact[i], i))
    lucky = set(by_remainder[:missing])
    sign = -1 if cents < 0 else 1
    return tuple(sign * CENT * (floor + (i in lucky)) for i, floor in enumerate(floors))
