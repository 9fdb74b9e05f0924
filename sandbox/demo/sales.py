"""What the demonstration sells: orders of every kind, and some that must not come through."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, Literal

Fate = Literal["sold", "parked"]
Delivery = Literal["normal", "duplicate", "lost", "forged", "late"]


@dataclass(frozen=True)
class Sale:
    """One order to be placed.

    Attributes:
        title: What is special about it, for the table.
        wish: The order as the simulator's control API wants it; the shop chooses what is left out.
        fate: Whether it is to become a sales order, or to be parked for a person.
        said: A word that the reason must hold when it is parked, so that a person can act on it.
        paid_later: Whether it is placed unpaid, and paid in a second step.
    """

    title: str
    wish: Mapping[str, Any]
    fate: Fate = "sold"
    said: str = ""
    paid_later: bool = False

    @property
    def delivery(self) -> Delivery:
        """What becomes of its webhook."""
        return self.wish.get("webhook", "normal")


# From here on there are fifty accounts without an inactive one (Sage's simulator: its seed).
FIRST_BUYER = 51
AWAITING_PAYMENT, AWAITING_SHIPMENT, AWAITING_FULFILLMENT = 7, 9, 11


def sales() -> list[Sale]:
    """Return all of them in the order in which they are placed."""
    groups = (
        _plain(),
        _reduced(),
        _charged(),
        _canadian(),
        _unusual_goods(),
        _unruly_webhooks(),
        _refused(),
    )
    return [_with_buyer(sale, n) for n, sale in enumerate(chain.from_iterable(groups))]


def _with_buyer(sale: Sale, position: int) -> Sale:
    """Name the buyer where neither a guest nor an account is asked for.

    The shop's dice may fall on one whose AR customer is inactive: such an order goes to a person.
    """
    if sale.wish.keys() & {"guest", "customer", "currency"}:
        return sale
    return replace(sale, wish={**sale.wish, "customer": {"id": FIRST_BUYER + position}})


def _line(sku: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "quantity": quantity, **more}


def _plain() -> list[Sale]:
    regular = {"guest": False, "customer": {"id": 12}}
    return [
        Sale(
            "guest, one line", {"guest": True, "lines": [_line("TNT-RDG-2P")], "shipping": "12.50"}
        ),
        Sale("account", {**regular, "lines": [_line("BTS-RDG-9", 2)], "shipping": "9.00"}),
        Sale("the same account again", {**regular, "lines": [_line("SOX-CRK-M", 6)]}),
        Sale("account, five lines", {"customer": {"id": 47}, "line_count": 5, "shipping": "18.75"}),
        Sale("guest, three lines, tax", {"guest": True, "line_count": 3, "tax_rate": "8.25"}),
        Sale("free shipping", {"guest": True, "lines": [_line("LMP-SMT-400", 3)], "shipping": "0"}),
        Sale("prices include tax", {"line_count": 4, "tax_rate": "7.5", "tax_inclusive": True}),
        Sale("a dozen pairs", {"customer": {"id": 90}, "lines": [_line("GLV-TRL-L", 12)]}),
        Sale("another ship-to", {"customer": {"id": 101}, "addresses": [_another_place()]}),
        Sale(
            "paid a moment later",
            {"guest": True, "line_count": 2, "status_id": AWAITING_PAYMENT},
            paid_later=True,
        ),
        Sale("awaiting shipment", {"line_count": 2, "status_id": AWAITING_SHIPMENT}),
    ]


def _another_place() -> dict[str, str]:
    return {
        "first_name": "Wanda",
        "last_name": "Field",
        "company": "Basecamp Moab",
        "street_1": "7 Desert Rd",
        "city": "Moab",
        "state": "Utah",
        "zip": "84532",
    }


def _reduced() -> list[Sale]:
    coupon = {"code": "WELCOME", "amount": "10.00"}
    percent = {"code": "SPRING15", "amount": "15", "percent": True}
    return [
        Sale("coupon", {"line_count": 3, "coupon": coupon, "shipping": "8.00"}),
        Sale("coupon in percent, tax", {"line_count": 4, "coupon": percent, "tax_rate": "6.35"}),
        Sale("manual discount", {"line_count": 2, "manual_discount": "7.77"}),
        Sale(
            "coupon, discount, tax, shipping",
            {
                "line_count": 3,
                "coupon": coupon,
                "manual_discount": "5.00",
                "tax_rate": "8.25",
                "shipping": "12.00",
            },
        ),
    ]


def _charged() -> list[Sale]:
    wrapped = _line("FLC-RDG-L", 1, wrapping="4.50", wrapping_message="Happy birthday")
    return [
        Sale("handling", {"line_count": 2, "handling": "3.25", "shipping": "11.00"}),
        Sale("gift wrap", {"lines": [wrapped], "shipping": "6.00"}),
        Sale("a fee", {"line_count": 2, "fees": [{"name": "Fuel surcharge", "cost": "2.40"}]}),
        Sale("paid by gift certificate", {"line_count": 2, "gift_certificate": "25.00"}),
        Sale("paid by store credit", {"customer": {"id": 66}, "store_credit": "15.00"}),
    ]


def _canadian() -> list[Sale]:
    return [
        Sale("CAD, guest", {"guest": True, "currency": "CAD", "line_count": 2}),
        Sale("CAD, account, GST", {"currency": "CAD", "line_count": 3, "tax_rate": "5"}),
        Sale(
            "CAD, discount, shipping",
            {"currency": "CAD", "line_count": 2, "manual_discount": "4.00", "shipping": "14.00"},
        ),
    ]


def _unusual_goods() -> list[Sale]:
    engraved = {"name": "Engraving", "value": "For Ada", "type": "Text field"}
    return [
        Sale("a download", {"guest": True, "digital": True, "line_count": 1}),
        Sale("download and goods", {"lines": [_line("MAP-TRL-N"), _line("HAT-SMT-L")]}),
        Sale("by the foot, below a cent", {"lines": [_line("CRD-RDG-5MM", 37)]}),
        Sale("a kit", {"lines": [_line("KIT-ALP-2P")], "shipping": "22.00"}),
        Sale("a text from the buyer", {"lines": [_line("BTL-RDG-1L", 2, options=[engraved])]}),
        Sale("sixty lines", {"customer": {"id": 150}, "line_count": 60, "shipping": "85.00"}),
    ]


def _unruly_webhooks() -> list[Sale]:
    return [
        Sale("webhook comes twice", {"line_count": 2, "webhook": "duplicate"}),
        Sale("webhook comes late", {"line_count": 1, "webhook": "late", "late_seconds": 3}),
        Sale("webhook is lost", {"line_count": 2, "webhook": "lost"}),
        Sale("webhook is forged", {"line_count": 1, "webhook": "forged"}),
    ]


def _refused() -> list[Sale]:
    unknown_zip = {"city": "Nowhere", "state": "Kansas", "zip": "00000"}
    long_name = {"company": "The Very Long Established Mountain Outfitters And Sons Company"}
    return [
        Sale("a currency without company", {"currency": "EUR"}, "parked", "EUR"),
        Sale("an item that Sage lacks", _custom_item("SANDBOX-NO-SUCH"), "parked", "SANDBOX"),
        Sale("a ZIP that Sage lacks", {"addresses": [unknown_zip]}, "parked", "ZIP"),
        Sale("a name too long for Sage", {"addresses": [long_name]}, "parked", "characters"),
        Sale("money that doesn't add up", _wrong_total(), "parked", "add up"),
    ]


def _custom_item(sku: str) -> dict[str, Any]:
    return {"lines": [_line(sku, price="19.99", name="Prototype tarp", custom=True)]}


def _wrong_total() -> dict[str, Any]:
    return {"line_count": 2, "overrides": {"total_inc_tax": "1.2300"}}
