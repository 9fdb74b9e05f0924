"""The scan for orders whose webhook never came: complete, repeatable, and no order left out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import STORE, key_of, order, standing
from tests.unit.ports import FakeNotes, FakeWakeups, FakeWatermarks
from tests.unit.sweeping import PLENTY, round_of
from tests.unit.world import World
from tieout.adapters.bigcommerce import MOST_LIST_PAGES
from tieout.domain.identity import OrderKey
from tieout.domain.orders import OrderStamp, Standing
from tieout.errors import RejectedError, RetryableError
from tieout.flows.backfill import (
    FIRST_LOOK_BACK,
    MOST_PAGES,
    OVERLAP,
    SCAN,
    SURE_AFTER,
    Scan,
    backfill,
)
from tieout.flows.pace import TARGET_DEPTH

SECOND = timedelta(seconds=1)


class Scanner:
    """The poll function's part: one scan after another over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.wakeups = FakeWakeups()
        self.marks = FakeWatermarks()
        self.notes = FakeNotes()

    def scan(self, *, time_left: timedelta = PLENTY) -> Scan:
        return backfill(
            round_of(
                self.world,
                wakeups=self.wakeups,
                watermarks=self.marks,
                notes=self.notes,
                time_left=time_left,
            )
        )

    def queued(self) -> list[OrderKey]:
        """What one more scan queues."""
        self.wakeups.queued.clear()
        self.scan()
        return self.wakeups.queued


@pytest.fixture
def scanner(world: World) -> Scanner:
    return Scanner(world)


def test_what_finds_no_room_in_the_queue_is_due_in_the_ledger_instead(
    world: World, scanner: Scanner
) -> None:
    known, new = (world.storefront.put(order(n)) for n in (1, 2))
    world.clock.advance(SURE_AFTER + SECOND)
    world.take(known)
    world.storefront.put(order(1))
    scanner.wakeups.before = TARGET_DEPTH

    found = scanner.scan()
    again = scanner.scan()

    assert scanner.wakeups.queued == []
    assert world.ledger.due(STORE, now=world.clock.now(), limit=9) == (known, new)
    assert (found.queued, found.complete) == (2, True)
    assert again.queued == 0
    assert scanner.marks.read(STORE, SCAN) == world.clock.now()


def test_every_unseen_order_is_queued_page_after_page(world: World, scanner: Scanner) -> None:
    keys = [world.storefront.put(order(n)) for n in (7, 3, 5, 4, 9)]

    found = scanner.scan()

    assert found.queued == len(keys)
    assert scanner.wakeups.queued == sorted(keys, key=lambda key: key.order_id)


def test_an_order_whose_date_can_not_be_read_is_queued_with_every_scan(
    world: World, scanner: Scanner
) -> None:
    key = world.storefront.put(order())
    world.take(key)
    world.clock.advance(SURE_AFTER * 2)
    page = [(OrderStamp(key, None),)]
    world.storefront.changed_since = lambda since, *, from_id=0: iter(page)  # noqa: ARG005 - the port's own name

    assert scanner.queued() == [key]
    assert scanner.queued() == [key]


def test_the_first_scan_looks_back_a_day_and_says_how_far_it_was_behind(
    world: World, scanner: Scanner
) -> None:
    world.storefront.put(order(1))
    world.clock.advance(FIRST_LOOK_BACK + OVERLAP + SECOND)
    world.storefront.put(order(2))
    world.clock.advance(timedelta(hours=1))

    assert scanner.scan() == Scan(queued=1, behind=FIRST_LOOK_BACK)
    assert scanner.wakeups.queued == [key_of(2)]


def test_the_mark_moves_to_the_start_of_the_scan_and_only_at_its_end(
    world: World, scanner: Scanner
) -> None:
    for n in range(5):
        world.storefront.put(order(n))
    started = world.clock.now()
    marks: list[object] = []
    world.wire.before = lambda _n, _name: (
        world.clock.advance(SECOND),
        marks.append(scanner.marks.read(STORE, SCAN)),
    )[0]

    scanner.scan()

    assert set(marks) == {None}
    assert scanner.marks.read(STORE, SCAN) == started


def test_a_scan_that_breaks_off_goes_on_after_the_last_page_that_was_queued(
    world: World, scanner: Scanner
) -> None:
    for n in range(5):
        world.storefront.put(order(n))
    started = world.clock.now()
    world.storefront.pages_until_break = 2
    with pytest.raises(RetryableError):
        scanner.scan()
    world.storefront.pages_until_break = None
    world.clock.advance(FIRST_LOOK_BACK * 2)

    assert scanner.marks.read(STORE, SCAN) is None
    assert [key.order_id for key in scanner.queued()] == [4]
    assert scanner.marks.read(STORE, SCAN) == started


def test_a_scan_whose_time_is_up_does_one_page_and_goes_on_with_the_next_run(
    world: World, scanner: Scanner
) -> None:
    keys = [world.storefront.put(order(n)) for n in range(5)]
    started = world.clock.now()

    runs = [scanner.scan(time_left=timedelta(0)) for _ in range(4)]

    assert [(run.queued, run.complete) for run in runs] == [
        (2, False), (2, False), (1, False), (0, True),
    ]  # fmt: skip
    assert scanner.wakeups.queued == keys
    assert scanner.marks.read(STORE, SCAN) == started


def test_no_run_takes_more_pages_than_the_shops_list_has_in_one_go(
    world: World, scanner: Scanner
) -> None:
    world.storefront.page_size = 1
    for n in range(MOST_PAGES + 2):
        world.storefront.put(order(n))

    first, second = scanner.scan(), scanner.scan()

    assert (first.queued, first.complete) == (MOST_PAGES, False)
    assert (second.queued, second.complete) == (2, True)
    assert MOST_PAGES < MOST_LIST_PAGES


def test_what_changes_behind_a_scan_under_way_is_found_by_the_next(
    world: World, scanner: Scanner
) -> None:
    keys = [world.storefront.put(order(n)) for n in range(4)]
    world.clock.advance(OVERLAP + SECOND)
    scanner.scan(time_left=timedelta(0))
    world.clock.advance(timedelta(hours=3))
    world.storefront.put(order(keys[0].order_id))
    scanner.scan()

    assert scanner.queued() == [keys[0]]


def test_a_scan_that_was_cut_off_says_how_far_behind_it_is(world: World, scanner: Scanner) -> None:
    for n in range(3):
        world.storefront.put(order(n))
    scanner.marks.advance(STORE, SCAN, world.clock.now() - timedelta(minutes=5))
    scanner.scan(time_left=timedelta(0))
    world.clock.advance(timedelta(minutes=5))

    assert scanner.scan().behind == timedelta(minutes=10)


def test_a_cursor_of_a_scan_that_another_run_finished_is_not_gone_on_with(
    world: World, scanner: Scanner
) -> None:
    for n in range(4):
        world.storefront.put(order(n))
    scanner.scan(time_left=timedelta(0))
    left = scanner.notes.read("backfill#main")
    scanner.scan()
    scanner.notes.write("backfill#main", left)  # the slower of two runs writes last
    world.clock.advance(timedelta(minutes=5))
    started = world.clock.now()

    assert [key.order_id for key in scanner.queued()] == [0, 1, 2, 3]
    assert scanner.marks.read(STORE, SCAN) == started


def test_two_scans_at_once_leave_no_order_out_and_no_mark_too_far(
    world: World, scanner: Scanner
) -> None:
    keys = [world.storefront.put(order(n)) for n in range(6)]
    started = world.clock.now()

    def overtake() -> None:
        scanner.scan(time_left=timedelta(0))

    world.step_in(3, overtake)

    scanner.scan()

    assert set(scanner.wakeups.queued) == set(keys)
    assert scanner.marks.read(STORE, SCAN) == started


@pytest.mark.parametrize(
    "note",
    [{"started": "x", "since": "x", "next_id": "x"}, {"next_id": "3"}, {"unheard": "of"},
     {"started": "2026-03-02T15:00:00", "since": "2026-03-02T15:00:00", "next_id": "3"}],
)  # fmt: skip
def test_a_cursor_that_can_not_be_read_costs_a_scan_from_the_start(
    world: World, scanner: Scanner, note: dict[str, str]
) -> None:
    key = world.storefront.put(order())
    scanner.notes.write("backfill#main", note)

    assert scanner.queued() == [key]


def test_a_broken_queue_keeps_the_mark_where_it_was(world: World, scanner: Scanner) -> None:
    world.storefront.put(order())
    scanner.wakeups.broken = True

    with pytest.raises(RetryableError):
        scanner.scan()

    assert scanner.marks.read(STORE, SCAN) is None


def test_a_page_that_the_queue_did_not_take_is_queued_by_the_next_run(
    world: World, scanner: Scanner
) -> None:
    keys = [world.storefront.put(order(n)) for n in range(4)]
    scanner.scan(time_left=timedelta(0))
    scanner.wakeups.broken = True
    with pytest.raises(RetryableError):
        scanner.scan()
    scanner.wakeups.broken = False

    assert scanner.queued() == keys[2:]


def test_an_older_scan_that_ends_later_does_not_move_the_mark_back(
    world: World, scanner: Scanner
) -> None:
    world.storefront.put(order())

    def overtake() -> None:
        world.clock.advance(timedelta(minutes=3))
        scanner.scan()

    world.step_in(1, overtake)
    scanner.scan()

    assert scanner.marks.read(STORE, SCAN) == world.clock.now()


def test_a_list_that_lags_is_caught_by_the_overlap(world: World, scanner: Scanner) -> None:
    key = world.storefront.put(order())
    lagging = world.storefront.orders.pop(key.order_id)
    world.clock.advance(timedelta(minutes=1))
    scanner.scan()
    world.storefront.orders[key.order_id] = lagging
    world.clock.advance(OVERLAP)

    assert scanner.queued() == [key]


def test_an_order_that_was_read_long_enough_after_its_change_is_not_queued_again(
    world: World, scanner: Scanner, key: OrderKey
) -> None:
    world.clock.advance(SURE_AFTER + SECOND)
    world.take(key)

    assert scanner.queued() == []


def test_an_order_that_was_read_within_moments_of_its_change_is_read_once_more(
    world: World, scanner: Scanner, key: OrderKey
) -> None:
    world.take(key)
    world.clock.advance(SURE_AFTER + SECOND)

    first = list(scanner.queued())
    world.take(key)

    assert first == [key]
    assert scanner.queued() == []


def test_a_second_change_within_the_same_second_is_not_overlooked(
    world: World, scanner: Scanner, key: OrderKey
) -> None:
    world.take(key)
    changed = replace(order(), status_name="Second change")
    world.storefront.orders[key.order_id] = replace(changed, modified_at=world.clock.now())
    world.clock.advance(SURE_AFTER + SECOND)

    assert scanner.queued() == [key]


def test_a_change_after_the_import_is_queued(world: World, scanner: Scanner, key: OrderKey) -> None:
    world.clock.advance(SURE_AFTER * 2)
    world.take(key)
    world.edit()

    assert scanner.queued() == [key]


@pytest.mark.parametrize("stands", [Standing.NOT_YET, Standing.CANCELLED, Standing.FINISHED])
def test_an_order_that_settled_without_sage_is_not_queued_again_until_it_changes(
    world: World, scanner: Scanner, stands: Standing
) -> None:
    key = world.storefront.put(standing(order(), stands))
    world.clock.advance(SURE_AFTER + SECOND)
    world.take(key)

    before = list(scanner.queued())
    world.edit()

    assert before == []
    assert scanner.queued() == [key]


def test_an_order_that_waits_for_sage_is_left_to_the_sweep_for_due_work_until_it_changes(
    world: World, scanner: Scanner, key: OrderKey
) -> None:
    world.sage.will_raise("look_up", RetryableError("Off."))
    world.take(key)

    before = list(scanner.queued())
    world.clock.advance(SECOND)
    world.storefront.put(order())

    assert world.entry(key).next_at is not None
    assert before == []
    assert scanner.queued() == [key]


def test_an_order_that_is_due_already_is_read_anew_by_whoever_takes_it(
    world: World, scanner: Scanner, key: OrderKey
) -> None:
    world.sage.will_raise("look_up", RetryableError("Off."))
    world.take(key)
    world.edit()

    assert world.ledger.due(STORE, now=world.clock.now(), limit=9) == (key,)
    assert scanner.queued() == []


def test_an_order_that_could_never_be_read_is_queued_again(
    world: World, scanner: Scanner, key: OrderKey
) -> None:
    world.storefront.trouble.append(RejectedError("No number.", next_action="Look."))
    world.take(key)

    assert scanner.queued() == [key]


def test_orders_lost_to_every_webhook_arrive_all_the_same(world: World, scanner: Scanner) -> None:
    for n in range(12):
        world.storefront.put(order(n))
    scanner.scan()

    for key in scanner.wakeups.queued:
        world.take(key)

    assert len(world.sage.written) == 12
