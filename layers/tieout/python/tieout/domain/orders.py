"""The web order as Tieout understands it, whichever storefront sold it."""

import hashlib
import json
from dataclasses import astuple, dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, cast

from tieout.domain.identity import OrderKey


class Standing(StrEnum):
    """Where a web order stands, as far as the import cares."""

    NOT_YET = "not_yet"  # unpaid, incomplete, under review: look again when it changes
    IMPORTABLE = "importable"
    FINISHED = "finished"  # shipped, completed or partly refunded without ever being importable
    CANCELLED = "cancelled"  # cancelled or declined: what Sage has of it must go
    RETIRED = "retired"  # refunded in full or archived: never imported, and never undone in Sage


class LineKind(StrEnum):
    """What a line sells."""

    PHYSICAL = "physical"
    DIGITAL = "digital"
    GIFT_CERTIFICATE = "gift_certificate"


@dataclass(frozen=True, slots=True)
class Address:
    """A postal address, with the storefront's own wording; `country_code` is ISO 3166 alpha-2."""

    name: str
    company: str
    street_1: str
    street_2: str
    city: str
    state: str
    postal_code: str
    country_code: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who bought: `email` is lower case without blanks."""

    email: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `total` is before discounts and without tax, up to four decimals."""

    sku: str
    description: str
    quantity: Decimal
    total: Decimal
    total_with_tax: Decimal
    kind: LineKind = LineKind.PHYSICAL
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Charge:
    """Shipping, handling, wrapping or a fee: without and with tax, up to four decimals."""

    name: str
    amount: Decimal
    amount_with_tax: Decimal


@dataclass(frozen=True, slots=True)
class Totals:
    """The storefront's own totals, up to four decimals, all in the order's currency.

    `lines` and `lines_with_tax` are before discounts; `discounts` are every reduction that is not a
    means of payment, as the storefront takes them off the total with tax.
    """

    lines: Decimal
    lines_with_tax: Decimal
    discounts: Decimal
    tax: Decimal
    total_without_tax: Decimal
    total: Decimal
    prices_include_tax: bool


@dataclass(frozen=True, slots=True)
class Order:
    """One web order, read in full."""

    key: OrderKey
    standing: Standing
    status_name: str
    placed_at: datetime
    modified_at: datetime
    currency: str
    buyer: Buyer
    bill_to: Address
    ship_to: Address | None
    ship_to_count: int
    lines: tuple[Line, ...]
    shipping: Charge
    charges: tuple[Charge, ...]
    totals: Totals

    def content_hash(self) -> str:
        """A hash of what a person would call the order's content: goods, money, buyer, ship-to.

        Status and times are no part of it, nor is anything of our settings and mapping: a change of
        those must not look like an edit of every order ever taken.
        """
        content = (
            self.currency, self.buyer.email, self.ship_to, self.ship_to_count, self.shipping,
            self.charges, self.totals,
            [(x.sku, x.quantity, x.total, x.total_with_tax, x.kind, x.options) for x in self.lines],
        )  # fmt: skip
        text = json.dumps(content, default=_plain, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class OrderStamp:
    """What the order list tells of an order: enough to decide whether to look again.

    `modified_at` is None when it can't be read: such an order is looked at each time.
    """

    key: OrderKey
    modified_at: datetime | None


def _plain(value: object) -> object:
    """An amount without its trailing zeros, and a record by its fields."""
    return str(value.normalize()) if isinstance(value, Decimal) else astuple(cast("Any", value))
