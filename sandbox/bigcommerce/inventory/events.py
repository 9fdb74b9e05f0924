"""The webhooks that a change of stock fires (BigCommerce docs: product, SKU and inventory events)."""

from sandbox.bigcommerce.catalog.model import Catalog
from sandbox.bigcommerce.events import Event
from sandbox.bigcommerce.inventory.model import Change, Inventory
from sandbox.bigcommerce.inventory.places import Place
from sandbox.bigcommerce.model import Json

CHANNEL = "store/channel/*/inventory/product/"


def events_of(change: Change, catalog: Catalog, inventory: Inventory) -> list[Event]:
    """Everything that is told of one change; `value` is by how much the level moved."""
    by_order = change.cause == "order"
    about = place_data(change.place, catalog)
    moved: Json = {
        "product_id": about["product_id"],
        "method": "relative" if by_order else "absolute",
        "value": change.after - change.before,
    }
    tail = "inventory/order/updated" if by_order else "inventory/updated"
    events = [Event("store/product/updated", {"type": "product", "id": about["product_id"]})]
    if change.place.item.kind == "product":
        data = {"type": "product", "id": about["product_id"], "inventory": moved}
        events.append(Event(f"store/product/{tail}", data))
    else:
        variant = catalog.variants[change.place.item.id]
        moved["variant_id"] = variant.id
        events.append(
            Event(f"store/sku/{tail}", {"type": "sku", "id": variant.sku_id, "inventory": moved})
        )
    events.append(Event(f"{CHANNEL}stock_changed", about))
    if by_order and change.after <= inventory.stock(change.place).warning:
        events.append(Event(f"{CHANNEL}low_stock_reached", about))
    if by_order and change.after == 0:
        events.append(Event(f"{CHANNEL}out_of_stock_reached", about))
    return events


def place_data(place: Place, catalog: Catalog) -> Json:
    """How the location-aware events name a place."""
    if place.item.kind == "variant":
        product_id, variant_id = catalog.variants[place.item.id].product_id, place.item.id
    else:
        product = catalog.products[place.item.id]
        product_id, variant_id = product.id, product.base_variant_id
    return {
        "variant_id": variant_id,
        "product_id": product_id,
        "location_id": place.location_id,
    }
