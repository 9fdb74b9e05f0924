"""When a recount is begun, cut off, gone on with and begun anew, and what a thorough one looks at."""

from datetime import timedelta

import pytest

from tests.unit.recounting import Recounter, lose, sell
from tests.unit.world import World
from tieout.domain.identity import OrderKey
from tieout.domain.ledger import State
from tieout.errors import RetryableError
from tieout.flows.recount import AT_ONCE, ONCE_A_NIGHT


def test_a_recount_whose_time_is_up_does_a_page_and_goes_on_with_the_next_run(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    assert keys
    for number in ("W000001", "W000004", "W000007"):
        lose(world, number)
    started = world.clock.now()

    first = recounter.count(time_left=timedelta(0))
    runs = [recounter.count(None, time_left=timedelta(0)) for _ in range(4)]

    assert first
    assert (first.compared, first.missing, first.ended) == (2, 1, None)
    last = runs[-1]
    assert last
    assert (last.started, last.compared, last.missing) == (started, 7, 3)
    assert last.ended
    assert recounter.count(None) is None


def test_a_recount_that_breaks_off_goes_on_after_the_last_page_that_it_dealt_with(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    assert keys
    lose(world, "W000007")
    recounter.count(time_left=timedelta(0))
    recounter.door.trouble = RetryableError("The Sage agent could not be reached.")
    with pytest.raises(RetryableError):
        recounter.count(ONCE_A_NIGHT)
    recounter.door.trouble = None

    tally = recounter.count(ONCE_A_NIGHT)

    assert tally
    assert (tally.compared, tally.missing) == (7, 1)


@pytest.mark.usefixtures("keys")
def test_a_night_has_one_recount_and_the_operator_may_begin_another(
    world: World, recounter: Recounter
) -> None:
    first = recounter.count(ONCE_A_NIGHT)
    world.clock.advance(timedelta(hours=1))

    assert first
    assert recounter.count(ONCE_A_NIGHT) is None
    assert recounter.count(None) is None
    assert recounter.count(AT_ONCE)
    world.clock.advance(ONCE_A_NIGHT)
    assert recounter.count(ONCE_A_NIGHT)


@pytest.mark.usefixtures("keys")
def test_the_operators_recount_does_not_go_on_with_one_from_before_the_restore(
    world: World, recounter: Recounter
) -> None:
    recounter.count(time_left=timedelta(0))
    lose(world, "W000001")

    assert recounter.found() == (1, 0, 0)


def test_a_thorough_recount_looks_up_every_order_that_sage_ever_held(
    world: World, recounter: Recounter
) -> None:
    looked_up = world.wire.count("look_up")
    sold = sell(world, 50, 51)
    for key in sold:
        world.take(key)
    world.sage.correct("W000050", FreightAmt="1.00")
    world.clock.advance(timedelta(minutes=20))

    recounter.count(ONCE_A_NIGHT)
    world.run_until_quiet()
    at_first = world.entry(sold[0]).state
    recounter.count(AT_ONCE, thorough=True)
    world.run_until_quiet()

    assert looked_up < world.wire.count("look_up")
    assert at_first is State.CREATED
    assert world.entry(sold[0]).state is State.PARKED
    assert world.entry(sold[1]).state is State.CREATED


def test_a_thorough_recount_does_not_end_before_it_has_doubted_what_a_worker_held(
    world: World, recounter: Recounter
) -> None:
    (key,) = sell(world, 60)
    world.take(key)
    claim = world.ledger.claim(key, owner="worker")
    assert claim is not None

    first = recounter.count(AT_ONCE, thorough=True)
    world.ledger.release(claim, claim.entry)
    second = recounter.count(None)

    assert first is not None
    assert (first.ended, first.busy) == (None, "60")
    assert second is not None
    assert second.ended is not None
    assert world.entry(key).checked_at is None
