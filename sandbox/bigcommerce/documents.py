"""From a deal to the documents that the API shows: header and everything beside the lines."""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict
from decimal import Decimal

from sandbox.bigcommerce.arithmetic import Amount, OrderMoney
from sandbox.bigcommerce.catalog.shelf import Shelf
from sandbox.bigcommerce.clock import rfc2822
from sandbox.bigcommerce.deals import Deal
from sandbox.bigcommerce.lines import PICKUP_METHOD_ID, Numbers, line_documents
from sandbox.bigcommerce.model import Address, Json, OrderDocument, Settings
from sandbox.bigcommerce.money import ZERO, cents, number, spread, text
from sandbox.bigcommerce.payments import payment_method, transactions
from sandbox.bigcommerce.statuses import status_fields

CURRENCY_IDS = {"USD": 1, "CAD": 2, "EUR": 3}
# Units of the order's currency for one of the store's; made up, constant so that runs compare.
EXCHANGE_RATES = {"USD": "1.0000000000", "CAD": "1.3700000000", "EUR": "0.9200000000"}
COUPON_PER_TOTAL, COUPON_PERCENT = 2, 1


class Composer:
    """Writes the documents of orders; keeps the shop's counters."""

    def __init__(self, goods: Shelf, settings: Settings) -> None:
        self.goods = goods
        self.settings = settings
        self.numbers = Numbers()

    def compose(
        self, deal: Deal, order_id: int, *, placed: float, before: OrderDocument | None = None
    ) -> OrderDocument:
        """All documents of an order; ids that `before` has are kept, position by position.

        Raises:
            WishError: The reductions are larger than the goods.
        """
        money = deal.money()
        addresses = self._addresses(deal, money, order_id=order_id, before=before)
        lines = self._lines(deal, money, order_id=order_id, before=before, addresses=addresses)
        for address in addresses:
            address["items_total"] = _units(lines, address["id"])
        header = self._header(deal, money, order_id=order_id, placed=placed)
        header["items_total"] = sum(line["quantity"] for line in lines)
        document = OrderDocument(
            header=header,
            lines=lines,
            addresses=addresses,
            pickups=self._pickups(deal, lines),
            coupons=self._coupons(deal, money, order_id),
            taxes=self._taxes(money, lines, order_id=order_id, percent=deal.terms.percent),
            fees=self._fees(deal, money),
            transactions=transactions(deal, money, order_id=order_id, placed=placed),
        )
        _override(document, deal)
        return document

    def _lines(
        self,
        deal: Deal,
        money: OrderMoney,
        *,
        order_id: int,
        before: OrderDocument | None,
        addresses: Sequence[Json],
    ) -> list[Json]:
        known = [line["id"] for line in before.lines] if before else []

        def new_id(kind: str) -> int:
            return known.pop(0) if kind == "line" and known else self.numbers.next(kind)

        return line_documents(
            order_id,
            list(zip(deal.lines, money.lines, strict=True)),
            address_ids=[address["id"] for address in addresses],
            goods=self.goods,
            coupon=deal.spec.coupon,
            new_id=new_id,
        )

    def _addresses(
        self, deal: Deal, money: OrderMoney, *, order_id: int, before: OrderDocument | None
    ) -> list[Json]:
        known = [address["id"] for address in before.addresses] if before else []
        even = [Decimal(1)] * len(deal.ship_to)
        shipping = [_shares(money.shipping, even), _shares(money.handling, even)]
        documents: list[Json] = []
        for n, address in enumerate(deal.ship_to):
            number = known[n] if n < len(known) else self.numbers.next("address")
            documents.append(
                _address(number, order_id, address)
                | _costs("base_cost", "cost_", shipping[0][n])
                | _costs("base_handling_cost", "handling_cost_", shipping[1][n])
                | {"shipping_method": deal.spec.shipping_method}
                | {
                    "shipping_quotes": self.link(
                        order_id, f"shippingaddresses/{number}/shippingquotes"
                    )
                }
            )
        return documents

    def _header(self, deal: Deal, money: OrderMoney, *, order_id: int, placed: float) -> Json:
        header: Json = (
            {
                "id": order_id,
                "customer_id": deal.customer_id,
                "date_created": rfc2822(placed),
                "date_modified": rfc2822(placed),
                "date_shipped": "",
                "cart_id": _cart_id(order_id),
                "billing_address": asdict(deal.billing) | _no_form_fields(),
                "order_is_digital": all(line.kind != "physical" for line in deal.lines),
                "shipping_address_count": len(deal.ship_to),
                "is_tax_inclusive_pricing": deal.terms.inclusive,
                "items_shipped": 0,
                "payment_method": payment_method(deal),
                "staff_notes": deal.spec.staff_notes,
                "customer_message": deal.spec.customer_message,
                "external_order_id": deal.spec.external_order_id,
            }
            | status_fields(deal.status_id)
            | _totals(deal, money)
            | _currency(deal, self.settings.currency)
            | _header_constants()
        )
        for name in ("products", "shipping_addresses", "coupons", "fees", "consignments"):
            header[name] = self.link(order_id, name.replace("_", ""))
        return header

    def link(self, order_id: int, tail: str) -> Json:
        """A `{url, resource}` pair, with the spelling that BigCommerce's answers have."""
        resource = f"/orders/{order_id}/{tail}"
        base = f"{self.settings.public_url}/stores/{self.settings.store_hash}/v2"
        return {"url": base + resource, "resource": resource}

    def _pickups(self, deal: Deal, lines: Sequence[Json]) -> list[Json]:
        if not deal.spec.pickup:
            return []
        for line in lines:
            line["order_pickup_method_id"] = PICKUP_METHOD_ID
        return [_pickup(self.numbers.next("pickup"), lines)]

    def _coupons(self, deal: Deal, money: OrderMoney, order_id: int) -> list[Json]:
        coupon = deal.spec.coupon
        if coupon is None:
            return []
        return [
            {
                "id": self.numbers.next("coupon"),
                "coupon_id": 1,
                "order_id": order_id,
                "code": coupon.code,
                "amount": text(coupon.amount),
                "type": COUPON_PERCENT if coupon.percent else COUPON_PER_TOTAL,
                "discount": number(money.coupon),
            }
        ]

    def _fees(self, deal: Deal, money: OrderMoney) -> list[Json]:
        return [
            {
                "id": self.numbers.next("fee"),
                "type": "custom_fee",
                "display_name_customer": fee.name,
                "display_name_merchant": fee.name,
                "source": "AA",
                "tax_class_id": None,
            }
            | _costs("base_cost", "cost_", cost)
            for fee, cost in zip(deal.spec.fees, money.fees, strict=True)
        ]

    def _taxes(
        self, money: OrderMoney, lines: Sequence[Json], *, order_id: int, percent: Decimal
    ) -> list[Json]:
        parents = [line for line in lines if line["parent_order_product_id"] is None]
        rows: list[tuple[str, str, int, Decimal]] = []
        for line, due in zip(parents, money.lines, strict=True):
            place = (str(line["id"]), line["order_address_id"])
            rows.append((place[0], "item", place[1], due.tax_due))
            rows.append((place[0], "gift-wrapping", place[1], due.wrapping.tax))
        first = parents[0]["order_address_id"]
        rows.append(("", "shipping", first, money.shipping.tax))
        rows.append(("", "handling", first, money.handling.tax))
        return [
            _tax(self.numbers.next("tax"), row, order_id=order_id, percent=percent)
            for row in rows
            if row[3]
        ]


def _no_form_fields() -> Json:
    return {"form_fields": []}


def _totals(deal: Deal, money: OrderMoney) -> Json:
    parts = {
        "shipping_cost": money.shipping,
        "handling_cost": money.handling,
        "wrapping_cost": money.wrapping,
    }
    totals: Json = {
        "subtotal_ex_tax": text(money.subtotal.ex),
        "subtotal_inc_tax": text(money.subtotal.inc),
        "subtotal_tax": text(money.subtotal_tax),
        "total_ex_tax": text(money.total_inc_tax - money.total_tax),
        "total_inc_tax": text(money.total_inc_tax),
        "total_tax": text(money.total_tax),
        "discount_amount": text(money.manual_discount),
        "coupon_discount": text(money.coupon),
        "gift_certificate_amount": text(deal.spec.gift_certificate),
        "store_credit_amount": text(deal.spec.store_credit),
        "refunded_amount": text(ZERO),
    }
    for name, part in parts.items():
        totals |= _costs(f"base_{name}", f"{name}_", part) | {f"{name}_tax_class_id": 0}
    return totals


def _costs(base: str, stem: str, cost: Amount) -> Json:
    return {
        base: text(cost.base),
        f"{stem}ex_tax": text(cost.ex),
        f"{stem}inc_tax": text(cost.inc),
        f"{stem}tax": text(cost.tax),
    }


def _currency(deal: Deal, store_currency: str) -> Json:
    """The transaction's currency is `default_currency_code`; `currency_code` is only display."""
    shown = deal.spec.display_currency or deal.currency
    return {
        "currency_id": CURRENCY_IDS[shown],
        "currency_code": shown,
        "currency_exchange_rate": "1.0000000000",
        "default_currency_id": CURRENCY_IDS[deal.currency],
        "default_currency_code": deal.currency,
        "store_default_currency_code": store_currency,
        "store_default_to_transactional_exchange_rate": EXCHANGE_RATES[deal.currency],
    }


def _header_constants() -> Json:
    """Fields that this shop never fills, with the values that BigCommerce's samples have."""
    return {
        "payment_provider_id": "",
        "ip_address": "203.0.113.7",
        "ip_address_v6": "",
        "geoip_country": "United States",
        "geoip_country_iso2": "US",
        "ebay_order_id": "0",
        "is_deleted": False,
        "is_email_opt_in": False,
        "credit_card_type": None,
        "order_source": "www",
        "channel_id": 1,
        "external_source": None,
        "external_id": None,
        "external_merchant_id": None,
        "tax_provider_id": "BasicTaxProvider",
        "customer_locale": "en",
    }


def _address(number: int, order_id: int, address: Address) -> Json:
    return {
        "id": number,
        "order_id": order_id,
        **asdict(address),
        "items_total": 0,
        "items_shipped": 0,
        "cost_tax_class_id": 0,
        "handling_cost_tax_class_id": 0,
        "shipping_zone_id": 1,
        "shipping_zone_name": address.country,
        "form_fields": [],
    }


def _pickup(number: int, lines: Sequence[Json]) -> Json:
    return {
        "id": number,
        "pickup_method_id": PICKUP_METHOD_ID,
        "pickup_method_display_name": "Pick up in store",
        "collection_instructions": "Bring the order number.",
        "collection_time_description": "9am - 6pm",
        "location": {
            "id": 1,
            "name": "Main warehouse",
            "code": "001",
            "address_line_1": "1 Summit Road",
            "address_line_2": "",
            "city": "Denver",
            "state": "Colorado",
            "postal_code": "80202",
            "country_alpha2": "US",
            "email": "warehouse@example.com",
            "phone": "303-555-0100",
        },
        "line_items": [line["id"] for line in lines],
    }


def _tax(
    number: int, row: tuple[str, str, int, Decimal], *, order_id: int, percent: Decimal
) -> Json:
    line_id, kind, address_id, due = row
    return {
        "id": number,
        "order_id": order_id,
        "order_address_id": address_id,
        "tax_rate_id": 1,
        "sales_tax_id": "TaxId1",
        "tax_class_id": 0,
        "name": "Tax",
        "class": "Default Tax Class",
        "rate": text(percent),
        "priority": 0,
        "priority_amount": text(due),
        "line_amount": text(due),
        "order_pickup_method_id": 0,
        "order_product_id": line_id,
        "line_item_type": kind,
    }


def _shares(cost: Amount, even: Sequence[Decimal]) -> list[Amount]:
    sides = [spread(cents(side), [cost.inc + 1] * len(even)) for side in (cost.ex, cost.inc)]
    base = sides[1] if cost.base == cost.inc else sides[0]
    return [Amount(b, ex, inc) for b, ex, inc in zip(base, *sides, strict=True)]


def _units(lines: Sequence[Json], address_id: int) -> int:
    return sum(line["quantity"] for line in lines if line["order_address_id"] == address_id)


def _cart_id(order_id: int) -> str:
    digest = hashlib.sha256(f"cart of order {order_id}".encode()).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def _override(document: OrderDocument, deal: Deal) -> None:
    document.header |= deal.spec.overrides
    for wish in deal.spec.line_overrides:
        if wish.index < len(document.lines):
            document.lines[wish.index] |= wish.fields
