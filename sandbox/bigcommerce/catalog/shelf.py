"""What a buyer finds in the shop: the catalogue's products at their prices of this moment."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sandbox.bigcommerce.catalog.model import Catalog, CatalogProduct, Variant, price_of
from sandbox.bigcommerce.catalog.shown import PRODUCT_DEFAULTS
from sandbox.bigcommerce.goods import Goods, Product
from sandbox.bigcommerce.inventory.model import Inventory, item_of

ENOUGH_TO_DRAW = 3  # units; the most that the dice order of one line

ListPrice = Callable[[Variant, int], Decimal | None]
"""The price of so many units in the buyer's price list; None where it has none."""


def _no_list(_variant: Variant, _quantity: int) -> Decimal | None:
    return None


@dataclass(frozen=True)
class Shelf:
    """The goods on sale; `list_price` is the price list of one buyer."""

    goods: Goods
    catalog: Catalog
    inventory: Inventory
    list_price: ListPrice = _no_list

    def by_sku(self, sku: str) -> Product | None:
        """The sellable thing of this SKU; upper and lower case count as the same."""
        variant = self.catalog.variant_of_sku(sku)
        return None if variant is None else self._product(variant)

    def price(self, product: Product, quantity: int) -> Decimal:
        """What one of so many units costs this buyer."""
        variant = self.catalog.variants.get(product.variant_id) if product.id else None
        found = self.list_price(variant, quantity) if variant is not None else None
        return product.price if found is None else found

    def draw(self, dice: Random, *, digital: bool) -> Product:
        """Any product of the seed that can be sold now, of the wanted kind.

        Raises:
            LookupError: There is none left.
        """
        wanted = [
            self.catalog.variants[one.variant_id]
            for one in self.goods.products
            if one.sellable and one.digital == digital
        ]
        found = dice.choice(wanted)
        if self.refusal(found, ENOUGH_TO_DRAW) is not None:
            left = [one for one in wanted if self.refusal(one, ENOUGH_TO_DRAW) is None]
            if not left:
                raise LookupError("Nothing of this kind is left to sell; put stock back.")
            found = dice.choice(left)
        return self._product(found)

    def refusal(self, variant: Variant, quantity: int) -> str | None:
        """Why the storefront would not sell so many units; None when it would."""
        product = self.catalog.products[variant.product_id]
        if not product.visible:
            return f"{variant.sku} is not visible in the shop"
        if _disabled(product, variant):
            return f"{variant.sku} cannot be bought at the moment"
        item = item_of(product, variant)
        left = quantity if item is None else self.inventory.sellable(item)
        return None if left >= quantity else f"{variant.sku} has {left} left, {quantity} are wanted"

    def _product(self, variant: Variant) -> Product:
        product = self.catalog.products[variant.product_id]
        return Product(
            id=product.id,
            sku=variant.sku,
            name=product.name,
            price=price_of(product, variant),
            taxable=product.taxable,
            digital=product.digital,
            variant=variant.id,
        )


def _disabled(product: CatalogProduct, variant: Variant) -> bool:
    availability = product.fields.get("availability", PRODUCT_DEFAULTS["availability"])
    return availability == "disabled" or bool(variant.fields.get("purchasing_disabled"))
