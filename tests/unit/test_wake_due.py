"""Due work is queued, the longest waiting first, and nothing is lost when the queue is broken."""

from datetime import timedelta

import pytest

from tests.unit.orders import STORE, key_of
from tests.unit.ports import FakeWakeups
from tests.unit.world import World
from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.ledger import LEASE
from tieout.errors import RetryableError
from tieout.flows.wake_due import AGAIN_AFTER, MOST_PER_RUN, wake_due


def begin(world: World, *keys: OrderKey) -> None:
    """Workers take orders and die, one a second."""
    for key in keys:
        world.ledger.claim(key, owner=str(key))
        world.clock.advance(timedelta(seconds=1))


def wake(world: World, wakeups: FakeWakeups) -> int:
    return wake_due(STORE, ledger=world.ledger, wakeups=wakeups, clock=world.clock)


def test_orders_whose_time_has_come_are_queued_the_longest_waiting_first(world: World) -> None:
    begin(world, key_of(3), key_of(1), key_of(2))
    world.clock.advance(LEASE - timedelta(seconds=2))
    wakeups = FakeWakeups()

    assert wake(world, wakeups) == 2
    assert wakeups.queued == [key_of(3), key_of(1)]


def test_another_stores_orders_are_not_queued(world: World) -> None:
    begin(world, OrderKey(StoreKey("outlet"), OrderId(1)))
    world.clock.advance(LEASE)
    wakeups = FakeWakeups()

    assert wake(world, wakeups) == 0
    assert wakeups.queued == []


def test_one_run_queues_no_more_than_the_workers_can_take(world: World) -> None:
    begin(world, *(key_of(n) for n in range(MOST_PER_RUN + 1)))
    world.clock.advance(LEASE)
    wakeups = FakeWakeups()

    assert wake(world, wakeups) == MOST_PER_RUN
    assert wakeups.queued == [key_of(n) for n in range(MOST_PER_RUN)]


def test_what_a_broken_queue_did_not_take_is_still_due(world: World) -> None:
    begin(world, key_of(1))
    world.clock.advance(LEASE)

    with pytest.raises(RetryableError):
        wake(world, FakeWakeups(broken=True))

    wakeups = FakeWakeups()
    assert wake(world, wakeups) == 1


def test_a_queued_order_is_not_queued_again_every_minute(world: World) -> None:
    begin(world, key_of(1))
    world.clock.advance(LEASE)
    wakeups = FakeWakeups()
    wake(world, wakeups)
    world.clock.advance(timedelta(minutes=1))

    assert wake(world, wakeups) == 0


def test_a_queued_order_that_nobody_took_is_queued_again(world: World) -> None:
    begin(world, key_of(1))
    world.clock.advance(LEASE)
    wakeups = FakeWakeups()
    wake(world, wakeups)
    world.clock.advance(AGAIN_AFTER)

    assert wake(world, wakeups) == 1
