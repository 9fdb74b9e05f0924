"""The scan for orders whose webhook never came: complete, repeatable, and no order left out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import STORE, key_of, order, standing
from tests.unit.ports import FakeWakeups, FakeWatermarks
from tests.unit.world import World
from tieout.domain.identity import OrderKey
from tieout.domain.orders import OrderStamp, Standing
from tieout.errors import RejectedError, RetryableError
from tieout.flows.backfill import FIRST_LOOK_BACK, OVERLAP, SCAN, SURE_AFTER, Scan, backfill

SECOND = timedelta(seconds=1)


class Scanner:
    """The poll function's part: one scan after another over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.wakeups = FakeWakeups()
        self.marks = FakeWatermarks()

    def scan(self) -> Scan:
        return backfill(
            STORE,
            storefront=self.world.storefront,
            ledger=self.world.ledger,
            wakeups=self.wakeups,
            watermarks=self.marks,
            clock=self.world.clock,
        )

    def queued(self) -> list[OrderKey]:
        """What one more scan queues."""
        self.wakeups.queued.clear()
        self.scan()
        return self.wakeups.queued


@pytest.fixture
def scanner(world: World) -> Scanner:
    return Scanner(world)


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
    world.storefront.changed_since = lambda since: iter(page)  # noqa: ARG005 - the port's own name

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


def test_a_scan_that_breaks_off_is_repeated_from_the_same_mark(
    world: World, scanner: Scanner
) -> None:
    for n in range(5):
        world.storefront.put(order(n))
    world.storefront.pages_until_break = 2
    with pytest.raises(RetryableError):
        scanner.scan()
    world.storefront.pages_until_break = None
    world.clock.advance(FIRST_LOOK_BACK)

    assert scanner.marks.read(STORE, SCAN) is None
    assert [key.order_id for key in scanner.queued()] == [0, 1, 2, 3, 4]


def test_a_broken_queue_keeps_the_mark_where_it_was(world: World, scanner: Scanner) -> None:
    world.storefront.put(order())
    scanner.wakeups.broken = True

    with pytest.raises(RetryableError):
        scanner.scan()

    assert scanner.marks.read(STORE, SCAN) is None


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


def test_an_order_that_waits_for_sage_is_queued_again(
    world: World, scanner: Scanner, key: OrderKey
) -> None:
    world.clock.advance(SURE_AFTER + SECOND)
    world.sage.will_raise("look_up", RetryableError("Off."))
    world.take(key)

    assert scanner.queued() == [key]


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
