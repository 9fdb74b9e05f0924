"""One small world per test, with one order sold in it, and what recounts it."""

import pytest

from tests.unit.orders import order
from tests.unit.recounting import Recounter, sell
from tests.unit.world import World
from tieout.domain.identity import OrderKey


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def key(world: World) -> OrderKey:
    return world.storefront.put(order())


@pytest.fixture
def recounter(world: World) -> Recounter:
    return Recounter(world)


@pytest.fixture
def keys(world: World) -> list[OrderKey]:
    """Seven orders in Sage, since two hours."""
    return sell(world, *range(1, 8))
