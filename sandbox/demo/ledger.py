"""What Tieout has written down about each order, read as an operator would."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.aws import Cloud

CREATED, PARKED, WAITING_FOR_PAYMENT = "CREATED", "PARKED", "WAIT_STATUS"


@dataclass(frozen=True)
class Entry:
    """One order's state, and for a parked one why, and what a person is to do.

    `created_at` is when it was seen in Sage, Unix seconds, 0 before; `runs` how often a worker took
    the order up.
    """

    order_id: int
    state: str
    reason: str
    next_action: str
    created_at: float = 0
    runs: int = 0


class Ledger:
    """The ledger table of one store."""

    def __init__(self, cloud: Cloud, table: str, *, store: str) -> None:
        self._client = cloud.client("dynamodb")
        self._table = table
        self._store = store

    def entries(self) -> dict[int, Entry]:
        """Return all entries of the store by order id."""
        pages = self._client.get_paginator("scan").paginate(
            TableName=self._table, ConsistentRead=True
        )
        found = (self._entry(item) for page in pages for item in page["Items"])
        return {entry.order_id: entry for entry in found if entry}

    def self_test(self) -> Mapping[str, str]:
        """Return what the last self-test found; empty before the first."""
        key = {"key": {"S": f"note#selftest#{self._store}"}}
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True)
        return json.loads(_text(item.get("Item", {}), "note") or "{}")

    def _entry(self, item: Mapping[str, Any]) -> Entry | None:
        store, _, order_id = _text(item, "key").rpartition("#")
        if store != self._store or not order_id.isdecimal():
            return None
        return Entry(
            order_id=int(order_id),
            state=_text(item, "state"),
            reason=_text(item, "reason"),
            next_action=_text(item, "next_action"),
            created_at=float(_number(item, "created_at")),
            # The epoch goes up when a worker takes the order, and again when it lets go.
            runs=(int(_number(item, "epoch")) + 1) // 2,
        )


def _text(item: Mapping[str, Any], name: str) -> str:
    return str(item.get(name, {}).get("S", ""))


def _number(item: Mapping[str, Any], name: str) -> str:
    return str(item.get(name, {}).get("N", "0"))
