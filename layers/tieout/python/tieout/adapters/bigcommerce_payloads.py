"""BigCommerce's V2 order documents as web orders (BigCommerce docs: orders V2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from tieout.adapters.fields import Fields
from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.orders import (
    Address,
    Buyer,
    Charge,
    Line,
    LineKind,
    Order,
    OrderStamp,
    Standing,
    Totals,
)
from tieout.errors import RejectedError

# BigCommerce docs: order status ids are fixed, labels are the merchant's.
CANCELLED_STATUSES = frozenset({5, 6})  # cancelled, declined
REFUNDED_STATUS = 4
FINISHED_STATUSES = frozenset({2, 10, 14})  # shipped, completed, partially refunded
LARGEST_QUANTITY = 1_000_000
_KINDS = {
    "physical": LineKind.PHYSICAL,
    "digital": LineKind.DIGITAL,
    "giftcertificate": LineKind.GIFT_CERTIFICATE,
}
_CURRENCY_LENGTH = 3
# Sage 100, data dictionary: EmailAddress has 250 characters. It becomes part of a URL.
LONGEST_EMAIL = 250


@dataclass(frozen=True, slots=True)
class OrderDocuments:
    """One order's resources, as read: header with fees, all lines, shipping addresses."""

    header: dict[str, Any]
    lines: Sequence[dict[str, Any]]
    addresses: Sequence[dict[str, Any]]


def standing(header: dict[str, Any], import_statuses: frozenset[int]) -> Standing:
    """Where an order stands, by its status id and whether it is archived."""
    order = Fields(header, "the order")
    status = order.integer("status_id")
    if status in CANCELLED_STATUSES:
        return Standing.CANCELLED
    if status == REFUNDED_STATUS or order.flag("is_deleted"):
        return Standing.RETIRED
    if status in import_statuses:
        return Standing.IMPORTABLE
    return Standing.FINISHED if status in FINISHED_STATUSES else Standing.NOT_YET


def order_of(
    documents: OrderDocuments, store: StoreKey, *, import_statuses: frozenset[int]
) -> Order:
    """The web order.

    Amounts are in the transactional currency (`default_currency_code`): what the buyer was charged,
    whatever was displayed. An order that can't be imported yet may lack e-mail and address.

    Raises:
        RejectedError: a field is missing or isn't what it should be.
    """
    order = Fields(documents.header, "the order")
    stands = standing(documents.header, import_statuses)
    bill_to = order.inner("billing_address") or Fields({}, "billing address")
    addresses = [Fields(row, "the shipping address") for row in documents.addresses]
    return Order(
        key=OrderKey(store, OrderId(order.integer("id"))),
        standing=stands,
        status_name=order.text("status"),
        placed_at=order.moment("date_created"),
        modified_at=order.moment("date_modified"),
        currency=_currency(order),
        buyer=_buyer(bill_to, required=stands is Standing.IMPORTABLE),
        bill_to=_address(bill_to),
        ship_to=_address(addresses[0]) if addresses else None,
        ship_to_count=max(len(addresses), order.integer("shipping_address_count")),
        lines=tuple(_line(Fields(row, "a line")) for row in documents.lines),
        shipping=_charge(order, "shipping_cost", name="shipping"),
        charges=_charges(order),
        totals=_totals(order),
    )


def stamp_of(row: dict[str, Any], store: StoreKey) -> OrderStamp:
    """What the order list tells of an order; raises RejectedError."""
    order = Fields(row, "an order in the list")
    order.required("id")
    key = OrderKey(store, OrderId(order.integer("id")))
    try:
        return OrderStamp(key, order.moment("date_modified"))
    except RejectedError:
        return OrderStamp(key, None)


def list_moment(moment: datetime) -> str:
    """A time for `min_date_modified`, which takes RFC 2822; parts of a second are dropped."""
    return format_datetime(moment.astimezone(UTC))


def _currency(order: Fields) -> str:
    code = order.text("default_currency_code").upper()
    if len(code) != _CURRENCY_LENGTH or not code.isalpha():
        raise order.complaint("default_currency_code", "is no currency")
    return code


def _buyer(bill_to: Fields, *, required: bool) -> Buyer:
    email = bill_to.text("email").lower()
    if len(email) > LONGEST_EMAIL:
        raise bill_to.complaint("email", "is longer than any e-mail address")
    if required and "@" not in email:
        raise RejectedError(
            "The order has no e-mail address, so its buyer can't be matched to a customer.",
            next_action="Add an e-mail address to the order's billing address in the storefront.",
            code="NoEmail",
        )
    return Buyer(email)


def _address(fields: Fields) -> Address:
    return Address(
        name=f"{fields.text('first_name')} {fields.text('last_name')}".strip(),
        company=fields.text("company"),
        street_1=fields.text("street_1"),
        street_2=fields.text("street_2"),
        city=fields.text("city"),
        state=fields.text("state"),
        postal_code=fields.text("zip"),
        country_code=fields.text("country_iso2").upper(),
        phone=fields.text("phone"),
    )


def _line(line: Fields) -> Line:
    quantity = line.required("quantity")
    if not 0 <= quantity <= LARGEST_QUANTITY:
        raise line.complaint("quantity", "is negative or out of all proportion")
    kind = _KINDS.get(line.text("type"))
    if kind is None:
        raise line.complaint("type", "is a kind of line that Tieout does not know")
    return Line(
        sku=line.text("sku"),
        description=line.text("name"),
        quantity=quantity,
        total=line.required("total_ex_tax"),
        total_with_tax=line.required("total_inc_tax"),
        kind=kind,
        options=_options(line),
    )


def _options(line: Fields) -> tuple[str, ...]:
    """Every option as text: a line doesn't tell which of them chose its SKU and which are extras."""
    texts: list[str] = []
    for option in line.each("product_options"):
        name = option.text("display_name") or option.text("name")
        value = " ".join((option.text("display_value") or option.text("value")).split())
        if name and value:
            texts.append(f"{name}: {value}")
    return tuple(texts)


def _charge(fields: Fields, prefix: str, *, name: str) -> Charge:
    without_tax = fields.number(f"{prefix}_ex_tax")
    return Charge(name, without_tax, fields.number(f"{prefix}_inc_tax"))


def _charges(order: Fields) -> tuple[Charge, ...]:
    charges = [
        _charge(order, "wrapping_cost", name="wrapping"),
        _charge(order, "handling_cost", name="handling"),
        *(_fee(fee) for fee in order.each("fees")),
    ]
    return tuple(charge for charge in charges if charge.amount or charge.amount_with_tax)


def _fee(fee: Fields) -> Charge:
    # A sample of BigCommerce's own spells the field cost_exc_tax.
    without_tax = fee.text("cost_ex_tax") and fee.number("cost_ex_tax")
    return Charge(
        name=fee.text("display_name_merchant") or fee.text("display_name_customer") or "fee",
        amount=without_tax or fee.number("cost_exc_tax"),
        amount_with_tax=fee.required("cost_inc_tax"),
    )


def _totals(order: Fields) -> Totals:
    return Totals(
        lines=order.required("subtotal_ex_tax"),
        lines_with_tax=order.required("subtotal_inc_tax"),
        discounts=order.number("discount_amount") + order.number("coupon_discount"),
        tax=order.required("total_tax"),
        total_without_tax=order.required("total_ex_tax"),
        total=order.required("total_inc_tax"),
        prices_include_tax=order.flag("is_tax_inclusive_pricing"),
    )
