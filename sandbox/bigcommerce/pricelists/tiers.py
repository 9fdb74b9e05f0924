"""Bulk pricing tiers: read from a client's JSON, and shown."""

from itertools import pairwise
from typing import Any, get_args

from sandbox.bigcommerce.catalog.fields import LARGEST_LEVEL, amount, whole
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import number
from sandbox.bigcommerce.pricelists.model import HUNDRED, Tier, TierKind

MOST_TIERS = 50  # BigCommerce docs: platform limits, bulk-price rules
FIELDS = frozenset({"quantity_min", "quantity_max", "type", "amount"})


def tiers(value: Any) -> tuple[Tier, ...]:
    """The tiers of a record, in the order of their quantities.

    Raises:
        ValueError: They are not well-formed, overlap, or one without an upper bound is not last.
    """
    if not isinstance(value, list) or len(value) > MOST_TIERS:  # pyright: ignore[reportUnknownArgumentType] - from a client's JSON
        raise ValueError(f"must be a list of at most {MOST_TIERS} tiers")
    items: list[object] = value  # pyright: ignore[reportUnknownVariableType] - as above
    found = sorted((_tier(item) for item in items), key=lambda one: one.least)
    for lower, higher in pairwise(found):
        if lower.most is None or lower.most >= higher.least:
            raise ValueError("the quantities of two tiers overlap")
    return tuple(found)


def _tier(item: object) -> Tier:
    if not isinstance(item, dict):
        raise ValueError("a tier must be an object")  # noqa: TRY004 - a complaint to a client, as all others
    body: Json = item  # pyright: ignore[reportUnknownVariableType] - from a client's JSON
    if not set(body) <= FIELDS or not FIELDS - {"quantity_max"} <= set(body):
        raise ValueError("a tier has quantity_min, quantity_max, type and amount")
    least = whole(body["quantity_min"], least=1)
    most = _bound(body.get("quantity_max"), least=least)
    kind: TierKind = body["type"]
    if kind not in get_args(TierKind):
        raise ValueError("the type of a tier must be price, percent or fixed")
    worth = amount(body["amount"])
    if kind == "percent" and worth > HUNDRED:
        raise ValueError("a tier cannot take more than 100 percent off")
    return Tier(least, most, kind, worth)


def _bound(value: Any, *, least: int) -> int | None:
    """The upper bound; null and 0 are none (BigCommerce docs: price records, samples)."""
    if value is None or value == 0:
        return None
    try:
        return whole(value, least=least, most=LARGEST_LEVEL)
    except ValueError as wrong:
        raise ValueError("quantity_max must not be below quantity_min") from wrong


def shown(found: tuple[Tier, ...]) -> list[Json]:
    """The tiers as the API shows them."""
    return [
        {
            "quantity_min": one.least,
            "quantity_max": one.most,
            "type": one.kind,
            "amount": number(one.amount),
        }
        for one in found
    ]
