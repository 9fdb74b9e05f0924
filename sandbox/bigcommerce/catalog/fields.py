"""What may be written to a product and to a variant, field by field."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import finely

LARGEST_LEVEL = 2_147_483_647  # BigCommerce docs: inventory, a level at one location
LARGEST_AMOUNT = Decimal(10_000_000_000)  # far above any price; keeps sums exact
LONGEST_TEXT = 65_535
AMOUNTS = (
    "price",
    "cost_price",
    "retail_price",
    "sale_price",
    "map_price",
    "weight",
    "width",
    "height",
    "depth",
    "fixed_cost_shipping_price",
)

Rule = Callable[[Any], Any]
"""Gives the value to keep, or raises ValueError with the complaint."""


def check(body: Json, rules: Mapping[str, Rule]) -> tuple[Json, dict[str, str]]:
    """The values to keep, and a complaint for every field that is wrong or not known."""
    kept: Json = {}
    wrong: dict[str, str] = {}
    for name, value in body.items():
        try:
            kept[name] = rules.get(name, _unknown)(value)
        except ValueError as complaint:
            wrong[name] = f"{name}: {complaint}"
    return kept, wrong


def _unknown(_value: Any) -> Any:
    raise ValueError("this field cannot be written here")


def whole(value: Any, *, least: int = 0, most: int = LARGEST_LEVEL) -> int:
    """A whole number within bounds; true and 1.0 are none."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ValueError(f"must be a whole number from {least} to {most}")
    return value


def amount(value: Any) -> Decimal:
    """Money or a measure: a JSON number from 0, kept to four decimals."""
    number = isinstance(value, int | Decimal) and not isinstance(value, bool)
    if not number or not 0 <= value < LARGEST_AMOUNT:
        raise ValueError("must be a number from 0")
    return finely(Decimal(value))


def flag(value: Any) -> bool:
    """True or false and nothing that is like it."""
    if value is True or value is False:
        return value
    raise ValueError("must be true or false")


def words(longest: int, *, shortest: int = 0) -> Rule:
    """A text of limited length."""

    def rule(value: Any) -> str:
        if not isinstance(value, str) or not shortest <= len(value) <= longest:
            raise ValueError(f"must be a text of {shortest} to {longest} characters")
        return value

    return rule


def one_of(*allowed: str) -> Rule:
    """One of a few words."""

    def rule(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return value

    return rule


def or_null(rule: Rule) -> Rule:
    """The same, or null to have none."""
    return lambda value: None if value is None else rule(value)


def any_level(value: Any) -> int:
    """A stock level; too much is cut to the limit, a shortage comes out only when it is saved."""
    found = whole(value, least=-LARGEST_LEVEL, most=10**12)
    return min(found, LARGEST_LEVEL)


_SKU = words(255)
PRODUCT_RULES: dict[str, Rule] = {
    "name": words(250, shortest=1),
    "type": one_of("physical", "digital"),
    "sku": _SKU,
    "description": words(LONGEST_TEXT),
    "availability_description": words(255),
    "availability": one_of("available", "disabled", "preorder"),
    "inventory_level": any_level,
    "inventory_warning_level": whole,
    "inventory_tracking": one_of("none", "product", "variant"),
    "upc": words(14),
    "gtin": words(14),
    "mpn": words(255),
    "bin_picking_number": words(255),
    "search_keywords": words(LONGEST_TEXT),
    "is_visible": flag,
    "is_featured": flag,
    "is_free_shipping": flag,
    "is_price_hidden": flag,
    "tax_class_id": whole,
    "brand_id": whole,
    "sort_order": lambda value: whole(value, least=-LARGEST_LEVEL),
    **dict.fromkeys(AMOUNTS, amount),
}
VARIANT_RULES: dict[str, Rule] = {
    "sku": words(255, shortest=1),
    "upc": words(14),
    "gtin": words(14),
    "mpn": words(255),
    "bin_picking_number": or_null(words(255)),
    "inventory_level": or_null(any_level),
    "inventory_warning_level": or_null(whole),
    "is_free_shipping": flag,
    "purchasing_disabled": flag,
    "purchasing_disabled_message": words(255),
    **dict.fromkeys(AMOUNTS, or_null(amount)),
}
