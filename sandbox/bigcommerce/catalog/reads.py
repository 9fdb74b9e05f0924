"""`GET /v3/catalog/…`: products and variants, with the filters that BigCommerce documents."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.catalog import shown
from sandbox.bigcommerce.catalog.model import CatalogProduct, Variant, price_of
from sandbox.bigcommerce.catalog.shown import PRODUCT_DEFAULTS, VARIANT_DEFAULTS
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.v3 import LARGEST_PAGE, listed
from sandbox.bigcommerce.wire import Call, RefusedError, Reply

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

SLOW_PAGE = 10  # BigCommerce docs: products, the page when options or modifiers are included
SLOW = frozenset({"options", "modifiers"})
INCLUDES: dict[str, Any] = {
    "bulk_pricing_rules": [],
    "custom_fields": [],
    "images": [],
    "modifiers": [],
    "parent_relations": [],
    "primary_image": None,
    "reviews": [],
    "videos": [],
    "channels": [1],
}
"""Sub-resources that this shop never fills; `variants` and `options` are filled."""

Test = Callable[["Shop", CatalogProduct, Any], bool]


def _text(call: Call, name: str) -> str:
    return call.query[name].casefold()


def _moment(call: Call, name: str) -> float:
    """A point of time; a bare date gets the time of day of now, without a word (BigCommerce docs)."""
    value = call.query[name]
    try:
        found = datetime.fromisoformat(value)
    except ValueError as wrong:
        raise RefusedError(422, f"{name} must be a date and time") from wrong
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _amount(call: Call, name: str) -> Decimal:
    try:
        return Decimal(call.query[name])
    except InvalidOperation as wrong:
        raise RefusedError(422, f"{name} must be a number") from wrong


def _level(shop: "Shop", product: CatalogProduct) -> int:
    return shop.inventory.level(product, None)


def _low(shop: "Shop", product: CatalogProduct) -> bool:
    warning = product.fields.get("inventory_warning_level", 0)
    return product.tracking != "none" and _level(shop, product) <= warning


# Each filter: how its value is read, and whether a product passes it.
FILTERS: dict[str, tuple[Callable[[Call, str], Any], Test]] = {
    "id": (Call.number, lambda _, p, v: p.id == v),
    "id:in": (Call.numbers_in, lambda _, p, v: p.id in v),
    "id:not_in": (Call.numbers_in, lambda _, p, v: p.id not in v),
    "id:min": (Call.number, lambda _, p, v: p.id >= v),
    "id:max": (Call.number, lambda _, p, v: p.id <= v),
    "id:greater": (Call.number, lambda _, p, v: p.id > v),
    "id:less": (Call.number, lambda _, p, v: p.id < v),
    "name": (_text, lambda _, p, v: p.name.casefold() == v),
    "sku": (_text, lambda _, p, v: p.sku.casefold() == v),
    "sku:in": (Call.words_in, lambda _, p, v: p.sku.casefold() in v),
    "keyword": (_text, lambda _, p, v: v in p.name.casefold() or v in p.sku.casefold()),
    "type": (_text, lambda _, p, v: ("digital" if p.digital else "physical") == v),
    "availability": (
        _text,
        lambda _, p, v: p.fields.get("availability", PRODUCT_DEFAULTS["availability"]) == v,
    ),
    "is_visible": (Call.flag, lambda _, p, v: p.visible == v),
    "price": (_amount, lambda _, p, v: p.price == v),
    "inventory_level": (Call.number, lambda s, p, v: _level(s, p) == v),
    "inventory_level:min": (Call.number, lambda s, p, v: _level(s, p) >= v),
    "inventory_level:max": (Call.number, lambda s, p, v: _level(s, p) <= v),
    "inventory_low": (Call.flag, lambda s, p, v: _low(s, p) == v),
    "out_of_stock": (
        Call.flag,
        lambda s, p, v: (p.tracking != "none" and _level(s, p) == 0) == v,
    ),
    "date_modified": (_moment, lambda _, p, v: int(p.modified) == int(v)),
    "date_modified:min": (_moment, lambda _, p, v: int(p.modified) >= v),
    "date_modified:max": (_moment, lambda _, p, v: int(p.modified) <= v),
}
MOMENTS = frozenset(name for name, (read, _) in FILTERS.items() if read is _moment)
PRODUCT_QUERY = " ".join(
    [*FILTERS, "include include_fields exclude_fields page limit sort direction"]
)
VARIANT_QUERY = "id sku upc product_id:in page limit include_fields exclude_fields"
SORTS: dict[str, Callable[["Shop", CatalogProduct], Any]] = {
    "id": lambda _, p: p.id,
    "name": lambda _, p: p.name.casefold(),
    "sku": lambda _, p: p.sku.casefold(),
    "price": lambda _, p: p.price,
    "calculated_price": lambda s, p: price_of(p, s.catalog.base_of(p)),
    "date_modified": lambda _, p: p.modified,
    "inventory_level": _level,
    "is_visible": lambda _, p: p.visible,
}
PRODUCT_FIELDS = (
    frozenset(PRODUCT_DEFAULTS)
    | {"name", "type", "sku", "price", "inventory_level", "inventory_tracking", "is_visible"}
    | {"calculated_price", "date_last_imported", "date_created", "date_modified"}
    | {"base_variant_id", "custom_url"}
)
VARIANT_FIELDS = frozenset(VARIANT_DEFAULTS) | {
    "product_id",
    "sku",
    "sku_id",
    "calculated_price",
    "calculated_weight",
    "inventory_level",
    "option_values",
}


def list_products(shop: "Shop", call: Call) -> Reply:
    """The products that fit, by id ascending unless `sort` says otherwise."""
    wanted = [
        (FILTERS[name][1], _value(shop, call, name)) for name in call.query if name in FILTERS
    ]
    found = list(shop.catalog.products.values())
    if wanted:
        found = [one for one in found if all(test(shop, one, v) for test, v in wanted)]
    name, direction = call.query.get("sort", "id"), call.query.get("direction", "asc")
    if name not in SORTS or direction not in {"asc", "desc"}:
        raise RefusedError(422, f"Products cannot be sorted by {name!r} {direction!r}.")
    if name != "id" or direction != "asc":
        found.sort(key=lambda one: SORTS[name](shop, one), reverse=direction == "desc")
    includes = _includes(call)
    keep = fields_kept(call, PRODUCT_FIELDS)
    most = SLOW_PAGE if includes & SLOW else LARGEST_PAGE

    def show(one: CatalogProduct) -> Json:
        document = shown.product(shop.catalog, one, shop.inventory.level)
        return keep(document) | _parts(shop, one, includes)

    return listed(found, call, show=show, most=most, cut=bool(includes & SLOW))


def _value(shop: "Shop", call: Call, name: str) -> object:
    found = FILTERS[name][0](call, name)
    if name in MOMENTS and re.fullmatch(r"\d{4}-\d{2}-\d{2}", call.query[name]):
        return found + shop.clock.now() % 86400
    return found


def get_product(shop: "Shop", call: Call) -> Reply:
    """One product."""
    found = product_of(shop, call.numbers["id"])
    keep = fields_kept(call, PRODUCT_FIELDS)
    document = keep(shown.product(shop.catalog, found, shop.inventory.level))
    return Reply(body={"data": document | _parts(shop, found, _includes(call)), "meta": {}})


def list_variants(shop: "Shop", call: Call) -> Reply:
    """Every variant, base variants too; `sku` here is the variant's own."""
    found = list(shop.catalog.variants.values())
    if "sku" in call.query:
        one = shop.catalog.variant_of_sku(call.query["sku"])
        found = [] if one is None else [one]
    if (number := call.number("id")) is not None:
        found = [one for one in found if one.id == number]
    if "upc" in call.query:
        found = [one for one in found if one.fields.get("upc", "") == call.query["upc"]]
    if (products := call.numbers_in("product_id:in")) is not None:
        found = [one for one in found if one.product_id in products]
    return _variant_page(shop, found, call)


def list_product_variants(shop: "Shop", call: Call) -> Reply:
    """The variants of one product."""
    product = product_of(shop, call.numbers["id"])
    return _variant_page(shop, list(shop.catalog.siblings(product)), call)


def _variant_page(shop: "Shop", found: list[Variant], call: Call) -> Reply:
    keep = fields_kept(call, VARIANT_FIELDS)

    def show(one: Variant) -> Json:
        product = shop.catalog.products[one.product_id]
        return keep(shown.variant(product, one, shop.inventory.level))

    return listed(found, call, show=show)


def product_of(shop: "Shop", number: int) -> CatalogProduct:
    """A product by id.

    Raises:
        RefusedError: 404, there is none.
    """
    found = shop.catalog.products.get(number)
    if found is None:
        raise RefusedError(404, f"A product was not found with an id of {number}.")
    return found


def _includes(call: Call) -> set[str]:
    wanted = call.words_in("include") or set()
    unknown = wanted - set(INCLUDES) - {"variants", "options"}
    if unknown:
        raise RefusedError(422, f"These cannot be included: {sorted(unknown)}.")
    return wanted


def _parts(shop: "Shop", found: CatalogProduct, includes: set[str]) -> Json:
    parts = {name: INCLUDES[name] for name in includes if name in INCLUDES}
    if "variants" in includes:
        parts["variants"] = [
            shown.variant(found, one, shop.inventory.level) for one in shop.catalog.siblings(found)
        ]
    if "options" in includes:
        parts["options"] = shown.options(shop.catalog, found)
    return parts


def fields_kept(call: Call, known: frozenset[str]) -> Callable[[Json], Json]:
    """What `include_fields` or `exclude_fields` leave of a document; its id always stays.

    Raises:
        RefusedError: 422, a field that is none.
    """
    only, without = call.words_in("include_fields"), call.words_in("exclude_fields")
    unknown = ((only or set()) | (without or set())) - known - {"id"}
    if unknown:
        raise RefusedError(422, f"These fields cannot be chosen: {sorted(unknown)}.")
    kept = (known if only is None else only) - (without or set()) | {"id"}
    if only is None and not without:
        return lambda document: document
    return lambda document: {name: document[name] for name in document if name in kept}
