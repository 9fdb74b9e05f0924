"""One buyer is one AR customer, whoever asks and however often."""

from dataclasses import replace

import pytest

from tests.unit.orders import EMAIL, STORE, order
from tests.unit.world import World
from tieout.domain.identity import CustomerKey, buyer_fingerprint, customer_number_candidates
from tieout.domain.mapping import SageDefaults
from tieout.domain.orders import Buyer, Order
from tieout.errors import OutcomeUnknownError, RejectedError
from tieout.flows.match_customer import match_customer

NUMBERS = customer_number_candidates(STORE, EMAIL)
FIRST = CustomerKey("00", NUMBERS[0])


def match(world: World, sold: Order | None = None, company: str = "ABC") -> CustomerKey:
    return match_customer(
        sold or order(),
        sage=world.sage,
        links=world.links,
        company=company,
        defaults=SageDefaults(),
    )


def test_a_new_buyer_becomes_a_customer_under_a_number_of_the_buyers_own(world: World) -> None:
    found = match(world)

    assert found == FIRST
    assert world.sage.customers[FIRST]["EmailAddress"] == EMAIL


def test_a_buyer_who_comes_again_is_remembered_without_asking_sage(world: World) -> None:
    match(world)
    world.wire.names.clear()

    assert match(world) == FIRST
    assert world.wire.names == ["find_link"]


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


def test_two_workers_with_one_new_buyer_make_one_customer(world: World) -> None:
    seen: list[CustomerKey] = []
    # Call 3 creates the customer: the other worker comes in just before.
    world.step_in(3, lambda: seen.append(match(world)))

    found = match(world)

    assert seen == [found] == [FIRST]
    assert list(world.sage.customers) == [FIRST]


def test_the_link_that_was_made_first_stands(world: World) -> None:
    fingerprint = buyer_fingerprint(STORE, EMAIL)
    other = CustomerKey("00", "OTHER01")
    # Call 4 remembers the link: somebody else has just linked the buyer to another customer.
    world.step_in(4, lambda: world.links.links.update({("ABC", fingerprint): other}))

    assert match(world) == other


def test_a_customer_whose_create_got_lost_is_found_by_email(world: World) -> None:
    world.sage.will_raise("create_customer", OutcomeUnknownError("No answer came."))
    with pytest.raises(OutcomeUnknownError):
        match(world)
    world.sage.customers[FIRST] = {"EmailAddress": EMAIL}

    assert match(world) == FIRST
    assert len(world.sage.customers) == 1


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
