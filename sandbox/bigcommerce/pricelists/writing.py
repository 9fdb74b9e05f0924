"""One object of a price record batch: checked, saved, and told of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeGuard

from sandbox.bigcommerce.catalog.fields import Rule, amount, check, or_null
from sandbox.bigcommerce.catalog.model import Variant
from sandbox.bigcommerce.documents import CURRENCY_IDS
from sandbox.bigcommerce.events import Event
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.pricelists.model import Key, PriceRecord
from sandbox.bigcommerce.pricelists.tiers import tiers
from sandbox.bigcommerce.spec import WebhookSpec
from sandbox.bigcommerce.wire import RefusedError, Reply

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

CURRENCIES = frozenset(name.lower() for name in CURRENCY_IDS)
IDENTITY = ("price_list_id", "variant_id", "sku", "currency")
RULES: dict[str, Rule] = {
    "price": amount,
    "sale_price": or_null(amount),
    "retail_price": or_null(amount),
    "map_price": or_null(amount),
    "bulk_pricing_tiers": tiers,
}


@dataclass(frozen=True)
class Wish:
    """A record to write; `key` is None when it cannot be told whose it is.

    Attributes:
        body: Its identity as the client wrote it.
        wrong: Complaints by field; more may be added before it is saved.
        named: Whether a refusal may say which record it is about.
    """

    body: Json
    key: Key | None
    values: Json
    wrong: dict[str, str] = field(default_factory=dict[str, str])
    named: bool = True


def wish_of(shop: "Shop", body: Json, list_id: Any, *, upsert: bool) -> Wish:
    """Check one object against the list, the catalogue and the rules of its fields."""
    identity = {name: body[name] for name in IDENTITY if name in body}
    values, wrong = check({k: v for k, v in body.items() if k not in IDENTITY}, RULES)
    if not _is_id(list_id) or list_id not in shop.prices.lists:
        wrong["price_list_id"] = "The price list was not found"
    currency = str(body.get("currency", "")).lower()
    if currency not in CURRENCIES:
        wrong["currency"] = "A currency of the store is needed"
    variant = _variant(shop, body, wrong)
    if variant is None or {"price_list_id", "currency"} & set(wrong):
        return Wish(identity, None, values, wrong)
    key = Key(list_id, variant.id, currency)
    known = key in shop.prices.lists[list_id].records
    if known and not upsert:
        wrong["variant_id"] = "The record exists already"
    if not known and "price" not in values and "price" not in wrong:
        wrong["price"] = "A new record needs a price"
    product = shop.catalog.products[variant.product_id]
    trouble = shop.troubles.take(product, variant)
    if trouble is not None:
        wrong["variant_id"] = "The sandbox was told to refuse this item"
    return Wish(identity, key, values, wrong, named=trouble is None or trouble.named)


def _is_id(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _variant(shop: "Shop", body: Json, wrong: dict[str, str]) -> Variant | None:
    """By id, by SKU, or by both if they agree; a parent's SKU is no variant's (BigCommerce docs)."""
    number, sku = body.get("variant_id"), body.get("sku")
    by_id = shop.catalog.variants.get(number) if _is_id(number) else None
    by_sku = shop.catalog.variant_of_sku(sku) if isinstance(sku, str) else None
    if "variant_id" in body and by_id is None:
        wrong["variant_id"] = "The variant was not found"
    if "sku" in body and by_sku is None:
        wrong["sku"] = "The SKU is no variant's"
    if "sku" not in body and "variant_id" not in body:
        wrong["variant_id"] = "Either variant_id or sku is needed"
    if by_id and by_sku and by_id is not by_sku:
        wrong["sku"] = "variant_id and sku are of two variants"
    return None if {"variant_id", "sku"} & set(wrong) else by_id or by_sku


def save(shop: "Shop", wishes: Sequence[Wish]) -> dict[str, list[Key]]:
    """Write records that have nothing wrong; tells which are new and which have changed."""
    done: dict[str, list[Key]] = {"created": [], "updated": []}
    for wish in wishes:
        if wish.key is not None:
            done[_save(shop, wish.key, wish.values)].append(wish.key)
    return done


def _save(shop: "Shop", key: Key, values: Json) -> str:
    records, now = shop.prices.lists[key.list_id].records, shop.clock.now()
    record = records.get(key)
    kind = "created" if record is None else "updated"
    if record is None:
        number = shop.composer.numbers.next("price record")
        record = records[key] = PriceRecord(number, key, created=now, modified=now)
    if shop.settings.records_replace:
        record.prices, record.tiers = {}, ()
    kept = record.prices | {k: v for k, v in values.items() if k != "bulk_pricing_tiers"}
    record.prices = {name: value for name, value in kept.items() if value is not None}
    record.tiers = values.get("bulk_pricing_tiers", record.tiers)
    record.modified = now
    return kind


def announce(shop: "Shop", done: Mapping[str, Sequence[Key]], *, single: bool) -> None:
    """Tell of written records: batches in one webhook per kind (BigCommerce docs: price lists)."""
    for kind, keys in done.items():
        data = [
            {
                "price_list_id": key.list_id,
                "variant_id": key.variant_id,
                "currency": key.currency.upper(),
            }
            for key in keys
        ]
        if data:
            scope = f"store/priceList/{'record' if single else 'records'}/{kind}"
            shop.announce([Event(scope, data[0] if single else data)], WebhookSpec())


def refused(wrong: Sequence[Wish]) -> Reply:
    """The answer to a batch with wrong records: each with what its client wrote.

    Raises:
        RefusedError: 422, a record among them must not be named.
    """
    if any(not wish.named for wish in wrong):
        raise RefusedError(422, "The price records are not valid.")
    errors = [{"data": wish.body, "field_errors": wish.wrong} for wish in wrong]
    return Reply(422, {"batch_errors": errors})
