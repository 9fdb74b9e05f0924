"""The port Storefront: one suite for the fake, the fault harness' shop, and BigCommerce's simulator."""

from collections.abc import Generator, Iterable
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.adapters.bigcommerce_shop import RunningShop
from tests.adapters.storefront_worlds import (
    EDITED_SHIPPING,
    FIRST,
    FakeStoreWorld,
    HarnessStoreWorld,
    StoreWorld,
    world_of_shop,
)
from tieout.domain.identity import OrderId
from tieout.domain.orders import Order, OrderStamp, Standing

SECOND = timedelta(seconds=1)
Pages = Iterable[tuple[OrderStamp, ...]]


@pytest.fixture(params=["fake", "harness", "bigcommerce"])
def world(request: pytest.FixtureRequest) -> Generator[StoreWorld]:
    """Each implementation of the port `Storefront` in turn."""
    if request.param != "bigcommerce":
        yield FakeStoreWorld() if request.param == "fake" else HarnessStoreWorld()
        return
    shop: RunningShop = request.getfixturevalue("shop")
    with world_of_shop(shop) as made:
        yield made


def read(world: StoreWorld, order_id: OrderId) -> Order:
    found = world.storefront.read_order(order_id)
    assert found is not None
    return found


def ids(pages: Pages) -> list[OrderId]:
    return [stamp.key.order_id for page in pages for stamp in page]


def sell(world: StoreWorld, count: int) -> list[OrderId]:
    return [world.sell() for _ in range(count)]


def test_an_order_that_nobody_placed_is_none(world: StoreWorld) -> None:
    world.sell()

    assert world.storefront.read_order(OrderId(FIRST + 1)) is None


def test_an_order_is_read_as_it_was_placed(world: StoreWorld) -> None:
    before = world.now()
    order_id = world.sell()

    found = read(world, order_id)

    assert (found.key.order_id, found.standing) == (order_id, Standing.IMPORTABLE)
    assert before - SECOND < found.placed_at <= found.modified_at <= world.now()
    assert found.lines
    assert found.totals.total > 0


def test_reading_changes_nothing(world: StoreWorld) -> None:
    order_id = world.sell()
    before = read(world, order_id)
    world.wait(5)

    assert read(world, order_id) == before


def test_an_edit_is_seen_with_its_time_and_changes_the_content(world: StoreWorld) -> None:
    order_id = world.sell()
    before = read(world, order_id)
    world.wait(5)

    world.edit(order_id)

    after = read(world, order_id)
    assert after.shipping.amount == Decimal(EDITED_SHIPPING)
    assert after.content_hash() != before.content_hash()
    assert after.placed_at == before.placed_at
    assert after.modified_at - before.modified_at >= 5 * SECOND


@pytest.mark.parametrize("stands", Standing)
def test_an_order_stands_where_it_was_set_and_its_content_stays(
    world: StoreWorld, stands: Standing
) -> None:
    order_id = world.sell()
    before = read(world, order_id)
    world.wait(5)

    world.set(order_id, stands)

    after = read(world, order_id)
    assert after.standing is stands
    assert after.content_hash() == before.content_hash()
    assert after.modified_at > before.modified_at


def test_two_edits_within_one_second_are_told_apart_by_the_content_alone(
    world: StoreWorld,
) -> None:
    order_id = world.sell()
    world.edit(order_id)
    first = read(world, order_id)

    world.set(order_id, Standing.CANCELLED)

    second = read(world, order_id)
    assert second.standing is not first.standing
    assert second.modified_at.microsecond == first.modified_at.microsecond == 0


def test_only_orders_changed_since_then_are_listed(world: StoreWorld) -> None:
    old = sell(world, 3)
    world.wait(60)
    since = world.now()
    new = world.sell()
    world.set(old[1], Standing.CANCELLED)

    assert ids(world.storefront.changed_since(since)) == [old[1], new]
    assert ids(world.storefront.changed_since(since + 2 * SECOND)) == []


def test_an_order_changed_in_the_very_second_is_listed(world: StoreWorld) -> None:
    order_id = world.sell()
    modified = read(world, order_id).modified_at

    assert ids(world.storefront.changed_since(modified)) == [order_id]


def test_stamps_say_when_each_order_changed(world: StoreWorld) -> None:
    first = world.sell()
    world.wait(5)
    second = world.sell()

    stamps = [s for page in world.storefront.orders_from(OrderId(0)) for s in page]

    assert {s.key.order_id: s.modified_at for s in stamps} == {
        order_id: read(world, order_id).modified_at for order_id in (first, second)
    }


@pytest.mark.parametrize("more", [-1, 0, 1])
def test_all_orders_come_once_in_pages_by_rising_id(world: StoreWorld, more: int) -> None:
    sold = sell(world, 2 * world.page + more)

    pages = list(world.storefront.orders_from(OrderId(0)))

    assert ids(pages) == sold
    assert all(0 < len(page) <= world.page for page in pages)


def test_a_list_begins_with_the_id_that_it_is_asked_from(world: StoreWorld) -> None:
    since = world.now() - SECOND
    sold = sell(world, world.page + 2)

    assert ids(world.storefront.orders_from(sold[2])) == sold[2:]
    assert ids(world.storefront.changed_since(since, from_id=sold[2])) == sold[2:]
    assert ids(world.storefront.orders_from(OrderId(sold[-1] + 1))) == []
    assert ids(world.storefront.changed_since(since, from_id=OrderId(sold[-1] + 1))) == []


def test_a_list_of_all_orders_has_old_and_finished_ones_too(world: StoreWorld) -> None:
    order_id = world.sell()
    world.set(order_id, Standing.CANCELLED)
    world.wait(400 * 24 * 3600)

    assert ids(world.storefront.orders_from(OrderId(0))) == [order_id]


def test_an_empty_shop_has_no_pages(world: StoreWorld) -> None:
    assert list(world.storefront.orders_from(OrderId(0))) == []
    assert list(world.storefront.changed_since(world.now() - SECOND)) == []
    assert world.storefront.first_since(world.now() - SECOND) is None


def test_no_order_is_skipped_while_others_change_between_the_pages(world: StoreWorld) -> None:
    """Pages by number would lose one for each that moves; a shop that is open moves all the time."""
    since = world.now() - SECOND
    sold = sell(world, 2 * world.page + 1)
    pages = iter(world.storefront.changed_since(since))

    seen = ids([next(pages)])
    world.wait(5)
    world.edit(sold[0])
    world.set(sold[1], Standing.CANCELLED)
    late = world.sell()
    for page in pages:
        seen += ids([page])
        world.wait(5)
        world.edit(sold[0])

    assert seen == [*sold, late]


def test_an_order_that_changes_before_its_page_comes_is_listed_with_its_new_time(
    world: StoreWorld,
) -> None:
    since = world.now() - SECOND
    sold = sell(world, world.page + 1)
    pages = iter(world.storefront.changed_since(since))

    next(pages)
    world.wait(5)
    world.edit(sold[-1])

    [stamp] = next(pages)
    assert (stamp.key.order_id, stamp.modified_at) == (sold[-1], read(world, sold[-1]).modified_at)


def test_the_first_order_since_then_is_the_lowest_of_those_placed(world: StoreWorld) -> None:
    old = sell(world, 2)
    world.wait(60)
    since = world.now()
    new = sell(world, 2)
    world.edit(old[0])

    assert world.storefront.first_since(since) == new[0]
    assert world.storefront.first_since(since - timedelta(hours=1)) == old[0]
    assert world.storefront.first_since(since + timedelta(hours=1)) is None
