"""What sweepers remember: every record comes back from its note, and no note stops a sweep."""

from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.orders import PLACED, key_of
from tests.unit.ports import FakeClock, FakeNotes
from tests.unit.sweeping import NUMBERING, FakeDoor
from tieout.domain.agents import Capability
from tieout.domain.identity import LARGEST_ORDER_ID, Company, Numbering, OrderId
from tieout.domain.listing import marked, numbered, stretches
from tieout.domain.sweeps import Breaker, Cursor, Flow, GapMark, Tally
from tieout.errors import RetryableError, SetupError
from tieout.flows.note_promises import ASKED_AT, AT_MOST_EVERY, LACKS, PROMISES, note_promises

MOMENTS = st.datetimes(timezones=st.just(UTC))
IDS = st.integers(0, LARGEST_ORDER_ID).map(OrderId)
RECORDS = st.one_of(
    st.builds(Cursor, started=MOMENTS, since=MOMENTS, next_id=IDS),
    st.builds(
        GapMark,
        floor=IDS,
        ahead=IDS,
        ahead_at=MOMENTS,
        next_id=st.none() | IDS,
        swept_at=st.none() | MOMENTS,
    ),
    st.builds(Tally, started=MOMENTS, next_id=IDS, ended=st.none() | MOMENTS),
    st.builds(
        Breaker,
        flow=st.sampled_from(Flow),
        since=MOMENTS,
        reason=st.text(),
        woken=st.text(),
        woken_at=st.none() | MOMENTS,
        seen_at=st.none() | MOMENTS,
    ),
)
ABC = Company("ABC")


@given(RECORDS)
def test_a_record_comes_back_from_its_note(record: Cursor | GapMark | Tally | Breaker) -> None:
    assert type(record).of(record.note) == record


@given(
    st.sampled_from([Cursor, GapMark, Tally, Breaker]),
    st.dictionaries(st.sampled_from(["started", "since", "next_id", "flow", "x"]), st.text()),
)
def test_whatever_a_note_holds_it_is_a_record_or_none(
    kind: type[Cursor | GapMark | Tally | Breaker], note: dict[str, str]
) -> None:
    found = kind.of(note)

    assert found is None or isinstance(found, kind)


@pytest.mark.parametrize("woken", ["main#5", "main#x:1", "main#5:x", "5:1:", "#:"])
def test_woken_orders_that_can_not_be_read_are_not_followed(woken: str) -> None:
    assert Breaker(Flow.FREE, PLACED, woken=woken).followed == ()


def test_woken_orders_are_followed_by_key_and_epoch() -> None:
    breaker = Breaker(Flow.FREE, PLACED, woken="main#5:3 main#6:0")

    assert breaker.followed == ((key_of(5), 3), (key_of(6), 0))


def test_no_note_is_no_record() -> None:
    assert Cursor.of({}) is None


@given(IDS)
def test_a_number_and_a_marker_lead_back_to_their_order(order_id: OrderId) -> None:
    assert numbered(NUMBERING, NUMBERING.sales_order_no(order_id)) == order_id
    assert marked(NUMBERING, NUMBERING.marker(order_id)) == order_id


@pytest.mark.parametrize(
    "marker",
    ["", "W", "W-", "W-5", "W-5-", "W-5-zz", "V-5-x7", "W-05-x7", "W-\u0665-x7", "W--5-x7", "W-5-x7 ", "5-5-x7",
     "W-5-x7-x7"],
)  # fmt: skip
def test_a_marker_that_is_not_quite_ours_leads_nowhere(marker: str) -> None:
    assert marked(NUMBERING, marker) is None


@pytest.mark.parametrize(
    ("from_id", "found"),
    [
        (0, [("W", ""), ("X", "")]),
        (1, [("W", "W000000"), ("X", "")]),
        (999_999, [("W", "W999998"), ("X", "")]),
        (1_000_000, [("X", "")]),
        (1_000_001, [("X", "X00YGJ0")]),
    ],
)
def test_a_stretch_begins_after_the_number_before(
    from_id: int, found: list[tuple[str, str]]
) -> None:
    assert list(stretches(NUMBERING, OrderId(from_id))) == found


def test_a_store_without_a_second_letter_has_one_stretch() -> None:
    assert list(stretches(Numbering("W", "x7"), OrderId(5))) == [("W", "W000004")]
    assert list(stretches(Numbering("W", "x7"), OrderId(1_000_000))) == []


def test_what_the_agent_promises_is_noted_with_the_time() -> None:
    notes, door, clock = FakeNotes(), FakeDoor(), FakeClock()
    door.words = {ABC: frozenset({"deadline", "createOnly"})}

    assert note_promises(door, notes, clock)
    assert notes.read(PROMISES) == {"ABC": "createOnly deadline", ASKED_AT: PLACED_AND_A_MINUTE}


PLACED_AND_A_MINUTE = FakeClock().now().isoformat()


def test_what_the_connection_can_not_do_is_noted_beside_it() -> None:
    clock, notes = FakeClock(), FakeNotes()
    door = FakeDoor(words={ABC: frozenset({"createOnly"})})
    door.lacks = frozenset({Capability.STOCK, Capability.LISTS})

    note_promises(door, notes, clock)

    assert notes.read(PROMISES)[LACKS] == "lists stock"


def test_the_agent_is_asked_for_its_promises_once_an_hour() -> None:
    notes, door, clock = FakeNotes(), FakeDoor(), FakeClock()

    for _ in range(3):
        note_promises(door, notes, clock)
    clock.advance(AT_MOST_EVERY)
    note_promises(door, notes, clock)

    assert door.asked == ["promises"] * 2


@pytest.mark.parametrize("trouble", [RetryableError("Off."), SetupError("No key.")])
def test_the_last_words_of_an_agent_that_is_away_are_kept(trouble: Exception) -> None:
    notes, door, clock = FakeNotes(), FakeDoor(), FakeClock(PLACED)
    door.words = {ABC: frozenset({"deadline"})}
    note_promises(door, notes, clock)
    before = notes.read(PROMISES)
    clock.advance(AT_MOST_EVERY)
    door.trouble = trouble

    assert not note_promises(door, notes, clock)
    assert notes.read(PROMISES) == before
