"""The recount where the connection can't list sales orders: ledger and storefront alone are compared."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import key_of, order
from tests.unit.recounting import Recounter, lose, sell
from tests.unit.world import World
from tieout.domain.agents import Capability
from tieout.domain.identity import OrderKey
from tieout.flows.recount import JUST_NOW


@pytest.fixture
def recounter(world: World) -> Recounter:
    made = Recounter(world)
    made.door.lacks = frozenset({Capability.LISTS})
    return made


@pytest.fixture
def keys(world: World) -> list[OrderKey]:
    return sell(world, 1, 2, 3)


def place_unheard(world: World, order_id: int, *, ago: timedelta) -> OrderKey:
    """An order that no webhook told of, and no scan has found."""
    world.storefront.put(replace(order(order_id), placed_at=world.clock.now()))
    world.clock.advance(ago)
    return key_of(order_id)


@pytest.mark.usefixtures("keys")
def test_no_list_is_asked_for_and_nothing_counts_as_missing_from_it(
    world: World, recounter: Recounter
) -> None:
    before = world.entries()

    found = recounter.found(first=1)

    assert found == (0, 0, 0)
    assert recounter.door.asked == []
    assert world.entries() == before


@pytest.mark.usefixtures("keys")
def test_an_order_that_the_ledger_never_heard_of_is_made_due(
    world: World, recounter: Recounter
) -> None:
    unheard = place_unheard(world, 4, ago=timedelta(hours=1))

    found = recounter.found(first=1)

    assert found == (1, 0, 0)
    assert recounter.due() == {unheard}


@pytest.mark.usefixtures("keys")
def test_an_order_that_was_placed_just_now_is_still_on_its_way(
    world: World, recounter: Recounter
) -> None:
    place_unheard(world, 4, ago=JUST_NOW - timedelta(seconds=1))

    assert recounter.found(first=1) == (0, 0, 0)
    assert recounter.due() == set()


@pytest.mark.usefixtures("keys")
def test_an_order_from_before_us_is_left_alone_whether_or_not_we_were_told(
    world: World, recounter: Recounter
) -> None:
    """Nobody has said which orders were entered by hand, and to take one of those would double it."""
    place_unheard(world, 4, ago=timedelta(hours=1))

    assert recounter.found() == (0, 0, 0)
    assert recounter.found(first=5) == (0, 0, 0)
    assert recounter.due() == set()


def test_after_a_restore_every_order_that_sage_ever_held_is_looked_up_all_the_same(
    world: World, recounter: Recounter, keys: list[OrderKey]
) -> None:
    lose(world, "W000003")

    tally = recounter.count(thorough=True)

    assert tally
    assert tally.ended
    assert recounter.due() == set(keys)
