"""What a person did in Sage, or said of an order, outlives whatever the storefront does next."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import line, order, standing
from tests.unit.ports import CrashError, FakeAudit
from tests.unit.world import World
from tieout.domain.guarantees import ALL
from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo
from tieout.domain.ledger import AGENT_DEADLINE, LEASE, LOOK_EVERY, State
from tieout.domain.orders import Standing
from tieout.domain.outcomes import NeedsSetup, Parked, Skipped, Updated, Waiting
from tieout.domain.sales_orders import HOLD_COMMENT, OnCancel, Where
from tieout.errors import OutcomeUnknownError, RejectedError, RetryableError
from tieout.flows.decide import Decision, settle

NUMBER = SalesOrderNo("W000250")


def cancel(world: World) -> None:
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(standing(order(), Standing.CANCELLED))


def revive(world: World) -> None:
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(order())


def say_settled(world: World, key: OrderKey) -> None:
    decision = Decision(key, who="ada", reason="Done.", owner=f"deed {world.workers}")
    settle(decision, ledger=world.ledger, audit=FakeAudit(), clock=world.clock)


# --- holds -----------------------------------------------------------------------------------------


def test_a_hold_of_a_person_outlives_a_cancellation_and_a_revival(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.correct(NUMBER, OrderStatus="H", Comment="Fraud check")
    cancel(world)
    cancelled = world.take(key)
    revive(world)

    world.take(key)

    header = world.found(NUMBER).header
    assert isinstance(cancelled, Parked)
    assert (header["OrderStatus"], header["Comment"]) == ("H", "Fraud check")


def test_an_order_that_a_person_let_go_is_not_put_on_hold_again(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    cancel(world)
    world.take(key)
    world.sage.correct(NUMBER, OrderStatus="O", Comment="Ship anyway")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.found(NUMBER).header["Comment"] == "Ship anyway"


def test_a_cancelled_order_of_which_part_has_shipped_is_held_and_a_person_is_told(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    found = world.found(NUMBER)
    shipped = {**found.lines[0], "QuantityShipped": "1"}
    world.sage.tables[Where.OPEN][NUMBER] = replace(found, lines=(shipped,))
    cancel(world)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "credit what has shipped" in outcome.next_action
    assert world.found(NUMBER).header["Comment"] == HOLD_COMMENT


def test_an_order_that_a_person_changed_is_held_and_not_deleted(
    world: World, key: OrderKey
) -> None:
    world.on_cancel = OnCancel.DELETE
    world.take(key)
    world.sage.correct(NUMBER, ShipToCity="Elsewhere")
    cancel(world)

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.found(NUMBER).held_by_us


# --- edits -----------------------------------------------------------------------------------------


def test_what_a_person_changed_beside_the_sale_is_not_wiped_out_after_hold_and_revival(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.correct(NUMBER, ShipVia="UPS RED")
    cancel(world)
    world.take(key)
    revive(world)
    world.take(key)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.found(NUMBER).header["ShipVia"] == "UPS RED"


def test_an_edit_that_was_refused_and_a_persons_change_are_not_taken_for_the_edit_done(
    world: World, key: OrderKey
) -> None:
    world.sage.keeps_revisions = False
    world.take(key)
    found = world.found(NUMBER)
    world.sage.tables[Where.OPEN][NUMBER] = replace(found, written_stamp="")
    sold = order()
    assert sold.ship_to is not None
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(replace(sold, ship_to=replace(sold.ship_to, city="Sparks")))
    world.sage.will_raise("replace", OutcomeUnknownError("No answer came."))
    world.take(key)
    world.sage.correct(NUMBER, ShipVia="UPS RED")

    world.run_until_quiet()

    assert world.found(NUMBER).header["ShipToCity"] != "Sparks"
    assert world.entry(key).state is State.PARKED


def test_an_order_that_can_no_longer_be_mapped_is_cancelled_in_sage_all_the_same(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    unmappable = order(lines=[line(sku="")])
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(standing(unmappable, Standing.CANCELLED))

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.found(NUMBER).held_by_us


# --- a storefront that hides the order ----------------------------------------------------------------


def test_a_cancellation_that_waits_is_not_forgotten_when_the_shop_hides_the_order(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    cancel(world)
    world.sage.will_raise("look_up", RetryableError("The agent is off."))
    world.take(key)
    world.storefront.hidden.add(OrderId(250))

    world.run_until_quiet()

    assert world.entry(key).state is State.PARKED


# --- clocks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("years", [10, -10, 7000])
def test_nothing_is_written_or_judged_by_a_clock_that_is_far_off(
    world: World, key: OrderKey, *, years: int
) -> None:
    world.take(key)
    world.edit()
    world.sage.skew = timedelta(days=365 * years)

    outcome = world.take(key)

    assert isinstance(outcome, NeedsSetup)
    assert world.wire.count("replace") == 0


def test_a_clock_that_jumps_back_never_makes_one_wait_for_long(world: World, key: OrderKey) -> None:
    world.take(key)
    world.sage.skew = timedelta(minutes=50)
    world.edit()
    world.sage.will_raise("replace", OutcomeUnknownError("No answer came."))
    world.take(key)
    world.sage.skew = timedelta(0)

    outcome = world.take(key)

    assert isinstance(outcome, Waiting)
    assert outcome.until is not None
    assert outcome.until - world.clock.now() <= LOOK_EVERY
    world.run_until_quiet()
    assert str(world.found(NUMBER).total) == "83.00"


# --- what a person settled -----------------------------------------------------------------------------


def test_a_cancelled_order_that_was_settled_as_cancelled_stays_settled(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.move(NUMBER, Where.HISTORY)
    cancel(world)
    world.take(key)

    say_settled(world, key)

    assert isinstance(world.take(key), Skipped)


def test_an_order_that_was_settled_before_it_could_be_read_is_never_created(
    world: World, key: OrderKey
) -> None:
    world.storefront.trouble.append(RejectedError("Money is no number.", next_action="Mend it."))
    world.take(key)
    say_settled(world, key)

    first = world.take(key)
    second = world.take(key)

    assert isinstance(first, Skipped)
    assert isinstance(second, Skipped)
    assert world.sage.written == []
    world.edit()
    assert isinstance(world.take(key), Parked)


def test_an_order_that_sages_history_knows_as_deleted_is_not_said_to_be_creatable_again(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.strike(NUMBER)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "tieout orders again" not in outcome.next_action
    assert "W-250-x7" in outcome.next_action


def test_a_hold_that_is_over_shows_the_order_as_updated(world: World, key: OrderKey) -> None:
    world.take(key)
    cancel(world)
    world.take(key)
    revive(world)

    assert world.take(key) == Updated(NUMBER)


def test_a_revived_order_stays_on_hold_where_sage_can_not_be_changed(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    cancel(world)
    world.take(key)
    revive(world)
    world.sage.guarantees = replace(ALL, replace=False)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.next_action == "Take sales order W000250 off hold in Sage."


def test_a_change_that_always_comes_too_late_is_tried_less_and_less_often(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    waits: list[timedelta] = []
    world.wire.before = lambda _n, name: (
        world.clock.advance(AGENT_DEADLINE + timedelta(seconds=1)) if name == "replace" else None
    )
    for _ in range(3):
        outcome = world.take(key)
        assert isinstance(outcome, Waiting)
        assert outcome.until is not None
        waits.append(outcome.until - world.clock.now())
        world.clock.moment = outcome.until

    assert waits == sorted(set(waits))
    assert str(world.found(NUMBER).total) == "68.00"


def test_a_persons_change_outlives_a_hold_that_a_restored_ledger_knows_nothing_of(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    older = world.entry(key)
    world.sage.correct(NUMBER, ShipVia="UPS RED")
    cancel(world)
    world.take(key)
    world.ledger.records[key].entry = replace(older, epoch=world.entry(key).epoch)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.found(NUMBER).header["ShipVia"] == "UPS RED"
    assert str(world.found(NUMBER).total) == "68.00"


@pytest.mark.parametrize("his", [{}, {"ShipVia": "UPS RED"}])
def test_what_may_have_become_of_a_write_that_nobody_keeps_account_of_is_not_overwritten(
    world: World, key: OrderKey, his: dict[str, str]
) -> None:
    create_unheard(world, key)
    world.sage.correct(NUMBER, **his)
    world.edit()
    world.run_until_quiet()

    entry = world.entry(key)
    assert "it isn't known any more who wrote what Sage has" in entry.reason
    assert world.wire.count("replace") == 0


def test_a_write_that_nobody_keeps_account_of_is_ours_if_sage_has_what_was_sold(
    world: World, key: OrderKey
) -> None:
    create_unheard(world, key)
    world.take(key)
    world.edit()

    outcome = world.take(key)

    assert outcome == Updated(NUMBER)
    assert str(world.found(NUMBER).total) == "83.00"


def test_an_edit_never_undoes_what_a_person_made_of_such_a_write(
    world: World, key: OrderKey
) -> None:
    create_unheard(world, key)
    world.sage.correct(NUMBER, ShipToCity="Sparks")
    world.run_until_quiet()
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.found(NUMBER).header["ShipToCity"] == "Sparks"


def create_unheard(world: World, key: OrderKey) -> None:
    """Sage has the order, nobody heard of it, and the other side keeps no account of its writes."""

    def die() -> None:
        raise CrashError

    create = 10
    world.sage.keeps_account = False
    world.step_in(create, die, after=True)
    with pytest.raises(CrashError):
        world.take(key)
    world.clock.advance(AGENT_DEADLINE + LEASE)
