"""How an order's record is written as a DynamoDB item, and read back."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo, StoreKey
from tieout.domain.ledger import Entry, State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# Times are kept as numbers, so that the index on `next_at` sorts them; milliseconds are enough.
_TIMES = (
    "first_seen", "not_after", "created_at", "checked_at", "absent_at", "modified_at", "read_at",
    "missing_since", "parked_at", "next_at",
)  # fmt: skip
_TEXTS = (
    "company", "content_hash", "intent_hash", "seen_hash", "waived_hash", "standing", "sage_stamp",
    "mode", "reason", "next_action", "currency",
)  # fmt: skip
_NUMBERS = ("rev", "absent_rev", "sage_rev", "map_version", "attempts", "waits", "wanted", "epoch")

Item = dict[str, Any]


def item_of(entry: Entry) -> Item:
    """The attributes that a worker writes; absent ones are left out, so that the indexes stay sparse.

    `attempts`, `epoch`, `wanted` and the lease belong to the claim and are not among them.
    """
    item: Item = {
        "state": entry.state.value,
        "rev": entry.rev,
        "sage_rev": entry.sage_rev,
        "absent_rev": entry.absent_rev,
        "map_version": entry.map_version,
        "waits": entry.waits,
    }
    item |= {name: value for name in _TEXTS if (value := getattr(entry, name))}
    item |= {name: stamp(value) for name in _TIMES if (value := getattr(entry, name))}
    if entry.sales_order_no:
        item["sales_order_no"] = entry.sales_order_no
    if entry.total_cents is not None:
        item["total_cents"] = entry.total_cents
    if entry.next_at:
        item["due_store"] = entry.key.store
    if entry.parked_at:
        item["parked_store"] = entry.key.store
    return item


def entry_of(item: Mapping[str, Any]) -> Entry:
    """The record in an item."""
    numbers: Item = {name: int(item.get(name, 0)) for name in _NUMBERS}
    texts: Item = {name: str(item.get(name, "")) for name in _TEXTS}
    times: Item = {name: moment(item[name]) for name in _TIMES if name in item}
    number = item.get("sales_order_no")
    return Entry(
        key=order_key(item["key"]),
        state=State(item.get("state", State.SEEN.value)),
        sales_order_no=SalesOrderNo(number) if number else None,
        total_cents=int(item["total_cents"]) if "total_cents" in item else None,
        **numbers,
        **texts,
        **times,
    )


def order_key(text: str) -> OrderKey:
    """The order behind an item's key."""
    store, _, order_id = text.rpartition("#")
    return OrderKey(StoreKey(store), OrderId(int(order_id)))


def stamp(moment: datetime) -> Decimal:
    """A moment as DynamoDB keeps it: seconds since 1970, with milliseconds."""
    return Decimal((moment - _EPOCH) // _MILLISECOND) / 1000


def moment(stamp: Decimal) -> datetime:
    """A moment from DynamoDB."""
    return _EPOCH + int(stamp * 1000) * _MILLISECOND


def to_attribute(value: str | int | Decimal) -> dict[str, str]:
    """A value as DynamoDB takes it; our items hold texts and exact numbers, nothing else."""
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def from_attribute(attribute: Mapping[str, str]) -> str | Decimal:
    """A value as DynamoDB gives it; raises KeyError for a type that we never write."""
    return attribute["S"] if "S" in attribute else Decimal(attribute["N"])
