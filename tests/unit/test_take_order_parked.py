"""Orders for which a person must act: why, and how they come loose again."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.orders import line, order
from tests.unit.sage import SOAP
from tests.unit.world import World
from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo
from tieout.domain.ledger import State
from tieout.domain.money import to_cents
from tieout.domain.orders import Buyer, Standing
from tieout.domain.outcomes import AlreadyTaken, Parked, Skipped, Taken, Updated
from tieout.domain.sales_orders import Where
from tieout.errors import NotSentError, RejectedError, RetryableError
from tieout.flows.leave_record import PARKED_RETRY
from tieout.flows.verdicts import DIFFERENCES_SHOWN

NUMBER = "W000250"
BY_HAND = "If you enter it by hand, give it the customer PO W-250-x7."
# Where Sage was not looked at, nobody knows if it shows what it once had.
SETTLE_FIRST = (
    "Before you enter it by hand: tieout orders settle; then give it the customer PO W-250-x7."
)


def edited_too_late(world: World, key: OrderKey) -> Parked:
    """The warehouse has begun to pick it, and then the shop changes it."""
    world.take(key)
    world.sage.picked.add(SalesOrderNo(NUMBER))
    world.edit()
    parked = world.take(key)
    assert isinstance(parked, Parked)
    return parked


def test_an_edit_that_is_parked_is_not_forgotten_when_the_shop_hides_the_order(
    world: World, key: OrderKey
) -> None:
    parked = edited_too_late(world, key)
    world.storefront.hidden.add(OrderId(250))

    outcome = world.take(key)

    assert outcome == parked
    assert world.entry(key).state is State.PARKED


def test_an_edit_that_waits_is_not_forgotten_when_the_shop_hides_the_order(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.edit()
    world.sage.will_raise("look_up", RetryableError("The agent is off."))
    world.take(key)
    world.storefront.hidden.add(OrderId(250))
    world.take(key)
    world.storefront.hidden.clear()

    world.run_until_quiet()

    assert world.entry(key).state is State.CREATED
    assert world.found(NUMBER).total == to_cents(Decimal(83))


def test_an_edit_of_an_order_that_is_being_picked_stays_parked_on_the_daily_look(
    world: World, key: OrderKey
) -> None:
    first = edited_too_late(world, key)
    parked_at = world.entry(key).parked_at
    world.clock.advance(PARKED_RETRY)
    second = world.take(key)

    assert "Sage has begun to ship it" in first.reason
    assert second == first
    assert world.entry(key).parked_at == parked_at
    assert world.entry(key).next_at == world.clock.now() + PARKED_RETRY


def test_an_edit_that_is_parked_is_settled_when_the_office_corrects_sage(
    world: World, key: OrderKey
) -> None:
    edited_too_late(world, key)
    world.sage.correct(NUMBER, NonTaxableAmt="75.00")
    found = world.sage.tables[Where.OPEN][world.sage.written[0]]
    corrected = {**found.lines[0], "UnitPrice": "75.000000"}
    world.sage.tables[Where.OPEN][found.number] = replace(found, lines=(corrected,))
    world.clock.advance(PARKED_RETRY)

    outcome = world.take(key)

    assert isinstance(outcome, Updated)
    assert (world.entry(key).state, world.entry(key).parked_at) == (State.CREATED, None)
    assert isinstance(world.take(key), AlreadyTaken)


def test_an_edit_that_is_parked_and_taken_back_is_settled(world: World, key: OrderKey) -> None:
    edited_too_late(world, key)
    world.edit(total="60.00")

    world.take(key)

    assert world.entry(key).state is State.CREATED


def test_an_edit_after_sage_has_finished_the_order_is_parked(world: World, key: OrderKey) -> None:
    world.take(key)
    world.sage.move(NUMBER, Where.INVOICE_HISTORY)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "Sage has finished sales order W000250" in outcome.reason


def test_a_parked_order_shows_the_first_few_differences(world: World, key: OrderKey) -> None:
    world.take(key)
    many = [line(f"SKU-{n}", total="1.00") for n in range(20)]
    world.storefront.put(order(lines=many))
    world.sage.correct(NUMBER, OrderDate="20200101", WarehouseCode="9", TaxSchedule="X", Comment="")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.reason.count(";") == DIFFERENCES_SHOWN - 1


def test_a_total_that_sage_makes_differently_is_parked_though_it_was_created(
    world: World, key: OrderKey
) -> None:
    world.sage.tax += 1

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "total: 68.00 expected, Sage has 69.00" in outcome.reason
    assert world.entry(key).created_at is not None


def test_what_sage_refuses_is_parked_and_created_once_the_item_is_there(
    world: World, key: OrderKey
) -> None:
    world.sage.unknown_items.add("TENT-2")

    parked = world.take(key)
    next_look = world.entry(key).next_at
    world.sage.unknown_items.clear()
    world.clock.advance(PARKED_RETRY)
    taken = world.take(key)

    assert parked == Parked("Sage has no item TENT-2.", f"Add the item in Sage. {BY_HAND}")
    assert next_look is not None
    assert next_look <= world.clock.now()
    assert isinstance(taken, Taken)


def test_an_order_that_cannot_be_read_is_parked(world: World, key: OrderKey) -> None:
    world.storefront.trouble.append(RejectedError("No number.", next_action="Look."))

    outcome = world.take(key)

    assert outcome == Parked("No number.", f"Look. {SETTLE_FIRST}")
    assert world.ledger.due(key.store, now=world.clock.now() + PARKED_RETRY, limit=9) == (key,)


def test_a_currency_without_a_company_is_parked(world: World, key: OrderKey) -> None:
    world.storefront.put(replace(order(), currency="EUR"))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "no Sage company is set for that currency" in outcome.reason
    assert not any(name == "look_up" for name in world.wire.names)


def test_an_order_stays_in_the_company_it_was_begun_in(world: World, key: OrderKey) -> None:
    world.take(key)
    world.storefront.put(replace(order(), currency="EUR"))

    world.take(key)

    assert world.entry(key).company == "ABC"


def test_a_parked_order_that_waits_is_looked_at_again_and_not_taken_for_done(
    world: World, key: OrderKey
) -> None:
    edited_too_late(world, key)
    world.sage.will_raise("look_up", RetryableError("Off."))

    world.take(key)

    world.run_until_quiet()
    assert world.entry(key).state is State.PARKED


def test_what_sage_refused_is_offered_again_at_once_when_a_person_asks(
    world: World, key: OrderKey
) -> None:
    world.sage.will_raise("create", RejectedError("No such item.", next_action="Add it."))
    refused = world.take(key)

    outcome = world.take(key)

    assert isinstance(refused, Parked)
    assert isinstance(outcome, Taken)


def test_a_create_that_never_left_is_tried_again_without_settling(
    world: World, key: OrderKey
) -> None:
    world.sage.will_raise("create", NotSentError("The Sage agent could not be reached."))
    world.take(key)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)


def test_a_sales_order_under_another_customer_is_told_to_a_person(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.correct(NUMBER, CustomerNo="OTHER01")
    world.ledger.records.clear()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "Sage has 00-OTHER01" in outcome.reason


def test_a_parked_order_stays_parked_with_its_age_while_the_agent_is_off(
    world: World, key: OrderKey
) -> None:
    world.sage.will_raise("create", RejectedError("No such item.", next_action="Add it."))
    world.take(key)
    parked = world.entry(key)
    world.clock.advance(PARKED_RETRY)
    world.sage.will_raise("look_up", RetryableError("The agent is off."))

    world.take(key)

    entry = world.entry(key)
    assert (entry.state, entry.reason) == (State.PARKED, "No such item.")
    assert entry.parked_at == parked.parked_at
    assert entry.next_at is not None
    assert entry.next_at < world.clock.now() + PARKED_RETRY


def test_an_edit_with_another_email_makes_no_customer_that_nobody_needs(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.clock.advance(timedelta(minutes=1))
    world.storefront.put(replace(order(), buyer=Buyer("another@example.com")))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert len(world.sage.customers) == 1


@pytest.mark.parametrize("entered", [False, True], ids=["never entered", "entered and deleted"])
def test_a_parked_order_that_the_shop_cancelled_is_done_when_sage_has_nothing_of_it(
    world: World, key: OrderKey, *, entered: bool
) -> None:
    world.sage.will_raise("create", RejectedError("No such item.", next_action="Add it."))
    world.take(key)
    if entered:
        world.sage.enter("0001234", CustomerPONo="W-250-x7")
        world.sage.strike("0001234")
    world.cancel()

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.entry(key).parked_at is None


def test_a_parked_order_without_a_company_stays_with_a_person_when_the_shop_cancels_it(
    world: World, key: OrderKey
) -> None:
    world.storefront.put(replace(order(), currency="EUR"))
    world.take(key)
    world.cancel(currency="EUR")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "then settle it" in outcome.next_action


def test_a_parked_order_that_was_refunded_is_done(world: World, key: OrderKey) -> None:
    world.sage.will_raise("create", RejectedError("No such item.", next_action="Add it."))
    world.take(key)
    world.storefront.put(replace(order(), standing=Standing.RETIRED))

    outcome = world.take(key)

    assert isinstance(outcome, Skipped)


def test_where_sage_shows_open_orders_only_an_order_is_settled_before_it_is_entered_by_hand(
    world: World, key: OrderKey
) -> None:
    world.sage.guarantees = SOAP
    world.sage.unknown_items.add("TENT-2")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert outcome.next_action.endswith(SETTLE_FIRST)
