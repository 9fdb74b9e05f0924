"""Taking one order into Sage: written once, adopted, or left to whom it belongs."""

from datetime import timedelta

import pytest

from tests.unit.orders import PLACED, order
from tests.unit.sage import LATE_BY, Fate
from tests.unit.world import World
from tieout.domain.identity import OrderKey, SalesOrderNo
from tieout.domain.ledger import AGENT_DEADLINE, SETTLE, State
from tieout.domain.mapping import MAPPING_VERSION
from tieout.domain.outcomes import AlreadyTaken, Parked, Taken, Waiting
from tieout.domain.sales_orders import Where
from tieout.flows.leave_record import SHORTEST_WAIT

NUMBER, MARKER = "W000250", "W-250-x7"


def test_a_new_order_becomes_one_sales_order_in_twelve_calls_at_most(
    world: World, key: OrderKey
) -> None:
    outcome = world.take(key)

    assert outcome == Taken(world.sage.written[0], adopted=False, placed_at=PLACED)
    assert world.sage.written == [NUMBER]
    assert len(world.wire.names) <= 12
    entry = world.entry(key)
    assert (entry.state, entry.next_at, entry.total_cents) == (State.CREATED, None, 6800)
    assert (entry.company, entry.currency, entry.rev, entry.attempts) == ("ABC", "USD", 1, 0)


def test_a_known_buyer_costs_three_calls_to_sage(world: World, key: OrderKey) -> None:
    world.take(key)
    world.wire.names.clear()

    world.take(world.storefront.put(order(251)))

    asked = [name for name in world.wire.names if name in {"look_up", "create", "find_customers"}]
    assert asked == ["look_up", "create", "look_up"]


def test_the_same_wakeup_twice_does_nothing_the_second_time(world: World, key: OrderKey) -> None:
    world.take(key)
    world.wire.names.clear()

    outcome = world.take(key)

    assert outcome == AlreadyTaken(world.sage.written[0])
    assert world.wire.names == ["claim", "read_order", "release"]


def test_the_intent_is_durable_before_the_create_leaves(world: World, key: OrderKey) -> None:
    seen: list[State] = []
    world.wire.before = lambda _n, name: (
        seen.append(world.entry(key).state) if name == "create" else None
    )

    world.take(key)

    assert seen == [State.INTENT]


def test_an_answer_that_got_lost_is_found_at_once(world: World, key: OrderKey) -> None:
    world.sage.fates.append(Fate.ANSWER_LOST)

    outcome = world.take(key)

    assert outcome == Taken(world.sage.written[0], adopted=True, placed_at=PLACED)


def test_a_request_that_got_lost_is_sent_again_only_after_its_deadline(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.REQUEST_LOST)

    outcome = world.take(key)

    deadline = world.sage.now() + AGENT_DEADLINE
    assert world.entry(key).not_after == deadline
    assert world.entry(key).map_version == MAPPING_VERSION
    assert outcome == Waiting(
        "No answer came to the write; Sage is looked at again.", deadline + SETTLE
    )
    assert world.entry(key).state is State.INTENT
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]
    assert world.entry(key).state is State.CREATED


def test_a_create_that_lands_late_is_adopted(world: World, key: OrderKey) -> None:
    world.sage.fates.append(Fate.LATE)
    world.take(key)
    world.clock.advance(LATE_BY)

    outcome = world.take(key)

    assert isinstance(outcome, Taken)
    assert outcome.adopted
    assert world.wire.count("create") == 1


def test_before_the_deadline_absent_means_wait_and_not_create(world: World, key: OrderKey) -> None:
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.clock.advance(timedelta(seconds=5))

    outcome = world.take(key)

    assert outcome == Waiting(
        "An earlier write may still be on its way to Sage.",
        world.clock.now() + AGENT_DEADLINE + SETTLE - timedelta(seconds=5),
    )
    assert world.wire.count("create") == 1


def test_a_create_that_lands_after_its_deadline_is_refused_by_the_agent(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.MUCH_LATER)
    world.take(key)

    world.run_until_quiet()

    world.clock.advance(timedelta(hours=1))
    world.sage.look_up(world.sage.written[0], marker=MARKER)
    assert world.sage.written == [NUMBER]


def test_without_time_for_a_look_the_lost_answer_is_looked_for_later(
    world: World, key: OrderKey
) -> None:
    world.sage.fates.append(Fate.ANSWER_LOST)
    world.step_in(8, lambda: world.clock.advance(timedelta(seconds=15)), after=True)

    outcome = world.take(key, time=timedelta(seconds=40))

    assert isinstance(outcome, Waiting)
    assert world.wire.count("look_up") == 1
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]


def test_nothing_is_created_that_would_reach_the_agent_too_late(
    world: World, key: OrderKey
) -> None:
    world.wire.before = lambda _n, name: (
        world.clock.advance(AGENT_DEADLINE * 2)
        if name == "create" and world.wire.count("create") == 1
        else None
    )

    outcome = world.take(key)

    assert outcome == Waiting(
        "The agent was reached too late to write.", world.clock.now() + SHORTEST_WAIT
    )
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]


def test_a_hand_made_sales_order_under_our_number_is_never_touched(
    world: World, key: OrderKey
) -> None:
    world.sage.enter(NUMBER, CustomerPONo="PHONE")

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "is not ours" in outcome.reason
    assert world.wire.count("create") == 0


def test_a_number_that_is_taken_between_look_and_create_is_parked(
    world: World, key: OrderKey
) -> None:
    world.wire.before = lambda _n, name: (
        world.sage.enter(NUMBER, CustomerPONo="PHONE") if name == "create" else None
    )

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.entry(key).created_at is None


def test_our_marker_on_a_second_sales_order_is_parked(world: World, key: OrderKey) -> None:
    world.take(key)
    world.sage.enter("0001234", CustomerPONo=MARKER)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "0001234" in outcome.reason


def test_our_marker_under_another_number_alone_is_parked(world: World, key: OrderKey) -> None:
    world.sage.enter("0001234", CustomerPONo=MARKER)

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert world.wire.count("create") == 0


@pytest.mark.parametrize("where", [Where.HISTORY, Where.INVOICE_HISTORY])
def test_an_order_that_sage_has_finished_is_not_created_again_by_an_empty_ledger(
    world: World, key: OrderKey, where: Where
) -> None:
    world.take(key)
    world.sage.move(NUMBER, where)
    world.ledger.records.clear()

    outcome = world.take(key)

    assert isinstance(outcome, Taken)
    assert outcome.adopted
    assert world.sage.written == [NUMBER]


def test_a_sales_order_that_was_deleted_in_sage_is_not_raised_from_the_dead(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.strike(NUMBER)
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "is no longer there" in outcome.reason
    assert world.wire.count("create") == 1


def test_a_sales_order_that_vanished_from_sage_is_not_created_again(
    world: World, key: OrderKey
) -> None:
    world.take(key)
    world.sage.tables[Where.OPEN].clear()
    world.edit()

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert "is no longer there" in outcome.reason
    assert world.wire.count("create") == 1


def test_an_order_that_the_agent_once_stored_and_a_person_deleted_is_not_created_again(
    world: World, key: OrderKey
) -> None:
    world.sage.gone.add(SalesOrderNo(NUMBER))

    first = world.take(key)
    world.sage.gone.clear()
    world.clock.advance(timedelta(days=2))
    again = world.take(key)

    assert isinstance(first, Parked)
    assert again == first
    assert world.wire.count("create") == 1
