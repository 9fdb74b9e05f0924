"""V2 writes: a minimal PUT of an order, and its shipments."""

from typing import TYPE_CHECKING

from sandbox.bigcommerce.clock import rfc2822
from sandbox.bigcommerce.events import order_event, shipment_event, status_event
from sandbox.bigcommerce.model import Json, OrderDocument
from sandbox.bigcommerce.reads import LARGEST_PAGE, document_of, shown
from sandbox.bigcommerce.spec import WebhookSpec
from sandbox.bigcommerce.statuses import PARTIALLY_SHIPPED, SHIPPED, STATUSES, status_fields
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, page_of, some

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LONGEST_NOTES = 65535  # BigCommerce docs: orders V2
PROVIDERS = frozenset(
    [
        "auspost",
        "canadapost",
        "endicia",
        "usps",
        "fedex",
        "ups",
        "upsready",
        "upsonline",
        "shipperhq",
        "royalmail",
    ]
)
SHIPMENT_TEXTS = {
    "tracking_number": 50,
    "tracking_carrier": 255,
    "shipping_provider": 255,
    "shipping_method": 255,
    "tracking_link": 500,
    "merchant_shipping_cost": 20,
    "comments": 65535,
}
ADDRESS_FIELDS = [
    "first_name",
    "last_name",
    "company",
    "street_1",
    "street_2",
    "city",
    "state",
    "zip",
    "country",
    "country_iso2",
    "phone",
    "email",
]


def put_order(shop: "Shop", call: Call) -> Reply:
    """Status, staff notes and external order id; this shop refuses every other field."""
    document_of(shop, call)
    body = call.document()
    number = call.numbers["id"]
    _check_put(body)
    before = shop.orders[number].current.header["status_id"]
    after = body.get("status_id", before)
    changes = body | (status_fields(after) if after != before else {})
    shop.revise(number, lambda document: document.header.update(changes))
    events = [order_event("updated", number)]
    if after != before:
        events.insert(0, status_event(number, before, after))
    shop.announce(events, WebhookSpec())
    return Reply(body=shown(shop, shop.orders[number].current, call))


def _check_put(body: Json) -> None:
    unknown = sorted(set(body) - {"status_id", "staff_notes", "external_order_id"})
    if unknown or not body:
        raise RefusedError(400, f"These fields cannot be changed here: {unknown}.")
    status_id = body.get("status_id", 0)
    if not isinstance(status_id, int) or status_id not in STATUSES:
        raise RefusedError(400, "The field 'status_id' is invalid.")
    for name in ("staff_notes", "external_order_id"):
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > LONGEST_NOTES:
            raise RefusedError(400, f"The field '{name}' is invalid.")


def get_shipments(shop: "Shop", call: Call) -> Reply:
    """The shipments so far; 204 when there are none."""
    return some(page_of(document_of(shop, call).shipments, call, most=LARGEST_PAGE))


def post_shipment(shop: "Shop", call: Call) -> Reply:
    """Ship lines to one address; not idempotent, as in reality."""
    document = document_of(shop, call)
    body = call.document()
    _check_shipment(body)
    items = _check_items(document, body)
    address = next((a for a in document.addresses if a["id"] == body["order_address_id"]), None)
    if address is None:
        raise RefusedError(400, "The field 'order_address_id' is invalid.")
    number, before = document.id, document.header["status_id"]
    shipment = _shipment(shop, document, body=body, address=address, items=items)
    shop.revise(number, lambda one: _ship(one, shipment, move=shop.settings.shipments_move_status))
    events = [shipment_event(shipment["id"], number), order_event("updated", number)]
    after = shop.orders[number].current.header["status_id"]
    if after != before:
        events.append(status_event(number, before, after))
    shop.announce(events, WebhookSpec())
    return Reply(201, shipment)


def _check_shipment(body: Json) -> None:
    unknown = sorted(set(body) - {"order_address_id", "items"} - set(SHIPMENT_TEXTS))
    if unknown:
        raise RefusedError(400, f"Unknown fields: {unknown}.")
    for name, longest in SHIPMENT_TEXTS.items():
        value = body.get(name, "")
        if not isinstance(value, str) or len(value) > longest:
            raise RefusedError(400, f"The field '{name}' is invalid.")
    provider = body.get("shipping_provider", "")
    if provider and provider not in PROVIDERS and not provider.startswith("carrier_"):
        raise RefusedError(400, "The field 'shipping_provider' is invalid.")


def _check_items(document: OrderDocument, body: Json) -> list[Json]:
    items = body.get("items")
    if not isinstance(items, list) or not items:
        raise RefusedError(400, "The field 'items' is invalid.")
    lines = {line["id"]: line for line in document.lines}
    checked: list[Json] = []
    for item in items:  # pyright: ignore[reportUnknownVariableType] - from a client's JSON
        line, quantity = _item(item, lines)  # pyright: ignore[reportUnknownArgumentType] - as above
        open_quantity = line["quantity"] - line["quantity_shipped"]
        if line["order_address_id"] != body.get("order_address_id") or quantity > open_quantity:
            raise RefusedError(400, f"Line {line['id']} cannot be shipped like this.")
        checked.append(
            {
                "order_product_id": line["id"],
                "product_id": line["product_id"],
                "quantity": quantity,
            }
        )
    return checked


def _item(item: object, lines: dict[int, Json]) -> tuple[Json, int]:
    if not isinstance(item, dict) or set(item) != {"order_product_id", "quantity"}:  # pyright: ignore[reportUnknownArgumentType] - from a client's JSON
        raise RefusedError(400, "The field 'items' is invalid.")
    checked: Json = dict(item)  # pyright: ignore[reportUnknownArgumentType] - as above
    line_id, quantity = checked["order_product_id"], checked["quantity"]
    whole = isinstance(line_id, int) and isinstance(quantity, int)
    if not whole or line_id not in lines or quantity < 1:
        raise RefusedError(400, "The field 'items' is invalid.")
    return lines[line_id], quantity


def _shipment(
    shop: "Shop", document: OrderDocument, *, body: Json, address: Json, items: list[Json]
) -> Json:
    # BigCommerce docs of old: a provider that is left out is stored as "custom".
    provider = body.get("shipping_provider", "custom")
    texts = {name: body.get(name, "") for name in SHIPMENT_TEXTS}
    return texts | {
        "id": shop.composer.numbers.next("shipment"),
        "order_id": document.id,
        "customer_id": document.header["customer_id"],
        "order_address_id": address["id"],
        "date_created": rfc2822(shop.clock.now()),
        "shipping_provider": provider,
        "shipping_provider_display_name": provider.upper(),
        "merchant_shipping_cost": body.get("merchant_shipping_cost", "0.0000"),
        "billing_address": _plain(document.header["billing_address"]),
        "shipping_address": _plain(address),
        "items": items,
        "generated_tracking_link": body.get("tracking_link", ""),
    }


def _plain(address: Json) -> Json:
    return {name: address[name] for name in ADDRESS_FIELDS}


def _ship(document: OrderDocument, shipment: Json, *, move: bool) -> None:
    lines = {line["id"]: line for line in document.lines}
    addresses = {address["id"]: address for address in document.addresses}
    for item in shipment["items"]:
        lines[item["order_product_id"]]["quantity_shipped"] += item["quantity"]
        document.header["items_shipped"] += item["quantity"]
        addresses[shipment["order_address_id"]]["items_shipped"] += item["quantity"]
    document.shipments.append(shipment)
    document.header["date_shipped"] = shipment["date_created"]
    if move:
        everything = all(
            line["quantity_shipped"] == line["quantity"]
            for line in document.lines
            if line["type"] == "physical"
        )
        document.header |= status_fields(SHIPPED if everything else PARTIALLY_SHIPPED)
