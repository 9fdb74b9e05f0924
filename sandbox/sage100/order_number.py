"""The form of a sales order number: seven upper-case letters and digits."""

import re

from .errors import RefusedError

LENGTH = 7
_PATTERN = re.compile(r"[0-9A-Z]{7}", re.ASCII)


def check_order_number(number: str) -> str:
    """Return an order number in full; an all-digit one is filled with zeros on the left.

    Raises:
        RefusedError: It is too long, too short, or has other characters.
    """
    full = number.zfill(LENGTH) if number.isdigit() and number.isascii() else number
    where = "SO_SalesOrder_Bus column SalesOrderNo$"
    if len(full) > LENGTH:
        raise RefusedError(f"{where} is greater than {LENGTH} character(s).")
    if _PATTERN.fullmatch(full) is None:
        raise RefusedError(f"{where} must be {LENGTH} upper-case letters and digits.")
    return full
