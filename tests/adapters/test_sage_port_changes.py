"""The port Sage, changing what is there: one suite for the fake and for the real agent."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.adapters.sage_worlds import BUYER, IN_TIME, NO_ITEM, Case, line
from tieout.domain.money import to_cents
from tieout.domain.sales_orders import HOLD_COMMENT, Guard, Where, differences
from tieout.errors import RejectedError
from tieout.ports import Changed, Created

SECOND = timedelta(seconds=1)
Change = Callable[[Case, Guard], Changed]


def replacing(case: Case, guard: Guard) -> Changed:
    document = case.document(line(2, "3", "7.77"), ShipToName="Joan Roe")
    return case.sage.replace(case.number, document, guard=guard)


def holding(case: Case, guard: Guard) -> Changed:
    return case.sage.hold(case.number, on=True, comment=HOLD_COMMENT, guard=guard)


def releasing(case: Case, guard: Guard) -> Changed:
    return case.sage.hold(case.number, on=False, comment="", guard=guard)


def deleting(case: Case, guard: Guard) -> Changed:
    return case.sage.delete(case.number, guard=guard)


@pytest.fixture
def case(full_case: Case) -> Case:
    """A sales order that isn't there yet; SOAP offers no change, so it isn't asked here."""
    return full_case


CHANGES: list[Change] = [replacing, holding, releasing, deleting]
each_change = pytest.mark.parametrize("change", CHANGES)

# What an edit in the storefront makes of two lines: fewer, more, others, the same twice, none alike.
EDITS: dict[str, tuple[dict[str, str], ...]] = {
    "another quantity": (line(0, "3", "19.99"), line(1, "1", "5.01")),
    "another price": (line(0, "2", "18.49"), line(1, "1", "5.01")),
    "one line less": (line(1, "1", "5.01"),),
    "one line more": (line(0, "2", "19.99"), line(1, "1", "5.01"), line(2, "4", "0.99")),
    "the other way round": (line(1, "1", "5.01"), line(0, "2", "19.99")),
    "one item twice": (line(0, "1", "19.99"), line(1, "1", "5.01"), line(0, "1", "19.99")),
    "nothing alike": (line(2, "7", "0.145"), line(3, "1", "33.333")),
    "a discount as a line": (
        line(0, "2", "19.99"),
        {"ItemCode": "/DISC", "QuantityOrdered": "1", "UnitPrice": "-3.33"},
    ),
    "a comment between": (
        line(0, "2", "19.99"),
        {"ItemCode": "/C", "CommentText": "Engrave: J. D."},
        line(1, "1", "5.01"),
    ),
    "the same": (line(0, "2", "19.99"), line(1, "1", "5.01")),
    "many": tuple(line(n % 4, "1", f"{n}.01") for n in range(1, 41)),
}


@pytest.mark.parametrize("lines", EDITS.values(), ids=EDITS)
def test_a_replaced_order_has_exactly_the_new_lines_in_order_and_the_same_money(
    case: Case, lines: tuple[dict[str, str], ...]
) -> None:
    case.create()
    document = case.document(*lines, FreightAmt="8.00", DiscountAmt="1.50")

    changed = case.sage.replace(case.number, document, guard=case.guard())

    found = case.found()
    assert changed is Changed.YES
    assert [row["ItemCode"] for row in found.lines] == [row["ItemCode"] for row in lines]
    assert differences(document, found, BUYER) == ()
    assert to_cents(found.total) == to_cents(document.total)


def test_a_replaced_order_keeps_number_marker_and_buyer_and_carries_the_new_revision(
    case: Case,
) -> None:
    case.create()
    before = case.found()

    replacing(case, case.guard(rev=7))

    found = case.found()
    assert (found.number, found.where, found.marker) == (case.number, Where.OPEN, case.marker)
    assert (found.customer, found.rev) == (BUYER, 7)
    assert found.header["ShipToName"] == "Joan Roe"
    assert found.stamp != before.stamp


def test_charges_that_the_new_order_lacks_are_gone(case: Case) -> None:
    case.create(case.document(FreightAmt="8.00", DiscountAmt="1.50"))

    case.sage.replace(case.number, case.document(), guard=case.guard())

    assert case.found().total == Decimal("44.99")


def test_an_order_is_replaced_again_and_again_each_time_as_it_stands(case: Case) -> None:
    case.create()

    ends = [
        case.sage.replace(
            case.number, case.document(line(0, str(rev), "1.10")), guard=case.guard(rev=rev)
        )
        for rev in (2, 3, 4)
    ]

    assert ends == [Changed.YES] * 3
    assert (case.found().rev, case.found().total) == (4, Decimal("4.40"))


def test_a_held_order_that_is_replaced_stays_on_hold(case: Case) -> None:
    case.create()
    holding(case, case.guard())

    assert replacing(case, case.guard(rev=3)) is Changed.YES
    assert case.found().header["OrderStatus"] == "H"


def test_a_hold_sets_status_comment_and_revision_and_nothing_else(case: Case) -> None:
    document = case.document(FreightAmt="8.00")
    case.create(document)
    before = case.found()

    changed = holding(case, case.guard(rev=2))

    found = case.found()
    assert changed is Changed.YES
    assert (found.held_by_us, found.rev, found.where) == (True, 2, Where.OPEN)
    assert found.stamp != before.stamp
    assert (found.lines, found.total) == (before.lines, before.total)
    assert differences(document, found, BUYER) == ()


def test_a_held_order_is_let_go_with_its_own_comment(case: Case) -> None:
    case.create(case.document(Comment="Leave at the door"))
    holding(case, case.guard())

    changed = case.sage.hold(
        case.number, on=False, comment="Leave at the door", guard=case.guard(rev=3)
    )

    found = case.found()
    assert (changed, found.held_by_us, found.rev) == (Changed.YES, False, 3)
    # Sage calls it new or open, by whether it was printed.
    assert found.header["OrderStatus"] in {"N", "O"}
    assert found.header["Comment"] == "Leave at the door"


def test_an_order_that_is_let_go_without_a_comment_has_none(case: Case) -> None:
    case.create()
    holding(case, case.guard())

    releasing(case, case.guard(rev=3))

    assert case.found().header.get("Comment", "") == ""


def test_a_deleted_order_is_told_as_deleted_and_its_number_stays_taken(case: Case) -> None:
    case.create()

    changed = deleting(case, case.guard())

    found = case.found()
    assert (changed, found.deleted, found.marker) == (Changed.YES, True, case.marker)
    assert case.create(rev=3) is Created.EXISTS
    assert case.found().deleted


@each_change
def test_an_order_that_changed_since_it_was_read_is_left_alone(case: Case, change: Change) -> None:
    case.create()
    guard = case.guard(rev=9)
    case.world.correct(case.number, Comment="Call first")
    before = case.found()

    assert change(case, guard) is Changed.MOVED_ON
    assert case.found() == before


@each_change
def test_an_order_that_was_only_printed_since_is_changed(case: Case, change: Change) -> None:
    case.create()
    guard = case.guard()
    case.world.print_order(case.number)

    assert change(case, guard) is Changed.YES


@each_change
@pytest.mark.parametrize("rev", [4, 3, 1])
def test_a_revision_that_sage_has_or_is_past_changes_nothing(
    case: Case, change: Change, rev: int
) -> None:
    case.create()
    case.sage.replace(case.number, case.document(line(1, "1", "1.00")), guard=case.guard(rev=4))
    before = case.found()

    assert change(case, case.guard(rev=rev)) is Changed.MOVED_ON
    assert case.found() == before


@each_change
def test_a_change_after_its_deadline_changes_nothing(case: Case, change: Change) -> None:
    case.create()
    before = case.found()

    late = change(case, case.guard(not_after=case.world.now() - SECOND))

    assert late is Changed.TOO_LATE
    assert case.found() == before


@each_change
@pytest.mark.parametrize("deed", ["invoice", "purge", "strike"])
def test_an_order_that_left_the_open_orders_is_closed_to_changes(
    case: Case, change: Change, deed: str
) -> None:
    case.create()
    getattr(case.world, deed)(case.number)
    before = case.found()

    assert change(case, case.guard()) is Changed.CLOSED
    assert case.found() == before


@pytest.mark.parametrize(
    ("change", "end"),
    [
        (replacing, Changed.CLOSED),
        (deleting, Changed.CLOSED),
        (holding, Changed.YES),
        (releasing, Changed.YES),
    ],
)
def test_a_picked_order_is_neither_replaced_nor_deleted_but_may_be_stopped(
    case: Case, change: Change, end: Changed
) -> None:
    case.create()
    case.world.pick(case.number)
    before = case.found()

    assert change(case, case.guard()) is end
    assert (case.found() == before) == (end is Changed.CLOSED)


@each_change
def test_an_order_that_is_not_there_can_not_be_changed(case: Case, change: Change) -> None:
    guard = Guard("0" * 32, case.world.now() + IN_TIME, 2)

    assert change(case, guard) is Changed.MOVED_ON
    assert case.sage.look_up(case.number, marker=case.marker).found is None


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_replacement_that_sage_refuses_leaves_the_order_as_it_was(case: Case, place: int) -> None:
    case.create()
    before = case.found()
    lines = [line(2, "1", "1.00"), line(3, "1", "1.00")]
    lines.insert(place, {"ItemCode": NO_ITEM, "QuantityOrdered": "1", "UnitPrice": "1.00"})

    with pytest.raises(RejectedError, match=NO_ITEM):
        case.sage.replace(case.number, case.document(*lines), guard=case.guard())

    assert case.found() == before
    assert replacing(case, case.guard()) is Changed.YES


@each_change
def test_the_very_same_change_twice_has_one_effect(case: Case, change: Change) -> None:
    case.create()
    guard = case.guard()
    change(case, guard)
    before = case.found()

    again = change(case, guard)

    # Sage says what is there now; an agent with a journal says yes, this was done.
    assert again in {Changed.MOVED_ON, Changed.CLOSED, Changed.YES}
    assert case.found() == before


def test_of_two_edits_under_one_stamp_the_first_stands(case: Case) -> None:
    case.create()
    guard = case.guard(rev=2)
    later: dict[str, Any] = {"stamp": guard.stamp, "rev": 3}

    first = replacing(case, guard)
    second = holding(case, case.guard(**later))

    found = case.found()
    assert (first, second) == (Changed.YES, Changed.MOVED_ON)
    assert (found.rev, found.held_by_us) == (2, False)


def test_an_edit_that_comes_late_never_overwrites_a_newer_one(case: Case) -> None:
    """Even when, by a turn and a turn back, the order looks as it did when the edit was sent."""
    case.create()
    slow = case.guard(rev=2)
    holding(case, case.guard(rev=3))
    releasing(case, case.guard(rev=4))
    before = case.found()

    assert replacing(case, slow) is Changed.MOVED_ON
    assert case.found() == before


@each_change
def test_an_order_of_somebody_else_is_not_changed_under_the_stamp_of_ours(
    case: Case, change: Change
) -> None:
    case.create()
    guard = case.guard()
    case.world.correct(case.number, CustomerPONo="PO 4711")
    before = case.found()

    assert change(case, guard) is Changed.MOVED_ON
    assert case.found() == before
