"""The control API's deeds around prices: customer groups, who is in one, and what a buyer pays."""

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import Field

from sandbox.bigcommerce.control_request import Deed, Request
from sandbox.bigcommerce.money import text
from sandbox.bigcommerce.pricelists.model import CustomerGroup
from sandbox.bigcommerce.spec import Currency, Strict
from sandbox.bigcommerce.wire import RefusedError

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop


class GroupSpec(Strict):
    """A new customer group, with a price list as its discount or without."""

    name: str = Field(min_length=1)
    price_list_id: int | None = None


class MemberSpec(Strict):
    """The group that a buyer joins; 0 is none."""

    group_id: int = Field(ge=0)


class ShelfSpec(Strict):
    """Who looks at what: a SKU, so many of it, as a member of a group."""

    sku: str
    quantity: int = Field(default=1, ge=1)
    group_id: int = Field(default=0, ge=0)
    currency: Currency | None = None


def add_group(shop: "Shop", request: Request) -> object:
    """Make a customer group."""
    spec = GroupSpec.model_validate(request.document)
    with shop.lock:
        if spec.price_list_id is not None and spec.price_list_id not in shop.prices.lists:
            raise RefusedError(400, f"There is no price list {spec.price_list_id}.")
        number = max(shop.prices.groups, default=0) + 1
        shop.prices.groups[number] = CustomerGroup(number, spec.name, spec.price_list_id)
        return {"id": number}


def join_group(shop: "Shop", request: Request) -> object:
    """Put a buyer into a customer group."""
    spec = MemberSpec.model_validate(request.document)
    with shop.lock:
        customer = shop.customers.get(request.number)
        if customer is None or (spec.group_id and spec.group_id not in shop.prices.groups):
            raise RefusedError(404, "There is no such buyer, or no such group.")
        shop.customers[customer.id] = replace(customer, group_id=spec.group_id)
        return {"id": customer.id, "group_id": spec.group_id}


def look_at_shelf(shop: "Shop", request: Request) -> object:
    """Show what a buyer would pay, and why the shop would not sell it."""
    spec = ShelfSpec.model_validate(request.document)
    with shop.lock:
        shop.settle()
        shelf = shop.shelf_for(spec.group_id, spec.currency or shop.settings.currency)
        variant = shop.catalog.variant_of_sku(spec.sku)
        product = shelf.by_sku(spec.sku)
        if variant is None or product is None:
            raise RefusedError(400, f"The catalogue sells no SKU {spec.sku!r}.")
        price = shelf.price(product, spec.quantity)
        return {"price": text(price), "refusal": shelf.refusal(variant, spec.quantity)}


DEEDS: dict[tuple[str, str], Deed] = {
    ("POST", "/groups"): add_group,
    ("POST", "/customers/{number}/group"): join_group,
    ("POST", "/shelf"): look_at_shelf,
}
