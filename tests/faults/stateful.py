"""Any history of one shop's three orders ends well: a state machine that Hypothesis can shrink.

What should be is reckoned here, from what the shop sold and what people did in Sage, and never from
what the flows say of themselves.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RULE_MARKER,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.unit.orders import STORE, key_of, line, order, standing
from tests.unit.ports import CrashError, FakeNotes, FakeWakeups, FakeWatermarks
from tests.unit.sage import Fate
from tests.unit.sweeping import NUMBERING, FakeDoor, round_of
from tests.unit.world import World
from tieout.domain.guarantees import ALL, Guarantees, Mode
from tieout.domain.identity import Company, OrderId, OrderKey, SalesOrderNo
from tieout.domain.ledger import LEASE, QUEUE_VISIBILITY, Entry, State
from tieout.domain.orders import Order, Standing
from tieout.domain.sales_orders import HOLD_COMMENT, FoundSalesOrder, OnCancel, Where
from tieout.errors import RetryableError, TieoutError
from tieout.flows.backfill import backfill
from tieout.flows.recount import AT_ONCE, Books, recount
from tieout.flows.sweep_gaps import sweep_gaps

ORDERS = st.sampled_from([key_of(250), key_of(251), key_of(252)])
TOTALS = st.sampled_from(["60.00", "75.00", "80.00"])
CALLS = st.integers(1, 14)
PROMISES = st.sampled_from(
    [
        ALL,
        replace(ALL, deadline=False, barrier=False),
        # What eBusiness Web Services promise: a number that is open is refused, and no more.
        Guarantees(create_only=True),
    ]
)
METHODS = st.sampled_from(
    ["look_up", "create", "replace", "hold", "delete", "find_customers", "create_customer"]
)
SOLD = frozenset({Standing.IMPORTABLE, Standing.FINISHED})
WAITING = frozenset({State.SEEN, State.INTENT, State.WAITING_AGENT, State.PARKED})
A_DAY = 90_000
SCAN_EVERY = timedelta(minutes=3)
LOOKS = 10
LATEST_LANDING = timedelta(minutes=45)


class Histories(RuleBasedStateMachine):
    """Shop, network, office and our workers act in any order; then the trouble stops."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.marks, self.notes = FakeWatermarks(), FakeNotes()
        # What people did in Sage, by number, and what the shop ever wanted of Sage.
        self.deleted: set[str] = set()
        self.foreign: set[str] = set()
        self.corrected: dict[str, str] = {}
        self.handled: set[str] = set()
        self.wanted: set[OrderId] = set()
        self.stood: dict[OrderId, set[Standing]] = {}
        self.copied: dict[OrderKey, Entry] | None = None
        self.restored = False
        self._backfill()  # the first scan looks back a day, the later ones to the one before

    @initialize(
        promises=PROMISES, keeps_revisions=st.booleans(), on_cancel=st.sampled_from(list(OnCancel))
    )
    def set_up(self, *, promises: Guarantees, keeps_revisions: bool, on_cancel: OnCancel) -> None:
        self.world.sage.guarantees = promises
        self.world.sage.keeps_revisions = keeps_revisions
        self.world.on_cancel = on_cancel

    # The shop

    @rule(key=ORDERS, total=TOTALS)
    def sell_or_edit(self, key: OrderKey, total: str) -> None:
        known = self.world.storefront.orders.get(key.order_id)
        sold = order(key.order_id, lines=[line(total=total)])
        self._put(standing(sold, known.standing) if known else sold)

    @rule(key=ORDERS, stands=st.sampled_from(list(Standing)))
    def set_standing(self, key: OrderKey, stands: Standing) -> None:
        """Cancelled, revived, shipped, refunded, or unpaid from the beginning."""
        found = self.world.storefront.orders.get(key.order_id, order(key.order_id))
        self._put(standing(found, stands))

    @rule(key=ORDERS)
    def hide(self, key: OrderKey) -> None:
        self.world.storefront.hidden.add(key.order_id)

    # Our workers

    @rule(key=ORDERS)
    def wake(self, key: OrderKey) -> None:
        self._take(key)

    @rule(key=ORDERS, call=CALLS, after=st.booleans())
    def die_at(self, key: OrderKey, call: int, *, after: bool) -> None:
        def die() -> None:
            raise CrashError

        self._during(key, call, die, after=after)

    @rule(key=ORDERS, call=CALLS, slept=st.booleans())
    def meet_a_second_worker(self, key: OrderKey, call: int, *, slept: bool) -> None:
        def second() -> None:
            if slept:
                self.world.clock.advance(LEASE + timedelta(seconds=1))
            self._take(key)

        self._during(key, call, second)

    @rule(key=ORDERS, call=CALLS, total=TOTALS)
    def edit_under_the_workers_hands(self, key: OrderKey, call: int, total: str) -> None:
        self._during(key, call, lambda: self.sell_or_edit(key, total))

    @rule(key=ORDERS, call=CALLS)
    def cancel_under_the_workers_hands(self, key: OrderKey, call: int) -> None:
        self._during(key, call, lambda: self.set_standing(key, Standing.CANCELLED))

    @rule(first=ORDERS, second=ORDERS, call=CALLS)
    def take_two_orders_of_one_buyer(self, first: OrderKey, second: OrderKey, call: int) -> None:
        self._during(first, call, lambda: self._take(second))

    @rule()
    def scan(self) -> None:
        self._backfill()

    @rule(seconds=st.sampled_from([1, 12, 31, 91, 600, 2_400, A_DAY]))
    def pass_time(self, seconds: int) -> None:
        if seconds >= A_DAY:
            # A shop that hides an order for so long has lost it; and due work is done every minute.
            self.world.storefront.hidden.clear()
            self.world.run_until_quiet()
        self.world.clock.advance(timedelta(seconds=seconds))

    # The network, and Sage

    @rule(fate=st.sampled_from(list(Fate)))
    def lose_a_write(self, fate: Fate) -> None:
        self.world.sage.fates.append(fate)

    @rule(method=METHODS, times=st.integers(1, 3))
    def switch_the_agent_off(self, method: str, times: int) -> None:
        self.world.sage.will_raise(method, *[RetryableError("Off.")] * times)

    @precondition(lambda self: any(self.ours()))
    @rule(data=st.data(), to=st.sampled_from([Where.HISTORY, Where.INVOICE_HISTORY]))
    def finish_in_sage(self, data: st.DataObject, to: Where) -> None:
        number = self._draw(data)
        self.world.sage.move(number, to)
        self.handled.add(number)

    @precondition(lambda self: any(self.ours()))
    @rule(data=st.data())
    def pick_in_sage(self, data: st.DataObject) -> None:
        number = self._draw(data)
        self.world.sage.picked.add(SalesOrderNo(number))
        self.handled.add(number)

    @precondition(lambda self: any(self.ours()))
    @rule(data=st.data())
    def delete_in_sage(self, data: st.DataObject) -> None:
        number = self._draw(data)
        self.world.sage.strike(number)
        self.deleted.add(number)
        self.corrected.pop(number, None)

    @precondition(lambda self: any(self.seen()))
    @rule(data=st.data())
    def change_by_hand_in_sage(self, data: st.DataObject) -> None:
        """What was changed before we ever saw our own write again can't be told from it."""
        number = data.draw(st.sampled_from(self.seen()))
        self.corrected[number] = f"call {len(self.corrected)}"
        self.world.sage.correct(number, ConfirmTo=self.corrected[number])

    @rule(key=ORDERS)
    def enter_a_strangers_order(self, key: OrderKey) -> None:
        number = NUMBERING.sales_order_no(key.order_id)
        if self.world.sage.document(number) is None:
            self.world.sage.enter(number, CustomerPONo="4711", NonTaxableAmt="9999.00")
            self.foreign.add(number)

    # The operators

    @precondition(lambda self: self.world.sage.guarantees.mode is not Mode.NEVER_TWICE)
    @rule()
    def copy_the_ledger(self) -> None:
        """Where Sage's history is out of sight, the sweepers' heartbeat tells of a restore: not seen here."""
        records = self.world.ledger.records
        self.copied = {key: record.entry for key, record in records.items()}

    @precondition(lambda self: self.copied is not None)
    @rule()
    def put_the_ledger_back(self) -> None:
        """Nobody works on it meanwhile, and a recount and a scan of all ids follow: see the runbook."""
        self.world.run_until_quiet()
        records, copied = self.world.ledger.records, self.copied or {}
        for key in list(records):
            if key in copied:
                records[key].entry = replace(copied[key], next_at=self.world.clock.now())
                records[key].lease_until = None
            else:
                del records[key]
        self.restored = True
        self.notes = FakeNotes()
        self._recount()

    # What holds at any time

    @invariant()
    def nothing_is_created_twice(self) -> None:
        written = self.world.sage.written
        assert len(written) == len(set(written))
        assert len(self.world.sage.customers) <= 1

    @invariant()
    def nobody_elses_work_is_touched(self) -> None:
        for number in self.foreign:
            assert self.found(number).header["CustomerPONo"] == "4711"
        for number, told in self.corrected.items():
            assert self.found(number).header.get("ConfirmTo") == told, number

    @invariant()
    def what_a_person_deleted_stays_deleted(self) -> None:
        assert not self.deleted & set(self.world.sage.tables[Where.OPEN])

    @invariant()
    def nothing_comes_before_the_shop_wants_it(self) -> None:
        wanted = {NUMBERING.sales_order_no(order_id) for order_id in self.wanted}
        assert set(self.world.sage.written) <= wanted

    @invariant()
    def whoever_waits_has_a_next_look(self) -> None:
        for entry in self.world.entries():
            if entry.state in WAITING:
                assert entry.next_at is not None, entry

    # How it has to end

    def teardown(self) -> None:
        world = self.world
        world.sage.trouble.clear()
        world.sage.fates.clear()
        world.storefront.hidden.clear()
        for _ in range(4):
            world.clock.advance(SCAN_EVERY)
            self._backfill()
        self._gaps()
        world.run_until_quiet()
        self._wake_parked()
        world.clock.advance(LATEST_LANDING)
        world.sage.look_up(SalesOrderNo("none"), marker="none")  # what is still on its way lands
        for sold in world.storefront.orders.values():
            self._ended_well(sold)

    def _ended_well(self, sold: Order) -> None:
        entry = self.world.entry(sold.key)
        if entry.state is State.PARKED:
            assert entry in list(self.world.ledger.parked(STORE))
            assert entry.reason
            assert entry.next_action
            assert self._explained(sold), f"parked without a cause: {entry.reason}"
            return
        number = NUMBERING.sales_order_no(sold.key.order_id)
        document = self.world.sage.document(number)
        if sold.standing is Standing.CANCELLED and number not in self.foreign:
            assert document is None or document.deleted or _on_hold(document), document
        elif sold.standing in SOLD and number not in self.deleted:
            assert entry.state is State.CREATED
            assert document is not None, f"{number} is lost"
            assert document.total == sold.totals.total
            assert not _on_hold(document), document

    def _explained(self, sold: Order) -> bool:
        """Whether something happened that only a person can put right."""
        number = NUMBERING.sales_order_no(sold.key.order_id)
        by_people = {*self.deleted, *self.foreign, *self.corrected, *self.handled}
        return (
            number in by_people
            or self.restored
            or self.world.sage.guarantees.mode is Mode.NEVER_TWICE
            or bool(self.stood[sold.key.order_id] & {Standing.FINISHED, Standing.RETIRED})
        )

    # Helpers

    def ours(self) -> list[str]:
        """The numbers of our open sales orders."""
        return sorted(set(self.world.sage.tables[Where.OPEN]) - self.foreign)

    def seen(self) -> list[str]:
        """Those among them that the ledger knows just as we wrote them."""
        seen = {
            entry.sales_order_no or ""
            for entry in self.world.entries()
            if entry.state is State.CREATED and entry.rev == entry.sage_rev
        }
        return [number for number in self.ours() if number in seen]

    def found(self, number: str) -> FoundSalesOrder:
        return self.world.found(number)

    def _draw(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(self.ours()))

    def _put(self, sold: Order) -> None:
        self.stood.setdefault(sold.key.order_id, set()).add(sold.standing)
        if sold.standing is Standing.IMPORTABLE:
            self.wanted.add(sold.key.order_id)
        self.world.storefront.put(sold)

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

    def _wake_parked(self) -> None:
        """Parked orders that are looked at again within the hour, as those are whose look was cut short."""
        for _ in range(LOOKS):
            soon = self.world.clock.now() + timedelta(hours=1)
            due = [e for e in self.world.entries() if e.state is State.PARKED and e.next_at]
            for entry in due:
                if entry.next_at and entry.next_at < soon:
                    self.world.clock.moment = max(self.world.clock.now(), entry.next_at)
                    self._take(entry.key)
            self.world.run_until_quiet()

    def _gaps(self) -> None:
        sweep_gaps(round_of(self.world, notes=self.notes, first_order_id=OrderId(250)))

    def _recount(self) -> None:
        door = FakeDoor({Company("ABC"): self.world.sage})
        books = Books(door, NUMBERING, frozenset({"ABC"}), days=45)
        round_ = round_of(self.world, notes=self.notes, first_order_id=OrderId(250))
        recount(round_, books, begin_after=AT_ONCE)


def _on_hold(document: FoundSalesOrder) -> bool:
    header = document.header
    return header.get("OrderStatus") == "H" and header.get("Comment") == HOLD_COMMENT


def fewest_events(*, examples: int, steps: int) -> list[str]:
    """The rules of the smallest history that ends badly; the same ones each time."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=(HealthCheck.too_slow, HealthCheck.filter_too_much),
    )
    try:
        run_state_machine_as_test(Histories, settings=chosen)
    except AssertionError as error:
        return _events("\n".join(error.__notes__))
    return []


def _events(told: str) -> list[str]:
    called = re.findall(r"^state\.(\w+)\(", told, re.MULTILINE)
    rules = {name for name, made in vars(Histories).items() if hasattr(made, RULE_MARKER)}
    return [name for name in called if name in rules]
