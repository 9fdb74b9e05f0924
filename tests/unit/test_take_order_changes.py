"""Edits, cancellations and revivals of orders that Sage has: each case of the matrix, one test."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import line, order, standing
from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.guarantees import ALL
from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo
from tieout.domain.ledger import AGENT_DEADLINE, LEASE, SETTLE, State
from tieout.domain.orders import Standing
from tieout.domain.outcomes import AlreadyTaken, Parked, Skipped, Updated, Waiting
from tieout.domain.sales_orders import HOLD_COMMENT, OnCancel, Where
from tieout.errors import NotSentError, OutcomeUnknownError, RejectedError
from tieout.flows.leave_record import PARKED_RETRY
from tieout.flows.take_order import SURE_FOR

NUMBER = SalesOrderNo("W000250")


def cancel(world: World) -> None:
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(standing(order(), Standing.CANCELLED))


def revive(world: World) -> None:
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(order())


# --- edited -------------------------------------------------------------------------------------


def test_an_order_edited_before_any_intent_is_created_with_its_new_content(
    world: World, key: OrderKey
) -> None:
    world.edit()

    world.take(key)

    assert str(world.found(NUMBER).total) == "83.00"
    assert world.wire.count("replace") == 0


def test_an_edit_while_a_create_is_unknown_is_settled_looked_up_and_then_replaced(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.edit()

    world.run_until_quiet()

    assert world.sage.written == [NUMBER]
    assert str(world.found(NUMBER).total) == "83.00"
    assert world.entry(key).state is State.CREATED


def test_an_edit_of_an_open_order_replaces_its_lines_under_stamp_and_revision(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()

    outcome = world.take(key)

    found, entry = world.found(NUMBER), world.entry(key)
    assert outcome == Updated(NUMBER)
    assert (str(found.total), found.rev) == ("83.00", 2)
    assert (entry.rev, entry.sage_rev, entry.sage_stamp) == (2, 2, found.stamp)
    assert world.wire.count("create") == 1


def test_the_intent_to_replace_is_in_the_ledger_before_the_request_leaves(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    seen: list[int] = []
    world.wire.before = lambda _n, name: (
        seen.append(world.entry(key).rev) if name == "replace" else None
    )

    world.take(key)

    assert seen == [2]


@pytest.mark.parametrize("where", [Where.HISTORY, Where.INVOICE_HISTORY])
def test_an_edit_of_an_order_that_sage_has_finished_is_parked(
    world: World, key: OrderKey, where: Where
) -> None:
    world.take(key)
    world.sage.move(NUMBER, where)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "Sage has finished sales order W000250" in outcome.reason
    assert "credit or correct it" in outcome.next_action


def test_an_edit_of_an_order_that_is_being_picked_is_parked(world: World, key: OrderKey) -> None:
    world.take(key)
    world.sage.picked.add(NUMBER)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "Sage has begun to ship it" in outcome.reason


def test_an_edit_of_an_order_that_a_person_changed_in_sage_is_parked_and_not_overwritten(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "by hand in Sage" in outcome.reason
    assert world.found(NUMBER).header["ShipToCity"] == "Elsewhere"
    assert world.wire.count("replace") == 0


def test_a_person_may_change_an_order_in_sage_short_of_the_money(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")
    world.clock.advance(SURE_FOR)

    outcome = world.take(key)

    assert outcome == AlreadyTaken(NUMBER)


def test_money_that_a_person_changed_in_sage_is_told(world: World, key: OrderKey) -> None:
    world.take(key)
    world.sage.correct(NUMBER, FreightAmt="1.00")
    world.clock.advance(SURE_FOR)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "total: 68.00 expected, Sage has 61.00" in outcome.reason


def test_two_edits_within_one_second_both_land(world: World, key: OrderKey) -> None:
    world.take(key)
    world.storefront.put(order(lines=[line(total="70.00")]))
    world.take(key)
    world.storefront.put(order(lines=[line(total="71.00")]))

    world.take(key)

    assert str(world.found(NUMBER).total) == "79.00"


def test_an_edit_that_lands_while_sage_changes_is_looked_at_again(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    world.step_in(len(world.wire.names) + 5, lambda: world.sage.correct(NUMBER, Comment="Call"))

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    assert world.found(NUMBER).header["Comment"] == "Call"


def test_a_replacement_whose_answer_got_lost_is_found_done(world: World, key: OrderKey) -> None:
    world.take(key)
    world.edit()
    world.sage.fates.append(Fate.ANSWER_LOST)

    waiting = world.take(key)
    world.run_until_quiet()

    assert isinstance(waiting, Waiting)
    assert world.wire.count("replace") == 1
    assert world.entry(key).state is State.CREATED
    assert str(world.found(NUMBER).total) == "83.00"


def test_an_edit_taken_back_waits_until_the_first_edit_can_not_land_any_more(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.storefront.put(order())

    waiting = world.take(key)
    world.run_until_quiet()

    assert isinstance(waiting, Waiting)
    assert waiting.until == world.entry(key).next_at or world.entry(key).next_at is None
    assert str(world.found(NUMBER).total) == "68.00"
    assert world.entry(key).state is State.CREATED


def test_a_replacement_that_comes_far_too_late_overwrites_nothing(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    world.sage.fates.append(Fate.MUCH_LATER)
    world.take(key)
    world.edit(total="90.00")
    world.run_until_quiet()
    world.clock.advance(timedelta(hours=1))

    world.take(key)

    assert str(world.found(NUMBER).total) == "98.00"


def test_what_sage_refuses_of_an_edit_is_parked_and_offered_again_daily(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    world.sage.will_raise("replace", RejectedError("No such item.", next_action="Add it."))

    refused = world.take(key)
    world.clock.advance(PARKED_RETRY)
    outcome = world.take(key)

    assert isinstance(refused, Parked)
    assert outcome == Updated(NUMBER)


def test_a_replacement_that_never_left_need_not_be_waited_for(world: World, key: OrderKey) -> None:
    world.take(key)
    world.edit()
    world.sage.will_raise("replace", NotSentError("The agent could not be reached."))
    world.take(key)

    outcome = world.take(key)

    assert outcome == Updated(NUMBER)


def test_an_edit_is_parked_where_sage_can_not_be_changed(world: World, key: OrderKey) -> None:
    world.take(key)
    world.sage.guarantees = replace(ALL, replace=False)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "can't change a sales order" in outcome.reason


def test_an_edit_is_not_replaced_when_nobody_remembers_who_wrote_the_order(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.ledger.records.clear()
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.wire.count("replace") == 0


def test_a_ledger_put_back_to_an_older_copy_goes_on_from_sages_own_revision(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    older = world.ledger.records[key].entry
    world.edit()
    world.take(key)
    world.ledger.records[key].entry = replace(older, epoch=world.entry(key).epoch)
    world.edit(total="90.00")

    world.run_until_quiet()
    world.take(key)

    assert world.entry(key).rev <= world.found(NUMBER).rev + 1
    assert world.entry(key).state in {State.CREATED, State.PARKED}


def test_an_edit_is_taken_over_where_the_company_keeps_no_revisions(
    world: World, key: OrderKey
) -> None:
    world.sage.keeps_revisions = False
    world.take(key)
    world.edit()

    outcome = world.take(key)

    assert outcome == Updated(NUMBER)
    assert world.found(NUMBER).rev == 0


def test_a_change_after_an_unsure_one_is_told_when_sage_has_finished_the_order(
    world: World, key: OrderKey
) -> None:
    world.sage.keeps_revisions = False
    world.take(key)
    world.edit()
    world.sage.will_raise("replace", OutcomeUnknownError("No answer came."))
    world.take(key)
    world.sage.move(NUMBER, Where.HISTORY)
    world.clock.advance(AGENT_DEADLINE + SETTLE)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)


# --- cancelled ----------------------------------------------------------------------------------


def test_an_order_cancelled_before_any_intent_is_skipped(world: World, key: OrderKey) -> None:
    cancel(world)

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.sage.written == []


def test_a_cancelled_open_order_is_put_on_hold_with_a_comment(world: World, key: OrderKey) -> None:
    world.take(key)
    cancel(world)

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
    cancel(world)

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.found(NUMBER).deleted


def test_a_cancelled_order_that_is_deleted_without_history_is_skipped(
    world: World, key: OrderKey
) -> None:
    world.on_cancel = OnCancel.DELETE
    world.take(key)
    cancel(world)
    world.wire.after = lambda _n, name: (
        world.sage.tables[Where.HISTORY].clear() if name == "delete" else None
    )

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert "Sage deleted it" in outcome.reason


def test_holding_an_order_twice_changes_it_once(world: World, key: OrderKey) -> None:
    world.take(key)
    cancel(world)
    world.take(key)

    world.take(key)

    assert world.wire.count("hold") == 1


@pytest.mark.parametrize("where", [Where.HISTORY, Where.INVOICE_HISTORY])
def test_a_cancelled_order_that_was_shipped_or_invoiced_needs_a_credit_memo(
    world: World, key: OrderKey, where: Where
) -> None:
    world.take(key)
    world.sage.move(NUMBER, where)
    cancel(world)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.next_action == "Write a credit memo for sales order W000250 in Sage."


def test_a_cancelled_order_is_for_a_person_where_sage_can_not_be_changed(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.guarantees = replace(ALL, replace=False)
    cancel(world)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "Cancel sales order W000250 in Sage" in outcome.next_action


def test_an_order_cancelled_while_its_create_is_unknown_is_settled_and_then_held(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    cancel(world)

    world.run_until_quiet()

    assert world.found(NUMBER).held_by_us
    assert world.entry(key).state is State.SKIPPED


def test_a_hold_whose_answer_got_lost_is_found_done(world: World, key: OrderKey) -> None:
    world.take(key)
    cancel(world)
    world.sage.fates.append(Fate.ANSWER_LOST)

    world.take(key)
    world.run_until_quiet()

    assert world.wire.count("hold") == 1
    assert world.entry(key).state is State.SKIPPED


# --- revived ------------------------------------------------------------------------------------


def test_a_skipped_order_that_is_revived_is_created(world: World, key: OrderKey) -> None:
    cancel(world)
    world.take(key)
    revive(world)

    world.take(key)

    assert world.sage.written == [NUMBER]


def test_a_held_order_that_is_revived_is_taken_off_hold(world: World, key: OrderKey) -> None:
    world.take(key)
    cancel(world)
    world.take(key)
    revive(world)

    outcome = world.take(key)

    assert outcome == Updated(NUMBER)
    assert world.found(NUMBER).header["OrderStatus"] == "O"
    assert world.found(NUMBER).header["Comment"] != HOLD_COMMENT


def test_a_held_order_that_is_revived_with_other_lines_gets_them_too(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    cancel(world)
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
    cancel(world)
    world.take(key)
    revive(world)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.wire.count("create") == 1


# --- refunded, archived ---------------------------------------------------------------------------


def test_a_refund_changes_nothing_in_sage(world: World, key: OrderKey) -> None:
    world.take(key)
    world.clock.advance(SURE_FOR)
    world.storefront.put(standing(order(), Standing.RETIRED))

    outcome = world.take(key)

    assert outcome == AlreadyTaken(NUMBER)
    assert world.found(NUMBER).rev == 1


def test_an_order_changed_and_then_refunded_is_told(world: World, key: OrderKey) -> None:
    world.take(key)
    world.clock.advance(SURE_FOR)
    world.storefront.put(standing(order(lines=[line(total="10.00")]), Standing.RETIRED))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "refunded or archived" in outcome.reason


def test_an_order_that_the_shop_has_archived_is_left_in_sage(world: World, key: OrderKey) -> None:
    world.take(key)
    world.storefront.hidden.add(OrderId(250))
    world.take(key)

    world.run_until_quiet()

    assert world.entry(key).state is State.CREATED
    assert world.found(NUMBER).where is Where.OPEN


# --- too little time ------------------------------------------------------------------------------


def test_no_change_is_begun_with_too_little_time_left(world: World, key: OrderKey) -> None:
    world.take(key)
    world.edit()
    world.step_in(len(world.wire.names) + 4, lambda: world.clock.advance(LEASE / 2))

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    assert world.wire.count("replace") == 0


# --- in doubt ---------------------------------------------------------------------------------------


def test_an_order_in_doubt_that_sage_finished_otherwise_is_told(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.move(NUMBER, Where.HISTORY, ShipToCity="Elsewhere")
    world.ledger.doubt(key, anew=True)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "ShipToCity differs" in outcome.reason


def test_an_order_in_doubt_that_sage_holds_as_it_should_is_taken_for_right_again(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.ledger.doubt(key, anew=True)

    outcome = world.take(key)

    assert outcome == Updated(NUMBER)
    assert world.entry(key).state is State.CREATED


def test_an_order_in_doubt_that_sage_shows_with_another_address_is_told(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")
    world.ledger.doubt(key, anew=True)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "ShipToCity differs" in outcome.reason


def test_an_edit_that_nobody_knows_the_end_of_is_told_when_sage_has_finished_the_order(
    world: World, key: OrderKey
) -> None:
    world.sage.keeps_revisions = False
    world.take(key)
    world.edit()
    world.sage.will_raise("replace", OutcomeUnknownError("No answer came."))
    world.take(key)
    found = world.found(NUMBER)
    world.sage.tables[Where.OPEN].clear()
    gone = replace(found, where=Where.INVOICE_HISTORY, lines=(), stamp="finished")
    world.sage.tables[Where.INVOICE_HISTORY][NUMBER] = gone
    world.edit(total="60.00")
    world.clock.advance(AGENT_DEADLINE + SETTLE)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "an edit came when it was too late for it" in outcome.reason


def put_back(world: World, key: OrderKey) -> None:
    """Sage's data are restored to before the last edit."""
    world.take(key)
    before = world.found(NUMBER)
    world.edit()
    world.take(key)
    world.sage.tables[Where.OPEN][NUMBER] = before
    world.clock.advance(timedelta(minutes=5))


def test_an_order_that_was_put_back_with_sages_data_is_brought_up_to_date(
    world: World, key: OrderKey
) -> None:
    put_back(world, key)
    world.ledger.doubt(key, anew=True)

    outcome = world.take(key)

    assert outcome == Updated(NUMBER)
    assert str(world.found(NUMBER).total) == "83.00"


def test_an_order_that_was_put_back_and_then_changed_by_a_person_is_not_overwritten(
    world: World, key: OrderKey
) -> None:
    put_back(world, key)
    world.ledger.doubt(key, anew=True)
    world.sage.will_raise("replace", NotSentError("Off."))
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.found(NUMBER).header["ShipToCity"] == "Elsewhere"


def test_what_a_person_changed_while_the_order_was_on_hold_is_not_overwritten_later(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    cancel(world)
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")
    revive(world)
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
    cancel(world)
    held = world.take(key)
    world.edit()

    world.take(key)
    world.clock.advance(PARKED_RETRY)
    outcome = world.take(key)

    assert isinstance(held, Skipped)
    assert isinstance(outcome, Parked)
    assert world.found(NUMBER).header["ShipToCity"] == "Elsewhere"
