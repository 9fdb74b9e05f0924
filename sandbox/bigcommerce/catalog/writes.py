"""`PUT /v3/catalog/products` and `/variants`: batches of 10 and 50."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.bigcommerce.catalog import shown
from sandbox.bigcommerce.catalog.fields import PRODUCT_RULES, VARIANT_RULES, check
from sandbox.bigcommerce.catalog.model import CatalogProduct, Variant
from sandbox.bigcommerce.events import Event
from sandbox.bigcommerce.inventory.model import DEFAULT_LOCATION, Adjustment, item_of
from sandbox.bigcommerce.inventory.places import Place
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import ZERO
from sandbox.bigcommerce.spec import WebhookSpec
from sandbox.bigcommerce.v3 import pagination
from sandbox.bigcommerce.wire import STATUS_CODES, Call, RefusedError, Reply

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

# BigCommerce docs: products and variants, batch limits.
MOST_PRODUCTS, MOST_VARIANTS = 10, 50
INVALID = "JSON data is missing or invalid"
# A product's fields that the model keeps beside `fields`.
OWN_FIELDS = frozenset(
    {"name", "sku", "price", "type", "inventory_tracking", "is_visible", "inventory_level"}
)


@dataclass(frozen=True)
class Wish:
    """One object of a batch: whom it is for, what to write, and what is wrong with it.

    Attributes:
        named: Whether a refusal may tell which item it is about.
        stock_fails: The item is saved but its stock is not, which is BigCommerce's 207.
    """

    product: CatalogProduct | None
    variant: Variant | None
    values: Json = field(default_factory=dict[str, object])
    problem: RefusedError | None = None
    named: bool = True
    stock_fails: bool = False


def put_products(shop: "Shop", call: Call) -> Reply:
    """Change up to ten products; a refusal does not tell which of them it was.

    Whether the good ones of a refused batch are saved is the setting `catalog_partial`.
    """
    wishes = [_product_wish(shop, body) for body in call.batch(most=MOST_PRODUCTS)]
    wrong = _save(shop, wishes)
    if wrong:
        raise wrong[0].problem or RefusedError(422, INVALID)
    data = [
        shown.product(shop.catalog, wish.product, shop.inventory.level)
        for wish in wishes
        if wish.product is not None
    ]
    return _saved(wishes, data)


def put_variants(shop: "Shop", call: Call) -> Reply:
    """Change up to fifty variants by id; a refusal names each wrong one in `batch_errors`.

    BigCommerce can also make variants here; this shop's come from its control API alone.
    """
    wishes = [_variant_wish(shop, body) for body in call.batch(most=MOST_VARIANTS)]
    wrong = _save(shop, wishes)
    if any(not wish.named for wish in wrong):
        raise RefusedError(422, INVALID)
    if wrong:
        return Reply(422, {"batch_errors": [_batch_error(wish) for wish in wrong]})
    data = [
        shown.variant(wish.product, wish.variant, shop.inventory.level)
        for wish in wishes
        if wish.product is not None and wish.variant is not None
    ]
    return _saved(wishes, data)


def _product_wish(shop: "Shop", body: Json) -> Wish:
    product = shop.catalog.products.get(_id(body))
    if product is None:
        return Wish(None, None, problem=_absent("product", body))
    values, wrong = check({k: v for k, v in body.items() if k != "id"}, PRODUCT_RULES)
    if values.get("inventory_tracking") == "variant" and product.base_variant_id is not None:
        wrong["inventory_tracking"] = "a product without options cannot be tracked by variant"
    return _wish(shop, product, shop.catalog.base_of(product), values=values, wrong=wrong)


def _variant_wish(shop: "Shop", body: Json) -> Wish:
    variant = shop.catalog.variants.get(_id(body))
    if variant is None:
        return Wish(None, None, problem=_absent("variant", body))
    product = shop.catalog.products[variant.product_id]
    values, wrong = check(
        {k: v for k, v in body.items() if k not in {"id", "product_id"}}, VARIANT_RULES
    )
    if body.get("product_id", product.id) != product.id:
        wrong["product_id"] = "the variant is another product's"
    return _wish(shop, product, variant, values=values, wrong=wrong)


def _wish(
    shop: "Shop",
    product: CatalogProduct,
    variant: Variant | None,
    *,
    values: Json,
    wrong: dict[str, str],
) -> Wish:
    trouble = shop.troubles.take(product, variant)
    refuse = trouble is not None and trouble.status == 422  # noqa: PLR2004 - HTTP's own
    if refuse:
        wrong = wrong | {"id": "the sandbox was told to refuse this item"}
    shortage = (values.get("inventory_level") or 0) < 0
    return Wish(
        product,
        variant,
        values,
        problem=RefusedError(422, INVALID, errors=wrong) if wrong else None,
        named=trouble is None or trouble.named,
        stock_fails=shortage or (trouble is not None and not refuse),
    )


def _id(body: Json) -> int:
    found = body.get("id")
    return found if isinstance(found, int) and not isinstance(found, bool) else -1


def _absent(kind: str, body: Json) -> RefusedError:
    if "id" not in body:
        return RefusedError(422, INVALID, errors={"id": "error.path.missing"})
    title = f"A {kind} was not found with an id of {body['id']}."
    return RefusedError(404, title, errors={"id": str(body["id"])})


def _batch_error(wish: Wish) -> Json:
    problem = wish.problem or RefusedError(422, INVALID)
    number = wish.variant.id if wish.variant is not None else None
    about = {"id": str(number)} if number is not None else {}
    return {
        "status": problem.status,
        "title": problem.message,
        "type": STATUS_CODES,
        "errors": about | problem.errors,
    }


def _save(shop: "Shop", wishes: Sequence[Wish]) -> list[Wish]:
    """Save all, or the good ones if the setting says so; tells the wrong ones."""
    wishes = _unique(shop, wishes)
    wrong = [wish for wish in wishes if wish.problem is not None]
    if wrong and not shop.settings.catalog_partial:
        return wrong
    for wish in wishes:
        if wish.problem is None and wish.product is not None:
            _apply(shop, wish.product, wish)
    return wrong


def _unique(shop: "Shop", wishes: Sequence[Wish]) -> list[Wish]:
    """Find SKUs and names that are taken, by others of the batch too, before anything is saved."""
    seen: set[tuple[str, str]] = set()
    return [wish if wish.problem else _unless_taken(shop, wish, seen) for wish in wishes]


def _unless_taken(shop: "Shop", wish: Wish, seen: set[tuple[str, str]]) -> Wish:
    for name in ("sku", "name"):
        value = str(wish.values.get(name) or "").casefold()
        if not value:
            continue
        if (name, value) in seen or _taken(shop, wish, name, value=value):
            title = f"The product {name} is a duplicate"
            problem = RefusedError(409, title, errors={name: title})
            return Wish(wish.product, wish.variant, wish.values, problem=problem)
        seen.add((name, value))
    return wish


def _taken(shop: "Shop", wish: Wish, name: str, *, value: str) -> bool:
    mine = wish.product.id if wish.product else 0
    if name == "name":
        return shop.catalog.named(value) not in {None, mine}
    own = (mine, wish.variant.id if wish.variant else None)
    return shop.catalog.owner(value) not in {None, own}


def _apply(shop: "Shop", product: CatalogProduct, wish: Wish) -> None:
    values, variant = dict(wish.values), wish.variant
    of_product = variant is None or variant.is_base
    if "name" in values:
        shop.catalog.rename(product, values["name"])
    if "sku" in values:
        shop.catalog.relabel(product, variant, values["sku"])
    _write(product, variant, values)
    level = values.get("inventory_level")
    if level is not None and not wish.stock_fails:
        _stock(shop, product, variant, level=level)
    product.modified = shop.clock.now()
    shop.announce([_updated(product, None if of_product else variant)], WebhookSpec())


def _write(product: CatalogProduct, variant: Variant | None, values: Json) -> None:
    if variant is not None and not variant.is_base:
        variant.fields |= {k: v for k, v in values.items() if k not in {"sku", "inventory_level"}}
        return
    price = values.get("price", product.price)
    product.price = ZERO if price is None else price
    product.digital = values.get("type", "digital" if product.digital else "physical") == "digital"
    product.tracking = values.get("inventory_tracking", product.tracking)
    product.visible = values.get("is_visible", product.visible)
    kept = {k: v for k, v in (product.fields | values).items() if k not in OWN_FIELDS}
    # Null takes a price or a measure away; a product then shows its default.
    product.fields = {k: v for k, v in kept.items() if v is not None}


def _stock(shop: "Shop", product: CatalogProduct, variant: Variant | None, *, level: int) -> None:
    """BigCommerce docs: the catalogue writes the default location through the Inventory API."""
    item = item_of(product, variant)
    if item is not None:
        place = Place(item, DEFAULT_LOCATION)
        shop.inventory.book([Adjustment(place, level, absolute=True)], shop.clock.now())


def _updated(product: CatalogProduct, variant: Variant | None) -> Event:
    if variant is None:
        return Event("store/product/updated", {"type": "product", "id": product.id})
    about = {"product_id": product.id, "variant_id": variant.id}
    return Event("store/sku/updated", {"type": "sku", "id": variant.sku_id, "sku": about})


def _saved(wishes: Sequence[Wish], data: list[Json]) -> Reply:
    failed = [n for n, wish in enumerate(wishes) if wish.stock_fails]
    meta = pagination(len(data), len(data), page=1, limit=max(1, len(data)))
    if not failed:
        return Reply(200, {"data": data, "meta": meta})
    errors = {
        "status": 422,
        "title": "The items were saved, but not the inventory of all of them.",
        "type": STATUS_CODES,
        "errors": {f"{n}.inventory_level": "The inventory was not updated." for n in failed},
    }
    return Reply(207, {"data": data, "errors": errors, "meta": meta})
