"""The control API's deeds around catalogue and stock: fill, look, count by hand, spoil items."""

from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sandbox.bigcommerce.catalog.grow import CatalogWish, Grown, TakenError
from sandbox.bigcommerce.catalog.model import Tracking, Variant, price_of
from sandbox.bigcommerce.control_request import Deed, Request
from sandbox.bigcommerce.events import Event
from sandbox.bigcommerce.inventory.model import DEFAULT_LOCATION, Location, Stock, item_of
from sandbox.bigcommerce.inventory.places import Item, Place
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import text
from sandbox.bigcommerce.spec import Strict, WebhookSpec
from sandbox.bigcommerce.troubles import TroubleSpec
from sandbox.bigcommerce.wire import RefusedError

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

MOST_LOOKS = 10_000  # SKUs of one look; the largest count that a test compares at once


class TrackWish(Strict):
    """How goods are counted from now on, and what lies at the default location.

    Without `skus` it is for everything that can be tracked so.
    """

    tracking: Tracking
    stock: int | None = Field(default=None, ge=0)
    skus: tuple[str, ...] = ()


class CountSpec(Strict):
    """Stock that staff count by hand in the control panel; it shows at once."""

    sku: str
    location_id: int = DEFAULT_LOCATION
    onhand: int | None = Field(default=None, ge=0)
    safety_stock: int | None = Field(default=None, ge=0)
    is_in_stock: bool | None = None


class LookSpec(Strict):
    """Which SKUs to show; all that the seed and the tester made when left out."""

    skus: tuple[str, ...] = Field(default=(), max_length=MOST_LOOKS)


class LocationSpec(Strict):
    """A new location."""

    code: str = Field(min_length=1)
    label: str = Field(min_length=1)
    enabled: bool = True
    type_id: Literal["PHYSICAL", "VIRTUAL"] = "PHYSICAL"
    managed_by_external_source: bool = False
    storefront_visibility: bool = True


class SwitchSpec(Strict):
    """Open or close a location."""

    enabled: bool


def fill_catalog(shop: "Shop", request: Request) -> object:
    """Put products into the catalogue, named ones or many plain ones."""
    wish = CatalogWish.model_validate(request.document)
    with shop.lock:
        try:
            made = [
                shop.grower.grow(shop.catalog, one, now=shop.clock.now())
                for one in wish.everything()
            ]
        except TakenError as taken:
            raise RefusedError(400, f"{taken}; what was made before it stays.") from taken
        for one in made:
            _stock_up(shop, one)
        named = made[: len(wish.products)]
        return {"made": len(made), "products": [_made(one) for one in named]}


def _stock_up(shop: "Shop", made: Grown) -> None:
    for variant in made.variants:
        item = item_of(made.product, variant)
        if item is not None and variant.id in made.stock:
            stock = Stock(onhand=made.stock[variant.id], counted=True)
            shop.inventory.stocks[Place(item, DEFAULT_LOCATION)] = stock


def _made(one: Grown) -> Json:
    variants = [{"id": variant.id, "sku": variant.sku} for variant in one.variants]
    return {"id": one.product.id, "sku": one.product.sku, "variants": variants}


def track(shop: "Shop", request: Request) -> object:
    """Count goods by product, by variant or not at all, from now on."""
    spec = TrackWish.model_validate(request.document)
    with shop.lock:
        chosen = {_variant(shop, sku).product_id for sku in spec.skus} or set(shop.catalog.products)
        changed = 0
        for product in (shop.catalog.products[number] for number in sorted(chosen)):
            if spec.tracking == "variant" and product.base_variant_id is not None:
                continue
            product.tracking = spec.tracking
            product.modified = shop.clock.now()
            changed += 1
            for variant in shop.catalog.siblings(product):
                item = item_of(product, variant)
                if item is not None and spec.stock is not None:
                    place = Place(item, DEFAULT_LOCATION)
                    shop.inventory.stocks[place] = Stock(onhand=spec.stock, counted=True)
        return {"changed": changed}


def look(shop: "Shop", request: Request) -> object:
    """Show price and stock of SKUs as the storefront has them this moment."""
    spec = LookSpec.model_validate(request.document)
    with shop.lock:
        shop.settle()
        skus = spec.skus or [one.sku for one in shop.catalog.variants.values() if one.sku]
        return {"items": [_looked(shop, _variant(shop, sku)) for sku in skus[:MOST_LOOKS]]}


def _looked(shop: "Shop", variant: Variant) -> Json:
    product = shop.catalog.products[variant.product_id]
    item = item_of(product, variant)
    return {
        "sku": variant.sku,
        "product_id": product.id,
        "variant_id": variant.id,
        "tracking": product.tracking,
        "is_visible": product.visible,
        "price": text(price_of(product, variant)),
        "sellable": None if item is None else shop.inventory.sellable(item),
        "locations": {} if item is None else _levels(shop, item),
    }


def _levels(shop: "Shop", item: Item) -> Json:
    found = {number: shop.inventory.stocks.get(Place(item, number)) for number in _all(shop)}
    return {
        str(number): {"onhand": one.onhand, "available": one.available}
        for number, one in found.items()
        if one is not None
    }


def _all(shop: "Shop") -> list[int]:
    return list(shop.inventory.locations)


def count_stock(shop: "Shop", request: Request) -> object:
    """Count stock by hand, as staff do in the control panel."""
    spec = CountSpec.model_validate(request.document)
    with shop.lock:
        shop.settle()
        variant = _variant(shop, spec.sku)
        item = item_of(shop.catalog.products[variant.product_id], variant)
        if item is None or spec.location_id not in shop.inventory.locations:
            raise RefusedError(400, "Nobody counts this item there; track it, or add the location.")
        place = Place(item, spec.location_id)
        stock = shop.inventory.stock(place)
        stock.safety = stock.safety if spec.safety_stock is None else spec.safety_stock
        stock.in_stock = stock.in_stock if spec.is_in_stock is None else spec.is_in_stock
        if spec.onhand is not None:
            shop.count_by_hand(place, spec.onhand)
        return _looked(shop, variant)


def list_changes(shop: "Shop", _request: Request) -> object:
    """Every level that changed, oldest first, and why."""
    with shop.lock:
        shop.settle()
        return {
            "changes": [
                shop.about(one.place)
                | {"at": one.at, "before": one.before, "after": one.after, "cause": one.cause}
                for one in shop.inventory.log
            ]
        }


def add_location(shop: "Shop", request: Request) -> object:
    """Open a location."""
    spec = LocationSpec.model_validate(request.document)
    with shop.lock:
        codes = {one.code.casefold() for one in shop.inventory.locations.values()}
        if spec.code.casefold() in codes:
            raise RefusedError(400, f"There is a location {spec.code!r} already.")
        number = max(shop.inventory.locations) + 1
        shop.inventory.locations[number] = Location(
            id=number,
            code=spec.code,
            label=spec.label,
            enabled=spec.enabled,
            physical=spec.type_id == "PHYSICAL",
            external=spec.managed_by_external_source,
            visible=spec.storefront_visibility,
            created=shop.clock.now(),
        )
        _tell_location(shop, "created", number)
        return {"id": number}


def switch_location(shop: "Shop", request: Request) -> object:
    """Enable or disable a location."""
    spec = SwitchSpec.model_validate(request.document)
    with shop.lock:
        location = shop.inventory.locations.get(request.number)
        if location is None:
            raise RefusedError(404, f"There is no location {request.number}.")
        location.enabled = spec.enabled
        _tell_location(shop, "updated", location.id)
        return {"id": location.id, "enabled": location.enabled}


def _tell_location(shop: "Shop", kind: str, number: int) -> None:
    event = Event(f"store/inventory/location/{kind}", {"location_id": number})
    shop.announce([event], WebhookSpec())


def add_trouble(shop: "Shop", request: Request) -> object:
    """Make an item unwritable, so that the batch that holds it fails."""
    spec = TroubleSpec.model_validate(request.document)
    with shop.lock:
        shop.troubles.add(spec)
        return {"troubles": shop.troubles.listed()}


def list_troubles(shop: "Shop", _request: Request) -> object:
    """The unwritable items and how many batches each has spoilt."""
    with shop.lock:
        return {"troubles": shop.troubles.listed()}


def clear_troubles(shop: "Shop", _request: Request) -> object:
    """Let every item be written again."""
    with shop.lock:
        shop.troubles.clear()
    return {"troubles": []}


def figures(shop: "Shop") -> Json:
    """What `GET /state` tells of catalogue and stock."""
    return {
        "products": len(shop.catalog.products),
        "variants": len(shop.catalog.variants),
        "locations": len(shop.inventory.locations),
        "waiting_adjustments": shop.inventory.waiting,
        "conflicts": shop.inventory.conflicts,
        "mixed_writes": shop.inventory.mixed,
        "ungrouped_batches": shop.inventory.ungrouped,
        "oversold_units": shop.inventory.oversold,
    }


def _variant(shop: "Shop", sku: str) -> Variant:
    found = shop.catalog.variant_of_sku(sku)
    if found is None:
        raise RefusedError(400, f"The catalogue sells no SKU {sku!r}; name one that it has.")
    return found


DEEDS: dict[tuple[str, str], Deed] = {
    ("POST", "/catalog"): fill_catalog,
    ("POST", "/catalog/tracking"): track,
    ("POST", "/catalog/look"): look,
    ("POST", "/stock"): count_stock,
    ("GET", "/stock/changes"): list_changes,
    ("POST", "/locations"): add_location,
    ("POST", "/locations/{number}"): switch_location,
    ("POST", "/troubles"): add_trouble,
    ("GET", "/troubles"): list_troubles,
    ("DELETE", "/troubles"): clear_troubles,
}
