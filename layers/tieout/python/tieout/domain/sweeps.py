"""What the sweepers remember from run to run, as small notes of names and texts.

A note may be lost, old or from another release: whatever can't be read counts as never written, and
costs a sweep its time, never an order.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Self, get_type_hints

from tieout.domain.identity import OrderId, OrderKey, StoreKey

Note = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Noted:
    """A record that can be written as a note: texts, whole numbers, moments and words of an enum."""

    @property
    def note(self) -> dict[str, str]:
        """The record's fields that have a value, as texts."""
        values = {one.name: getattr(self, one.name) for one in fields(self)}
        return {name: _text(value) for name, value in values.items() if value is not None}

    @classmethod
    def of(cls, note: Note) -> Self | None:
        """The record in a note; None when there is none that could be read."""
        kinds = _kinds(cls)
        try:
            values = {name: _value(kinds[name], text) for name, text in note.items()}
            return cls(**values) if values else None
        except (KeyError, TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Cursor(_Noted):
    """A scan for changed orders that was begun: all changed `since`, below `next_id`, are queued."""

    started: datetime
    since: datetime
    next_id: OrderId


@dataclass(frozen=True, slots=True)
class GapMark(_Noted):
    """How far ids were checked against the ledger.

    Below `floor` every id is settled for good. `ahead` is how far a sweep had come at `ahead_at`; it
    becomes the floor when it is old enough. `next_id` is where a sweep that was cut off goes on, None
    when none was. `swept_at` is when a sweep last came to its end.
    """

    floor: OrderId
    ahead: OrderId
    ahead_at: datetime
    next_id: OrderId | None = None
    swept_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Tally(_Noted):
    """A recount: what it found below `next_id`, in all once `ended` is set.

    `missing`: in the ledger and not in Sage. `extra`: ours in Sage, and not as the ledger knows it.
    `doubled`: a second sales order of one web order. `thorough` is 1 when every order that Sage ever
    held is looked up, and not only those that the lists disagree about; `busy` are the ids of those that
    a worker held just then, and that have to be doubted yet.
    """

    started: datetime
    next_id: OrderId
    ended: datetime | None = None
    compared: int = 0
    missing: int = 0
    extra: int = 0
    doubled: int = 0
    thorough: int = 0
    busy: str = ""


@dataclass(frozen=True, slots=True)
class Memory(_Noted):
    """The ledger's heartbeat: when it last beat, and since when without a gap."""

    beat_at: datetime
    unbroken_since: datetime


class Flow(StrEnum):
    """Whether orders get through to Sage."""

    FREE = "free"
    STUCK = "stuck"  # the agent says that it is well, and no order gets through
    DOWN = "down"  # the agent says that it is not well, or says nothing


@dataclass(frozen=True, slots=True)
class Breaker(_Noted):
    """How many due orders are let through, and why.

    `since` is when `flow` became what it is. `woken` are some of the orders that were last woken, at
    `woken_at`, each with its epoch: `main#250:3 main#251:1`.
    """

    flow: Flow
    since: datetime
    reason: str = ""
    woken: str = ""
    woken_at: datetime | None = None
    seen_at: datetime | None = None

    @property
    def followed(self) -> tuple[tuple[OrderKey, int], ...]:
        """The orders in `woken`, each with its epoch; none if they can't be read."""
        try:
            return tuple(_followed(word) for word in self.woken.split())
        except ValueError:
            return ()


def _followed(word: str) -> tuple[OrderKey, int]:
    key, _, epoch = word.rpartition(":")
    store, _, order_id = key.rpartition("#")
    return OrderKey(StoreKey(store), OrderId(int(order_id))), int(epoch)


@cache
def _kinds(record: type) -> dict[str, Any]:
    return get_type_hints(record)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _value(kind: Any, text: str) -> Any:
    if kind is str:
        return text
    if kind in _MOMENTS:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return moment
    return Flow(text) if kind is Flow else int(text)


_MOMENTS = (datetime, datetime | None)
