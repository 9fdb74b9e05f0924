"""The port Sage, looking up and creating: one suite for the fake, the agent, and SOAP as far as it goes."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.adapters.sage_worlds import BUYER, NO_ITEM, Case, World, case_in, line
from tieout.domain.guarantees import ALL
from tieout.domain.money import to_cents
from tieout.domain.sales_orders import Where, differences
from tieout.errors import RejectedError
from tieout.ports import Created

SECOND = timedelta(seconds=1)


def test_what_was_never_created_is_absent_everywhere(case: Case) -> None:
    answer = case.sage.look_up(case.number, marker=case.marker)

    assert (answer.found, answer.marker_matches, answer.stored_rev) == (None, (), 0)


def test_what_was_created_is_there_as_it_was_sent(case: Case) -> None:
    document = case.document(ShipToName="Jane Doe", FreightAmt="8.00", DiscountAmt="1.50")

    created = case.create(document)

    answer = case.sage.look_up(case.number, marker=case.marker)
    found = case.found()
    assert (created, answer.marker_matches) == (Created.YES, (case.number,))
    assert (found.number, found.where) == (case.number, Where.OPEN)
    assert (found.marker, found.customer) == (case.marker, BUYER)
    assert differences(document, found, BUYER) == ()
    assert found.stamp


def test_everything_is_promised_and_our_revision_kept(full_case: Case) -> None:
    case = full_case
    absent = case.sage.look_up(case.number, marker=case.marker)
    case.create()
    present = case.sage.look_up(case.number, marker=case.marker)

    assert absent.guarantees == present.guarantees == ALL
    assert case.found().rev == 1


@pytest.mark.parametrize(
    "lines",
    [
        (line(0, "1", "0.01"),),
        (line(0, "3", "33.333"), line(1, "7", "0.145")),
        (line(0, "2", "10.00"), line(1, "1", "5.00"), line(0, "1", "9.00"), line(0, "2", "10.00")),
        (
            line(0, "1", "19.99"),
            {"ItemCode": "/DISC", "QuantityOrdered": "1", "UnitPrice": "-5.00"},
        ),
        (line(0, "1", "19.99"), {"ItemCode": "/C", "CommentText": "A gift"}),
        (line(0, "0.5", "19.99"),),
        (line(0, "9999", "99.99"),),
    ],
    ids=["a cent", "thirds", "twice the same", "less", "a comment", "a half", "large"],
)
def test_lines_stand_as_they_were_sent_and_come_to_the_same_cent(
    case: Case, lines: tuple[dict[str, str], ...]
) -> None:
    document = case.document(*lines)

    case.create(document)

    found = case.found()
    assert [row["ItemCode"] for row in found.lines] == [row["ItemCode"] for row in lines]
    assert to_cents(found.total) == to_cents(document.total)
    assert differences(document, found, BUYER) == ()


def test_a_look_up_tells_the_time_on_sages_clock(case: Case) -> None:
    before = case.world.now()
    absent = case.sage.look_up(case.number, marker=case.marker)
    case.create()
    present = case.sage.look_up(case.number, marker=case.marker)

    # A server renews its Date once a second, without fractions: it may be late, and never ahead.
    assert before - 10 * SECOND <= absent.at <= present.at <= case.world.now()


def test_an_order_is_found_by_its_marker_under_another_number(full_world: World) -> None:
    world = full_world
    case, other = case_in(world), case_in(world)
    other.create(case.document())

    answer = case.sage.look_up(case.number, marker=case.marker)

    assert answer.marker_matches == (other.number,)
    assert answer.found is not None
    assert answer.found.number == other.number


def test_all_orders_with_the_marker_are_told_and_the_one_with_the_number_is_shown(
    full_world: World,
) -> None:
    world = full_world
    case, other, third = case_in(world), case_in(world), case_in(world)
    third.create(case.document())
    world.invoice(third.number)
    case.create()
    world.enter(other.number, case.marker)

    answer = case.sage.look_up(case.number, marker=case.marker)

    assert answer.found is not None
    assert answer.found.number == case.number
    assert sorted(answer.marker_matches) == [case.number, other.number, third.number]


def test_an_order_is_not_created_beside_an_open_one_with_its_marker(full_world: World) -> None:
    world = full_world
    case, other = case_in(world), case_in(world)
    world.enter(other.number, case.marker)

    created = case.create()

    answer = case.sage.look_up(case.number, marker=case.marker)
    assert (created, answer.marker_matches) == (Created.EXISTS, (other.number,))


def test_an_order_of_somebody_else_under_our_number_is_shown_as_such(case: Case) -> None:
    case.world.enter(case.number, "PO 4711")

    answer = case.sage.look_up(case.number, marker=case.marker)

    assert answer.found is not None
    assert (answer.found.number, answer.found.marker) == (case.number, "PO 4711")
    assert (answer.found.rev, answer.marker_matches) == (0, ())


@pytest.mark.parametrize(
    ("deed", "where"),
    [("invoice", Where.HISTORY), ("purge", Where.INVOICE_HISTORY), ("strike", Where.HISTORY)],
)
def test_an_order_is_followed_wherever_it_goes(full_case: Case, deed: str, where: Where) -> None:
    case = full_case
    document = case.document()
    case.create(document)

    getattr(case.world, deed)(case.number)

    by_both = case.sage.look_up(case.number, marker=case.marker)
    assert by_both.found is not None
    assert (by_both.found.where, by_both.found.marker) == (where, case.marker)
    assert by_both.found.deleted == (deed == "strike")
    assert by_both.marker_matches == (case.number,)
    if where is Where.HISTORY:
        assert to_cents(by_both.found.total) == to_cents(document.total)


def test_a_number_that_is_open_is_not_created_again(case: Case) -> None:
    case.create()
    before = case.found()

    again = case.create(case.document(line(2, "1", "1.00")), rev=2)

    assert again is Created.EXISTS
    assert case.found() == before


@pytest.mark.parametrize("deed", ["invoice", "purge", "strike"])
def test_a_number_that_exists_anywhere_is_not_created_again(full_case: Case, deed: str) -> None:
    case = full_case
    case.create()
    getattr(case.world, deed)(case.number)
    before = case.found()

    again = case.create(case.document(line(2, "1", "1.00")), rev=2)

    assert again is Created.EXISTS
    assert case.found() == before


def test_an_order_of_somebody_else_is_never_overwritten(case: Case) -> None:
    case.world.enter(case.number, "PO 4711")
    before = case.found()

    assert case.create() is Created.EXISTS
    assert case.found() == before


def test_the_very_same_create_twice_makes_one_order(case: Case) -> None:
    case.create()
    before = case.found()

    again = case.create()

    # Sage says that it exists; an agent with a journal says yes, this was done.
    assert again in {Created.EXISTS, Created.YES}
    assert case.found() == before


def test_after_the_deadline_nothing_is_stored(full_case: Case) -> None:
    case = full_case
    past = case.world.now() - SECOND

    late = case.sage.create(case.number, case.document(), customer=BUYER, not_after=past, rev=1)

    answer = case.sage.look_up(case.number, marker=case.marker)
    assert (late, answer.found, answer.marker_matches) == (Created.TOO_LATE, None, ())
    assert case.create(rev=2) is Created.YES


def test_a_late_create_of_a_number_that_exists_changes_nothing(case: Case) -> None:
    case.create()
    before = case.found()
    past = case.world.now() - SECOND

    late = case.sage.create(case.number, case.document(), customer=BUYER, not_after=past, rev=2)

    assert late in {Created.EXISTS, Created.TOO_LATE}
    assert case.found() == before


@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_item_that_sage_lacks_is_refused_by_name_and_nothing_is_stored(
    case: Case, place: int
) -> None:
    lines = [line(0, "1", "1.00"), line(1, "1", "1.00")]
    lines.insert(place, {"ItemCode": NO_ITEM, "QuantityOrdered": "1", "UnitPrice": "1.00"})

    with pytest.raises(RejectedError, match=NO_ITEM):
        case.create(case.document(*lines))

    assert case.sage.look_up(case.number, marker=case.marker).found is None


def test_what_was_refused_can_be_created_once_it_is_mended(case: Case) -> None:
    broken = case.document({"ItemCode": NO_ITEM, "QuantityOrdered": "1", "UnitPrice": "1.00"})
    with pytest.raises(RejectedError):
        case.create(broken)

    assert case.create() is Created.YES
    assert case.found().total == Decimal("44.99")


def test_reading_and_printing_leave_the_stamp(case: Case) -> None:
    case.create()
    before = case.found()

    case.world.print_order(case.number)

    assert case.found().stamp == case.found().stamp == before.stamp


@pytest.mark.parametrize("column", ["Comment", "ShipToName", "CustomerPONo", "EmailAddress"])
def test_an_edit_by_hand_changes_the_stamp_and_keeps_our_revision(case: Case, column: str) -> None:
    case.create()
    before = case.found()

    case.world.correct(case.number, **{column: "changed"})

    after = case.found()
    assert after.header[column] == "changed"
    assert after.stamp != before.stamp
    assert after.rev == before.rev


def test_only_an_edit_by_hand_parts_the_stamp_from_that_of_our_last_write(full_case: Case) -> None:
    case = full_case
    case.create()
    created = case.found()
    case.world.print_order(case.number)
    printed = case.found()
    case.world.correct(case.number, Comment="Call first")
    corrected = case.found()
    case.sage.replace(case.number, case.document(), guard=case.guard())
    replaced = case.found()
    case.sage.hold(case.number, on=True, comment="Cancelled", guard=case.guard(rev=3))
    held = case.found()

    ours = (created, printed, replaced, held)
    assert all(found.written_stamp == found.stamp for found in ours)
    assert corrected.written_stamp == created.stamp != corrected.stamp


def test_an_order_that_we_never_wrote_has_no_stamp_of_ours(case: Case) -> None:
    case.world.enter(case.number, case.marker)

    assert case.found().written_stamp == ""


def test_each_order_has_a_stamp_of_its_own(world: World) -> None:
    one, other = case_in(world), case_in(world)
    one.create()
    other.create(replace(one.document(), header={**other.document().header}))

    assert one.found().stamp != other.found().stamp


def test_an_order_whose_number_somebody_gave_our_marker_is_ours(case: Case) -> None:
    case.world.enter(case.number, case.marker)

    answer = case.sage.look_up(case.number, marker=case.marker)

    assert answer.found is not None
    assert (answer.found.marker, answer.marker_matches) == (case.marker, (case.number,))


def test_what_sage_lost_without_a_trace_is_told_as_once_stored(full_case: Case) -> None:
    case = full_case
    case.create()
    case.world.wipe(case.number)

    answer = case.sage.look_up(case.number, marker=case.marker)

    assert (answer.found, answer.stored_rev) == (None, 1)
