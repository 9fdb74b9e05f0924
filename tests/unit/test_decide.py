"""What a person decides about a parked order holds, is written down, and doubles nothing."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from tests.unit.orders import line, order, standing
from tests.unit.ports import FakeAudit
from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.guarantees import ALL, SETTLE_WITHOUT_DEADLINE
from tieout.domain.identity import OrderKey, SalesOrderNo
from tieout.domain.ledger import State
from tieout.domain.orders import Standing
from tieout.domain.outcomes import Parked, Skipped, Taken
from tieout.domain.sales_orders import Where
from tieout.errors import RejectedError, RetryableError
from tieout.flows.decide import Decision, create_again, settle

NUMBER = "W000250"


@dataclass
class Office:
    """A person with the command, in a world with one order."""

    world: World
    audit: FakeAudit
    key: OrderKey

    def settle(self) -> None:
        settle(self._decision(), ledger=self.world.ledger, audit=self.audit, clock=self.world.clock)

    def again(self) -> None:
        create_again(
            self._decision(), ledger=self.world.ledger, audit=self.audit, clock=self.world.clock
        )

    def _decision(self) -> Decision:
        owner = f"deed {len(self.audit.decisions)}"
        return Decision(self.key, who="ada", reason="It was so.", owner=owner)


@pytest.fixture
def office(world: World, key: OrderKey) -> Office:
    return Office(world, FakeAudit(), key)


def vanish(world: World, key: OrderKey) -> None:
    """The sales order is gone from Sage, as after a backup was put back."""
    world.take(key)
    world.sage.tables[Where.OPEN].clear()
    world.edit()
    assert isinstance(world.take(key), Parked)


def test_an_order_that_sage_lost_is_created_again_once_a_person_says_so(
    world: World, key: OrderKey, office: Office
) -> None:
    vanish(world, key)

    office.again()
    outcome = world.take(key)

    assert isinstance(outcome, Taken)
    assert str(world.found(NUMBER).total) == "83.00"
    assert office.audit.decisions == [(key, "again", "ada", "It was so.")]


def test_an_order_that_is_back_in_sage_is_adopted_and_not_doubled(
    world: World, key: OrderKey, office: Office
) -> None:
    world.take(key)
    kept = dict(world.sage.tables[Where.OPEN])
    world.sage.tables[Where.OPEN].clear()
    world.clock.advance(timedelta(hours=2))
    world.take(key)
    office.again()
    world.sage.tables[Where.OPEN].update(kept)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)
    assert world.wire.count("create") == 1


def test_while_a_create_may_be_under_way_there_is_no_second_one(
    world: World, key: OrderKey, office: Office
) -> None:
    world.sage.guarantees = replace(ALL, history=False, deadline=False)
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.clock.advance(timedelta(minutes=1))
    record = world.ledger.records[key]
    record.entry = replace(record.entry, state=State.PARKED, parked_at=world.clock.now())

    with pytest.raises(RejectedError, match="still be on its way"):
        office.again()

    assert office.audit.decisions == []
    assert world.entry(key).state is State.PARKED


def test_where_nothing_is_certain_a_person_is_asked_and_can_say_create_it(
    world: World, key: OrderKey, office: Office
) -> None:
    world.sage.guarantees = replace(ALL, history=False, deadline=False)
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.run_until_quiet()
    asked = world.entry(key)
    world.clock.advance(SETTLE_WITHOUT_DEADLINE)

    office.again()
    outcome = world.take(key)

    assert asked.state is State.PARKED
    assert "not known whether" in asked.reason
    assert "tieout orders again" in asked.next_action
    assert isinstance(outcome, Taken)
    assert world.wire.count("create") == 2


def test_an_order_that_a_person_settled_stays_settled(
    world: World, key: OrderKey, office: Office
) -> None:
    vanish(world, key)

    office.settle()
    world.clock.advance(timedelta(days=3))
    outcome = world.take(key)

    assert isinstance(outcome, Skipped)
    assert world.entry(key).parked_at is None
    assert world.wire.count("create") == 1


@pytest.mark.parametrize("change", ["edit", "cancel"])
def test_an_order_that_was_settled_comes_back_when_the_shop_changes_it(
    world: World, key: OrderKey, office: Office, *, change: str
) -> None:
    vanish(world, key)
    office.settle()
    sold = order(lines=[line(total="99.00" if change == "edit" else "75.00")])
    stands = Standing.IMPORTABLE if change == "edit" else Standing.CANCELLED
    world.storefront.put(standing(sold, stands))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "settled by hand" in outcome.reason


def test_only_parked_orders_are_for_a_person_to_decide(
    world: World, key: OrderKey, office: Office
) -> None:
    with pytest.raises(RejectedError, match="not parked"):
        office.settle()
    world.take(key)

    with pytest.raises(RejectedError, match="not parked"):
        office.again()


def test_an_order_that_a_worker_has_dealt_with_meanwhile_is_not_decided(
    world: World, key: OrderKey, office: Office
) -> None:
    world.sage.will_raise("create", RejectedError("No such item.", next_action="Add it."))
    world.take(key)
    calls = len(world.wire.names)
    # After the command has read that the order is parked, a worker takes it.
    world.step_in(calls + 2, lambda: (world.take(key), None)[1])

    with pytest.raises(RejectedError, match="not parked"):
        office.settle()

    assert world.entry(key).state is State.CREATED
    assert office.audit.decisions == []


def test_a_decision_waits_for_the_worker_that_has_the_order(
    world: World, key: OrderKey, office: Office
) -> None:
    vanish(world, key)
    world.ledger.claim(key, owner="worker")

    with pytest.raises(RetryableError, match="repeat this"):
        office.settle()

    assert office.audit.decisions == []


def test_an_order_that_only_the_agent_remembers_is_created_again_once_a_person_says_so(
    world: World, key: OrderKey, office: Office
) -> None:
    world.sage.journal[SalesOrderNo(NUMBER)] = 7
    assert isinstance(world.take(key), Parked)

    office.again()

    assert isinstance(world.take(key), Taken)
    assert world.sage.written == [NUMBER]


def test_a_persons_word_holds_for_what_was_stored_until_then_only(
    world: World, key: OrderKey, office: Office
) -> None:
    world.sage.journal[SalesOrderNo(NUMBER)] = 7
    world.take(key)
    office.again()
    world.sage.journal[SalesOrderNo(NUMBER)] = 8

    assert isinstance(world.take(key), Parked)
    assert world.wire.count("create") == 0
