"""Which stock a client means by a SKU, a variant or a product; the tracking mode decides."""

from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.catalog.model import CatalogProduct, Variant
from sandbox.bigcommerce.inventory.places import Item
from sandbox.bigcommerce.model import Json

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

IDENTITIES = ("sku", "variant_id", "product_id")


class NoSuchItemError(Exception):
    """The identity is of no item that can be adjusted; the text is BigCommerce's for the title."""


def named_by(body: Json) -> list[str]:
    """Which of the three ways to name an item the body uses."""
    return [name for name in IDENTITIES if name in body]


def resolve(shop: "Shop", body: Json) -> tuple[Item, CatalogProduct, Variant | None]:
    """The item that a body names by exactly one well-formed identity.

    BigCommerce docs: inventory, items; its 422 samples give the wording. What it says about an
    unknown or untracked item is not documented; this shop refuses both.

    Raises:
        NoSuchItemError: None, or its stock is counted by something else.
    """
    (name,) = named_by(body)
    product, variant = _find(shop, name, body[name])
    about = f"Item with {name} {body[name]}"
    if product is None:
        raise NoSuchItemError(f"{about} was not found")
    if product.tracking == "none":
        raise NoSuchItemError(f"{about} is not tracked")
    if product.tracking == "product":
        if name != "product_id":
            raise NoSuchItemError(
                f"{about} is tracked by product, please update stock by product id"
            )
        return Item("product", product.id), product, variant
    if variant is None:
        raise NoSuchItemError(f"{about} is tracked by variant, please update stock by variant id")
    return Item("variant", variant.id), product, variant


def _find(shop: "Shop", name: str, value: Any) -> tuple[CatalogProduct | None, Variant | None]:
    catalog = shop.catalog
    if name == "product_id":
        found = catalog.products.get(value)
        return found, catalog.base_of(found) if found is not None else None
    if name == "variant_id":
        variant = catalog.variants.get(value)
        return (catalog.products[variant.product_id], variant) if variant else (None, None)
    owner = catalog.owner(value)
    if owner is None:
        return None, None
    return catalog.products[owner[0]], catalog.variants.get(owner[1] or 0)


def is_identity(name: str, value: Any) -> bool:
    """Whether a value has the form of this identity."""
    if name == "sku":
        return isinstance(value, str) and bool(value)
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
