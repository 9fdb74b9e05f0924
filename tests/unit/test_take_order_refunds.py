"""Orders that were refunded or archived after Sage has them: left as they are, or told."""

from tests.unit.orders import line, order, standing
from tests.unit.world import World
from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo
from tieout.domain.ledger import State
from tieout.domain.orders import Standing
from tieout.domain.outcomes import AlreadyTaken, Parked
from tieout.domain.sales_orders import Where
from tieout.flows.take_order import SURE_FOR

NUMBER = SalesOrderNo("W000250")


def test_a_refund_changes_nothing_in_sage(world: World, key: OrderKey) -> None:
    world.take(key)
    world.clock.advance(SURE_FOR)
    world.storefront.put(standing(order(), Standing.RETIRED))

    outcome = world.take(key)

    assert outcome == AlreadyTaken(NUMBER)
    assert world.found(NUMBER).rev == 1


def test_an_order_changed_and_then_refunded_is_told(world: World, key: OrderKey) -> None:
    world.take(key)
    world.clock.advance(SURE_FOR)
    world.storefront.put(standing(order(lines=[line(total="10.00")]), Standing.RETIRED))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "refunded or archived" in outcome.reason


def test_an_order_that_the_shop_has_archived_is_left_in_sage(world: World, key: OrderKey) -> None:
    world.take(key)
    world.storefront.hidden.add(OrderId(250))
    world.take(key)

    world.run_until_quiet()

    assert world.entry(key).state is State.CREATED
    assert world.found(NUMBER).where is Where.OPEN
