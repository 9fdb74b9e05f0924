"""Fill the catalogue: from the seed data, and with what a tester wishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from typing import Self

from pydantic import Field, model_validator

from sandbox.bigcommerce.catalog.model import (
    Catalog,
    CatalogProduct,
    OptionValue,
    TakenError,
    Tracking,
    Variant,
)
from sandbox.bigcommerce.goods import Goods
from sandbox.bigcommerce.money import finely
from sandbox.bigcommerce.spec import Strict

# Far above the seed's ids, so that ids of both kinds stay apart.
FIRST_NEW_PRODUCT, FIRST_NEW_VARIANT, FIRST_SKU_ID = 10_000, 1_000_000, 1
MOST_AT_ONCE = 200_000  # products of one control call; twice the largest catalogue of the bench
MOST_VARIANTS = 600  # BigCommerce docs: platform limits, SKUs of one product


class VariantWish(Strict):
    """One variant of a product with options; a price of its own or the product's."""

    sku: str = Field(min_length=1, max_length=255)
    label: str = Field(min_length=1, max_length=255)
    price: Decimal | None = Field(default=None, ge=0, decimal_places=4)
    stock: int | None = Field(default=None, ge=0)


class ProductWish(Strict):
    """One product; `stock` is what lies at the default location, counted once already."""

    name: str = Field(min_length=1, max_length=250)
    sku: str = Field(default="", max_length=255)
    price: Decimal = Field(default=Decimal(10), ge=0, decimal_places=4)
    tracking: Tracking = "none"
    stock: int | None = Field(default=None, ge=0)
    is_visible: bool = True
    digital: bool = False
    taxable: bool = True
    option: str = "Size"
    variants: tuple[VariantWish, ...] = Field(default=(), max_length=MOST_VARIANTS)

    @model_validator(mode="after")
    def _tracked_by_what_there_is(self) -> Self:
        if self.tracking == "variant" and not self.variants:
            raise ValueError("a product without variants cannot be tracked by variant")
        return self


class CatalogWish(Strict):
    """Products by name, or `count` plain ones called `prefix`-000001 and so on."""

    products: tuple[ProductWish, ...] = ()
    count: int = Field(default=0, ge=0, le=MOST_AT_ONCE)
    prefix: str = Field(default="BULK", min_length=1, max_length=200)
    price: Decimal = Field(default=Decimal(10), ge=0, decimal_places=4)
    tracking: Tracking = "product"
    stock: int | None = Field(default=0, ge=0)

    def everything(self) -> tuple[ProductWish, ...]:
        """The named ones and the plain ones."""
        plain = (f"{self.prefix}-{n:06d}" for n in range(1, self.count + 1))
        return self.products + tuple(
            ProductWish(
                name=name, sku=name, price=self.price, tracking=self.tracking, stock=self.stock
            )
            for name in plain
        )


@dataclass(frozen=True)
class Grown:
    """A new product, and the stock that each of its SKUs begins with."""

    product: CatalogProduct
    variants: tuple[Variant, ...]
    stock: Mapping[int, int]
    """By variant id."""


class Grower:
    """Makes products with ids of their own."""

    def __init__(self) -> None:
        self._products = count(FIRST_NEW_PRODUCT)
        self._variants = count(FIRST_NEW_VARIANT)
        self._sku_ids = count(FIRST_SKU_ID)

    def grow(self, catalog: Catalog, wish: ProductWish, *, now: float) -> Grown:
        """Put one product into the catalogue.

        Raises:
            TakenError: Another has its name or one of its SKUs.
        """
        product = CatalogProduct(
            id=next(self._products),
            name=wish.name,
            sku=wish.sku,
            price=finely(wish.price),
            created=now,
            modified=now,
            tracking=wish.tracking,
            visible=wish.is_visible,
            digital=wish.digital,
            taxable=wish.taxable,
        )
        variants, stock = self._make_variants(product, wish)
        catalog.add(product, variants)
        return Grown(product, variants, stock)

    def _make_variants(
        self, product: CatalogProduct, wish: ProductWish
    ) -> tuple[tuple[Variant, ...], dict[int, int]]:
        if not wish.variants:
            base = Variant(next(self._variants), product.id, wish.sku)
            return (base,), {} if wish.stock is None else {base.id: wish.stock}
        made: list[Variant] = []
        stock: dict[int, int] = {}
        for n, one in enumerate(wish.variants):
            variant = Variant(
                next(self._variants),
                product.id,
                one.sku,
                sku_id=next(self._sku_ids),
                options=(OptionValue(product.id, product.id * 1000 + n, wish.option, one.label),),
                fields={} if one.price is None else {"price": finely(one.price)},
            )
            made.append(variant)
            start = wish.stock if one.stock is None else one.stock
            if start is not None:
                stock[variant.id] = start
        return tuple(made), stock


def catalog_of(goods: Goods, *, now: float) -> Catalog:
    """The seed's goods as simple products, untracked as BigCommerce makes new ones."""
    catalog = Catalog()
    for one in goods.products:
        product = CatalogProduct(
            id=one.id,
            name=one.name,
            sku=one.sku,
            price=one.price,
            created=now,
            modified=now,
            digital=one.digital,
            taxable=one.taxable,
        )
        catalog.add(product, [Variant(one.variant_id, one.id, one.sku)])
    return catalog


__all__ = ["CatalogWish", "Grower", "Grown", "ProductWish", "TakenError", "catalog_of"]
