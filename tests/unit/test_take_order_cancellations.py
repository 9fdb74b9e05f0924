"""Orders that the shop cancels after Sage has them, and those that it revives."""

from dataclasses import replace

import pytest

from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.guarantees import ALL
from tieout.domain.identity import OrderKey, SalesOrderNo
from tieout.domain.ledger import State
from tieout.domain.outcomes import AlreadyTaken, Parked, Skipped, Updated
from tieout.domain.sales_orders import HOLD_COMMENT, OnCancel, Where
from tieout.flows.leave_record import PARKED_RETRY
from tieout.flows.take_order import SURE_FOR

NUMBER = SalesOrderNo("W000250")


# --- cancelled ------------------------------------------------------------------------------------


def test_an_order_cancelled_before_any_intent_is_skipped(world: World, key: OrderKey) -> None:
    world.cancel()

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.sage.written == []


def test_a_cancelled_open_order_is_put_on_hold_with_a_comment(world: World, key: OrderKey) -> None:
    world.take(key)
    world.cancel()

    outcome = world.take(key)

    found = world.found(NUMBER)
    assert isinstance(outcome, Skipped)
    assert "on hold" in outcome.reason
    assert (found.header["OrderStatus"], found.header["Comment"]) == ("H", HOLD_COMMENT)
    assert world.entry(key).parked_at is None


def test_a_cancelled_open_order_is_deleted_where_the_settings_say_so(
    world: World, key: OrderKey
) -> None:
    world.on_cancel = OnCancel.DELETE
    world.take(key)
    world.cancel()

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.found(NUMBER).deleted


def test_a_cancelled_order_that_is_deleted_without_history_is_skipped(
    world: World, key: OrderKey
) -> None:
    world.on_cancel = OnCancel.DELETE
    world.take(key)
    world.cancel()
    world.wire.after = lambda _n, name: (
        world.sage.tables[Where.HISTORY].clear() if name == "delete" else None
    )

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert "Sage deleted it" in outcome.reason


def test_holding_an_order_twice_changes_it_once(world: World, key: OrderKey) -> None:
    world.take(key)
    world.cancel()
    world.take(key)

    world.take(key)

    assert world.wire.count("hold") == 1


@pytest.mark.parametrize("where", [Where.HISTORY, Where.INVOICE_HISTORY])
def test_a_cancelled_order_that_was_shipped_or_invoiced_needs_a_credit_memo(
    world: World, key: OrderKey, where: Where
) -> None:
    world.take(key)
    world.sage.move(NUMBER, where)
    world.cancel()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.next_action == "Write a credit memo for sales order W000250 in Sage."


def test_a_cancelled_order_is_for_a_person_where_sage_can_not_be_changed(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.guarantees = replace(ALL, replace=False)
    world.cancel()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "Cancel sales order W000250 in Sage" in outcome.next_action


def test_an_order_cancelled_while_its_create_is_unknown_is_settled_and_then_held(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.cancel()

    world.run_until_quiet()

    assert world.found(NUMBER).held_by_us
    assert world.entry(key).state is State.SKIPPED


def test_a_hold_whose_answer_got_lost_is_found_done(world: World, key: OrderKey) -> None:
    world.take(key)
    world.cancel()
    world.sage.fates.append(Fate.ANSWER_LOST)

    world.take(key)
    world.run_until_quiet()

    assert world.wire.count("hold") == 1
    assert world.entry(key).state is State.SKIPPED


# --- revived --------------------------------------------------------------------------------------


def test_a_skipped_order_that_is_revived_is_created(world: World, key: OrderKey) -> None:
    world.cancel()
    world.take(key)
    world.revive()

    world.take(key)

    assert world.sage.written == [NUMBER]


def test_a_held_order_that_is_revived_is_taken_off_hold(world: World, key: OrderKey) -> None:
    world.take(key)
    world.cancel()
    world.take(key)
    world.revive()

    outcome = world.take(key)

    assert outcome == Updated(NUMBER)
    assert world.found(NUMBER).header["OrderStatus"] == "O"
    assert world.found(NUMBER).header["Comment"] != HOLD_COMMENT


def test_a_held_order_that_is_revived_with_other_lines_gets_them_too(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.cancel()
    world.take(key)
    world.edit()

    world.take(key)

    found = world.found(NUMBER)
    assert (str(found.total), found.header["OrderStatus"]) == ("83.00", "O")


def test_an_order_that_a_person_put_on_hold_stays_on_hold(world: World, key: OrderKey) -> None:
    world.take(key)
    world.sage.correct(NUMBER, OrderStatus="H", Comment="Credit check")
    world.clock.advance(SURE_FOR)

    outcome = world.take(key)

    assert outcome == AlreadyTaken(NUMBER)
    assert world.found(NUMBER).header["OrderStatus"] == "H"


def test_a_deleted_order_that_is_revived_is_for_a_person(world: World, key: OrderKey) -> None:
    world.on_cancel = OnCancel.DELETE
    world.take(key)
    world.cancel()
    world.take(key)
    world.revive()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.wire.count("create") == 1


# --- changed by a person meanwhile ----------------------------------------------------------------


def test_what_a_person_changed_while_the_order_was_on_hold_is_not_overwritten_later(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.cancel()
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")
    world.revive()
    world.take(key)
    world.edit()

    outcome = world.take(key)

    found = world.found(NUMBER)
    assert isinstance(outcome, Parked)
    assert (found.header["ShipToCity"], found.header["OrderStatus"]) == ("Elsewhere", "O")


def test_what_a_person_changed_before_the_cancellation_is_not_overwritten_after_it(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")
    world.cancel()
    held = world.take(key)
    world.edit()

    world.take(key)
    world.clock.advance(PARKED_RETRY)
    outcome = world.take(key)

    assert isinstance(held, Skipped)
    assert isinstance(outcome, Parked)
    assert world.found(NUMBER).header["ShipToCity"] == "Elsewhere"
