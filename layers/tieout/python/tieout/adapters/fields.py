"""Typed reading of a vendor's JSON object: exact decimals, aware times, plain complaints."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, cast

from tieout.adapters.answers import is_unicode, utc_from_rfc_2822
from tieout.errors import RejectedError

# Sage 100 keeps at most 13 digits with two decimals; a web order of a thousand million is a mistake.
LARGEST_NUMBER = Decimal(1_000_000_000)
MOST_DECIMALS = 10
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object; `of` is what messages call it. They name the field, never its content.

    Every method raises RejectedError for a field that isn't what it should be.
    """

    row: Mapping[str, Any]
    of: str

    def text(self, name: str) -> str:
        """A string without blanks around it; numbers as they are written; "" when absent or null."""
        value = self.row.get(name)
        if value is None:
            return ""
        if isinstance(value, str) and is_unicode(value):
            return value.strip()
        if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
            return str(value)
        raise self.complaint(name, "is no text")

    def number(self, name: str) -> Decimal:
        """An exact decimal, from a string, a number or an integer; zero when absent, null or ""."""
        raw = self.row.get(name)
        if isinstance(raw, Decimal) and raw.is_finite():
            value = raw
        else:
            text = self.text(name) or "0"
            if not _NUMBER.fullmatch(text):
                raise self.complaint(name, "is not a plain number")
            value = Decimal(text)
        if abs(value) >= LARGEST_NUMBER or _decimals(value) > MOST_DECIMALS:
            raise self.complaint(name, "is out of all proportion")
        return value

    def required(self, name: str) -> Decimal:
        """An exact decimal that has to be there."""
        if not self.text(name):
            raise self.complaint(name, "is missing")
        return self.number(name)

    def integer(self, name: str) -> int:
        """A whole number that isn't negative; zero when absent, null or ""."""
        value = self.number(name)
        if value < 0 or value != value.to_integral_value():
            raise self.complaint(name, "is not a whole number")
        return int(value)

    def flag(self, name: str) -> bool:
        """True for true, 1 and "1" or "true"; V2 writes all of them."""
        return str(self.row.get(name)).lower() in {"true", "1"}

    def moment(self, name: str) -> datetime:
        """An RFC 2822 date as an aware UTC time."""
        try:
            return utc_from_rfc_2822(self.text(name))
        except ValueError:
            raise self.complaint(name, "is not a date") from None

    def inner(self, name: str) -> "Fields | None":
        """The object inside; None when absent or null."""
        value = self.row.get(name)
        if not value:
            return None
        if not isinstance(value, dict):
            raise self.complaint(name, "is no object")
        return Fields(cast("dict[str, Any]", value), name.replace("_", " "))

    def each(self, name: str) -> "list[Fields]":
        """The objects of a list; none when absent or null."""
        value = self.row.get(name)
        if value is not None and not isinstance(value, list):
            raise self.complaint(name, "is no list")
        rows = cast("list[Any]", value or [])
        if not all(isinstance(row, dict) for row in rows):
            raise self.complaint(name, "is no list of objects")
        return [Fields(row, self.of) for row in rows]

    def complaint(self, name: str, what: str) -> RejectedError:
        """The error for one field."""
        return RejectedError(
            f"The storefront's answer can't be used: “{name}” of {self.of} {what}.",
            next_action="Look at the order in the storefront, and enter it by hand.",
            code="UnreadableOrder",
        )


def _decimals(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
