"""A ledger that was put back: its heartbeat tells of the gap, and what that costs where Sage can't look back."""

from datetime import timedelta

from tests.unit.orders import PLACED, order, standing
from tests.unit.ports import FakeAudit, FakeNotes
from tests.unit.sage import SOAP
from tests.unit.world import World
from tieout.domain.identity import OrderKey
from tieout.domain.orders import Standing
from tieout.domain.outcomes import Parked, Taken, Waiting
from tieout.flows.decide import Decision, create_again
from tieout.flows.memory import MISSED, beat, unbroken_since


def test_where_sages_history_is_out_of_sight_an_order_from_before_a_gap_of_the_ledger_is_asked_about(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.unbroken_since = world.clock.now()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "may be in Sage already" in outcome.reason
    assert world.wire.count("create") == 0


def test_an_order_from_before_the_gap_that_was_cancelled_is_asked_about_and_not_skipped(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.unbroken_since = world.clock.now()
    world.storefront.put(standing(order(), Standing.CANCELLED))

    assert isinstance(world.take(key), Parked)


def test_an_order_from_before_the_gap_that_was_refunded_is_asked_about_and_not_skipped(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.unbroken_since = world.clock.now()
    world.storefront.put(standing(order(), Standing.RETIRED))

    assert isinstance(world.take(key), Parked)


def test_while_nobody_knows_if_the_ledger_has_a_gap_nothing_is_created(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.beats = False

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    assert world.wire.count("create") == 0


def test_a_person_who_looked_can_let_an_order_from_before_the_gap_be_created(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.unbroken_since = world.clock.now()
    world.take(key)
    decision = Decision(key, who="ada", reason="It isn't there.", owner="deed")
    create_again(decision, ledger=world.ledger, audit=FakeAudit(), clock=world.clock)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)


def test_an_order_placed_after_the_gap_is_created_without_a_question(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.unbroken_since = PLACED

    assert isinstance(world.take(key), Taken)


def test_a_gap_of_the_ledger_costs_nothing_where_sage_shows_all_it_ever_had(
    world: World, key: OrderKey
) -> None:
    world.beats = False

    assert isinstance(world.take(key), Taken)


def test_the_heartbeat_tells_a_gap_from_a_beat_that_was_missed() -> None:
    notes, start = FakeNotes(), PLACED
    beat(notes, start)
    beat(notes, start + MISSED)

    assert unbroken_since(notes, start + MISSED) == start
    later = start + MISSED + MISSED + timedelta(seconds=1)
    assert unbroken_since(notes, later) is None
    beat(notes, later)
    assert unbroken_since(notes, later) == later
    assert unbroken_since(FakeNotes(), later) is None
