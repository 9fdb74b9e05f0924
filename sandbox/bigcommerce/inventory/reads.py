"""`GET /v3/inventory/…`: items and their levels, locations, and the settings of stock."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sandbox.bigcommerce.catalog.model import CatalogProduct, Variant
from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.inventory.model import DEFAULT_LOCATION, Location, Stock, item_of
from sandbox.bigcommerce.inventory.places import Item, Place
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.v3 import listed
from sandbox.bigcommerce.wire import Call, RefusedError, Reply

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LARGEST_PAGE = 1000  # BigCommerce docs: inventory items and locations
ITEM_QUERY = "sku:in variant_id:in product_id:in page limit"
LOCATION_QUERY = (
    "location_id:in location_code:in is_default type_id:in managed_by_external_source "
    "is_active storefront_visibility page limit"
)
NOWHERE = Stock()
Row = tuple[CatalogProduct, Variant | None, Item]


def list_items(shop: "Shop", call: Call) -> Reply:
    """Every tracked item with its levels at all locations, or at those asked for."""
    locations = _chosen(shop, call)

    def show(row: Row) -> Json:
        places = [_at_location(shop, row[2], one) for one in locations]
        return {"identity": _identity(row), "locations": places}

    return listed(list(_rows(shop, call)), call, show=show, most=LARGEST_PAGE)


def list_location_items(shop: "Shop", call: Call) -> Reply:
    """Every tracked item with its level at one location."""
    location = location_of(shop, call.numbers["id"])

    def show(row: Row) -> Json:
        return {"identity": _identity(row)} | _level(shop, Place(row[2], location.id))

    return listed(list(_rows(shop, call)), call, show=show, most=LARGEST_PAGE)


def list_locations(shop: "Shop", call: Call) -> Reply:
    """The store's locations."""
    found = _chosen(shop, call)
    types = call.words_in("type_id:in")
    if types is not None:
        found = [one for one in found if _type(one).casefold() in types]
    for name, attribute in (
        ("managed_by_external_source", "external"),
        ("is_active", "enabled"),
        ("storefront_visibility", "visible"),
    ):
        wanted = call.flag(name)
        if wanted is not None:
            found = [one for one in found if getattr(one, attribute) == wanted]
    default = call.flag("is_default")
    if default is not None:
        found = [one for one in found if (one.id == DEFAULT_LOCATION) == default]
    return listed(found, call, show=_location, most=LARGEST_PAGE)


def get_settings(shop: "Shop", _call: Call) -> Reply:
    """When orders take stock away, and what the storefront shows of it."""
    settings = shop.settings
    data: Json = {
        "product_out_of_stock_behavior": "do_nothing",
        "option_out_of_stock_behavior": "do_nothing",
        "update_stock_behavior": settings.update_stock_behavior,
        "edit_order_stock_adjustment": settings.edit_order_stock_adjustment,
        "refund_order_stock_adjustment": settings.refund_order_stock_adjustment,
        "stock_level_display": "dont_show",
        "default_out_of_stock_message": "Currently out of stock",
        "hide_in_product_filtering": False,
        "show_pre_order_stock_levels": False,
        "show_out_of_stock_message": False,
    }
    return Reply(body={"data": data, "meta": {}})


def location_of(shop: "Shop", number: int) -> Location:
    """A location by id.

    Raises:
        RefusedError: 404, there is none.
    """
    found = shop.inventory.locations.get(number)
    if found is None:
        raise RefusedError(404, f"Location with id {number} was not found.")
    return found


def _chosen(shop: "Shop", call: Call) -> list[Location]:
    ids, codes = call.numbers_in("location_id:in"), call.words_in("location_code:in")
    return [
        one
        for one in shop.inventory.locations.values()
        if (ids is None or one.id in ids) and (codes is None or one.code.casefold() in codes)
    ]


def _rows(shop: "Shop", call: Call) -> Iterator[Row]:
    skus = call.words_in("sku:in")
    variants, products = call.numbers_in("variant_id:in"), call.numbers_in("product_id:in")
    for product in shop.catalog.products.values():
        if product.tracking == "none" or (products is not None and product.id not in products):
            continue
        for row in _items_of(shop, product):
            sku = product.sku if row[1] is None else row[1].sku
            number = row[1].id if row[1] is not None else 0
            if (skus is None or sku.casefold() in skus) and (
                variants is None or number in variants
            ):
                yield row


def _items_of(shop: "Shop", product: CatalogProduct) -> Iterator[Row]:
    if product.tracking == "variant":
        for variant in shop.catalog.siblings(product):
            yield product, variant, Item("variant", variant.id)
        return
    item = item_of(product, None)
    if item is not None:
        yield product, shop.catalog.base_of(product), item


def _identity(row: Row) -> Json:
    product, variant, _ = row
    if variant is None:
        return {"sku": product.sku, "product_id": product.id, "sku_id": None}
    return {
        "sku": variant.sku,
        "variant_id": variant.id,
        "product_id": product.id,
        "sku_id": variant.sku_id,
    }


def _at_location(shop: "Shop", item: Item, location: Location) -> Json:
    about = {
        "location_id": location.id,
        "location_code": location.code,
        "location_name": location.label,
        "location_enabled": location.enabled,
    }
    return about | _level(shop, Place(item, location.id))


def _level(shop: "Shop", place: Place) -> Json:
    stock = shop.inventory.stocks.get(place, NOWHERE)
    return {
        "available_to_sell": stock.available,
        "total_inventory_onhand": stock.onhand,
        "settings": {
            "safety_stock": stock.safety,
            "is_in_stock": stock.in_stock,
            "warning_level": stock.warning,
            "bin_picking_number": stock.bin,
        },
    }


def _type(location: Location) -> str:
    return "PHYSICAL" if location.physical else "VIRTUAL"


def _location(location: Location) -> Json:
    return {
        "id": location.id,
        "code": location.code,
        "label": location.label,
        "description": "",
        "managed_by_external_source": location.external,
        "type_id": _type(location),
        "enabled": location.enabled,
        "time_zone": "Etc/UTC",
        "created_at": iso8601(location.created),
        "updated_at": iso8601(location.created),
        "address": {
            "address1": "1 Summit Road",
            "address2": "",
            "city": "Denver",
            "state": "CO",
            "zip": "80202",
            "email": "warehouse@example.com",
            "phone": "303-555-0100",
            "geo_coordinates": {"latitude": 39.75, "longitude": -105},
            "country_code": "US",
        },
        "storefront_visibility": location.visible,
        "special_hours": [],
    }
