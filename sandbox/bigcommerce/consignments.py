"""Consignments: where each line of an order goes, in the form of `consignment_structure=object`."""

from collections.abc import Callable
from decimal import Decimal

from sandbox.bigcommerce.model import Json, OrderDocument
from sandbox.bigcommerce.money import number

MOST_EMBEDDED_LINES = 50  # bigcommerce/docs issue 960: side-loaded lines stop here
COSTS = (
    "base_cost",
    "cost_ex_tax",
    "cost_inc_tax",
    "cost_tax",
    "base_handling_cost",
    "handling_cost_ex_tax",
    "handling_cost_inc_tax",
    "handling_cost_tax",
)
Lines = Callable[[list[Json]], list[Json]]


def consignments(document: OrderDocument, *, link: Callable[[int, str], Json], embed: bool) -> Json:
    """All consignments, with links to their lines, or with at most 50 lines and a warning.

    Money in here is in JSON numbers, other than in the rest of V2 (BigCommerce docs: orders V2).
    """
    room = MOST_EMBEDDED_LINES

    def line_items(lines: list[Json]) -> list[Json]:
        nonlocal room
        if not embed:
            return [link(document.id, f"products/{one['id']}") for one in lines]
        taken = lines[:room]
        room -= len(taken)
        return taken

    found: Json = {
        "pickups": [_pickup(one, document, line_items) for one in document.pickups],
        "shipping": [_shipping(one, document, line_items) for one in document.addresses],
        "downloads": _mailed("digital", document, line_items),
        "email": {"gift_certificates": _mailed("giftcertificate", document, line_items)},
    }
    if embed and len(document.lines) > MOST_EMBEDDED_LINES:
        message = f"Only {MOST_EMBEDDED_LINES} line items are embedded."
        found["__warning__"] = {"message": message}
    return found


def _pickup(pickup: Json, document: OrderDocument, line_items: Lines) -> Json:
    chosen = [line for line in document.lines if line["id"] in pickup["line_items"]]
    return pickup | {"line_items": line_items(chosen)}


def _shipping(address: Json, document: OrderDocument, line_items: Lines) -> Json:
    chosen = [line for line in document.lines if line["order_address_id"] == address["id"]]
    costs: Json = {name: number(Decimal(address[name])) for name in COSTS}
    shown = {name: value for name, value in address.items() if name != "order_id"}
    return shown | costs | {"line_items": line_items(chosen)}


def _mailed(kind: str, document: OrderDocument, line_items: Lines) -> list[Json]:
    chosen = [line for line in document.lines if line["type"] == kind]
    recipient = document.header["billing_address"]["email"]
    return [{"recipient_email": recipient, "line_items": line_items(chosen)}] if chosen else []
