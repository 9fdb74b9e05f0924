"""The recount of storefront, ledger and Sage: what does not agree is looked at, and what agrees is not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import key_of, order
from tests.unit.recounting import DAYS, Recounter, lose, sell
from tests.unit.world import World
from tieout.domain.identity import OrderKey
from tieout.domain.ledger import LEASE, State
from tieout.domain.orders import Standing
from tieout.domain.sales_orders import Where
from tieout.domain.sweeps import Tally
from tieout.flows.recount import JUST_NOW, LOOK_UP_AFTER

DAY = timedelta(days=1)


@pytest.mark.usefixtures("keys")
def test_books_that_agree_are_left_alone(world: World, recounter: Recounter) -> None:
    before = world.entries()

    tally = recounter.count()

    assert tally
    assert (tally.compared, tally.missing, tally.extra, tally.doubled) == (7, 0, 0, 0)
    assert world.entries() == before


@pytest.mark.usefixtures("keys")
def test_an_order_that_was_finished_is_found_in_the_history(
    world: World, recounter: Recounter
) -> None:
    world.sage.move("W000003", Where.HISTORY)

    assert recounter.found() == (0, 0, 0)


def test_an_order_that_sage_lost_is_looked_up_again_and_parked(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    lose(world, "W000003")
    world.clock.advance(-timedelta(hours=1))  # within the time in which Sage is not asked again
    found = recounter.found()
    due = recounter.due()
    world.run_until_quiet()

    assert found == (1, 0, 0)
    assert due == {keys[2]}
    assert world.entry(keys[2]).state is State.PARKED
    assert {world.entry(key).state for key in keys[3:]} == {State.CREATED}


def test_an_order_that_a_person_deleted_counts_as_missing(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    world.sage.strike("W000003")

    assert recounter.found() == (1, 0, 0)
    assert recounter.due() == {keys[2]}


def test_an_order_whose_marker_was_overwritten_in_sage_counts_as_missing(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    world.sage.correct("W000003", CustomerPONo="something else")

    assert recounter.found() == (1, 0, 0)
    assert recounter.due() == {keys[2]}


def test_an_order_that_was_created_a_moment_ago_may_be_missing_from_the_list(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    assert keys
    (new,) = sell(world, 8)
    world.clock.moment -= timedelta(hours=2)
    lose(world, "W000008")

    early = recounter.found()
    world.clock.advance(JUST_NOW)
    late = recounter.found()

    assert (early, late) == ((0, 0, 0), (1, 0, 0))
    assert world.entry(new).checked_at is None


@pytest.mark.usefixtures("keys")
def test_a_missing_order_that_a_worker_holds_is_left_to_the_next_recount(
    world: World, recounter: Recounter
) -> None:
    lose(world, "W000003")
    world.ledger.claim(key_of(3), owner="at it")
    held = world.entry(key_of(3))
    recounter.count()
    during = world.entry(key_of(3))
    world.clock.advance(LEASE * 2)

    recounter.count()

    assert during == held
    assert world.entry(key_of(3)).checked_at is None


def test_a_sales_order_of_ours_that_the_ledger_does_not_know_is_made_due(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    del world.ledger.records[keys[4]]

    found = recounter.found()
    due = recounter.due()
    world.run_until_quiet()

    assert (found, due) == ((0, 1, 0), {keys[4]})
    assert world.entry(keys[4]).state is State.CREATED


def test_a_sales_order_of_an_order_that_the_shop_no_longer_lists_is_made_due(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    del world.storefront.orders[keys[-1].order_id]
    del world.ledger.records[keys[-1]]

    assert recounter.found() == (0, 1, 0)
    assert recounter.due() == {keys[-1]}


def test_a_ledger_restored_to_before_the_order_was_created_is_told_that_sage_has_it(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    record = world.ledger.records[keys[1]]
    record.entry = replace(
        record.entry, state=State.WAIT_STATUS, created_at=None, not_after=None, checked_at=None
    )

    found = recounter.found()
    world.run_until_quiet()

    assert found == (0, 1, 0)
    assert world.entry(keys[1]).state is State.CREATED


def test_an_order_that_is_being_created_is_not_extra(world: World, recounter: Recounter) -> None:
    (key,) = sell(world, 1)
    record = world.ledger.records[key]
    record.entry = replace(
        record.entry, state=State.INTENT, created_at=None, next_at=world.clock.now() + LEASE
    )

    assert recounter.found() == (0, 0, 0)


def test_a_number_of_ours_that_a_person_used_for_another_sale_is_not_extra(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    assert keys
    world.sage.enter("W000009", CustomerPONo="")
    world.sage.enter("W000010", CustomerPONo="W-10-zz")  # another deployment's marker
    world.sage.enter("WHOLE01", CustomerPONo="W-ten-x7")

    assert recounter.found() == (0, 0, 0)


def test_an_order_in_a_company_that_the_store_no_longer_has_can_not_be_counted(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    record = world.ledger.records[keys[0]]
    record.entry = replace(record.entry, company="OLD")
    lose(world, "W000001")

    assert recounter.found() == (0, 0, 0)


def test_a_second_sales_order_of_one_web_order_is_looked_at_and_parked(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    world.sage.enter("W000900", CustomerPONo="W-2-x7")

    found = recounter.found()
    due = recounter.due()
    world.run_until_quiet()

    assert (found, due) == ((0, 0, 1), {keys[1]})
    assert world.entry(keys[1]).state is State.PARKED


def test_a_second_sales_order_in_another_company_is_found_as_well(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    assert world
    recounter.other.enter("W000002", CustomerPONo="W-2-x7")

    assert recounter.found() == (0, 0, 1)
    assert recounter.due() == {keys[1]}


def test_an_order_entered_by_hand_under_another_number_is_looked_up_once_a_day(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    number = world.sage.tables[Where.OPEN]
    found = number.pop(world.desk.numbering.sales_order_no(keys[0].order_id))
    by_hand = replace(found, number=type(found.number)("0012345"))
    number[by_hand.number] = by_hand
    record = world.ledger.records[keys[0]]
    record.entry = replace(record.entry, sales_order_no=by_hand.number)

    today = (recounter.found(), recounter.due())
    world.clock.advance(LOOK_UP_AFTER)
    tomorrow = (recounter.found(), recounter.due())

    assert today == ((0, 0, 0), set())
    assert tomorrow == ((0, 0, 0), {keys[0]})


def test_orders_without_a_sales_order_are_not_missing(world: World, recounter: Recounter) -> None:
    world.storefront.put(replace(order(1), standing=Standing.CANCELLED))
    world.take(key_of(1))
    world.storefront.put(order(2))
    world.clock.advance(DAY)

    assert recounter.found() == (0, 0, 0)


def test_only_the_window_is_counted(world: World, recounter: Recounter) -> None:
    sell(world, 1, 2)
    world.clock.advance(timedelta(days=DAYS))
    sell(world, 3)
    lose(world, "W000002")

    tally = recounter.count()

    assert tally
    assert (tally.compared, tally.missing) == (1, 0)
    assert "ABC W W000002" in recounter.door.asked


def test_orders_from_before_tieout_came_are_not_ours(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    assert keys
    lose(world, "W000001")
    world.sage.enter("W000900", CustomerPONo="W-2-x7")

    assert recounter.found(first=3) == (0, 0, 0)


def test_a_shop_that_sold_nothing_in_the_window_has_nothing_to_count_and_is_not_forgotten(
    world: World, recounter: Recounter
) -> None:
    assert recounter.count() is None

    noted = Tally.of(recounter.notes.read("recount#main"))
    assert noted
    assert (noted.ended, noted.compared) == (world.clock.now(), 0)


def test_ids_beyond_a_million_are_counted_under_the_second_letter(
    world: World, recounter: Recounter
) -> None:
    keys = sell(world, 999_998, 999_999, 1_000_000, 1_000_001, 1_000_002)
    for key in keys[1:4:2]:
        del world.sage.tables[Where.OPEN][world.desk.numbering.sales_order_no(key.order_id)]

    assert recounter.found() == (2, 0, 0)
    assert recounter.due() == {keys[1], keys[3]}
    again = recounter.found(first=1_000_001)
    assert again == (1, 0, 0)
