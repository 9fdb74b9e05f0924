"""Who is who: typed ids, and the deterministic sales order number, marker and customer number."""

import hashlib
import re
from dataclasses import dataclass
from typing import NewType

from tieout.errors import RejectedError, SetupError

StoreKey = NewType("StoreKey", str)
OrderId = NewType("OrderId", int)
SalesOrderNo = NewType("SalesOrderNo", str)
Company = NewType("Company", str)

# Crockford's base32: no I, L, O, U, so that a number read out on the telephone survives.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LARGEST_SIX_DIGITS = 999_999
LARGEST_ORDER_ID = 32**6 - 1
# Sage 100, data dictionary: SalesOrderNo has 7 characters; clients cut CustomerNo to 7 as well.
NUMBER_LENGTH = 7
# Two buyers whose e-mail addresses hash alike are told apart by trying the next number.
CUSTOMER_NUMBERS_TO_TRY = 8
_LETTER = re.compile(r"[A-Z]")
_STACK_TAG = re.compile(r"[A-Za-z0-9]{2}")


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One web order: the store it was sold in and the storefront's own id."""

    store: StoreKey
    order_id: OrderId

    def __str__(self) -> str:
        return f"{self.store}#{self.order_id}"


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """One AR customer: ARDivisionNo (2 characters) and CustomerNo, always apart."""

    division: str
    number: str

    def __str__(self) -> str:
        return f"{self.division}-{self.number}"


@dataclass(frozen=True, slots=True)
class Numbering:
    """How a store's order ids become sales order numbers and markers.

    `letter` opens the numbers of ids up to 999,999; `overflow_letter` those beyond. Both belong to
    this store alone within a company. `stack_tag` (two characters) tells two deployments apart.
    Raises SetupError for anything else: numbers could collide, or a marker be cut off by Sage.
    """

    letter: str
    stack_tag: str
    overflow_letter: str = ""

    def __post_init__(self) -> None:
        if not (_LETTER.fullmatch(self.letter) and _LETTER.fullmatch(self.overflow_letter or "A")):
            raise SetupError("letter and overflow_letter must each be one letter from A to Z.")
        if self.letter == self.overflow_letter:
            raise SetupError("letter and overflow_letter are the same: numbers would collide.")
        if not _STACK_TAG.fullmatch(self.stack_tag):
            raise SetupError("stack_tag must be two letters or digits.")

    def sales_order_no(self, order_id: OrderId) -> SalesOrderNo:
        """The one sales order number of a web order: same id, same number, for ever.

        Raises:
            RejectedError: the id is outside 0 … 1,073,741,823.
            SetupError: the id needs the second letter and the store has none.
        """
        if not 0 <= order_id <= LARGEST_ORDER_ID:
            raise RejectedError(
                f"Order id {order_id} does not fit into a sales order number.",
                next_action="Enter this order by hand and ask support for a wider number range.",
            )
        if order_id <= LARGEST_SIX_DIGITS:
            return SalesOrderNo(f"{self.letter}{order_id:06d}")
        if not self.overflow_letter:
            raise SetupError(
                "Order ids have passed 999,999 and the store has no overflow_letter: set one."
            )
        return SalesOrderNo(self.overflow_letter + _base32(order_id, length=NUMBER_LENGTH - 1))

    def order_id(self, number: SalesOrderNo) -> OrderId:
        """The web order behind a sales order number; raises ValueError if it isn't one of ours."""
        letter, digits = number[:1], number[1:]
        if len(number) == NUMBER_LENGTH and set(digits) <= set(CROCKFORD):
            if letter == self.letter and digits.isdecimal():
                return OrderId(int(digits))
            if letter == self.overflow_letter and _from_base32(digits) > LARGEST_SIX_DIGITS:
                return OrderId(_from_base32(digits))
        raise ValueError(f"{number!r} is not a number of this store")

    def marker(self, order_id: OrderId) -> str:
        """What is written into CustomerPONo: at most 15 characters, the shortest layout's length."""
        return f"{self.letter}-{order_id}-{self.stack_tag}"


def customer_number_candidates(store: StoreKey, email: str) -> tuple[str, ...]:
    """The CustomerNo values for a buyer, in the order in which they are tried; each 7 characters.

    They depend on the store and the e-mail address alone, so two orders of one new buyer, taken at
    the same moment, ask for the same number and Sage lets one of them through.
    """
    return tuple(
        "W" + _base32(_hash_number(f"{store}\n{email}\n{attempt}"), length=NUMBER_LENGTH - 1)
        for attempt in range(CUSTOMER_NUMBERS_TO_TRY)
    )


def buyer_fingerprint(store: StoreKey, email: str) -> str:
    """The key of a buyer in our tables: a hash, since they hold no personal data."""
    return hashlib.sha256(f"{store}\n{email}".encode()).hexdigest()


def _hash_number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8]) % 32**6


def _base32(number: int, *, length: int) -> str:
    digits = [CROCKFORD[(number >> 5 * place) & 31] for place in range(length)]
    return "".join(reversed(digits))


def _from_base32(text: str) -> int:
    number = 0
    for character in text:
        number = number * 32 + CROCKFORD.index(character)
    return number
