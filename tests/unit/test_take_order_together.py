"""Several workers on one order, and workers that die: one sales order in the end, none lost."""

from datetime import timedelta

import pytest

from tests.unit.orders import line, order
from tests.unit.ports import CrashError
from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.identity import OrderKey
from tieout.domain.ledger import LEASE, QUEUE_VISIBILITY, State
from tieout.domain.outcomes import HeldByAnother, Taken
from tieout.errors import LeaseLostError, RetryableError

NUMBER = "W000250"
# Every port call of the longest ordinary run, one of a new buyer; held to the truth by a test.
CALLS = range(1, 13)
PAUSE = LEASE + timedelta(seconds=1)


def die() -> None:
    raise CrashError


def test_these_tests_step_in_at_every_call_of_an_ordinary_run(world: World, key: OrderKey) -> None:
    world.take(key)

    assert world.wire.names == [
        "claim", "read_order", "look_up", "find_link", "claim_link", "find_customers",
        "create_customer", "remember_link", "save", "create", "look_up", "release",
    ]  # fmt: skip
    assert len(world.wire.names) == CALLS[-1]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", CALLS)
def test_a_worker_that_dies_at_any_call_leaves_one_sales_order_when_its_message_returns(
    world: World, key: OrderKey, call: int, *, after: bool
) -> None:
    world.step_in(call, die, after=after)
    with pytest.raises(CrashError):
        world.take(key)
    world.clock.advance(QUEUE_VISIBILITY)

    world.take_until_acknowledged(key)

    world.run_until_quiet()
    assert world.sage.written == [NUMBER]
    assert world.entry(key).state is State.CREATED
    assert len(world.sage.customers) == 1


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("call", CALLS[1:])
def test_a_worker_that_dies_is_noticed_without_its_message(
    world: World, key: OrderKey, call: int, *, after: bool
) -> None:
    world.step_in(call, die, after=after)
    with pytest.raises(CrashError):
        world.take(key)

    world.run_until_quiet()

    assert world.sage.written == [NUMBER]
    assert world.entry(key).state is State.CREATED


@pytest.mark.parametrize("second", CALLS)
@pytest.mark.parametrize("first", CALLS)
def test_two_deaths_in_a_row_leave_one_sales_order(
    world: World, key: OrderKey, *, first: int, second: int
) -> None:
    world.step_in(first, die, after=True)
    with pytest.raises(CrashError):
        world.take(key)
    world.clock.advance(QUEUE_VISIBILITY)
    world.step_in(len(world.wire.names) + second, die)

    world.take_until_acknowledged(key)

    world.run_until_quiet()
    assert world.sage.written == [NUMBER]
    assert world.entry(key).state is State.CREATED


@pytest.mark.parametrize("fate", list(Fate))
@pytest.mark.parametrize("call", CALLS)
def test_a_death_after_a_create_that_went_wrong_leaves_one_sales_order(
    world: World, key: OrderKey, *, call: int, fate: Fate
) -> None:
    world.sage.fates.append(fate)
    world.take(key)
    world.step_in(len(world.wire.names) + call, die)

    world.run_until_quiet()

    assert world.sage.written == [NUMBER]
    assert world.entry(key).state is State.CREATED


@pytest.mark.parametrize("call", CALLS[1:])
def test_an_order_held_by_another_is_wanted_and_looked_at_again_at_once(
    world: World, key: OrderKey, call: int
) -> None:
    second: list[object] = []
    world.step_in(call, lambda: second.append(world.take(key)))

    first = world.take(key)

    assert second == [HeldByAnother()]
    assert isinstance(first, Taken)
    assert world.entry(key).next_at == world.clock.now()
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]
    assert world.entry(key).next_at is None


@pytest.mark.parametrize("call", CALLS[1:])
def test_a_change_that_comes_while_a_worker_is_busy_is_not_lost(
    world: World, key: OrderKey, call: int
) -> None:
    def change() -> None:
        world.storefront.put(order(lines=[line(total="75.00")]))
        world.take(key)

    world.step_in(call, change)
    world.take(key)

    world.run_until_quiet()

    found = world.sage.documents()
    assert len(found) == 1
    right = found[0].header["NonTaxableAmt"] == "75.00"
    assert right or world.entry(key).state is State.PARKED


@pytest.mark.parametrize("fate", [None, *Fate])
@pytest.mark.parametrize("call", CALLS)
def test_a_worker_that_slept_over_its_lease_does_no_harm(
    world: World, key: OrderKey, *, call: int, fate: Fate | None
) -> None:
    def sleep_and_be_overtaken() -> None:
        world.clock.advance(PAUSE)
        world.take(key)

    world.sage.fates.append(fate)
    world.step_in(call, sleep_and_be_overtaken)
    world.take(key)

    world.run_until_quiet()

    assert world.sage.written == [NUMBER]
    assert world.entry(key).state is State.CREATED
    assert len(world.sage.customers) == 1


@pytest.mark.parametrize("call", CALLS[1:])
def test_a_worker_that_lost_its_lease_reports_so_and_asks_for_another_look(
    world: World, key: OrderKey, call: int
) -> None:
    world.step_in(call, lambda: (world.clock.advance(PAUSE), world.take(key))[0])

    outcome = world.take(key)

    assert outcome == HeldByAnother()
    assert world.entry(key).wanted == 1
    assert world.entry(key).next_at == world.clock.now()


def test_a_lease_lost_between_look_and_intent_sends_no_create(world: World, key: OrderKey) -> None:
    world.step_in(9, lambda: (world.clock.advance(PAUSE), world.take(key))[0])

    world.take(key)

    assert world.wire.count("create") == 1
    assert world.wire.count("save") == 2


def test_a_ledger_that_fails_is_told_to_the_queue(world: World, key: OrderKey) -> None:
    def fail() -> None:
        raise RetryableError("The ledger is out of reach.")

    world.step_in(12, fail)

    with pytest.raises(RetryableError):
        world.take(key)

    world.run_until_quiet()
    assert world.sage.written == [NUMBER]


def test_an_old_epoch_writes_nothing(world: World, key: OrderKey) -> None:
    claim = world.ledger.claim(key, owner="slow")
    assert claim is not None
    world.clock.advance(PAUSE)
    world.take(key)
    entry = world.entry(key)

    with pytest.raises(LeaseLostError):
        world.ledger.release(claim, claim.entry)

    assert world.entry(key) == entry
