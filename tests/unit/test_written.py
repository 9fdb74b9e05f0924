"""Which of our writes a document in Sage shows, told by its revision, its stamp, or not at all."""

from dataclasses import replace

import pytest

from tests.unit.orders import key_of
from tieout.domain.identity import SalesOrderNo
from tieout.domain.ledger import Entry
from tieout.domain.sales_orders import FoundSalesOrder, Where
from tieout.domain.written import (
    TOUCHED,
    changed_by_a_person,
    content_in_sage,
    rev_in_sage,
)

# The first write was seen to land; a second one has been begun since.
SEEN = Entry(key_of(), content_hash="one", sage_rev=1, sage_stamp="s1", rev=1, intent_hash="one")
BEGUN = replace(SEEN, rev=2, intent_hash="two")
FIRST = replace(BEGUN, content_hash="", sage_rev=0, sage_stamp="", rev=1)


def document(rev: int, stamp: str, where: Where = Where.OPEN) -> FoundSalesOrder:
    return FoundSalesOrder(SalesOrderNo("W000250"), where, stamp, rev, {}, ())


def written(stamp: str, ours: str) -> FoundSalesOrder:
    return replace(document(1, stamp), written_stamp=ours)


@pytest.mark.parametrize(
    ("entry", "found", "content", "rev"),
    [
        (SEEN, document(1, "s1"), "one", 1),
        (BEGUN, document(1, "s1"), "one", 1),
        (BEGUN, document(2, "s2"), "two", 2),
        (BEGUN, document(7, "s7"), None, 7),
        (SEEN, document(0, "s1"), "one", 1),
        (BEGUN, document(0, "s1"), "one", 1),
        (BEGUN, document(0, "s2"), None, 2),
        (BEGUN, replace(document(0, "s2"), written_stamp="s2"), "two", 2),
        (BEGUN, replace(document(0, "s9"), written_stamp="s2"), None, 2),
        (SEEN, document(0, "s9"), "one", 1),
        (SEEN, document(0, "s9", Where.HISTORY), "one", 1),
        (BEGUN, document(0, "s9", Where.HISTORY), None, 2),
        (FIRST, document(0, "s9", Where.HISTORY), "two", 1),
        (FIRST, document(0, "s1"), "two", 1),
        (Entry(key_of()), document(0, "s1"), None, 0),
        (Entry(key_of()), document(3, "s1"), None, 3),
    ],
)
def test_what_sage_shows_is_told_by_revision_and_stamp(
    entry: Entry, found: FoundSalesOrder, *, content: str | None, rev: int
) -> None:
    assert content_in_sage(entry, found) == content
    assert rev_in_sage(entry, found) == rev


@pytest.mark.parametrize(
    ("entry", "found", "by_a_person"),
    [
        (SEEN, document(1, "s1"), False),
        (SEEN, document(1, "s9"), True),
        (SEEN, document(0, "s9"), True),
        (BEGUN, document(1, "s9"), True),
        (BEGUN, document(2, "s2"), False),
        (BEGUN, document(0, "s9"), False),
        (FIRST, document(1, "s9"), False),
        (FIRST, written("s9", "s1"), True),
        (FIRST, written("s1", "s1"), False),
        (SEEN, written("s2", "s2"), False),
        (replace(SEEN, sage_stamp=TOUCHED), written("s2", "s2"), True),
    ],
)
def test_a_change_that_no_write_of_ours_explains_is_a_persons(
    entry: Entry, found: FoundSalesOrder, *, by_a_person: bool
) -> None:
    assert changed_by_a_person(entry, found) is by_a_person
