"""Orders that are doubted, because Sage was restored or did not list them: checked in full."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.ports import CrashError
from tests.unit.world import World
from tieout.domain.guarantees import ALL
from tieout.domain.identity import OrderKey, SalesOrderNo
from tieout.domain.ledger import AGENT_DEADLINE, LEASE, SETTLE, State
from tieout.domain.outcomes import AlreadyTaken, Parked, Skipped, Updated
from tieout.domain.sales_orders import Where
from tieout.errors import NotSentError, OutcomeUnknownError

NUMBER = SalesOrderNo("W000250")


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


def test_a_create_that_nobody_heard_of_and_that_a_person_deleted_is_not_repeated(
    world: World, key: OrderKey
) -> None:
    lose_unheard(world, key)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "is no longer there" in outcome.reason
    assert "tieout orders again" in outcome.next_action
    assert world.wire.count("create") == 1


def test_an_order_cancelled_after_such_a_create_was_deleted_needs_nobody(
    world: World, key: OrderKey
) -> None:
    lose_unheard(world, key)
    world.cancel()

    assert isinstance(world.take(key), Skipped)


def test_what_finished_out_of_sight_after_such_a_create_is_taken_as_done(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = replace(ALL, history=False, invoice_history=False)
    lose_unheard(world, key)

    assert world.take(key) == AlreadyTaken(NUMBER)
    assert world.wire.count("create") == 1


def test_a_revision_that_only_the_agent_remembers_is_gone_on_from(
    world: World, key: OrderKey
) -> None:
    world.sage.journal[NUMBER] = 7

    assert isinstance(world.take(key), Parked)
    assert world.entry(key).rev == 7


def die() -> None:
    raise CrashError


def lose_unheard(world: World, key: OrderKey) -> None:
    """The create's answer is lost, so is the worker, and a person deletes the sales order."""
    create = 10
    world.step_in(create, die, after=True)
    with pytest.raises(CrashError):
        world.take(key)
    del world.sage.tables[Where.OPEN][NUMBER]
    world.clock.advance(AGENT_DEADLINE + SETTLE + LEASE)
