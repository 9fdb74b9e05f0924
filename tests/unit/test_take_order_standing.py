"""What the shop says of an order, at any moment of its import: cancelled, finished, gone."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import order, standing
from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.identity import OrderId, OrderKey
from tieout.domain.ledger import State
from tieout.domain.orders import Standing
from tieout.domain.outcomes import AlreadyTaken, Parked, Skipped, Taken, Updated, Waiting
from tieout.domain.sales_orders import Where
from tieout.flows.leave_record import LONGEST_WAIT, SHORTEST_WAIT
from tieout.flows.take_order import VANISHED_AFTER

NUMBER = "W000250"


@pytest.mark.parametrize("stands", [Standing.CANCELLED, Standing.RETIRED])
def test_an_order_cancelled_before_it_reached_sage_is_skipped(
    world: World, key: OrderKey, stands: Standing
) -> None:
    world.storefront.put(standing(order(), stands))

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.entry(key).state is State.SKIPPED
    assert world.wire.names == ["claim", "read_order", "look_up", "release"]


@pytest.mark.parametrize("stands", [Standing.CANCELLED, Standing.RETIRED, Standing.FINISHED])
def test_an_order_that_ended_in_the_shop_is_looked_for_in_sage_when_the_ledger_has_lost_it(
    world: World, key: OrderKey, stands: Standing
) -> None:
    world.take(key)
    world.ledger.records.clear()
    world.storefront.put(standing(order(), stands))

    world.take(key)

    entry = world.entry(key)
    assert entry.sales_order_no == NUMBER
    assert (entry.state is State.CREATED) == (stands is not Standing.CANCELLED)
    assert world.found(NUMBER).held_by_us == (stands is Standing.CANCELLED)


def test_an_order_that_ended_without_a_company_for_it_is_skipped(
    world: World, key: OrderKey
) -> None:
    ended = replace(standing(order(), Standing.CANCELLED), currency="EUR")
    world.storefront.put(ended)

    assert isinstance(world.take(key), Skipped)


def test_what_a_clerk_entered_stays_when_the_shop_refunds_the_order(
    world: World, key: OrderKey
) -> None:
    world.sage.enter("0001234", CustomerPONo="W-250-x7", FreightAmt="68.00")
    world.storefront.put(standing(order(), Standing.RETIRED))

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert "stays as it is" in outcome.reason


def test_a_cancelled_order_that_is_revived_is_created(world: World, key: OrderKey) -> None:
    world.storefront.put(standing(order(), Standing.CANCELLED))
    world.take(key)
    world.storefront.put(order())

    outcome = world.take(key)

    assert isinstance(outcome, Taken)


def test_a_cancelled_order_whose_deletion_left_no_history_is_skipped(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.tables[Where.OPEN].clear()
    world.storefront.put(standing(order(), Standing.CANCELLED))

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)


def test_an_order_cancelled_while_its_create_is_under_way_is_looked_for_first(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.storefront.put(standing(order(), Standing.CANCELLED))

    waiting = world.take(key)
    world.run_until_quiet()

    assert isinstance(waiting, Waiting)
    assert world.entry(key).state is State.SKIPPED
    assert world.found(NUMBER).held_by_us


def test_an_order_cancelled_after_a_create_that_never_arrived_is_skipped(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.storefront.put(standing(order(), Standing.CANCELLED))

    world.run_until_quiet()

    assert world.entry(key).state is State.SKIPPED
    assert world.sage.written == []


def test_an_order_finished_after_a_create_that_never_arrived_is_parked(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.storefront.put(standing(order(), Standing.FINISHED))

    world.run_until_quiet()

    assert world.entry(key).state is State.PARKED
    assert "Sage never had it" in world.entry(key).reason
    assert world.sage.written == []


def test_a_refunded_order_stays_in_sage_as_it_is(world: World, key: OrderKey) -> None:
    world.take(key)
    world.storefront.put(standing(order(), Standing.RETIRED))

    outcome = world.take(key)

    assert isinstance(outcome, AlreadyTaken)


def test_an_order_that_may_not_be_imported_yet_waits_for_its_next_change(
    world: World, key: OrderKey
) -> None:
    world.storefront.put(standing(order(), Standing.NOT_YET))

    outcome = world.take(key)

    assert outcome == Waiting("The storefront has the order as not_yet.", None)
    assert (world.entry(key).state, world.entry(key).next_at) == (State.WAIT_STATUS, None)


def test_an_order_that_went_back_to_waiting_after_a_lost_create_waits_for_its_next_change(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.storefront.put(standing(order(), Standing.NOT_YET))

    world.run_until_quiet()

    assert world.entry(key).state is State.WAIT_STATUS
    world.storefront.put(order())
    assert isinstance(world.take(key), Taken)


def test_an_order_that_was_finished_before_sage_had_it_is_parked(
    world: World, key: OrderKey
) -> None:
    world.storefront.put(standing(order(), Standing.FINISHED))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "Sage never had it" in outcome.reason


def test_an_order_that_was_finished_while_its_create_failed_is_parked_and_not_forgotten(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.NOT_SENT)
    world.take(key)
    world.storefront.put(standing(order(), Standing.FINISHED))

    world.run_until_quiet()

    assert world.entry(key).state is State.PARKED
    assert "Sage never had it" in world.entry(key).reason


def test_an_order_in_sage_that_the_shop_finished_meanwhile_is_adopted(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.storefront.put(standing(order(), Standing.FINISHED))

    world.run_until_quiet()

    assert world.entry(key).state is State.CREATED


def test_an_order_that_the_shop_does_not_show_yet_is_asked_for_again(
    world: World, key: OrderKey
) -> None:
    world.storefront.hidden.add(OrderId(250))

    outcome = world.take(key)

    assert outcome == Waiting(
        "The storefront does not have this order yet.", world.clock.now() + SHORTEST_WAIT
    )
    world.storefront.hidden.clear()
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]


def test_an_order_that_the_shop_does_not_show_for_a_day_is_parked(
    world: World, key: OrderKey
) -> None:
    world.storefront.hidden.add(OrderId(250))
    first = world.clock.now()
    world.take(key)

    world.run_until_quiet()

    entry = world.entry(key)
    assert entry.state is State.PARKED
    assert entry.parked_at is not None
    assert VANISHED_AFTER < entry.parked_at - first <= VANISHED_AFTER + LONGEST_WAIT


def test_an_order_that_is_gone_while_its_create_is_unknown_sends_a_person_to_sage(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.storefront.hidden.add(OrderId(250))

    world.run_until_quiet()

    entry = world.entry(key)
    assert entry.state is State.PARKED
    assert NUMBER in entry.next_action


def test_an_old_order_that_the_shop_does_not_show_once_gets_its_day_too(
    world: World, key: OrderKey
) -> None:
    world.storefront.put(standing(order(), Standing.NOT_YET))
    world.take(key)
    world.clock.advance(timedelta(days=3))
    world.storefront.put(order())
    world.storefront.hidden.add(OrderId(250))

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    world.storefront.hidden.clear()
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]


def test_two_absences_far_apart_are_not_one_long_absence(world: World, key: OrderKey) -> None:
    world.storefront.put(standing(order(), Standing.NOT_YET))
    world.storefront.hidden.add(OrderId(250))
    world.take(key)
    world.storefront.hidden.clear()
    world.run_until_quiet()
    world.clock.advance(timedelta(days=3))
    world.storefront.hidden.add(OrderId(250))

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)


def test_an_order_in_sage_that_the_shop_no_longer_has_is_left_alone_after_a_day(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.storefront.hidden.add(OrderId(250))
    started = world.clock.now()

    first = world.take(key)
    world.run_until_quiet()

    assert isinstance(first, Waiting)
    assert world.clock.now() - started > VANISHED_AFTER
    assert (world.entry(key).state, world.entry(key).next_at) == (State.CREATED, None)
    assert world.wire.count("look_up") == 2


def test_an_order_from_before_the_first_one_is_left_alone(world: World, key: OrderKey) -> None:
    world.first_order_id = key.order_id + 1

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert "read_order" not in world.wire.names


def test_an_order_that_sage_holds_is_watched_even_below_the_first_one(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.first_order_id = key.order_id + 1
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Updated)


def test_an_order_refunded_after_a_create_that_never_arrived_is_skipped(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.storefront.put(standing(order(), Standing.RETIRED))

    world.run_until_quiet()

    assert world.entry(key).state is State.SKIPPED
    assert world.sage.written == []
