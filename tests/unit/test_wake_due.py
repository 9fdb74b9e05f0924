"""Due work is queued at the pace at which it gets through, and nothing is lost when it does not."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import STORE, key_of, order
from tests.unit.ports import FakeNotes, FakeWakeups
from tests.unit.sweeping import FakeDoor
from tests.unit.world import World
from tieout.domain.agents import Health
from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.ledger import LEASE, State
from tieout.domain.orders import Standing
from tieout.domain.sweeps import Breaker, Flow
from tieout.errors import RejectedError, RetryableError
from tieout.flows.breaker import BREAKER, ENOUGH
from tieout.flows.pace import TARGET_DEPTH
from tieout.flows.wake_due import (
    AGAIN_AFTER,
    PROBES,
    Woken,
    wake_due,
)

MINUTE = timedelta(minutes=1)
OUTLET = StoreKey("outlet")
OFF = Health(ready=False, reason="The Sage agent could not be reached.")
LOCKED = RetryableError("The Sage agent is not ready (Locked).")


class Sweeper:
    """The poll function's part: a sweep a minute, and the queue it sweeps into."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.wakeups = FakeWakeups()
        self.door = FakeDoor()
        self.notes = FakeNotes()

    def sweep(self, *stores: StoreKey) -> Woken:
        return wake_due(
            stores or (STORE,),
            ledger=self.world.ledger,
            wakeups=self.wakeups,
            door=self.door,
            notes=self.notes,
            clock=self.world.clock,
        )

    def queued(self, *stores: StoreKey) -> Sequence[OrderKey]:
        """What one more sweep queues."""
        self.wakeups.queued.clear()
        self.sweep(*stores)
        return list(self.wakeups.queued)

    def work(self) -> Woken:
        """A sweep, and workers that take whatever it queued before the next."""
        self.wakeups.queued.clear()
        woken = self.sweep()
        self.world.clock.advance(timedelta(seconds=30))
        for key in self.wakeups.queued:
            self.world.take(key)
        self.wakeups.queued.clear()
        self.world.clock.advance(timedelta(seconds=30))
        return woken

    def begin(self, *keys: OrderKey) -> None:
        """Workers take orders and die, one a second; then their leases end."""
        for key in keys:
            self.world.ledger.claim(key, owner=str(key))
            self.world.clock.advance(timedelta(seconds=1))
        self.world.clock.advance(LEASE)

    def sell(self, count: int) -> list[OrderKey]:
        """Orders that are placed, and due at once."""
        keys = [self.world.storefront.put(order(n)) for n in range(1, count + 1)]
        for key in keys:
            self.world.ledger.expect(key)
        return keys

    def lock_sage(self, tries: int = 1000) -> None:
        """Every look-up fails; the agent itself is well."""
        self.world.sage.will_raise("look_up", *[LOCKED] * tries)

    def unlock_sage(self) -> None:
        self.world.sage.trouble.clear()

    @property
    def breaker(self) -> Breaker:
        found = Breaker.of(self.notes.read(BREAKER))
        assert found
        return found


@pytest.fixture
def sweeper(world: World) -> Sweeper:
    return Sweeper(world)


def test_orders_whose_time_has_come_are_queued_the_longest_waiting_first(
    world: World, sweeper: Sweeper
) -> None:
    sweeper.begin(key_of(3), key_of(1))
    world.ledger.claim(key_of(2), owner="alive")

    assert sweeper.queued() == [key_of(3), key_of(1)]


def test_another_deployments_stores_are_left_alone(sweeper: Sweeper) -> None:
    sweeper.begin(OrderKey(OUTLET, OrderId(1)))

    assert sweeper.queued() == []


def test_the_queue_is_filled_up_to_its_depth_and_no_further(sweeper: Sweeper) -> None:
    keys = [key_of(n) for n in range(TARGET_DEPTH + 50)]
    sweeper.begin(*keys)
    sweeper.wakeups.before = 30

    assert sweeper.queued() == keys[: TARGET_DEPTH - 30]
    assert sweeper.sweep().queued == 0


@pytest.mark.parametrize("told", [TARGET_DEPTH, TARGET_DEPTH + 1000])
def test_into_a_queue_that_is_long_already_nothing_is_added(sweeper: Sweeper, told: int) -> None:
    sweeper.begin(key_of(1))
    sweeper.wakeups.before = told

    assert sweeper.queued() == []
    sweeper.wakeups.before = 0
    assert sweeper.queued() == [key_of(1)]


def test_stores_take_turns_so_that_none_waits_behind_anothers_backlog(sweeper: Sweeper) -> None:
    sweeper.begin(*(key_of(n) for n in range(TARGET_DEPTH)), OrderKey(OUTLET, OrderId(1)))

    queued = sweeper.queued(STORE, OUTLET)

    assert queued[:3] == [key_of(0), OrderKey(OUTLET, OrderId(1)), key_of(1)]
    assert len(queued) == TARGET_DEPTH


def test_what_a_broken_queue_did_not_take_is_still_due(sweeper: Sweeper) -> None:
    sweeper.begin(key_of(1))
    sweeper.wakeups.broken = True
    with pytest.raises(RetryableError):
        sweeper.sweep()
    sweeper.wakeups.broken = False

    assert sweeper.queued() == [key_of(1)]


def test_a_queued_order_is_not_queued_again_every_minute(world: World, sweeper: Sweeper) -> None:
    sweeper.begin(key_of(1))
    sweeper.sweep()
    world.clock.advance(MINUTE)

    assert sweeper.queued() == []


def test_a_queued_order_that_nobody_took_is_queued_again(world: World, sweeper: Sweeper) -> None:
    sweeper.begin(key_of(1))
    sweeper.sweep()
    world.clock.advance(AGAIN_AFTER)

    assert sweeper.queued() == [key_of(1)]


def test_while_the_agent_is_down_one_order_a_run_finds_out_and_the_rest_stays_as_it_is(
    world: World, sweeper: Sweeper
) -> None:
    sweeper.begin(key_of(1), key_of(2), key_of(3))
    before = [world.entry(key_of(n)) for n in (2, 3)]
    sweeper.door.health_told = OFF

    woken = sweeper.sweep()

    assert sweeper.wakeups.queued == [key_of(1)]
    assert [world.entry(key_of(n)) for n in (2, 3)] == before
    assert (woken.breaker.flow, woken.breaker.reason) == (Flow.DOWN, OFF.reason)
    assert sweeper.queued() == [key_of(2)]


def test_the_probe_is_the_longest_waiting_of_all_stores(sweeper: Sweeper) -> None:
    sweeper.begin(OrderKey(OUTLET, OrderId(1)), key_of(1))
    sweeper.door.health_told = OFF

    assert sweeper.queued(STORE, OUTLET) == [OrderKey(OUTLET, OrderId(1))]


def test_no_probe_is_added_to_a_queue_that_is_long_already(sweeper: Sweeper) -> None:
    sweeper.begin(key_of(1))
    sweeper.door.health_told = OFF
    sweeper.wakeups.before = TARGET_DEPTH

    assert sweeper.queued() == []


def test_a_parked_order_is_no_probe_unless_there_is_no_other(
    world: World, sweeper: Sweeper
) -> None:
    parked, waiting = sweeper.sell(2)
    world.storefront.trouble.append(RejectedError("No number.", next_action="Look."))
    world.take(parked)
    world.clock.advance(timedelta(hours=25))
    world.ledger.put_off(waiting, now=world.clock.now(), until=world.clock.now())
    sweeper.door.health_told = OFF

    assert world.entry(parked).state is State.PARKED
    assert sweeper.queued() == [waiting]
    assert sweeper.queued() == [parked]


def test_the_breaker_says_since_when_and_why_the_agent_is_down(
    world: World, sweeper: Sweeper
) -> None:
    sweeper.sweep()
    sweeper.door.health_told = OFF
    world.clock.advance(MINUTE)
    since = world.clock.now()
    sweeper.sweep()
    world.clock.advance(MINUTE)
    sweeper.sweep()

    assert (sweeper.breaker.flow, sweeper.breaker.since) == (Flow.DOWN, since)
    assert (sweeper.breaker.reason, sweeper.breaker.seen_at) == (OFF.reason, since + MINUTE)


def test_once_the_agent_is_ready_the_line_moves_on(world: World, sweeper: Sweeper) -> None:
    keys = sweeper.sell(40)
    sweeper.door.health_told = OFF
    sweeper.sweep()
    world.clock.advance(MINUTE)
    sweeper.door.health_told = Health(ready=True)

    assert sweeper.queued() == keys[1:]
    assert (sweeper.breaker.flow, sweeper.breaker.reason) == (Flow.FREE, "")


def test_while_the_agent_is_well_and_nothing_gets_through_only_a_few_are_tried(
    sweeper: Sweeper,
) -> None:
    sweeper.sell(TARGET_DEPTH * 2)
    sweeper.lock_sage()
    first = sweeper.work()

    later = [sweeper.work() for _ in range(4)]

    assert first.queued == TARGET_DEPTH
    assert {woken.queued for woken in later} == {PROBES[Flow.STUCK]}
    assert {woken.breaker.flow for woken in later} == {Flow.STUCK}
    assert later[0].breaker.reason == str(LOCKED)


def test_a_line_that_is_stuck_opens_as_soon_as_one_order_gets_through(
    world: World, sweeper: Sweeper
) -> None:
    keys = sweeper.sell(TARGET_DEPTH * 2)
    sweeper.lock_sage()
    sweeper.work()
    stuck = sweeper.work()
    sweeper.unlock_sage()
    sweeper.work()

    opened = sweeper.work()
    while len(world.sage.written) < len(keys):
        sweeper.work()

    assert stuck.breaker.flow is Flow.STUCK
    assert (opened.breaker.flow, opened.queued) == (Flow.FREE, TARGET_DEPTH)


def test_an_order_that_needs_no_sage_does_not_open_a_line_that_is_stuck(
    world: World, sweeper: Sweeper
) -> None:
    keys = sweeper.sell(TARGET_DEPTH * 2)
    for key in keys[TARGET_DEPTH:]:
        found = world.storefront.orders[key.order_id]
        world.storefront.orders[key.order_id] = replace(found, standing=Standing.CANCELLED)
    sweeper.lock_sage()
    sweeper.work()
    sweeper.work()

    assert [sweeper.work().breaker.flow for _ in range(3)] == [Flow.STUCK] * 3


def test_a_few_orders_that_fail_for_reasons_of_their_own_are_no_verdict(sweeper: Sweeper) -> None:
    sweeper.sell(ENOUGH - 1)
    sweeper.lock_sage()

    assert {sweeper.work().breaker.flow for _ in range(30)} == {Flow.FREE}


def test_a_line_whose_orders_nobody_came_to_yet_is_not_stuck(
    world: World, sweeper: Sweeper
) -> None:
    sweeper.sell(ENOUGH * 2)
    sweeper.sweep()
    world.clock.advance(MINUTE)

    assert sweeper.sweep().breaker.flow is Flow.FREE


def test_what_failed_before_it_was_woken_says_nothing_of_now(
    world: World, sweeper: Sweeper
) -> None:
    keys = sweeper.sell(ENOUGH * 2)
    sweeper.lock_sage(len(keys))
    for key in keys:
        world.take(key)
    world.clock.advance(MINUTE)
    sweeper.sweep()
    world.clock.advance(MINUTE)

    assert sweeper.sweep().breaker.flow is Flow.FREE


def test_one_failure_among_many_that_nobody_came_to_is_no_verdict(
    world: World, sweeper: Sweeper
) -> None:
    keys = sweeper.sell(ENOUGH * 2)
    sweeper.lock_sage()
    sweeper.sweep()
    world.take(keys[0])
    world.clock.advance(MINUTE)

    assert sweeper.sweep().breaker.flow is Flow.FREE


def test_a_storefront_that_refuses_us_is_not_run_at_either(world: World, sweeper: Sweeper) -> None:
    sweeper.sell(TARGET_DEPTH * 2)
    refusal = RetryableError("The store grants no more requests for now.")
    world.storefront.trouble.extend([refusal] * 1000)
    sweeper.work()

    woken = sweeper.work()

    assert (woken.breaker.flow, woken.breaker.reason) == (Flow.STUCK, str(refusal))
    assert woken.queued == PROBES[Flow.STUCK]


@pytest.mark.parametrize(
    "note", [{"flow": "sideways", "since": "x"}, {"flow": "stuck"}, {"since": ""}]
)
def test_a_note_of_the_breaker_that_can_not_be_read_holds_nothing_up(
    sweeper: Sweeper, note: dict[str, str]
) -> None:
    sweeper.notes.write(BREAKER, note)
    keys = sweeper.sell(9)

    assert sweeper.queued() == keys
