"""What an agent that promises less changes: how long one waits, and when a person is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import order, standing
from tests.unit.sage import SOAP, Fate
from tests.unit.world import World
from tieout.domain.guarantees import (
    ALL,
    NOTHING,
    SETTLE_WITHOUT_DEADLINE,
    Guarantees,
    Mode,
    settle_time,
    weaker,
)
from tieout.domain.identity import OrderKey, SalesOrderNo
from tieout.domain.ledger import SETTLE, State
from tieout.domain.orders import Standing
from tieout.domain.outcomes import AlreadyTaken, Parked, Skipped, Taken, Waiting
from tieout.domain.sales_orders import Where
from tieout.errors import RejectedError, SetupError, TieoutError

NUMBER = SalesOrderNo("W000250")
NO_DEADLINE = replace(ALL, deadline=False)


@pytest.mark.parametrize(
    ("promised", "mode"),
    [
        (ALL, Mode.FULL),
        (replace(ALL, replace=False), Mode.FULL),
        (replace(ALL, deadline=False), Mode.NO_DEADLINE),
        (replace(ALL, barrier=False), Mode.NO_DEADLINE),
        (replace(ALL, history=False), Mode.NEVER_TWICE),
        (replace(ALL, invoice_history=False), Mode.NEVER_TWICE),
        (replace(ALL, create_only=False), Mode.NEVER_TWICE),
        (SOAP, Mode.NEVER_TWICE),
        (NOTHING, Mode.NEVER_TWICE),
    ],
    ids=str,
)
def test_each_missing_promise_leads_to_the_mode_that_is_safe_without_it(
    promised: Guarantees, mode: Mode
) -> None:
    assert promised.mode is mode


def test_the_weaker_of_two_modes_is_the_more_careful_one() -> None:
    assert weaker(Mode.FULL, Mode.NO_DEADLINE) is Mode.NO_DEADLINE
    assert weaker(Mode.NEVER_TWICE, Mode.NO_DEADLINE) is Mode.NEVER_TWICE
    assert weaker(Mode.FULL, Mode.FULL) is Mode.FULL


def test_without_a_deadline_one_settles_for_as_long_as_a_request_can_be_under_way() -> None:
    assert settle_time(Mode.FULL) == SETTLE
    assert settle_time(Mode.NO_DEADLINE) == SETTLE_WITHOUT_DEADLINE
    assert settle_time(Mode.NEVER_TWICE) == SETTLE_WITHOUT_DEADLINE


def test_without_a_deadline_a_lost_create_is_repeated_only_after_the_long_settle(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = NO_DEADLINE
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    first = world.clock.now()

    world.run_until_quiet()

    assert world.clock.now() - first > SETTLE_WITHOUT_DEADLINE
    assert world.sage.written == [NUMBER]
    assert world.wire.count("create") == 2


def test_without_a_deadline_a_create_that_lands_much_later_is_adopted(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = NO_DEADLINE
    world.sage.fates.append(Fate.MUCH_LATER)
    world.take(key)

    world.run_until_quiet()

    assert world.sage.written == [NUMBER]
    assert world.wire.count("create") == 1
    assert world.entry(key).state is State.CREATED


def test_an_order_first_sent_without_a_deadline_is_settled_so_after_an_upgrade_too(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = NO_DEADLINE
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.sage.guarantees = ALL
    world.clock.advance(timedelta(minutes=5))

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    assert world.wire.count("create") == 1


def test_where_sages_history_is_out_of_sight_a_lost_create_is_never_sent_twice(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)

    world.run_until_quiet()

    assert world.entry(key).state is State.PARKED
    assert "not known whether" in world.entry(key).reason
    world.clock.advance(timedelta(days=3))
    world.take(key)
    assert world.wire.count("create") == 1


def test_an_order_that_was_asked_about_is_adopted_when_it_shows(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.sage.fates.append(Fate.MUCH_LATER)
    world.take(key)

    world.run_until_quiet()

    assert world.entry(key).state is State.CREATED
    assert world.sage.written == [NUMBER]


def test_a_create_that_never_left_may_be_repeated_in_any_mode(world: World, key: OrderKey) -> None:
    world.sage.guarantees = SOAP
    world.sage.fates.append(Fate.NOT_SENT)
    world.take(key)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)


@pytest.mark.parametrize(
    "error",
    [SetupError("The user may not create sales orders."), RejectedError("No.", next_action="")],
)
def test_a_create_that_was_turned_away_leaves_no_question_behind(
    world: World, key: OrderKey, error: TieoutError
) -> None:
    world.sage.guarantees = SOAP
    world.sage.will_raise("create", error)
    world.take(key)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)
    assert world.wire.count("create") == 2


def test_an_order_that_is_no_longer_open_is_taken_for_done_while_nothing_has_changed(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.take(key)
    world.sage.tables[Where.OPEN].clear()
    world.clock.advance(timedelta(days=1))

    outcome = world.take(key)

    assert outcome == AlreadyTaken(NUMBER)


@pytest.mark.parametrize("change", ["edit", "cancel"])
def test_a_change_of_an_order_that_is_out_of_sight_is_for_a_person(
    world: World, key: OrderKey, change: str
) -> None:
    world.sage.guarantees = SOAP
    world.take(key)
    world.sage.tables[Where.OPEN].clear()
    world.clock.advance(timedelta(days=1))
    if change == "edit":
        world.edit()
    else:
        world.storefront.put(standing(order(), Standing.CANCELLED))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "can't see Sage's history" in outcome.reason
    assert world.wire.count("create") == 1


def test_an_order_cancelled_after_a_lost_create_is_asked_about_and_not_forgotten(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.storefront.put(standing(order(), Standing.CANCELLED))

    world.run_until_quiet()

    assert world.entry(key).state is State.PARKED


def test_an_order_cancelled_before_anything_was_sent_is_skipped_in_any_mode(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.storefront.put(standing(order(), Standing.CANCELLED))

    assert isinstance(world.take(key), Skipped)
