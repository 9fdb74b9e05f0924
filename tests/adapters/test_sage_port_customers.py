"""The port Sage, AR customers: one suite for the fake, the agent, and SOAP as far as it goes."""

import itertools
from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from tests.adapters.sage_worlds import BUYER, CUSTOMER, IN_TIME, World, case_in
from tieout.domain.customers import FoundCustomer
from tieout.domain.identity import CustomerKey
from tieout.ports import Created

SECOND = timedelta(seconds=1)
_count = itertools.count(1)


@pytest.fixture
def key() -> CustomerKey:
    """A customer number that no other test uses."""
    return CustomerKey("00", f"WP{next(_count):05d}")


def address_of(key: CustomerKey) -> str:
    return f"jane.{key.number.lower()}@example.com"


def create(
    world: World, key: CustomerKey, *, in_time: timedelta = IN_TIME, **columns: str
) -> Created:
    sent: Mapping[str, str] = CUSTOMER | {"EmailAddress": address_of(key)} | columns
    return world.sage.create_customer(key, sent, not_after=world.now() + in_time)


def test_a_customer_who_was_never_created_is_none(world: World, key: CustomerKey) -> None:
    assert world.sage.read_customer(key) is None
    assert world.sage.find_customers(address_of(key)) == ()


def test_a_customer_is_there_as_it_was_sent(world: World, key: CustomerKey) -> None:
    created = create(world, key, CustomerName="Jane Doe", City="Boulder")

    columns = world.sage.read_customer(key)
    assert created is Created.YES
    assert columns is not None
    assert (columns["CustomerName"], columns["City"]) == ("Jane Doe", "Boulder")
    assert columns["EmailAddress"] == address_of(key)


@pytest.mark.parametrize("asked", [str.lower, str.upper, str.title])
@pytest.mark.parametrize("kept", [str.lower, str.upper, str.title])
def test_a_customer_is_found_by_e_mail_whatever_the_case(
    full_world: World, key: CustomerKey, *, asked: Callable[[str], str], kept: Callable[[str], str]
) -> None:
    world = full_world
    create(world, key, EmailAddress=kept(address_of(key)))

    assert world.sage.find_customers(asked(address_of(key))) == (FoundCustomer(key),)


@pytest.mark.parametrize("other", ["x{}", "{}.au", "jane@example.com"])
def test_only_the_whole_e_mail_address_finds_a_customer(
    full_world: World, key: CustomerKey, other: str
) -> None:
    world = full_world
    create(world, key)

    assert world.sage.find_customers(other.format(address_of(key))) == ()


def test_all_customers_with_one_e_mail_address_are_found(
    full_world: World, key: CustomerKey
) -> None:
    world = full_world
    second = CustomerKey("01", key.number)
    create(world, key)
    create(world, second, EmailAddress=address_of(key))

    found = world.sage.find_customers(address_of(key))

    assert sorted(found, key=str) == [FoundCustomer(key), FoundCustomer(second)]


def test_an_inactive_customer_is_found_as_such(full_world: World, key: CustomerKey) -> None:
    world = full_world
    create(world, key)
    world.retire(key)

    assert world.sage.find_customers(address_of(key)) == (FoundCustomer(key, active=False),)


def test_a_customer_number_that_exists_is_not_created_again(world: World, key: CustomerKey) -> None:
    create(world, key)
    before = world.sage.read_customer(key)

    assert create(world, key, CustomerName="Somebody Else") is Created.EXISTS
    assert world.sage.read_customer(key) == before


def test_one_number_in_two_divisions_is_two_customers(world: World, key: CustomerKey) -> None:
    create(world, key)
    second = CustomerKey("01", key.number)

    assert world.sage.read_customer(second) is None
    assert create(world, second, EmailAddress="") is Created.YES


def test_the_very_same_create_twice_makes_one_customer(world: World, key: CustomerKey) -> None:
    create(world, key)
    before = world.sage.read_customer(key)

    # Sage says that it exists; an agent with a journal says yes, this was done.
    assert create(world, key) in {Created.EXISTS, Created.YES}
    assert world.sage.read_customer(key) == before


def test_after_the_deadline_no_customer_is_stored(full_world: World, key: CustomerKey) -> None:
    world = full_world
    assert create(world, key, in_time=-SECOND) is Created.TOO_LATE
    assert world.sage.read_customer(key) is None
    assert world.sage.find_customers(address_of(key)) == ()
    assert create(world, key) is Created.YES


def test_a_late_create_of_a_customer_who_exists_changes_nothing(
    world: World, key: CustomerKey
) -> None:
    create(world, key)
    before = world.sage.read_customer(key)

    late = create(world, key, in_time=-SECOND, CustomerName="Somebody Else")

    assert late in {Created.EXISTS, Created.TOO_LATE}
    assert world.sage.read_customer(key) == before


def test_an_order_belongs_to_the_customer_it_was_created_for(
    world: World, key: CustomerKey
) -> None:
    create(world, key)
    case = case_in(world)

    world.sage.create(
        case.number,
        case.document(),
        customer=key,
        not_after=world.now() + IN_TIME,
        rev=1,
    )

    assert case.found().customer == key != BUYER
