"""The agent client's changes against the agent's real code: keys, locks, and answers that never came."""

from collections.abc import Callable, Generator
from contextlib import closing
from datetime import timedelta
from functools import partial

import pytest

from sandbox.sage100 import faults
from sandbox.sage100.faults import Fault, FaultKind
from sandbox.sage100.store import SYSTEM
from sandbox.sage100.tables_ar import AR_CUSTOMER
from sandbox.sage100.tables_so import SO_SALES_ORDER_HEADER, SO_SALES_ORDER_HISTORY_HEADER
from tests.adapters.agent_calls import Keys
from tests.adapters.sage_worlds import (
    CUSTOMER,
    IN_TIME,
    AgentWorld,
    Case,
    case_in,
    client_of,
    line,
    world_of,
)
from tests.agent.harness import RunningAgent
from tieout.adapters.http import Patience
from tieout.domain.identity import CustomerKey
from tieout.domain.sales_orders import HOLD_COMMENT, Guard
from tieout.errors import NotSentError, OutcomeUnknownError, RejectedError
from tieout.ports import Changed, Created, Sage

# Shorter than Sage hangs, so that we give up while it goes on.
HANGS = Fault("hang", seconds=1.0, on="write")
SOON_OVER = Patience(read=0.5, total=0.5)
Change = Callable[[Sage, Case, Guard], Changed]


def replacing(sage: Sage, case: Case, guard: Guard) -> Changed:
    return sage.replace(case.number, case.document(line(2, "3", "7.77")), guard=guard)


def holding(sage: Sage, case: Case, guard: Guard) -> Changed:
    return sage.hold(case.number, on=True, comment=HOLD_COMMENT, guard=guard)


def deleting(sage: Sage, case: Case, guard: Guard) -> Changed:
    return sage.delete(case.number, guard=guard)


each_change = pytest.mark.parametrize("change", [replacing, holding, deleting])


@pytest.fixture
def real(agent: RunningAgent) -> Generator[AgentWorld]:
    with world_of(agent) as made:
        yield made
    with closing(agent.store(SYSTEM)) as system:
        faults.clear(system)


@pytest.fixture
def sage(real: AgentWorld) -> Sage:
    return real.sage


@pytest.fixture
def order(real: AgentWorld) -> Case:
    """A sales order that is open in Sage."""
    case = case_in(real)
    assert case.create() is Created.YES
    return case


@each_change
def test_a_rotated_key_is_fetched_once_for_a_change(
    agent: RunningAgent, order: Case, change: Change
) -> None:
    keys = Keys("tieout_old-key")

    with closing(client_of(agent, keys)) as sage:
        changed = change(sage, order, order.guard())

    assert (changed, keys.refreshed) == (Changed.YES, 1)


@each_change
def test_a_change_that_was_given_up_lands_before_the_next_look_up_answers(
    agent: RunningAgent, order: Case, change: Change
) -> None:
    before, guard = order.found(), order.guard()
    agent.fault(HANGS)

    with closing(client_of(agent, patience=SOON_OVER)) as sage, pytest.raises(OutcomeUnknownError):
        change(sage, order, guard)

    assert order.found().stamp != before.stamp


def test_a_create_that_was_given_up_lands_before_the_next_look_up_answers(
    agent: RunningAgent, real: AgentWorld
) -> None:
    hasty = case_in(real)
    agent.fault(HANGS)

    with closing(client_of(agent, patience=SOON_OVER)) as sage, pytest.raises(OutcomeUnknownError):
        Case(AgentWorld(sage, real.staff, real.books), hasty.number, hasty.marker).create()

    assert hasty.found().marker == hasty.marker
    assert hasty.create(rev=2) is Created.EXISTS


@each_change
def test_a_change_of_which_sage_lost_the_answer_is_known_to_the_journal(
    agent: RunningAgent, sage: Sage, *, order: Case, change: Change
) -> None:
    before, guard = order.found(), order.guard()
    agent.fault(Fault("lost_answer"))

    with pytest.raises(OutcomeUnknownError):
        change(sage, order, guard)

    after = order.found()
    assert after.stamp != before.stamp
    assert change(sage, order, guard) is Changed.YES
    assert order.found() == after


@each_change
@pytest.mark.parametrize("kind", ["record_lock", "exclusive_lock"])
def test_a_change_that_a_lock_kept_out_has_not_begun(
    agent: RunningAgent, sage: Sage, *, order: Case, change: Change, kind: FaultKind
) -> None:
    before, guard = order.found(), order.guard()
    agent.fault(Fault(kind, object=order.number))

    with pytest.raises(NotSentError):
        change(sage, order, guard)

    assert order.found() == before
    assert change(sage, order, guard) is Changed.YES


@each_change
def test_a_paused_agent_changes_nothing(
    agent: RunningAgent, sage: Sage, *, order: Case, change: Change
) -> None:
    before, guard = order.found(), order.guard()
    agent.settings.pause_file.touch()

    with pytest.raises(NotSentError):
        change(sage, order, guard)

    agent.settings.pause_file.unlink()
    assert order.found() == before


@each_change
def test_a_change_that_sage_refuses_as_a_whole_parks_the_order(
    agent: RunningAgent, sage: Sage, *, order: Case, change: Change
) -> None:
    before, guard = order.found(), order.guard()
    agent.fault(Fault("refuse_write", text="The period is closed."))

    with pytest.raises(RejectedError, match="The period is closed"):
        change(sage, order, guard)

    assert order.found() == before


def test_a_refused_replacement_says_what_to_do_and_not_whom_it_is_about(
    sage: Sage, order: Case
) -> None:
    document = order.document(ShipToName="Jane Doe", ShipToZipCode="99999")

    with pytest.raises(RejectedError, match="ShipToZipCode") as caught:
        sage.replace(order.number, document, guard=order.guard())

    assert "ZIP" in caught.value.next_action
    assert "Jane" not in caught.value.reason


def test_an_order_is_replaced_by_one_of_500_lines(sage: Sage, order: Case) -> None:
    document = order.document(*(line(n % 4, "1", "1.01") for n in range(500)))

    changed = sage.replace(order.number, document, guard=order.guard())

    found = order.found()
    assert changed is Changed.YES
    assert (len(found.lines), found.total) == (500, document.total)


def test_an_order_that_vanished_after_this_very_create_is_told_as_gone(
    real: AgentWorld, order: Case
) -> None:
    real.books.delete(SO_SALES_ORDER_HEADER, order.number)
    real.books.delete(SO_SALES_ORDER_HISTORY_HEADER, order.number)

    assert order.create() is Created.GONE
    assert real.sage.look_up(order.number, marker=order.marker).found is None
    assert order.create(rev=2) is Created.YES


def test_a_customer_that_vanished_after_this_very_create_is_told_as_gone(real: AgentWorld) -> None:
    key = CustomerKey("00", "WGONE01")
    create = partial(real.sage.create_customer, key, CUSTOMER, not_after=real.now() + IN_TIME)
    assert create() is Created.YES
    names = {"ARDivisionNo": key.division, "CustomerNo": key.number}
    real.books.delete(AR_CUSTOMER, AR_CUSTOMER.key_of(names))

    assert create() is Created.GONE
    later = real.now() + IN_TIME + timedelta(seconds=1)
    assert real.sage.create_customer(key, CUSTOMER, not_after=later) is Created.YES
