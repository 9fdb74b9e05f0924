"""Customers: read one by its key, find those with an e-mail address or a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tieout_agent.sage.bulk import narrowed, read_rows
from tieout_agent.sage.columns import CUSTOMER, UDF
from tieout_agent.sage.com_object import FAILED, ComObject
from tieout_agent.sage.families import CUSTOMER as FAMILY
from tieout_agent.sage.session import Session
from tieout_agent.sage.stamps import stamp_of

MOST_FOUND = 25
"""Customers in one answer; more under one e-mail address or name are a question for a person anyway."""

DIVISION = CUSTOMER["ARDivisionNo"]
NUMBER = CUSTOMER["CustomerNo"]

Sought = Literal["EmailAddress", "CustomerName"]


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """A customer's key.

    Attributes:
        division: Two characters.
        number: Up to 20.
    """

    division: str
    number: str

    def __str__(self) -> str:
        return f"{self.division}-{self.number}"


def customer_stamp(customer: Mapping[str, str]) -> str:
    """Say the fingerprint of what people decide about a customer.

    Balances and the audit block are left out: they move with every order, and nobody decided that.
    """
    return stamp_of({name: value for name, value in customer.items() if _decided(name)})


def _decided(name: str) -> bool:
    column = CUSTOMER.get(name)
    return name in (DIVISION.name, NUMBER.name) or (
        UDF.fullmatch(name) is not None if column is None else column.writable
    )


def read(session: Session, key: CustomerKey) -> dict[str, str] | None:
    """Read a customer, or None when Sage has no such key."""
    source = session.use(FAMILY)
    return source.read(CUSTOMER) if has(source, key) else None


def find(session: Session, column: Sought, value: str) -> tuple[list[dict[str, str]], bool]:
    """Find the customers with this e-mail address or name, in any case of letters.

    Sage narrows, this function decides: what `UCS` makes of letters beyond A to Z is not known.

    Returns:
        At most 25 customers, and whether there were more.
    """
    source = session.use(FAMILY)
    sought = CUSTOMER[column]
    where = narrowed(sought, value.strip())
    candidates = read_rows(source, [DIVISION, NUMBER, sought], where=where)
    wanted = value.strip().casefold()
    keys = [
        CustomerKey(row[DIVISION.name], row[NUMBER.name])
        for row in candidates
        if row[sought.name].strip().casefold() == wanted
    ]
    found = [source.read(CUSTOMER) for key in keys[:MOST_FOUND] if has(source, key)]
    return found, len(keys) > MOST_FOUND


def has(source: ComObject, key: CustomerKey) -> bool:
    """Position on a key and compare: Sage stops at the first record that is not lower.

    A part of the key that Sage refuses, such as a division that does not exist, belongs to no
    customer; and the search must not go on with what the part was before.
    """
    parts = ((DIVISION, key.division), (NUMBER, key.number))
    if any(source.answer("nSetKeyValue", part.sage_name, to) == FAILED for part, to in parts):
        return False
    if source.answer("nFind") == FAILED:
        return False
    return (source.get(DIVISION), source.get(NUMBER)) == (key.division, key.number)
