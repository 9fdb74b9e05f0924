"""The sweep over ids: whatever has no record gets one, and no id is passed before it had its time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import STORE, key_of, order
from tests.unit.ports import FakeNotes
from tests.unit.sweeping import PLENTY, round_of
from tests.unit.world import World
from tieout.adapters.bigcommerce import MOST_LIST_PAGES
from tieout.domain.identity import OrderId, OrderKey
from tieout.domain.ledger import State
from tieout.domain.sweeps import GapMark
from tieout.errors import RetryableError
from tieout.flows.sweep_gaps import MOST_PAGES, OVERLAP, STILL_NEW, Gaps, sweep_gaps

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)


class Sweeper:
    """The poll function's part: one sweep after another over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.notes = FakeNotes()

    def sweep(self, *, time_left: timedelta = PLENTY, first: int = 0) -> Gaps:
        round_ = round_of(
            self.world, notes=self.notes, time_left=time_left, first_order_id=OrderId(first)
        )
        return sweep_gaps(round_)

    @property
    def mark(self) -> GapMark:
        found = GapMark.of(self.notes.read("gaps#main"))
        assert found
        return found


@pytest.fixture
def sweeper(world: World) -> Sweeper:
    return Sweeper(world)


def place(world: World, *order_ids: int, before: timedelta = STILL_NEW) -> list[OrderKey]:
    """Orders placed so long ago that somebody should have heard of them, or longer."""
    keys: list[OrderKey] = []
    for order_id in order_ids:
        keys.append(world.storefront.put(order(order_id)))
        sold = world.storefront.orders[OrderId(order_id)]
        at = world.clock.now() - before
        world.storefront.orders[sold.key.order_id] = replace(sold, placed_at=at, modified_at=at)
    return keys


def due(world: World) -> set[OrderKey]:
    return set(world.ledger.due(STORE, now=world.clock.now(), limit=1000))


def test_orders_without_a_record_get_one_that_is_due_at_once(
    world: World, sweeper: Sweeper
) -> None:
    first, known, third = place(world, 1, 2, 3)
    world.take(known)
    before = world.entry(known)

    assert sweeper.sweep() == Gaps(found=2)
    assert due(world) == {first, third}
    assert world.entry(first).state is State.SEEN
    assert world.entry(known) == before


def test_an_order_that_was_placed_a_moment_ago_is_due_and_no_gap(
    world: World, sweeper: Sweeper
) -> None:
    (new,) = place(world, 1, before=STILL_NEW - SECOND)

    assert sweeper.sweep() == Gaps(found=0)
    assert due(world) == {new}


def test_what_was_found_once_is_not_found_again(world: World, sweeper: Sweeper) -> None:
    place(world, 1, 2, 3)
    sweeper.sweep()

    assert sweeper.sweep() == Gaps(found=0)


def test_the_first_sweep_takes_no_order_that_was_placed_before_the_last_day(
    world: World, sweeper: Sweeper
) -> None:
    place(world, 1, 2, before=timedelta(hours=25))
    (new,) = place(world, 3)

    sweeper.sweep()

    assert due(world) == {new}


def test_the_first_sweep_begins_where_the_settings_say_that_orders_are_ours(
    world: World, sweeper: Sweeper
) -> None:
    place(world, 1, 2, 3, before=timedelta(days=30))

    sweeper.sweep(first=2)

    assert due(world) == {key_of(2), key_of(3)}


def test_a_shop_that_sold_nothing_for_a_day_has_no_mark_yet(world: World, sweeper: Sweeper) -> None:
    place(world, 1, before=timedelta(hours=25))
    idle = sweeper.sweep()
    noted = sweeper.notes.read("gaps_idle#main")
    (new,) = place(world, 2)

    sweeper.sweep()

    assert idle == Gaps(found=0)
    assert noted == {"at": world.clock.now().isoformat()}
    assert due(world) == {new}


def test_an_id_that_appears_late_is_found_for_a_whole_day(world: World, sweeper: Sweeper) -> None:
    place(world, 1, 5)
    sweeper.sweep()
    for n in range(1, 31):
        world.clock.advance(HOUR)
        place(world, 10 * n)
        sweeper.sweep()
    place(world, 75, 295)  # beside what was placed a day and an hour ago

    assert sweeper.sweep().found == 2


def test_an_id_is_passed_for_good_once_a_day_has_gone_by(world: World, sweeper: Sweeper) -> None:
    place(world, 1, 5)
    sweeper.sweep()
    floors: list[int] = []
    for _ in range(3):
        world.clock.advance(OVERLAP)
        place(world, 7 + len(floors))
        sweeper.sweep()
        floors.append(sweeper.mark.floor)
    place(world, 2, 6)

    assert floors == [1, 8, 9]
    assert sweeper.sweep().found == 0


def test_a_sweep_whose_time_is_up_does_a_page_and_goes_on_with_the_next_run(
    world: World, sweeper: Sweeper
) -> None:
    place(world, 1, 2, 3, 4, 5)

    runs = [sweeper.sweep(time_left=timedelta(0)) for _ in range(4)]

    assert [(run.found, run.complete) for run in runs] == [
        (2, False), (2, False), (1, False), (0, True),
    ]  # fmt: skip
    assert sweeper.mark.next_id is None
    assert sweeper.mark.floor == 1


def test_a_sweep_that_breaks_off_goes_on_after_the_last_page_that_it_dealt_with(
    world: World, sweeper: Sweeper
) -> None:
    place(world, 1, 2, 3, 4, 5)
    world.storefront.pages_until_break = 2
    with pytest.raises(RetryableError):
        sweeper.sweep()
    world.storefront.pages_until_break = None

    assert sweeper.sweep().found == 1
    assert len(due(world)) == 5


def test_no_run_takes_more_pages_than_the_shops_list_has_in_one_go(
    world: World, sweeper: Sweeper
) -> None:
    world.storefront.page_size = 1
    place(world, *range(1, MOST_PAGES + 3))

    first, second = sweeper.sweep(), sweeper.sweep()

    assert (first.found, first.complete) == (MOST_PAGES, False)
    assert (second.found, second.complete) == (2, True)
    assert MOST_PAGES < MOST_LIST_PAGES


def test_after_the_loss_of_the_whole_ledger_every_order_of_ours_is_made_due_again(
    world: World, sweeper: Sweeper
) -> None:
    keys = place(world, *range(1, 8), before=timedelta(days=3))
    for key in keys:
        world.take(key)
    world.ledger.records.clear()

    sweeper.sweep(first=1)
    world.run_until_quiet()

    assert {world.entry(key).state for key in keys} == {State.CREATED}
    assert len(world.sage.written) == len(keys)


def test_two_sweeps_at_once_leave_no_order_out(world: World, sweeper: Sweeper) -> None:
    keys = place(world, *range(1, 8))

    def overtake() -> None:
        sweeper.sweep(time_left=timedelta(0))

    world.step_in(len(world.wire.names) + 6, overtake)
    sweeper.sweep()

    assert due(world) == set(keys)
    assert sweeper.mark.floor == 1
