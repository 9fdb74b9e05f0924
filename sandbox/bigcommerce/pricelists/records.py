"""Price records: read with filters and cursors, and written in batches of up to 1,000."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import number
from sandbox.bigcommerce.pricelists import tiers
from sandbox.bigcommerce.pricelists.lists import list_of
from sandbox.bigcommerce.pricelists.model import Key, PriceRecord
from sandbox.bigcommerce.pricelists.pages import QUERY, paged
from sandbox.bigcommerce.pricelists.writing import Wish, announce, refused, save, wish_of
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, as_object

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

MOST_UPSERTED, MOST_CREATED = 1000, 100  # BigCommerce docs: price records, items per request
INCLUDES = frozenset({"bulk_pricing_tiers", "sku"})
PRICES = ("price", "sale_price", "retail_price", "map_price")
PRICED = frozenset({*PRICES, "calculated_price"})
NO_FILTERS = frozenset({*QUERY.split(), "include"})
BOUNDS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "": lambda price, bound: price == bound,
    ":min": lambda price, bound: price >= bound,
    ":max": lambda price, bound: price <= bound,
}
READ_QUERY = (
    f"{QUERY} include variant_id:in product_id:in sku sku:in currency currency:in "
    + " ".join(f"{name}{bound}" for name in (*PRICES, "calculated_price") for bound in BOUNDS)
)
DELETE_QUERY = "currency variant_id:in sku:in"


def list_records(shop: "Shop", call: Call) -> Reply:
    """The records of one list; sub-resources that are not known are left out without a word."""
    found = _found(shop, call)
    includes = (call.words_in("include") or set()) & INCLUDES
    return paged(found, call, show=lambda one: shown(shop, one, includes))


def get_record(shop: "Shop", call: Call) -> Reply:
    """The record of one variant and currency."""
    found = list_of(shop, call).records.get(_key(call))
    if found is None:
        raise RefusedError(404, "The price record was not found.")
    includes = (call.words_in("include") or set()) & INCLUDES
    return Reply(body={"data": shown(shop, found, includes), "meta": {}})


def put_records(shop: "Shop", call: Call) -> Reply:
    """Create or change up to 1,000 records of one list."""
    return _batch(shop, call, most=MOST_UPSERTED, upsert=True)


def post_records(shop: "Shop", call: Call) -> Reply:
    """Create up to 100 records of one list; one that is there already is an error."""
    return _batch(shop, call, most=MOST_CREATED, upsert=False)


def put_many(shop: "Shop", call: Call) -> Reply:
    """Create or change records of several lists; each names its `price_list_id`."""
    return _write(shop, call.batch(most=MOST_UPSERTED), upsert=True)


def post_many(shop: "Shop", call: Call) -> Reply:
    """Create up to 100 records of several lists."""
    return _write(shop, call.batch(most=MOST_CREATED), upsert=False)


def put_record(shop: "Shop", call: Call) -> Reply:
    """Create or change the record of one variant and currency."""
    key = _key(call)
    if list_of(shop, call).id != key.list_id or key.variant_id not in shop.catalog.variants:
        raise RefusedError(404, f"A variant was not found with an id of {key.variant_id}.")
    body = as_object(call.exact())
    clash = dict.fromkeys(set(body) & {"variant_id", "currency"}, "It stands in the path")
    named = body | {"variant_id": key.variant_id, "currency": key.currency}
    wish = wish_of(shop, named, key.list_id, upsert=True)
    if wish.wrong or clash:
        raise RefusedError(422, "The price record is not valid.", errors=wish.wrong | clash)
    announce(shop, save(shop, [wish]), single=True)
    record = shop.prices.lists[key.list_id].records[key]
    return Reply(body={"data": shown(shop, record, set(INCLUDES)), "meta": {}})


def delete_records(shop: "Shop", call: Call) -> Reply:
    """Delete the records that fit; without a filter, all of the list."""
    gone = [one.key for one in _found(shop, call)]
    for key in gone:
        del list_of(shop, call).records[key]
    announce(shop, {"deleted": gone}, single=False)
    return Reply(204)


def _batch(shop: "Shop", call: Call, *, most: int, upsert: bool) -> Reply:
    number_of_list = list_of(shop, call).id
    bodies = [body | {"price_list_id": number_of_list} for body in call.batch(most=most)]
    return _write(shop, bodies, upsert=upsert)


def _write(shop: "Shop", bodies: list[Json], *, upsert: bool) -> Reply:
    wishes: list[Wish] = []
    seen: set[Key] = set()
    for body in bodies:
        wish = wish_of(shop, body, body.get("price_list_id"), upsert=upsert)
        if wish.key is not None and wish.key in seen:
            wish.wrong["variant_id"] = "The batch has this record twice"
        elif wish.key is not None:
            seen.add(wish.key)
        wishes.append(wish)
    wrong = [wish for wish in wishes if wish.wrong]
    if not wrong or shop.settings.records_partial:
        good = [wish for wish in wishes if not wish.wrong]
        announce(shop, save(shop, good), single=False)
    return refused(wrong) if wrong else Reply(body={"data": {}, "meta": {}})


def _key(call: Call) -> Key:
    return Key(call.numbers["id"], call.numbers["variant"], call.path[-3:].lower())


def _found(shop: "Shop", call: Call) -> list[PriceRecord]:
    """The records of the path's list that every filter of the query lets through, by id."""
    tests = [_test(shop, call, name) for name in call.query if name not in NO_FILTERS]
    records = list_of(shop, call).records.values()
    return [one for one in records if all(test(one) for test in tests)]


def _test(shop: "Shop", call: Call, name: str) -> Callable[[PriceRecord], bool]:
    stem, colon, bound = name.partition(":")
    if stem in PRICED:
        limit, compare = _amount(call, name), BOUNDS[colon + bound]
        return lambda one: (price := _price(one, stem)) is not None and compare(price, limit)
    variants = shop.catalog.variants
    if stem in {"variant_id", "product_id"}:
        numbers = call.numbers_in(name) or set()
        if stem == "variant_id":
            return lambda one: one.key.variant_id in numbers
        return lambda one: variants[one.key.variant_id].product_id in numbers
    words = call.words_in(name) or set()
    if stem == "sku":
        return lambda one: variants[one.key.variant_id].sku.casefold() in words
    return lambda one: one.key.currency in words


def _price(one: PriceRecord, name: str) -> Decimal | None:
    return one.calculated if name == "calculated_price" else one.prices.get(name)


def _amount(call: Call, name: str) -> Decimal:
    try:
        return Decimal(call.query[name])
    except InvalidOperation as wrong:
        raise RefusedError(422, f"{name} must be a number") from wrong


def shown(shop: "Shop", one: PriceRecord, includes: set[str]) -> Json:
    """A record as the API shows it."""
    variant = shop.catalog.variants[one.key.variant_id]
    document: Json = {
        "price_list_id": one.key.list_id,
        "variant_id": variant.id,
        **{name: _number(one.prices.get(name)) for name in PRICES},
        "calculated_price": number(one.calculated),
        "date_created": iso8601(one.created),
        "date_modified": iso8601(one.modified),
        "currency": one.key.currency,
        "product_id": variant.product_id,
    }
    if "sku" in includes:
        document["sku"] = variant.sku
    if "bulk_pricing_tiers" in includes:
        document["bulk_pricing_tiers"] = tiers.shown(one.tiers)
    return document


def _number(value: Decimal | None) -> int | float | None:
    return None if value is None else number(value)
