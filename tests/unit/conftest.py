"""One small world per test, with one order sold in it."""

import pytest

from tests.unit.orders import order
from tests.unit.world import World
from tieout.domain.identity import OrderKey


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def key(world: World) -> OrderKey:
    return world.storefront.put(order())
