"""One buyer is one AR customer, whoever asks and however often."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import EMAIL, STORE, order
from tests.unit.world import World
from tieout.domain.guarantees import ALL, SETTLE_WITHOUT_DEADLINE
from tieout.domain.identity import CustomerKey, buyer_fingerprint, customer_number_candidates
from tieout.domain.ledger import AGENT_DEADLINE, LEASE, WORKER_TIME
from tieout.domain.money import ZERO
from tieout.domain.orders import Buyer, Order
from tieout.domain.sales_orders import LookUp, SalesOrder
from tieout.errors import OutcomeUnknownError, RejectedError, RetryableError
from tieout.flows.desk import Look, Run, Sale
from tieout.flows.match_customer import match_customer

NUMBERS = customer_number_candidates(STORE, EMAIL)
FIRST = CustomerKey("00", NUMBERS[0])


def match(world: World, sold: Order | None = None, company: str = "ABC") -> CustomerKey:
    sold, world.workers = sold or order(), world.workers + 1
    claim = world.ledger.claim(sold.key, owner=f"matcher {world.workers}")
    assert claim is not None
    run = Run(world.desk, claim, claim.entry, world.clock.now() + WORKER_TIME)
    answer = LookUp(None, (), world.sage.now(), world.sage.guarantees)
    look = Look(run, world.sage, answer, world.clock.now())
    document = SalesOrder({}, (), ZERO)
    try:
        return match_customer(look, Sale(sold, document, company, sold.content_hash()))
    finally:
        world.ledger.release(claim, claim.entry)


def test_a_new_buyer_becomes_a_customer_under_a_number_of_the_buyers_own(world: World) -> None:
    found = match(world)

    assert found == FIRST
    assert world.sage.customers[FIRST]["EmailAddress"] == EMAIL


def test_a_buyer_who_comes_again_is_remembered_without_asking_sage(world: World) -> None:
    match(world)
    world.wire.names.clear()

    assert match(world) == FIRST
    assert world.wire.names == ["claim", "find_link", "release"]


def test_a_customer_who_has_this_email_in_sage_is_the_buyer(world: World) -> None:
    known = CustomerKey("01", "ADA0001")
    world.sage.customers[known] = {"EmailAddress": "Ada@Example.com"}

    assert match(world) == known
    assert world.wire.count("create_customer") == 0


def test_an_email_that_several_customers_have_is_a_persons_decision(world: World) -> None:
    for number in range(7):
        world.sage.customers[CustomerKey("00", f"ADA000{number}")] = {"EmailAddress": EMAIL}

    with pytest.raises(RejectedError, match=r"7 AR customers .* 00-ADA0004\.") as refused:
        match(world)

    assert refused.value.code == "SeveralCustomers"
    assert EMAIL not in refused.value.reason


def test_two_stores_and_two_companies_do_not_share_a_link(world: World) -> None:
    match(world, company="ABC")
    match(world, company="CAN")

    fingerprint = buyer_fingerprint(STORE, EMAIL)
    assert set(world.links.links) == {("ABC", fingerprint), ("CAN", fingerprint)}


def test_a_number_that_belongs_to_somebody_else_is_passed_over(world: World) -> None:
    world.sage.customers[FIRST] = {"EmailAddress": "bob@example.com"}

    assert match(world) == CustomerKey("00", NUMBERS[1])


def test_numbers_that_all_belong_to_others_are_a_persons_business(world: World) -> None:
    for number in NUMBERS:
        world.sage.customers[CustomerKey("00", number)] = {"EmailAddress": "bob@example.com"}

    with pytest.raises(RejectedError, match="Every customer number") as refused:
        match(world)

    assert refused.value.code == "NoCustomerNumber"


def test_a_second_order_of_a_new_buyer_waits_while_the_first_makes_the_customer(
    world: World,
) -> None:
    refused: list[Exception] = []

    def second() -> None:
        with pytest.raises(RetryableError, match="Another order of this buyer") as waits:
            match(world, order(251))
        refused.append(waits.value)

    # Call 5 creates the customer: the other order's worker comes in just before.
    world.step_in(5, second)

    found = match(world)

    assert len(refused) == 1
    assert match(world, order(251)) == found == FIRST
    assert list(world.sage.customers) == [FIRST]


def test_the_link_that_was_made_first_stands(world: World) -> None:
    fingerprint = buyer_fingerprint(STORE, EMAIL)
    other = CustomerKey("00", "OTHER01")
    # Call 6 remembers the link: somebody else has just linked the buyer to another customer.
    world.step_in(6, lambda: world.links.links.update({("ABC", fingerprint): other}))

    assert match(world) == other


def test_a_customer_whose_create_got_lost_is_looked_for_once_it_can_not_land_any_more(
    world: World,
) -> None:
    world.sage.will_raise("create_customer", OutcomeUnknownError("No answer came."))
    with pytest.raises(OutcomeUnknownError):
        match(world)
    with pytest.raises(RetryableError, match="Another order of this buyer"):
        match(world)
    world.sage.customers[FIRST] = {"EmailAddress": EMAIL}
    world.clock.advance(LEASE + timedelta(seconds=1))

    assert match(world) == FIRST
    assert len(world.sage.customers) == 1


def test_without_deadlines_a_buyer_stays_claimed_for_as_long_as_a_create_may_be_under_way(
    world: World,
) -> None:
    world.sage.guarantees = replace(ALL, deadline=False)
    world.sage.will_raise("create_customer", OutcomeUnknownError("No answer came."))
    with pytest.raises(OutcomeUnknownError):
        match(world)
    world.clock.advance(SETTLE_WITHOUT_DEADLINE - timedelta(seconds=1))

    with pytest.raises(RetryableError, match="Another order of this buyer"):
        match(world)


def test_a_customer_that_the_agent_was_asked_for_too_late_is_tried_again(world: World) -> None:
    world.step_in(5, lambda: world.clock.advance(AGENT_DEADLINE + timedelta(seconds=1)))

    with pytest.raises(RetryableError, match="too late to write the customer"):
        match(world)

    assert world.sage.customers == {}


def test_another_buyer_is_another_customer(world: World) -> None:
    bob = replace(order(), buyer=Buyer("bob@example.com"))

    assert match(world) != match(world, bob)
    assert len(world.sage.customers) == 2


def test_an_inactive_customer_gets_no_second_one_behind_a_persons_back(world: World) -> None:
    world.sage.customers[CustomerKey("00", "ADA0001")] = {
        "EmailAddress": EMAIL,
        "CustomerStatus": "I",
    }

    with pytest.raises(RejectedError, match=r"inactive: 00-ADA0001\.") as refused:
        match(world)

    assert refused.value.code == "InactiveCustomer"
    assert world.wire.count("create_customer") == 0


def test_an_active_customer_is_preferred_to_an_inactive_one(world: World) -> None:
    active = CustomerKey("00", "ADA0002")
    world.sage.customers[CustomerKey("00", "ADA0001")] = {
        "EmailAddress": EMAIL,
        "CustomerStatus": "I",
    }
    world.sage.customers[active] = {"EmailAddress": EMAIL}

    assert match(world) == active


def test_a_customer_of_ours_that_a_person_deleted_is_not_made_again(world: World) -> None:
    world.sage.gone_customers.add(FIRST)

    with pytest.raises(RejectedError, match="a person has deleted it since") as refused:
        match(world)

    assert refused.value.code == "CustomerDeleted"
    assert world.sage.customers == {}


def test_where_nothing_can_be_searched_a_buyer_of_ours_is_found_by_number(world: World) -> None:
    world.sage.searches = False
    match(world)
    world.links.links.clear()

    assert match(world) == FIRST
    assert list(world.sage.customers) == [FIRST]


def test_where_nothing_can_be_searched_an_inactive_buyer_is_noticed_all_the_same(
    world: World,
) -> None:
    world.sage.searches = False
    world.sage.customers[FIRST] = {"EmailAddress": EMAIL, "CustomerStatus": "I"}

    with pytest.raises(RejectedError, match=rf"inactive: {FIRST}\.") as refused:
        match(world)

    assert refused.value.code == "InactiveCustomer"
    assert not world.links.links
