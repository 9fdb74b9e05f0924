"""`PUT /v3/inventory/locations/{id}/items`: safety stock, warning level and the on-sale switch."""

import uuid
from typing import TYPE_CHECKING

from sandbox.bigcommerce.catalog.fields import Rule, check, flag, whole, words
from sandbox.bigcommerce.events import Event
from sandbox.bigcommerce.inventory.identity import (
    NoSuchItemError,
    is_identity,
    named_by,
    resolve,
)
from sandbox.bigcommerce.inventory.places import Item, Place
from sandbox.bigcommerce.inventory.reads import location_of
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.spec import WebhookSpec
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, as_object, objects_in

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

MOST_SETTINGS = 2000  # BigCommerce docs: location items, payload length
INVALID = "Payload contains invalid fields"
NOTHING = "At least one setting must be specified: warning_level, is_in_stock or safety_stock"
RULES: dict[str, Rule] = {
    "safety_stock": whole,
    "warning_level": whole,
    "is_in_stock": flag,
    "bin_picking_number": words(255),
}


def put_location_items(shop: "Shop", call: Call) -> Reply:
    """Change settings of items at one location; all of them or none."""
    location = location_of(shop, call.numbers["id"])
    if not location.enabled:
        raise RefusedError(422, f"Location with id {location.id} is disabled")
    wishes = [_wish(shop, item, n) for n, item in enumerate(_listed(call))]
    for item, values in wishes:
        _set(shop, Place(item, location.id), values)
    return Reply(body={"transaction_id": str(uuid.UUID(int=shop.composer.numbers.next("stock")))})


def _listed(call: Call) -> list[Json]:
    found = as_object(call.exact()).get("settings")
    return objects_in(found, most=MOST_SETTINGS, name="settings")


def _wish(shop: "Shop", body: Json, n: int) -> tuple[Item, Json]:
    identity = as_object(body.get("identity"))
    names = named_by(identity)
    if (
        len(names) != 1
        or set(identity) != set(names)
        or not is_identity(names[0], identity[names[0]])
    ):
        raise RefusedError(422, INVALID, errors={f"setting.{n}.identity": "Exactly one is needed"})
    values, wrong = check({k: v for k, v in body.items() if k != "identity"}, RULES)
    if not values and not wrong:
        wrong["settings"] = NOTHING
    if wrong:
        raise RefusedError(422, INVALID, errors={f"setting.{n}.{k}": v for k, v in wrong.items()})
    try:
        return resolve(shop, identity)[0], values
    except NoSuchItemError as complaint:
        raise RefusedError(422, f"[{complaint}]") from complaint


def _set(shop: "Shop", place: Place, values: Json) -> None:
    stock = shop.inventory.stock(place)
    stock.safety = values.get("safety_stock", stock.safety)
    stock.warning = values.get("warning_level", stock.warning)
    stock.in_stock = values.get("is_in_stock", stock.in_stock)
    stock.bin = values.get("bin_picking_number", stock.bin)
    about: Json = shop.about(place)
    shop.announce(
        [Event("store/channel/*/inventory/product/settings_changed", about)], WebhookSpec()
    )
