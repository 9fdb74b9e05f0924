"""What a tester may ask of the control API about orders; unknown fields are refused."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

LARGEST_ORDER = 500  # lines; the largest input that the bench measures
HIGHEST_STATUS = 14  # BigCommerce docs: order status ids are fixed, 0 to 14

Currency = Literal["USD", "CAD", "EUR"]
Webhook = Literal["normal", "duplicate", "lost", "forged", "late"]
LineKind = Literal["physical", "digital", "giftcertificate"]
OptionKind = Literal[
    "Checkbox",
    "Date field",
    "File Upload",
    "Multi-line text field",
    "Multiple choice",
    "Product Pick List",
    "Swatch",
    "Text field",
]


class Strict(BaseModel):
    """A control document: frozen, and a field that it does not know is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OptionSpec(Strict):
    """A modifier or option, as the buyer filled it in."""

    name: str
    value: str
    type: OptionKind = "Text field"


class LineSpec(Strict):
    """One line; without a SKU it is drawn from the catalogue.

    `custom` makes an item that is not in the catalogue (product_id 0), `picked` adds the bundled
    child line of a pick list, `address` is the position in the order's list of addresses.
    """

    sku: str | None = None
    quantity: int = Field(default=1, ge=1)
    price: Decimal | None = Field(default=None, ge=0, decimal_places=4)
    name: str | None = None
    kind: LineKind | None = None
    custom: bool = False
    taxable: bool | None = None
    options: tuple[OptionSpec, ...] = ()
    picked: str | None = None
    wrapping: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    wrapping_message: str = ""
    address: int = Field(default=0, ge=0)


class AddressSpec(Strict):
    """Fields of an address to lay over the buyer's own."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    street_1: str | None = None
    street_2: str | None = None
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    country: str | None = None
    country_iso2: str | None = None
    phone: str | None = None
    email: str | None = None


class CustomerSpec(AddressSpec):
    """A known customer by id, or a new account with these particulars."""

    id: int | None = Field(default=None, ge=1)


class CouponSpec(Strict):
    """A coupon: `amount` off the goods, or that many percent."""

    code: str = "WELCOME"
    amount: Decimal = Field(gt=0)
    percent: bool = False


class FeeSpec(Strict):
    """A custom fee, as entered."""

    name: str = "Fuel surcharge"
    cost: Decimal = Field(gt=0, decimal_places=2)


class LineOverride(Strict):
    """Raw fields of one line to overwrite, so that its arithmetic can be broken."""

    index: int = Field(ge=0)
    fields: dict[str, Any]


class WebhookSpec(Strict):
    """What becomes of the webhooks of a change; `late` ones leave after `late_seconds`."""

    webhook: Webhook = "normal"
    late_seconds: float = Field(default=5, ge=0)


class OrderSpec(WebhookSpec):
    """A wish for an order; everything left out is chosen by the shop's seeded dice.

    `line_count` fills up `lines` with drawn ones; `wrapping` wraps the first line; `by_hand` is
    staff's own entry, which sells what the storefront would not.
    """

    lines: tuple[LineSpec, ...] = Field(default=(), max_length=LARGEST_ORDER)
    line_count: int | None = Field(default=None, ge=1, le=LARGEST_ORDER)
    currency: Currency | None = None
    display_currency: Currency | None = None
    guest: bool = False
    customer: CustomerSpec | None = None
    billing_address: AddressSpec | None = None
    addresses: tuple[AddressSpec, ...] = ()
    coupon: CouponSpec | None = None
    manual_discount: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    shipping: Decimal | None = Field(default=None, ge=0, decimal_places=2)
    handling: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    wrapping: Decimal | None = Field(default=None, ge=0, decimal_places=2)
    fees: tuple[FeeSpec, ...] = ()
    gift_certificate: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    store_credit: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    digital: bool = False
    pickup: bool = False
    status_id: int | None = Field(default=None, ge=0, le=HIGHEST_STATUS)
    tax_inclusive: bool | None = None
    tax_rate: Decimal | None = Field(default=None, ge=0, le=100)
    payment_method: str | None = None
    test_payment: bool = False
    shipping_method: str = "Ground"
    customer_message: str = ""
    staff_notes: str = ""
    external_order_id: str = ""
    date_created: datetime | None = None
    by_hand: bool = False
    overrides: dict[str, Any] = Field(default_factory=dict)
    line_overrides: tuple[LineOverride, ...] = ()


class EditSpec(WebhookSpec):
    """A change that staff make in the control panel; only what is given changes."""

    lines: tuple[LineSpec, ...] = Field(default=(), min_length=1, max_length=LARGEST_ORDER)
    billing_address: AddressSpec | None = None
    addresses: tuple[AddressSpec, ...] = ()
    coupon: CouponSpec | None = None
    manual_discount: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    shipping: Decimal | None = Field(default=None, ge=0, decimal_places=2)
    handling: Decimal = Field(default=Decimal(0), ge=0, decimal_places=2)
    fees: tuple[FeeSpec, ...] = ()
    customer_message: str = ""
    staff_notes: str = ""
    overrides: dict[str, Any] = Field(default_factory=dict)
    line_overrides: tuple[LineOverride, ...] = ()


class StatusSpec(WebhookSpec):
    """A new status."""

    status_id: int = Field(ge=0, le=HIGHEST_STATUS)


class RefundSpec(WebhookSpec):
    """A refund: of everything when no amount is given."""

    amount: Decimal | None = Field(default=None, gt=0, decimal_places=2)
    reason: str = ""
