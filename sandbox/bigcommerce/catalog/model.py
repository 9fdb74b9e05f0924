"""Products and variants, found by id and by SKU; nothing here knows of HTTP."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import ZERO

Tracking = Literal["none", "product", "variant"]


class TakenError(Exception):
    """A SKU or a name is another's already; `field` says which of the two."""

    def __init__(self, field_name: str, value: str) -> None:
        super().__init__(f"The product {field_name} {value!r} is a duplicate")
        self.field = field_name


@dataclass(frozen=True)
class OptionValue:
    """What makes a variant: `Size` is `M`."""

    option_id: int
    id: int
    name: str
    label: str


@dataclass(slots=True)
class Variant:
    """One sellable thing.

    Attributes:
        sku_id: The V2 API's id of it; None for a base variant.
        options: Empty for a base variant.
        fields: What a client has set; all else is as `shown.VARIANT_DEFAULTS` has it. The prices
            of a base variant are its product's.
    """

    id: int
    product_id: int
    sku: str
    sku_id: int | None = None
    options: tuple[OptionValue, ...] = ()
    fields: Json = field(default_factory=dict[str, object])

    @property
    def is_base(self) -> bool:
        """Whether it is the only variant of a product without options."""
        return self.sku_id is None


@dataclass(slots=True)
class CatalogProduct:
    """One product; `sku` of one with options names no sellable thing.

    Attributes:
        fields: What a client has set; all else is as `shown.PRODUCT_DEFAULTS` has it.
        taxable: Whether an order's tax counts it in.
    """

    id: int
    name: str
    sku: str
    price: Decimal
    created: float
    modified: float
    tracking: Tracking = "none"
    visible: bool = True
    digital: bool = False
    taxable: bool = True
    variant_ids: list[int] = field(default_factory=list[int])
    base_variant_id: int | None = None
    fields: Json = field(default_factory=dict[str, object])


class Catalog:
    """Every product and variant by id ascending, and SKUs without regard to case."""

    def __init__(self) -> None:
        self.products: dict[int, CatalogProduct] = {}
        self.variants: dict[int, Variant] = {}
        self._skus: dict[str, tuple[int, int | None]] = {}
        self._names: dict[str, int] = {}

    def add(self, product: CatalogProduct, variants: Iterable[Variant]) -> None:
        """Put a new product in; a lone base variant carries the product's SKU.

        Raises:
            TakenError: Another has the SKU or the name; nothing was put in.
        """
        made = list(variants)
        base = made[0] if made[0].is_base else None
        wanted = [variant.sku for variant in made]
        if base is None:
            wanted.append(product.sku)
        self._check_new(product, [sku.casefold() for sku in wanted if sku])
        product.variant_ids = [variant.id for variant in made]
        product.base_variant_id = base.id if base else None
        self.products[product.id] = product
        self._names[product.name.casefold()] = product.id
        if base is None and product.sku:
            self._skus[product.sku.casefold()] = (product.id, None)
        for variant in made:
            self.variants[variant.id] = variant
            if variant.sku:
                self._skus[variant.sku.casefold()] = (product.id, variant.id)

    def owner(self, sku: str) -> tuple[int, int | None] | None:
        """Product and variant of a SKU; no variant for the parent SKU of a product with options."""
        return self._skus.get(sku.casefold())

    def named(self, name: str) -> int | None:
        """The id of the product of this name."""
        return self._names.get(name.casefold())

    def variant_of_sku(self, sku: str) -> Variant | None:
        """The sellable thing of this SKU."""
        owner = self.owner(sku)
        return self.variants[owner[1]] if owner and owner[1] is not None else None

    def base_of(self, product: CatalogProduct) -> Variant | None:
        """Its base variant; None when it has options."""
        found = product.base_variant_id
        return None if found is None else self.variants[found]

    def siblings(self, product: CatalogProduct) -> Iterator[Variant]:
        """The variants of one product, by id."""
        return (self.variants[number] for number in product.variant_ids)

    def rename(self, product: CatalogProduct, name: str) -> None:
        """Give a product another name.

        Raises:
            TakenError: Another has it.
        """
        if self._names.get(name.casefold(), product.id) != product.id:
            raise TakenError("name", name)
        del self._names[product.name.casefold()]
        product.name = name
        self._names[name.casefold()] = product.id

    def relabel(self, product: CatalogProduct, variant: Variant | None, sku: str) -> None:
        """Give a product (and its base variant with it) or a variant with options another SKU.

        Raises:
            TakenError: Another has it.
        """
        target = self.base_of(product) if variant is None or variant.is_base else variant
        place = (product.id, target.id if target else None)
        if sku and self._skus.get(sku.casefold(), place) != place:
            raise TakenError("sku", sku)
        self._skus.pop((target.sku if target else product.sku).casefold(), None)
        if target is not None:
            target.sku = sku
        if target is None or target.is_base:
            product.sku = sku
        if sku:
            self._skus[sku.casefold()] = place

    def _check_new(self, product: CatalogProduct, skus: list[str]) -> None:
        if product.name.casefold() in self._names:
            raise TakenError("name", product.name)
        seen: set[str] = set()
        for sku in skus:
            if sku in self._skus or sku in seen:
                raise TakenError("sku", sku)
            seen.add(sku)


def price_of(product: CatalogProduct, variant: Variant | None) -> Decimal:
    """What a buyer pays without any price list: a sale price before a price, a variant's own first.

    BigCommerce docs: variant prices that are null are the product's.
    """
    own = variant.fields if variant is not None and not variant.is_base else {}
    if own.get("sale_price"):
        return own["sale_price"]
    if own.get("price") is not None:
        return own["price"]
    return product.fields.get("sale_price") or product.price or ZERO
