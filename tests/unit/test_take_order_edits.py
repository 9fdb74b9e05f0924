"""Edits of orders that Sage has, at each moment of their way: taken over, or told to a person."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import line, order
from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.guarantees import ALL
from tieout.domain.identity import OrderKey, SalesOrderNo
from tieout.domain.ledger import AGENT_DEADLINE, LEASE, SETTLE, State
from tieout.domain.outcomes import AlreadyTaken, Parked, Updated, Waiting
from tieout.domain.sales_orders import Where
from tieout.errors import NotSentError, OutcomeUnknownError, RejectedError, SetupError, TieoutError
from tieout.flows.leave_record import PARKED_RETRY
from tieout.flows.take_order import SURE_FOR

NUMBER = SalesOrderNo("W000250")


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


@pytest.mark.parametrize(
    "error", [NotSentError("The agent could not be reached."), SetupError("The key is wrong.")]
)
def test_a_replacement_that_never_arrived_need_not_be_waited_for(
    world: World, key: OrderKey, error: TieoutError
) -> None:
    world.take(key)
    world.edit()
    world.sage.will_raise("replace", error)
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


def test_no_change_is_begun_with_too_little_time_left(world: World, key: OrderKey) -> None:
    world.take(key)
    world.edit()
    world.step_in(len(world.wire.names) + 4, lambda: world.clock.advance(LEASE / 2))

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    assert world.wire.count("replace") == 0
