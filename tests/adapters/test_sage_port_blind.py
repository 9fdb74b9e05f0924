"""The port Sage where no history can be read: one suite for the fake, the fault harness, the agent and SOAP."""

import pytest

from tests.adapters.sage_worlds import OPEN_ONLY, Case, World, case_in
from tieout.domain.guarantees import Mode
from tieout.domain.sales_orders import HOLD_COMMENT, Guard, Where
from tieout.ports import Changed, Created


@pytest.fixture
def case(blind_world: World) -> Case:
    """A sales order that isn't there yet."""
    return case_in(blind_world)


@pytest.fixture
def changing_case(blind_agent_world: World) -> Case:
    """The same where an order can be changed, too."""
    return case_in(blind_agent_world)


def test_what_is_not_looked_through_is_not_promised(case: Case) -> None:
    absent = case.sage.look_up(case.number, marker=case.marker)
    case.create()
    present = case.sage.look_up(case.number, marker=case.marker)

    assert absent.guarantees == present.guarantees
    assert not absent.guarantees.sees_all
    assert absent.guarantees.mode is Mode.NEVER_TWICE


def test_everything_else_is_promised(changing_case: Case) -> None:
    answer = changing_case.sage.look_up(changing_case.number, marker=changing_case.marker)

    assert answer.guarantees == OPEN_ONLY


def test_an_open_order_is_seen_and_not_created_again(case: Case) -> None:
    case.create()

    assert case.found().where is Where.OPEN
    assert case.create(rev=2) is Created.EXISTS


@pytest.mark.parametrize("deed", ["invoice", "purge", "strike"])
def test_an_order_that_left_the_open_orders_can_not_be_seen(case: Case, deed: str) -> None:
    case.create()

    getattr(case.world, deed)(case.number)

    answer = case.sage.look_up(case.number, marker=case.marker)
    assert (answer.found, answer.marker_matches) == (None, ())


def test_an_order_that_left_the_open_orders_would_be_created_twice(case: Case) -> None:
    """Which is why nothing is sent twice in the mode that this asks for."""
    case.create()
    case.world.invoice(case.number)

    assert case.create(rev=2) is Created.YES


def test_an_order_that_left_the_open_orders_counts_as_absent_for_a_change(
    changing_case: Case,
) -> None:
    case = changing_case
    case.create()
    guard = case.guard()
    case.world.invoice(case.number)

    held = case.sage.hold(case.number, on=True, comment=HOLD_COMMENT, guard=guard)

    assert held is Changed.MOVED_ON


def test_an_open_order_can_be_changed_all_the_same(changing_case: Case) -> None:
    case = changing_case
    case.create()
    guard: Guard = case.guard()

    held = case.sage.hold(case.number, on=True, comment=HOLD_COMMENT, guard=guard)

    assert (held, case.found().held_by_us) == (Changed.YES, True)
