"""Orders that wait: for how long, and that none waits for ever."""

from datetime import timedelta

import pytest

from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.identity import OrderKey
from tieout.domain.ledger import AGENT_DEADLINE, ATTEMPTS_BEFORE_PARKING, LEASE, State
from tieout.domain.outcomes import NeedsSetup, Parked, Taken, Waiting
from tieout.domain.sales_orders import Where
from tieout.domain.sweeps import Breaker, Flow
from tieout.errors import NotSentError, OutcomeUnknownError, RetryableError, SetupError
from tieout.flows.breaker import BREAKER
from tieout.flows.leave_record import LONGEST_ASKED_WAIT, LONGEST_WAIT, SHORTEST_WAIT
from tieout.flows.take_order import SETUP_WAIT, WAITS_BEFORE_PARKING
from tieout.flows.write_sales_order import LARGEST_CLOCK_SKEW

NUMBER = "W000250"


def test_workers_that_break_off_again_and_again_make_the_order_park(
    world: World, key: OrderKey
) -> None:
    for n in range(ATTEMPTS_BEFORE_PARKING):
        world.ledger.claim(key, owner=f"dead {n}")
        world.clock.advance(LEASE + timedelta(seconds=1))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "broke off" in outcome.reason
    assert world.wire.count("read_order") == 0
    assert world.entry(key).attempts == 0


def test_one_break_off_less_is_tried_once_more(world: World, key: OrderKey) -> None:
    for n in range(ATTEMPTS_BEFORE_PARKING - 1):
        world.ledger.claim(key, owner=f"dead {n}")
        world.clock.advance(LEASE + timedelta(seconds=1))

    assert isinstance(world.take(key), Taken)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_clock_that_is_more_than_an_hour_wrong_stops_all_writing(
    world: World, key: OrderKey, sign: int
) -> None:
    world.sage.skew = sign * (LARGEST_CLOCK_SKEW + timedelta(seconds=1))

    outcome = world.take(key)

    assert isinstance(outcome, NeedsSetup)
    assert outcome.until == world.clock.now() + SETUP_WAIT
    assert world.wire.count("create") == 0


@pytest.mark.parametrize("minutes", [-59, 59])
def test_the_deadline_is_told_in_sages_own_time(world: World, key: OrderKey, minutes: int) -> None:
    world.sage.skew = timedelta(minutes=minutes)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)
    assert world.entry(key).not_after == world.sage.now() + AGENT_DEADLINE


@pytest.mark.parametrize("minutes", [-59, 59])
def test_settling_is_measured_in_sages_own_time(world: World, key: OrderKey, minutes: int) -> None:
    world.sage.skew = timedelta(minutes=minutes)
    world.sage.fates.append(Fate.REQUEST_LOST)
    started = world.clock.now()
    world.take(key)

    world.run_until_quiet()

    assert world.sage.written == [NUMBER]
    assert world.clock.now() - started < timedelta(minutes=2)


@pytest.mark.parametrize("slow", [timedelta(seconds=33), timedelta(seconds=46)])
def test_too_little_time_left_means_try_again_at_once(
    world: World, key: OrderKey, slow: timedelta
) -> None:
    time = timedelta(seconds=60) if slow < timedelta(seconds=40) else timedelta(minutes=5)
    world.step_in(2, lambda: world.clock.advance(slow))

    outcome = world.take(key, time=time)

    assert outcome == Waiting("Too little time was left to write safely.", world.clock.now())
    assert world.wire.count("create") == 0
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]


def test_wrong_credentials_are_the_operators_and_tried_again(world: World, key: OrderKey) -> None:
    world.sage.will_raise("look_up", SetupError("The API key is wrong."))

    outcome = world.take(key)

    assert outcome == NeedsSetup("The API key is wrong.", world.clock.now() + SETUP_WAIT)
    assert (world.entry(key).state, world.entry(key).reason) == (
        State.WAITING_AGENT,
        "The API key is wrong.",
    )
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]


@pytest.mark.parametrize(
    "error", [RetryableError("Off."), NotSentError("Off."), OutcomeUnknownError("Off.")]
)
@pytest.mark.parametrize("method", ["look_up", "create", "find_customers", "create_customer"])
def test_an_agent_that_is_off_for_a_while_only_delays(
    world: World, key: OrderKey, *, method: str, error: RetryableError
) -> None:
    world.sage.will_raise(method, *[error] * 8)
    started = world.clock.now()

    world.take(key)
    waiting = world.entry(key)
    world.run_until_quiet()

    assert waiting.state in {State.WAITING_AGENT, State.INTENT}
    assert waiting.next_at is not None
    assert world.sage.written == [NUMBER]
    assert len(world.sage.customers) == 1
    assert world.clock.now() - started < LONGEST_WAIT * 8


def test_waits_grow_and_are_bounded(world: World, key: OrderKey) -> None:
    world.storefront.trouble.extend([RetryableError("Off.")] * 12)
    waits: list[timedelta] = []
    for _ in range(12):
        outcome = world.take(key)
        assert isinstance(outcome, Waiting)
        assert outcome.until is not None
        waits.append(outcome.until - world.clock.now())
        world.clock.moment = outcome.until

    assert waits == sorted(waits)
    assert (waits[0], waits[1], waits[-1]) == (SHORTEST_WAIT, SHORTEST_WAIT * 2, LONGEST_WAIT)


@pytest.mark.parametrize(("asked", "waited"), [(900, 900), (5, 30), (10**15, 3600)])
def test_a_wait_that_the_other_side_asks_for_is_kept_within_bounds(
    world: World, key: OrderKey, *, asked: int, waited: int
) -> None:
    world.storefront.trouble.append(RetryableError("Slow down.", retry_after=asked))

    outcome = world.take(key)

    assert outcome == Waiting("Slow down.", world.clock.now() + timedelta(seconds=waited))
    assert timedelta(seconds=waited) <= LONGEST_ASKED_WAIT


def test_an_edited_order_waits_without_forgetting_that_sage_has_it(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    world.sage.will_raise("look_up", RetryableError("Off."))

    world.take(key)

    assert world.entry(key).created_at is not None
    assert world.entry(key).next_at is not None
    world.run_until_quiet()
    assert world.entry(key).state is State.CREATED
    assert world.wire.count("replace") == 1


def test_a_yes_that_sage_does_not_show_is_looked_at_again(world: World, key: OrderKey) -> None:
    def hide() -> None:
        world.sage.tables[Where.OPEN].clear()

    world.wire.after = lambda _n, name: hide() if name == "create" else None

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    assert world.entry(key).state is State.INTENT
    assert world.entry(key).next_at is not None


def test_a_sales_order_that_sage_said_yes_to_is_never_created_again(
    world: World, key: OrderKey
) -> None:
    def hide() -> None:
        world.sage.tables[Where.OPEN].clear()

    world.wire.after = lambda _n, name: hide() if name == "create" else None
    world.take(key)
    world.step_back()

    world.run_until_quiet()

    assert world.entry(key).state is State.PARKED
    assert world.wire.count("create") == 1


@pytest.mark.parametrize("flow", list(Flow))
def test_an_order_that_fails_for_a_day_while_others_get_through_is_for_a_person(
    world: World, key: OrderKey, *, flow: Flow
) -> None:
    world.notes.write(BREAKER, Breaker(flow, since=world.clock.now()).note)
    world.sage.will_raise("look_up", *[RetryableError("Off.")] * (WAITS_BEFORE_PARKING + 1))
    for _ in range(WAITS_BEFORE_PARKING):
        assert isinstance(world.take(key), Waiting)

    outcome = world.take(key)

    assert isinstance(outcome, Parked) == (flow is Flow.FREE)
    assert world.entry(key).next_at is not None
