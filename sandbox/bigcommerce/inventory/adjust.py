"""`/v3/inventory/adjustments`: absolute and relative, accepted at once and applied later."""

import uuid
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.bigcommerce.catalog.fields import LARGEST_LEVEL, whole
from sandbox.bigcommerce.inventory.identity import (
    IDENTITIES,
    NoSuchItemError,
    is_identity,
    named_by,
    resolve,
)
from sandbox.bigcommerce.inventory.model import Adjustment, grouped
from sandbox.bigcommerce.inventory.places import Place
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, as_object, objects_in

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

ABSOLUTE = "/v3/inventory/adjustments/absolute"
RELATIVE = "/v3/inventory/adjustments/relative"
MOST_ITEMS = 2000  # BigCommerce docs: inventory adjustments, payload length
LONGEST_REASON = 255
CROWDED = LARGEST_LEVEL // 1000  # below it, no product's variants can add up to the limit
INVALID = "Payload contains invalid fields"
FIELDS = frozenset({*IDENTITIES, "location_id", "quantity"})


@dataclass(frozen=True)
class Checked:
    """The adjustments of a batch that can be made, and what is wrong with the others."""

    good: list[Adjustment]
    complaints: list[str]
    named: bool


def put_absolute(shop: "Shop", call: Call) -> Reply:
    """Set levels; never refused for shortage (BigCommerce docs: absolute adjustment)."""
    return _adjust(shop, call, absolute=True)


def post_relative(shop: "Shop", call: Call) -> Reply:
    """Add to levels or take from them; refused below the safety stock and before any absolute."""
    return _adjust(shop, call, absolute=False)


def _adjust(shop: "Shop", call: Call, *, absolute: bool) -> Reply:
    items = _items(call, absolute=absolute)
    checked = _check(shop, items, absolute=absolute)
    if not checked.complaints or shop.settings.inventory_partial:
        shop.inventory.book(checked.good, shop.clock.now(), began=call.began)
    if checked.complaints:
        title = f"[{', '.join(checked.complaints)}]" if checked.named else "Unprocessable Entity"
        raise RefusedError(422, title)
    if not grouped(item["location_id"] for item in items):
        shop.inventory.ungrouped += 1
    return Reply(body={"transaction_id": str(uuid.UUID(int=shop.composer.numbers.next("stock")))})


def _items(call: Call, *, absolute: bool) -> list[Json]:
    body = as_object(call.exact())
    items = objects_in(body.get("items"), most=MOST_ITEMS, name="items")
    wrong = dict.fromkeys(set(body) - {"reason", "items"}, "This field is not known")
    reason = body.get("reason", "")
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        wrong["reason"] = f"At most {LONGEST_REASON} characters"
    for n, item in enumerate(items):
        wrong |= {f"items.{n}.{k}": v for k, v in _shape(item, absolute=absolute).items()}
    if wrong:
        raise RefusedError(422, INVALID, errors=wrong)
    return items


def _shape(item: Json, *, absolute: bool) -> dict[str, str]:
    wrong = dict.fromkeys(set(item) - FIELDS, "This field is not known")
    names = named_by(item)
    if len(names) != 1:
        wrong["identity"] = "Exactly one of sku, variant_id and product_id is needed"
    wrong |= {name: "Not valid" for name in names if not is_identity(name, item[name])}
    if not is_identity("location_id", item.get("location_id")):
        wrong["location_id"] = "The id of a location is needed"
    try:
        whole(item.get("quantity"), least=0 if absolute else -LARGEST_LEVEL)
    except ValueError as complaint:
        wrong["quantity"] = f"It {complaint}"
    return wrong


def _check(shop: "Shop", items: list[Json], *, absolute: bool) -> Checked:
    checked = Checked([], [], named=True)
    moves: Counter[Place] = Counter()
    for item in items:
        try:
            place, named = _place(shop, item)
            if absolute:
                _check_total(shop, place, item["quantity"])
            else:
                moves[place] += item["quantity"]
                _check_relative(shop, place, item, moving=moves[place])
        except NoSuchItemError as complaint:
            checked.complaints.append(str(complaint))
            continue
        if named is None:
            checked.good.append(Adjustment(place, item["quantity"], absolute))
        else:
            name = named_by(item)[0]
            checked.complaints.append(f"Item with {name} {item[name]} cannot be updated")
            checked = Checked(checked.good, checked.complaints, checked.named and named)
    return checked


def _place(shop: "Shop", item: Json) -> tuple[Place, bool | None]:
    """Where the item lies, and whether a standing trouble lies on it that names it or does not."""
    location = shop.inventory.locations.get(item["location_id"])
    if location is None:
        raise NoSuchItemError(f"Location with id {item['location_id']} was not found")
    if not location.enabled:
        raise NoSuchItemError(f"Location with id {location.id} is disabled")
    found, product, variant = resolve(shop, item)
    trouble = shop.troubles.take(product, variant)
    return Place(found, location.id), None if trouble is None else trouble.named


def _check_total(shop: "Shop", place: Place, quantity: int) -> None:
    """BigCommerce docs: a product's variants together have the limit of one level per location."""
    if quantity <= CROWDED or place.item.kind == "product":
        return
    product = shop.catalog.products[shop.catalog.variants[place.item.id].product_id]
    others = sum(
        shop.inventory.stock(Place(place.item._replace(id=number), place.location_id)).onhand
        for number in product.variant_ids
        if number != place.item.id
    )
    if others + quantity > LARGEST_LEVEL:
        raise NoSuchItemError(f"Product {product.id} would have more than {LARGEST_LEVEL} units")


def _check_relative(shop: "Shop", place: Place, item: Json, *, moving: int) -> None:
    name = named_by(item)[0]
    about = f"Items with identity: [{name} {item[name]}]"
    stock = shop.inventory.stock(place)
    if not stock.counted:
        raise NoSuchItemError(f"{about} requires absolute adjustment before relative")
    # BigCommerce docs: a relative one that meets an absolute one on its way is an error.
    left = stock.available + shop.inventory.falling(place) + moving
    if shop.inventory.in_flight(place) or (moving < 0 and left < 0):
        raise NoSuchItemError(f"{about} have insufficient stock")
    if stock.onhand + shop.inventory.falling(place) + moving > LARGEST_LEVEL:
        raise NoSuchItemError(f"{about} would have more than {LARGEST_LEVEL} units")
