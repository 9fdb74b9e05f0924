"""The one place where COM's doubles meet decimals: nothing else in the agent touches a float."""

from decimal import ROUND_HALF_UP, Decimal


def from_double(value: float, decimals: int) -> Decimal:
    """Turn a double from COM into the decimal it stands for.

    `repr` gives the shortest decimal that names the double, which is what Sage shows; rounding to
    the column's decimals takes away what binary arithmetic inside Sage left behind.
    """
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def to_double(value: Decimal) -> float:
    """Turn a decimal into the double that COM wants; exact to 15 significant digits."""
    return float(value)


def as_text(value: Decimal) -> str:
    """Write a decimal plainly, without an exponent, as our JSON has it."""
    return f"{value:f}"
