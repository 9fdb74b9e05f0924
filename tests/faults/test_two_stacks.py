"""Two deployments on one store and one Sage company, by mistake or as live and staging."""

from dataclasses import replace

from tests.unit.orders import key_of, order
from tests.unit.ports import FakeLedger
from tests.unit.world import World
from tieout.domain.identity import Numbering
from tieout.domain.ledger import WORKER_TIME
from tieout.domain.outcomes import Parked
from tieout.flows.take_order import take_order


def test_a_second_stack_leaves_the_sales_order_of_the_first_alone() -> None:
    world, key = World(), key_of()
    world.storefront.put(order())
    world.take(key)
    before = world.found("W000250")
    second = replace(
        world.desk, ledger=FakeLedger(world.clock), numbering=Numbering("W", "x8", "X")
    )

    outcome = take_order(
        key, desk=second, owner="the second stack", stop_at=world.clock.now() + WORKER_TIME
    )

    assert isinstance(outcome, Parked)
    assert "is not ours" in outcome.reason
    assert world.found("W000250") == before
    assert world.sage.written == ["W000250"]
