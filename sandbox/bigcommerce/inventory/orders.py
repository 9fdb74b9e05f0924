"""What orders do to stock: when they take it, from where, and when it comes back."""

from collections import Counter
from typing import TYPE_CHECKING

from sandbox.bigcommerce.deals import Deal, WishError
from sandbox.bigcommerce.inventory.model import DEFAULT_LOCATION, Change, Inventory, item_of
from sandbox.bigcommerce.inventory.places import Item, Place
from sandbox.bigcommerce.model import Order, OrderDocument, Settings
from sandbox.bigcommerce.statuses import CANCELLED, COMPLETED, INCOMPLETE, REFUNDED, SHIPPED

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop


def refuse_unsellable(shop: "Shop", deal: Deal) -> None:
    """The storefront sells nothing that is hidden, disabled, or not there in this quantity.

    Raises:
        WishError: It would refuse this order.
    """
    wanted: Counter[int] = Counter()
    for line in deal.lines:
        if line.product.id:
            wanted[line.product.variant_id] += line.wish.quantity
    for number, quantity in wanted.items():
        refusal = shop.shelf.refusal(shop.catalog.variants[number], quantity)
        if refusal is not None:
            raise WishError(f"The shop does not sell this: {refusal}.")


def move_stock(shop: "Shop", order: Order) -> list[Change]:
    """Bring stock in line with an order as it is now; doing it again changes nothing."""
    wanted = _wanted(shop, order, order.current)
    changes: list[Change] = []
    for item in sorted({*wanted, *order.booked}):
        more = wanted[item] - order.booked[item]
        move = _take if more > 0 else _give_back
        changes += move(shop.inventory, order, item, units=abs(more), now=shop.clock.now())
    order.booked = wanted
    return changes


def _wanted(shop: "Shop", order: Order, document: OrderDocument) -> Counter[Item]:
    """What the order should have taken (BigCommerce docs: inventory settings)."""
    settings: Settings = shop.settings
    status = document.header["status_id"]
    before = order.booked
    if status == INCOMPLETE:
        return before
    if status in {REFUNDED, CANCELLED}:
        return Counter() if settings.refund_order_stock_adjustment else before
    late = settings.update_stock_behavior == "order_completed_or_shipped"
    if late and not before and status not in {SHIPPED, COMPLETED}:
        return before
    now = _counted(shop, document)
    return now if not before or settings.edit_order_stock_adjustment else before


def _counted(shop: "Shop", document: OrderDocument) -> Counter[Item]:
    wanted: Counter[Item] = Counter()
    for line in document.lines:
        product = shop.catalog.products.get(line["product_id"])
        variant = shop.catalog.variants.get(line["variant_id"])
        item = item_of(product, variant) if product is not None else None
        if item is not None:
            wanted[item] += line["quantity"]
    return wanted


def _take(
    inventory: Inventory, order: Order, item: Item, *, units: int, now: float
) -> list[Change]:
    """From the default location first; where aggregated stock comes from is not documented."""
    changes: list[Change] = []
    for number in inventory.selling_locations():
        part = min(units, inventory.stock(Place(item, number)).onhand)
        changes += _note(order, inventory.move(Place(item, number), part, now))
        units -= part
    return changes + _note(order, inventory.move(Place(item, DEFAULT_LOCATION), units, now))


def _give_back(
    inventory: Inventory, order: Order, item: Item, *, units: int, now: float
) -> list[Change]:
    changes: list[Change] = []
    for place in [one for one in order.taken if one.item == item]:
        part = min(units, order.taken[place])
        changes += _note(order, inventory.move(place, -part, now))
        units -= part
    return changes


def _note(order: Order, changes: list[Change]) -> list[Change]:
    for change in changes:
        order.taken[change.place] += change.before - change.after
    return changes
