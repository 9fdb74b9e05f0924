"""Items that a tester has made unwritable: the batch that holds one fails because of it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from sandbox.bigcommerce.catalog.model import CatalogProduct, Variant
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.spec import Strict


class TroubleSpec(Strict):
    """One item that cannot be written.

    Attributes:
        status: 422 refuses the batch; 207 saves a product or variant and fails its stock, and is
            for the catalogue alone, as at BigCommerce.
        named: Whether the refusal says which item it was, where the real API can do that.
        count: How many batches it spoils; null for all.
    """

    sku: str | None = None
    variant_id: int | None = None
    product_id: int | None = None
    status: Literal[207, 422] = 422
    named: bool = True
    count: int | None = Field(default=None, ge=1)

    @model_validator(mode="after")
    def _one_identity(self) -> Self:
        if sum(one is not None for one in (self.sku, self.variant_id, self.product_id)) != 1:
            raise ValueError("name the item by exactly one of sku, variant_id and product_id")
        return self

    def concerns(self, product: CatalogProduct, variant: Variant | None) -> bool:
        """Whether it lies on this item."""
        if self.product_id is not None:
            return self.product_id == product.id
        if self.variant_id is not None:
            return variant is not None and self.variant_id == variant.id
        sku = product.sku if variant is None else variant.sku
        return self.sku is not None and self.sku.casefold() == sku.casefold()


class Troubles:
    """The standing item troubles; the first that fits an item is used up by one."""

    def __init__(self) -> None:
        self._standing: list[tuple[TroubleSpec, list[int]]] = []

    def add(self, spec: TroubleSpec) -> None:
        """Stand a new one behind the others."""
        self._standing.append((spec, [0]))

    def clear(self) -> None:
        """Every item can be written again."""
        self._standing.clear()

    def take(self, product: CatalogProduct, variant: Variant | None) -> TroubleSpec | None:
        """The trouble that lies on this item, if any."""
        for spec, used in self._standing:
            left = spec.count is None or used[0] < spec.count
            if left and spec.concerns(product, variant):
                used[0] += 1
                return spec
        return None

    def listed(self) -> list[Json]:
        """Every one with how often it was used."""
        return [spec.model_dump() | {"used": used[0]} for spec, used in self._standing]
