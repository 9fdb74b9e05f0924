"""A deployment through days of virtual time, minute by minute: shop, queue, workers and sweepers.

The flows are the real ones. The fakes differ from the ordinary ones only in being quick with thousands
of orders; a worker that fails puts its message back, and one that comes back too often is a dead letter.
"""

from bisect import bisect_left, insort
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar

from tests.unit.orders import STORE, order
from tests.unit.ports import FakeLedger, FakeNotes, FakeStorefront, FakeWatermarks
from tests.unit.sage import FakeSage
from tests.unit.sweeping import FakeDoor, round_of
from tests.unit.world import World
from tieout.domain.agents import Health
from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo, StoreKey
from tieout.domain.ledger import Claim, Entry
from tieout.domain.orders import Order, OrderStamp
from tieout.domain.sales_orders import LookUp
from tieout.errors import RetryableError, TieoutError
from tieout.flows.backfill import backfill
from tieout.flows.sweep_gaps import sweep_gaps
from tieout.flows.wake_due import wake_due

MINUTE = timedelta(minutes=1)
BACKFILL_MINUTES, GAPS_MINUTES = 5, 60
MOST_RECEIVES = 5
# What the agent gets done in a minute, and what five workers try of one that doesn't answer.
PACE, TRIES = 60, 30
STOREFRONT = frozenset({"read_order", "changed_since", "orders_from", "first_since"})
SAGE = frozenset({"look_up", "create", "find_customers", "create_customer", "read_customer"})
NOTHING: frozenset[str] = frozenset()
T = TypeVar("T")
OFF = Health(ready=False, reason="The Sage agent could not be reached.")


@dataclass
class QuickLedger(FakeLedger):
    """Due orders from a sorted line instead of a look through all."""

    line: list[tuple[datetime, int]] = field(default_factory=list[tuple[datetime, int]])
    places: dict[OrderKey, tuple[datetime, int]] = field(
        default_factory=dict[OrderKey, tuple[datetime, int]]
    )

    def claim(self, key: OrderKey, *, owner: str) -> Claim | None:
        return self._moved(key, super().claim(key, owner=owner))

    def want(self, key: OrderKey) -> None:
        return self._moved(key, super().want(key))

    def release(self, claim: Claim, entry: Entry) -> None:
        return self._moved(entry.key, super().release(claim, entry))

    def put_off(self, key: OrderKey, *, now: datetime, until: datetime) -> None:
        return self._moved(key, super().put_off(key, now=now, until=until))

    def expect(self, key: OrderKey) -> None:
        return self._moved(key, super().expect(key))

    def due(self, store: StoreKey, *, now: datetime, limit: int) -> tuple[OrderKey, ...]:
        end = bisect_left(self.line, (now + timedelta(microseconds=1), 0), hi=len(self.line))
        return tuple(OrderKey(store, OrderId(i)) for _, i in self.line[: min(end, limit)])

    def _moved(self, key: OrderKey, answer: T) -> T:
        """Put the order where it belongs in the line, and hand the answer on."""
        before = self.places.pop(key, None)
        if before:
            del self.line[bisect_left(self.line, before)]
        next_at = self.records[key].entry.next_at
        if next_at:
            self.places[key] = (next_at, key.order_id)
            insort(self.line, self.places[key])
        return answer


@dataclass
class QuickStorefront(FakeStorefront):
    """A shop whose orders never change, so that ids and times rise together."""

    line: list[tuple[int, datetime]] = field(default_factory=list[tuple[int, datetime]])

    def put(self, order: Order) -> OrderKey:
        key = super().put(order)
        self.line.append((key.order_id, self.orders[key.order_id].modified_at))
        return key

    def _page(self, since: datetime | None, min_id: int) -> tuple[OrderStamp, ...]:
        start = bisect_left(self.line, min_id, key=lambda row: row[0])
        if since:
            start = max(start, bisect_left(self.line, since, key=lambda row: row[1]))
        page = self.line[start : start + self.page_size]
        return tuple(OrderStamp(OrderKey(STORE, OrderId(i)), at) for i, at in page)


@dataclass
class QuickSage(FakeSage):
    """Sage without late writes, where a marker stands under its own number or nowhere."""

    def look_up(self, number: SalesOrderNo, *, marker: str) -> LookUp:
        with self.wire.call("look_up"):
            found = self.document(number)
            ours = (number,) if found and found.marker == marker else ()
            return LookUp(found, ours, self.now(), self.guarantees)

    def _open_with(self, marker: str) -> bool:  # noqa: ARG002 - see above
        return False


@dataclass
class Queue:
    """Messages wait, are received, and come back when a worker fails, until they are dead letters."""

    messages: deque[tuple[OrderKey, int]] = field(default_factory=deque[tuple[OrderKey, int]])
    dead: list[OrderKey] = field(default_factory=list[OrderKey])

    def wake(self, keys: Iterable[OrderKey]) -> None:
        self.messages.extend((key, 0) for key in keys)

    def depth(self) -> int:
        return len(self.messages)

    def put_back(self, key: OrderKey, receives: int) -> None:
        if receives >= MOST_RECEIVES:
            self.dead.append(key)
        else:
            self.messages.append((key, receives))


@dataclass
class Minute:
    """What one minute came to."""

    depth: int
    requests: int


class Deployment:
    """One store with its webhooks, its workers and its schedules."""

    def __init__(self) -> None:
        self.world = World()
        world = self.world
        world.ledger = QuickLedger(world.clock, world.wire)
        world.storefront = QuickStorefront(world.clock, world.wire, page_size=250)
        world.sage = QuickSage(world.clock, world.wire)
        self.queue, self.door = Queue(), FakeDoor()
        self.notes, self.marks = FakeNotes(), FakeWatermarks()
        self.minutes: list[Minute] = []
        self.sold = 0
        self.pace = PACE
        self._failing: frozenset[str] = NOTHING
        self._requests = 0
        world.wire.before = self._heed

    def go_off(self) -> None:
        """The agent's machine is switched off."""
        self.door.health_told, self._failing, self.pace = OFF, SAGE, TRIES

    def lock(self) -> None:
        """Sage lets nobody in, and the agent says that it is well."""
        self._failing, self.pace = SAGE, TRIES

    def come_back(self) -> None:
        """All is well again."""
        self.door.health_told = Health(ready=True)
        self._failing, self.pace = NOTHING, PACE

    def pass_minute(self, *, sell: int = 0, heard: bool = True) -> Minute:
        """A minute in which so many orders are placed, whose webhooks are heard or not."""
        self._requests = 0
        for _ in range(sell):
            self.sold += 1
            key = self.world.storefront.put(order(self.sold))
            if heard:
                self.queue.wake([key])
        self._sweep()
        minute = Minute(self.queue.depth(), 0)
        self._work()
        minute.requests = self._requests
        self.minutes.append(minute)
        self.world.clock.advance(MINUTE)
        return minute

    def _sweep(self) -> None:
        world, number = self.world, len(self.minutes)
        round_ = round_of(world, watermarks=self.marks, notes=self.notes)
        round_ = replace(round_, wakeups=self.queue)
        wake_due(
            [STORE],
            ledger=world.ledger,
            wakeups=self.queue,
            door=self.door,
            notes=self.notes,
            clock=world.clock,
        )
        if number % BACKFILL_MINUTES == 0:
            backfill(round_)
        if number % GAPS_MINUTES == 0:
            sweep_gaps(round_)

    def _work(self) -> None:
        for _ in range(min(self.pace, self.queue.depth())):
            key, receives = self.queue.messages.popleft()
            try:
                self.world.take(key)
            except TieoutError:
                self.queue.put_back(key, receives + 1)

    def _heed(self, _number: int, name: str) -> None:
        self._requests += name in STOREFRONT
        if name in self._failing:
            raise RetryableError("The Sage agent could not be reached.")
