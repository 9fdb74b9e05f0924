"""Products and variants as the V3 catalogue shows them."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from sandbox.bigcommerce.catalog.model import Catalog, CatalogProduct, Variant, price_of
from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import number

Level = Callable[[CatalogProduct, Variant | None], int]
"""How many of a product, or of one variant, are there to sell."""

# What a product has until a client sets it (BigCommerce docs: products, sample answers).
PRODUCT_DEFAULTS: Json = {
    "description": "",
    "weight": 1,
    "width": 0,
    "depth": 0,
    "height": 0,
    "cost_price": 0,
    "retail_price": 0,
    "sale_price": 0,
    "map_price": 0,
    "tax_class_id": 0,
    "product_tax_code": "",
    "categories": [],
    "brand_id": 0,
    "option_set_id": None,
    "option_set_display": "right",
    "inventory_warning_level": 0,
    "reviews_rating_sum": 0,
    "reviews_count": 0,
    "total_sold": 0,
    "fixed_cost_shipping_price": 0,
    "is_free_shipping": False,
    "is_featured": False,
    "related_products": [-1],
    "warranty": "",
    "bin_picking_number": "",
    "layout_file": "product.html",
    "upc": "",
    "mpn": "",
    "gtin": "",
    "search_keywords": "",
    "availability": "available",
    "availability_description": "",
    "gift_wrapping_options_type": "any",
    "gift_wrapping_options_list": [],
    "sort_order": 0,
    "condition": "New",
    "is_condition_shown": False,
    "order_quantity_minimum": 0,
    "order_quantity_maximum": 0,
    "page_title": "",
    "meta_keywords": [],
    "meta_description": "",
    "view_count": 0,
    "preorder_release_date": None,
    "preorder_message": "",
    "is_preorder_only": False,
    "is_price_hidden": False,
    "price_hidden_label": "",
    "open_graph_type": "product",
    "open_graph_title": "",
    "open_graph_description": "",
    "open_graph_use_meta_description": True,
    "open_graph_use_product_name": True,
    "open_graph_use_image": True,
}
VARIANT_DEFAULTS: Json = {
    "price": None,
    "sale_price": None,
    "retail_price": None,
    "cost_price": None,
    "map_price": None,
    "weight": None,
    "width": None,
    "height": None,
    "depth": None,
    "is_free_shipping": False,
    "fixed_cost_shipping_price": None,
    "purchasing_disabled": False,
    "purchasing_disabled_message": "",
    "image_url": "",
    "upc": "",
    "mpn": "",
    "gtin": "",
    "inventory_warning_level": 0,
    "bin_picking_number": "",
}
PRICES = ("price", "sale_price", "retail_price", "cost_price", "map_price")


def product(catalog: Catalog, found: CatalogProduct, level: Level) -> Json:
    """A product without its sub-resources."""
    return (
        {
            "id": found.id,
            "name": found.name,
            "type": "digital" if found.digital else "physical",
            "sku": found.sku,
            "price": number(found.price),
        }
        | PRODUCT_DEFAULTS
        | _plain(found.fields)
        | {
            "inventory_level": level(found, None),
            "inventory_tracking": found.tracking,
            "is_visible": found.visible,
            "calculated_price": number(price_of(found, catalog.base_of(found))),
            "date_last_imported": "",
            "date_created": _moment(found.created),
            "date_modified": _moment(found.modified),
            "base_variant_id": found.base_variant_id,
            "custom_url": {"url": f"/product-{found.id}/", "is_customized": False},
        }
    )


def variant(parent: CatalogProduct, found: Variant, level: Level) -> Json:
    """A variant; a base variant shows its product's prices."""
    prices = _base_prices(parent) if found.is_base else {}
    return (
        {"id": found.id, "product_id": parent.id, "sku": found.sku, "sku_id": found.sku_id}
        | VARIANT_DEFAULTS
        | _plain(found.fields)
        | prices
        | {
            "calculated_price": number(price_of(parent, found)),
            "calculated_weight": _json(
                found.fields.get("weight") or parent.fields.get("weight", 1)
            ),
            "inventory_level": level(parent, found),
            "option_values": [
                {
                    "id": one.id,
                    "label": one.label,
                    "option_id": one.option_id,
                    "option_display_name": one.name,
                }
                for one in found.options
            ],
        }
    )


def options(catalog: Catalog, found: CatalogProduct) -> list[Json]:
    """The options that its variants are made of."""
    shown: dict[int, Json] = {}
    for one in (value for variant in catalog.siblings(found) for value in variant.options):
        option = shown.setdefault(
            one.option_id,
            {
                "id": one.option_id,
                "product_id": found.id,
                "name": one.name,
                "display_name": one.name,
                "type": "dropdown",
                "sort_order": len(shown),
                "option_values": [],
            },
        )
        value = {"id": one.id, "label": one.label, "sort_order": 0, "is_default": False}
        if value not in option["option_values"]:
            option["option_values"].append(value)
    return list(shown.values())


def _base_prices(parent: CatalogProduct) -> Json:
    set_prices = {"price": parent.price} | parent.fields
    return {name: _json(set_prices.get(name) or None) for name in PRICES}


def _plain(fields: Json) -> Json:
    return {name: _json(value) for name, value in fields.items()}


def _json(value: Any) -> Any:
    return number(value) if isinstance(value, Decimal) else value


def _moment(seconds: float) -> str:
    """Catalogue dates have an offset where other V3 dates have a Z (BigCommerce docs: samples)."""
    return iso8601(seconds).replace("Z", "+00:00")
