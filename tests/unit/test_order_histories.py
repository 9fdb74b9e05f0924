"""Any history of one shop's two orders ends well: none doubled, none lost, all that is parked seen."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from tests.unit.orders import STORE, key_of, line, order, standing
from tests.unit.ports import CrashError, FakeNotes, FakeWakeups, FakeWatermarks
from tests.unit.sage import Fate
from tests.unit.sweeping import round_of
from tests.unit.world import World
from tieout.domain.identity import OrderId, OrderKey
from tieout.domain.ledger import LEASE, QUEUE_VISIBILITY, State
from tieout.domain.orders import Standing
from tieout.domain.sales_orders import Where
from tieout.errors import RetryableError, TieoutError
from tieout.flows.backfill import backfill

ORDERS = st.sampled_from([key_of(250), key_of(251)])
A_DAY = 90_000
SCAN_EVERY = timedelta(minutes=3)


class Histories(RuleBasedStateMachine):
    """Shop, network, office and our workers act in any order; then the trouble stops."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.marks, self.notes = FakeWatermarks(), FakeNotes()
        self.deleted: set[str] = set()
        self._backfill()  # the first scan looks back a day, the later ones to the one before

    @rule(key=ORDERS, total=st.sampled_from(["60.00", "75.00", "80.00"]))
    def sell_or_change(self, key: OrderKey, total: str) -> None:
        self.world.storefront.put(order(key.order_id, lines=[line(total=total)]))

    @rule(key=ORDERS, stands=st.sampled_from(list(Standing)))
    def set_standing(self, key: OrderKey, stands: Standing) -> None:
        found = self.world.storefront.orders.get(key.order_id)
        if found:
            self.world.storefront.put(standing(found, stands))

    @rule(key=ORDERS)
    def wake(self, key: OrderKey) -> None:
        self._take(key)

    @rule(key=ORDERS, call=st.integers(1, 12), after=st.booleans())
    def die_at(self, key: OrderKey, call: int, *, after: bool) -> None:
        def die() -> None:
            raise CrashError

        self._during(key, call, die, after=after)

    @rule(key=ORDERS, call=st.integers(1, 12), slept=st.booleans())
    def meet_a_second_worker(self, key: OrderKey, call: int, *, slept: bool) -> None:
        def second() -> None:
            if slept:
                self.world.clock.advance(LEASE + timedelta(seconds=1))
            self._take(key)

        self._during(key, call, second)

    @rule(key=ORDERS, call=st.integers(1, 12), total=st.sampled_from(["75.00", "80.00"]))
    def change_under_the_workers_hands(self, key: OrderKey, call: int, total: str) -> None:
        self._during(key, call, lambda: self.sell_or_change(key, total))

    @rule(fate=st.sampled_from(list(Fate)))
    def lose_a_create(self, fate: Fate) -> None:
        self.world.sage.fates.append(fate)

    @rule(method=st.sampled_from(["look_up", "create", "create_customer"]), times=st.integers(1, 3))
    def switch_the_agent_off(self, method: str, times: int) -> None:
        self.world.sage.will_raise(method, *[RetryableError("Off.")] * times)

    @rule(key=ORDERS)
    def hide(self, key: OrderKey) -> None:
        self.world.storefront.hidden.add(key.order_id)

    @rule(seconds=st.sampled_from([1, 12, 31, 91, 600, A_DAY]))
    def pass_time(self, seconds: int) -> None:
        if seconds >= A_DAY:
            # A shop that hides an order for so long has lost it; and due work is done every minute.
            self.world.storefront.hidden.clear()
            self.world.run_until_quiet()
        self.world.clock.advance(timedelta(seconds=seconds))

    @precondition(lambda self: any(self.world.sage.tables[Where.OPEN]))
    @rule(data=st.data(), to=st.sampled_from([Where.HISTORY, Where.INVOICE_HISTORY]))
    def finish_in_sage(self, data: st.DataObject, to: Where) -> None:
        number = data.draw(st.sampled_from(sorted(self.world.sage.tables[Where.OPEN])))
        self.world.sage.move(number, to)

    @precondition(lambda self: any(self.world.sage.tables[Where.OPEN]))
    @rule(data=st.data())
    def delete_in_sage(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.world.sage.tables[Where.OPEN])))
        self.world.sage.strike(number)
        self.deleted.add(number)

    @rule()
    def scan(self) -> None:
        self._backfill()

    @invariant()
    def nothing_is_written_twice(self) -> None:
        written = self.world.sage.written
        assert len(written) == len(set(written))
        assert len(self.world.sage.customers) <= 1

    @invariant()
    def whoever_waits_has_a_next_look(self) -> None:
        for entry in self.world.entries():
            if entry.state in {State.SEEN, State.INTENT, State.WAITING_AGENT, State.PARKED}:
                assert entry.next_at is not None, entry

    def teardown(self) -> None:
        self.world.sage.trouble.clear()
        self.world.sage.fates.clear()
        self.world.storefront.hidden.clear()
        for _ in range(4):
            self.world.clock.advance(SCAN_EVERY)
            self._backfill()
        self.world.run_until_quiet()
        for order_id in self.world.storefront.orders:
            self._ended_well(order_id)

    def _ended_well(self, order_id: OrderId) -> None:
        entry = self.world.entry(key_of(order_id))
        if entry.state is State.PARKED:
            assert entry in list(self.world.ledger.parked(STORE))
            assert entry.reason
            assert entry.next_action
            return
        shop = self.world.storefront.orders[order_id]
        found = self.world.sage.document(self.world.desk.numbering.sales_order_no(order_id))
        if shop.standing in {Standing.IMPORTABLE, Standing.FINISHED}:
            assert entry.state is State.CREATED
            assert found is not None
            assert found.total == shop.totals.total
        if shop.standing is Standing.CANCELLED:
            assert found is None or found.deleted or found.held_by_us

    def _during(
        self, key: OrderKey, call: int, deed: Callable[[], None], *, after: bool = False
    ) -> None:
        self.world.step_in(len(self.world.wire.names) + call, deed, after=after)
        self._take(key)
        self.world.step_back()

    def _take(self, key: OrderKey) -> None:
        try:
            self.world.take(key)
        except (CrashError, TieoutError):
            self.world.clock.advance(QUEUE_VISIBILITY)

    def _backfill(self) -> None:
        wakeups = FakeWakeups()
        backfill(round_of(self.world, wakeups=wakeups, watermarks=self.marks, notes=self.notes))
        for key in wakeups.queued:
            self._take(key)


TestHistories = Histories.TestCase
TestHistories.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
