"""Decimal amounts as the storefront writes, rounds and spreads them."""

from collections.abc import Sequence
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
CENT = Decimal("0.01")
FOUR_PLACES = Decimal("0.0001")


def text(value: Decimal) -> str:
    """V2 money: a string with four decimals (BigCommerce docs: orders V2)."""
    return f"{value.quantize(FOUR_PLACES, ROUND_HALF_UP):f}"


def number(value: Decimal) -> int | float:
    """A JSON number, which V3 and a few V2 fields have for money; never reckoned with here."""
    return int(value) if value == value.to_integral_value() else float(value)


def cents(value: Decimal) -> Decimal:
    """Rounded to what a buyer can pay, half up."""
    return value.quantize(CENT, ROUND_HALF_UP)


def finely(value: Decimal) -> Decimal:
    """Rounded to the four decimals that the API can hold, half up."""
    return value.quantize(FOUR_PLACES, ROUND_HALF_UP)


def spread(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Split whole cents over lines in proportion, by largest remainder, so that they sum exactly.

    A weight of zero gets nothing; no share exceeds its weight while `total` is at most their sum.
    """
    whole = sum(weights, ZERO)
    if not total or not whole:
        return [ZERO for _ in weights]
    exact = [total * weight / whole for weight in weights]
    shares = [share.quantize(CENT, ROUND_DOWN) for share in exact]
    left = int((total - sum(shares, ZERO)) / CENT)
    neediest = sorted(range(len(exact)), key=lambda n: (shares[n] - exact[n], n))
    for position in neediest[:left]:
        shares[position] += CENT
    return shares
