"""The outside world as the flows see it, small and in memory: one fake with behaviour per port."""

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.unit.orders import PLACED
from tieout.domain.identity import CustomerKey, OrderId, OrderKey, StoreKey
from tieout.domain.ledger import LEASE, Claim, Entry, State
from tieout.domain.orders import Order, OrderStamp
from tieout.domain.sweeps import Note
from tieout.errors import LeaseLostError, RetryableError, TieoutError
from tieout.ports import FIRST_ID, Clock


class CrashError(Exception):
    """The worker dies on the spot: an error that nothing of ours expects."""


@dataclass
class Wire:
    """What each call to a fake passes: it is noted, and a test may step in before or after it."""

    names: list[str] = field(default_factory=list[str])
    before: Callable[[int, str], None] = lambda _number, _name: None
    after: Callable[[int, str], None] = lambda _number, _name: None

    @contextmanager
    def call(self, name: str) -> Generator[None, None, None]:
        self.names.append(name)
        number = len(self.names)
        self.before(number, name)
        yield
        self.after(number, name)

    def count(self, name: str) -> int:
        return self.names.count(name)


@dataclass
class FakeClock:
    """A clock that stands until a test moves it."""

    moment: datetime = PLACED + timedelta(minutes=1)

    def now(self) -> datetime:
        return self.moment

    def advance(self, by: timedelta) -> None:
        self.moment += by


@dataclass
class FakeStorefront:
    """A shop: `orders` as they stand, `hidden` ones answer like a replica that lags."""

    clock: FakeClock
    wire: Wire = field(default_factory=Wire)
    orders: dict[OrderId, Order] = field(default_factory=dict[OrderId, Order])
    hidden: set[OrderId] = field(default_factory=set[OrderId])
    trouble: deque[TieoutError] = field(default_factory=deque[TieoutError])
    page_size: int = 2
    pages_until_break: int | None = None

    def put(self, order: Order) -> OrderKey:
        """Sell or change an order; its time of change is the shop's present second."""
        changed = self.clock.now().replace(microsecond=0)
        self.orders[order.key.order_id] = replace(order, modified_at=changed)
        return order.key

    def read_order(self, order_id: OrderId) -> Order | None:
        with self.wire.call("read_order"):
            if self.trouble:
                raise self.trouble.popleft()
            return None if order_id in self.hidden else self.orders.get(order_id)

    def changed_since(
        self, since: datetime, *, from_id: OrderId = FIRST_ID
    ) -> Iterator[tuple[OrderStamp, ...]]:
        yield from self._pages("changed_since", since, from_id)

    def orders_from(self, from_id: OrderId) -> Iterator[tuple[OrderStamp, ...]]:
        yield from self._pages("orders_from", None, from_id)

    def first_since(self, created: datetime) -> OrderId | None:
        with self.wire.call("first_since"):
            return min((i for i, o in self.orders.items() if o.placed_at >= created), default=None)

    def _pages(
        self, name: str, since: datetime | None, min_id: int
    ) -> Iterator[tuple[OrderStamp, ...]]:
        pages = 0
        while True:
            with self.wire.call(name):
                pages += 1
                if self.pages_until_break is not None and pages > self.pages_until_break:
                    raise RetryableError("The shop broke off.")
                page = self._page(since, min_id)
            if not page:
                return
            yield page
            min_id = page[-1].key.order_id + 1

    def _page(self, since: datetime | None, min_id: int) -> tuple[OrderStamp, ...]:
        found = sorted(
            o.key.order_id
            for o in self.orders.values()
            if o.key.order_id >= min_id and (since is None or o.modified_at >= since)
        )
        page = [self.orders[i] for i in found[: self.page_size]]
        return tuple(OrderStamp(o.key, o.modified_at) for o in page)


@dataclass
class _Record:
    entry: Entry
    owner: str = ""
    lease_until: datetime | None = None


@dataclass
class FakeLedger:
    """The ledger's rules without a database."""

    clock: Clock
    wire: Wire = field(default_factory=Wire)
    records: dict[OrderKey, _Record] = field(default_factory=dict[OrderKey, _Record])

    def claim(self, key: OrderKey, *, owner: str) -> Claim | None:
        with self.wire.call("claim"):
            now = self.clock.now()
            record = self.records.setdefault(key, _Record(Entry(key, first_seen=now)))
            held = record.lease_until is not None and record.lease_until >= now
            if held and record.owner != owner:
                return None
            record.owner, record.lease_until = owner, now + LEASE
            record.entry = replace(
                record.entry,
                epoch=record.entry.epoch + 1,
                attempts=record.entry.attempts + 1,
                next_at=record.lease_until,
            )
            return Claim(record.entry, owner, record.entry.epoch, record.lease_until)

    def want(self, key: OrderKey) -> None:
        with self.wire.call("want"):
            record = self.records[key]
            record.entry = replace(
                record.entry, wanted=record.entry.wanted + 1, next_at=self.clock.now()
            )

    def save(self, claim: Claim, entry: Entry) -> None:
        with self.wire.call("save"):
            record = self._mine(claim)
            now = record.entry
            record.entry = replace(
                entry,
                epoch=now.epoch,
                attempts=now.attempts,
                wanted=now.wanted,
                next_at=now.next_at,
            )

    def release(self, claim: Claim, entry: Entry) -> None:
        with self.wire.call("release"):
            record = self._mine(claim)
            wanted = record.entry.wanted
            moved = wanted != claim.entry.wanted
            record.entry = replace(
                entry,
                epoch=record.entry.epoch + 1,
                attempts=0,
                wanted=wanted,
                next_at=self.clock.now() if moved else entry.next_at,
            )
            record.owner, record.lease_until = "", None

    def _mine(self, claim: Claim) -> _Record:
        record = self.records[claim.entry.key]
        if record.entry.epoch != claim.epoch:
            raise LeaseLostError("Another worker has taken over.")
        return record

    def read(self, key: OrderKey) -> Entry | None:
        with self.wire.call("read"):
            record = self.records.get(key)
            return record.entry if record else None

    def read_many(self, keys: Iterable[OrderKey]) -> Mapping[OrderKey, Entry]:
        with self.wire.call("read_many"):
            return {key: self.records[key].entry for key in keys if key in self.records}

    def due(self, store: StoreKey, *, now: datetime, limit: int) -> tuple[OrderKey, ...]:
        with self.wire.call("due"):
            waiting = sorted(
                (entry.next_at, entry.key.order_id, entry.key)
                for entry in self._entries(store)
                if entry.next_at is not None and entry.next_at <= now
            )
            return tuple(key for _, _, key in waiting[:limit])

    def put_off(self, key: OrderKey, *, now: datetime, until: datetime) -> None:
        with self.wire.call("put_off"):
            record = self.records[key]
            if record.entry.next_at is not None and record.entry.next_at <= now:
                record.entry = replace(record.entry, next_at=until)

    def expect(self, key: OrderKey) -> None:
        with self.wire.call("expect"):
            now = self.clock.now()
            self.records.setdefault(key, _Record(Entry(key, first_seen=now, next_at=now)))

    def doubt(self, key: OrderKey, *, anew: bool = False) -> bool:
        with self.wire.call("doubt"):
            record, now = self.records.get(key), self.clock.now()
            if record is None or (record.lease_until is not None and record.lease_until >= now):
                return False
            state = State.INTENT if anew else record.entry.state
            record.entry = replace(record.entry, state=state, next_at=now, checked_at=None)
            return True

    def parked(self, store: StoreKey) -> Iterator[Entry]:
        with self.wire.call("parked"):
            waiting = sorted(
                (entry.parked_at, entry.key.order_id, entry)
                for entry in self._entries(store)
                if entry.parked_at is not None
            )
            return iter([entry for _, _, entry in waiting])

    def _entries(self, store: StoreKey) -> list[Entry]:
        return [r.entry for key, r in self.records.items() if key.store == store]


@dataclass
class FakeCustomerLinks:
    """Links between buyers and AR customers: the first one stands."""

    clock: Clock
    wire: Wire = field(default_factory=Wire)
    claims: dict[tuple[str, str], tuple[str, datetime]] = field(
        default_factory=dict[tuple[str, str], tuple[str, datetime]]
    )
    links: dict[tuple[str, str], CustomerKey] = field(
        default_factory=dict[tuple[str, str], CustomerKey]
    )

    def find(self, company: str, fingerprint: str) -> CustomerKey | None:
        with self.wire.call("find_link"):
            return self.links.get((company, fingerprint))

    def claim(self, company: str, fingerprint: str, *, owner: str, lease: timedelta) -> bool:
        with self.wire.call("claim_link"):
            now, place = self.clock.now(), (company, fingerprint)
            holder, until = self.claims.get(place, ("", now))
            if until >= now and holder not in {"", owner}:
                return False
            self.claims[place] = (owner, now + lease)
            return True

    def remember(self, company: str, fingerprint: str, key: CustomerKey) -> CustomerKey:
        with self.wire.call("remember_link"):
            self.claims.pop((company, fingerprint), None)
            return self.links.setdefault((company, fingerprint), key)


@dataclass
class FakeWakeups:
    """A queue that keeps what it is given, and can be broken; `before` waited there already."""

    queued: list[OrderKey] = field(default_factory=list[OrderKey])
    broken: bool = False
    before: int = 0

    def depth(self) -> int:
        return self.before + len(self.queued)

    def wake(self, keys: Iterable[OrderKey]) -> None:
        wanted = list(keys)
        if self.broken and wanted:
            raise RetryableError("The order queue took no message.")
        self.queued += wanted


@dataclass
class FakeNotes:
    """Notes on a table."""

    notes: dict[str, Note] = field(default_factory=dict[str, Note])

    def read(self, name: str) -> Note:
        return self.notes.get(name, {})

    def write(self, name: str, note: Note) -> None:
        self.notes[name] = dict(note)


@dataclass
class FakeAudit:
    """Decisions in the order in which they were made."""

    decisions: list[tuple[OrderKey, str, str, str]] = field(
        default_factory=list[tuple[OrderKey, str, str, str]]
    )

    def append(self, key: OrderKey, *, deed: str, who: str, reason: str, at: datetime) -> None:
        assert at.tzinfo is not None
        self.decisions.append((key, deed, who, reason))


@dataclass
class FakeWatermarks:
    """Marks that only move forward."""

    marks: dict[tuple[StoreKey, str], datetime] = field(
        default_factory=dict[tuple[StoreKey, str], datetime]
    )

    def read(self, store: StoreKey, scan: str) -> datetime | None:
        return self.marks.get((store, scan))

    def advance(self, store: StoreKey, scan: str, to: datetime) -> None:
        self.marks[store, scan] = max(to, self.marks.get((store, scan), to))
