"""A shop, a ledger, a Sage company and their workers on one desk, with time under the test's hand."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from tests.unit.orders import PLACED, line, order
from tests.unit.ports import (
    CrashError,
    FakeClock,
    FakeCustomerLinks,
    FakeLedger,
    FakeNotes,
    FakeStorefront,
    Wire,
)
from tests.unit.sage import FakeSage
from tieout.domain.identity import Numbering, OrderKey, SalesOrderNo
from tieout.domain.ledger import QUEUE_VISIBILITY, WORKER_TIME, Entry, State
from tieout.domain.mapping import SageDefaults
from tieout.domain.orders import Standing
from tieout.domain.outcomes import Outcome
from tieout.domain.sales_orders import FoundSalesOrder, OnCancel
from tieout.domain.sweeps import Memory
from tieout.errors import TieoutError
from tieout.flows.desk import Desk
from tieout.flows.memory import NAME
from tieout.flows.take_order import take_order

# So many rounds of due work bring every order to its end, or something turns in circles.
ROUNDS = 900
# Due work is looked for again and again, not twice in one moment.
SWEEP = timedelta(seconds=1)


@dataclass
class World:
    """All of it; `wire` is shared, so that every port call has one number."""

    clock: FakeClock = field(default_factory=FakeClock)
    wire: Wire = field(default_factory=Wire)
    storefront: FakeStorefront = field(init=False)
    ledger: FakeLedger = field(init=False)
    sage: FakeSage = field(init=False)
    links: FakeCustomerLinks = field(init=False)
    notes: FakeNotes = field(default_factory=FakeNotes)
    beats: bool = True
    unbroken_since: datetime = PLACED - timedelta(days=1)
    workers: int = 0
    first_order_id: int = 0
    on_cancel: OnCancel = OnCancel.HOLD

    def __post_init__(self) -> None:
        self.storefront = FakeStorefront(self.clock, self.wire)
        self.ledger = FakeLedger(self.clock, self.wire)
        self.sage = FakeSage(self.clock, self.wire)
        self.links = FakeCustomerLinks(self.clock, self.wire)

    @property
    def desk(self) -> Desk:
        return Desk(
            ledger=self.ledger,
            storefront=self.storefront,
            sage=lambda _company: self.sage,
            links=self.links,
            notes=self.notes,
            clock=self.clock,
            numbering=Numbering("W", "x7", "X"),
            companies={"USD": "ABC"},
            defaults=SageDefaults(),
            first_order_id=self.first_order_id,
            on_cancel=self.on_cancel,
        )

    def beat(self) -> None:
        """The sweep for due work tells each minute that the ledger forgot nothing."""
        memory = Memory(beat_at=self.clock.now(), unbroken_since=self.unbroken_since)
        self.notes.write(NAME, memory.note)

    def take(self, key: OrderKey, *, time: timedelta = WORKER_TIME) -> Outcome:
        """One worker takes the order, as after a wake-up."""
        self.workers += 1
        if self.beats:
            self.beat()
        return take_order(
            key, desk=self.desk, owner=f"worker {self.workers}", stop_at=self.clock.now() + time
        )

    def edit(self, *, total: str = "75.00") -> None:
        """A minute later, the shop changes what the order's line costs."""
        self.clock.advance(timedelta(minutes=1))
        self.storefront.put(order(lines=[line(total=total)]))

    def cancel(self, *, currency: str = "USD") -> None:
        """A minute later, the shop cancels the order."""
        self.clock.advance(timedelta(minutes=1))
        self.storefront.put(replace(order(), standing=Standing.CANCELLED, currency=currency))

    def revive(self) -> None:
        """A minute later, the shop has the order as it was at first."""
        self.clock.advance(timedelta(minutes=1))
        self.storefront.put(order())

    def take_until_acknowledged(self, key: OrderKey) -> None:
        """A queue's message: it comes back after a worker's death."""
        for _ in range(ROUNDS):
            try:
                self.take(key)
            except (CrashError, TieoutError):
                self.clock.advance(QUEUE_VISIBILITY)
            else:
                return
        raise AssertionError(f"{key} is never acknowledged")

    def run_until_quiet(self) -> None:
        """Do due work, moving time on to what comes next, until only parked orders are left."""
        for _ in range(ROUNDS):
            coming = [e for e in self.entries() if e.state is not State.PARKED and e.next_at]
            if not coming:
                return
            first = min(e.next_at for e in coming if e.next_at)
            self.clock.moment = max(self.clock.now() + SWEEP, first)
            for entry in coming:
                if entry.next_at and entry.next_at <= self.clock.now():
                    self._survive(entry.key)
        raise AssertionError("the work never ends")

    def _survive(self, key: OrderKey) -> None:
        try:
            self.take(key)
        except (CrashError, TieoutError):
            self.clock.advance(QUEUE_VISIBILITY)

    def entries(self) -> list[Entry]:
        return [record.entry for record in self.ledger.records.values()]

    def found(self, number: str) -> FoundSalesOrder:
        """What Sage has under the number."""
        found = self.sage.document(SalesOrderNo(number))
        assert found is not None, f"Sage has no sales order {number}"
        return found

    def entry(self, key: OrderKey) -> Entry:
        return self.ledger.records[key].entry

    def step_back(self) -> None:
        """No longer step in anywhere."""
        self.wire.before = self.wire.after = lambda _number, _name: None

    def step_in(self, at: int, deed: Callable[[], None], *, after: bool = False) -> None:
        """Do `deed` once, before (or after) port call number `at`."""

        def once(number: int, _name: str) -> None:
            if number == at:
                self.step_back()
                deed()

        self.step_back()
        if after:
            self.wire.after = once
        else:
            self.wire.before = once
