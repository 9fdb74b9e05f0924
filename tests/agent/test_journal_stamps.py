"""The journal: which stamp a document had right after our last write, and when that is not known."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.agent.harness import FakeClock
from tieout_agent.journal import Entry, Journal, Request, Written

FIRST = Request("ABC", "SO/SalesOrder/W000250", "create", 1, "0" * 64)
SECOND = replace(FIRST, action="replace", rev=2)
THIRD = replace(FIRST, action="replace", rev=3)

# The tables as the first journals had them.
BEFORE = """
CREATE TABLE request (
    company TEXT NOT NULL, document TEXT NOT NULL, action TEXT NOT NULL, rev INTEGER NOT NULL,
    body TEXT NOT NULL, status INTEGER, place TEXT NOT NULL DEFAULT '',
    begun_at INTEGER NOT NULL, ended_at INTEGER,
    PRIMARY KEY (company, document, action, rev, body)
) WITHOUT ROWID;
CREATE TABLE revision (
    company TEXT NOT NULL, document TEXT NOT NULL, rev INTEGER NOT NULL, stored_at INTEGER NOT NULL,
    PRIMARY KEY (company, document)
) WITHOUT ROWID;
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(file: Path, clock: FakeClock) -> Journal:
    return Journal(file, clock)


def carry_out(journal: Journal, request: Request, stamp: str) -> None:
    journal.begin(request)
    journal.end(request, Entry(200))
    journal.wrote(request, stamp)


def known(journal: Journal) -> Written:
    return journal.written("ABC", FIRST.document)


def test_a_stamp_is_known_once_it_was_noted_and_outlives_a_restart(
    file: Path, journal: Journal, clock: FakeClock
) -> None:
    journal.begin(FIRST)
    begun = known(journal)
    journal.end(FIRST, Entry(201))
    ended = known(journal)
    journal.wrote(FIRST, "one")

    assert (begun, ended) == (Written(), Written())
    assert known(journal) == known(Journal(file, clock)) == Written(1, "one")
    assert journal.written("CAN", FIRST.document) == Written()


def test_the_last_write_counts(journal: Journal) -> None:
    for request, stamp in ((FIRST, "one"), (SECOND, "two"), (THIRD, "three")):
        carry_out(journal, request, stamp)

    assert known(journal) == Written(3, "three")


def test_the_last_write_counts_even_when_its_revision_is_lower(journal: Journal) -> None:
    carry_out(journal, THIRD, "three")
    carry_out(journal, FIRST, "one")

    assert (known(journal), journal.rev("ABC", FIRST.document)) == (Written(1, "one"), 3)


@pytest.mark.parametrize("ended", [False, True])
def test_a_write_that_was_cut_off_hides_the_stamp_of_the_one_before(
    file: Path, journal: Journal, clock: FakeClock, *, ended: bool
) -> None:
    carry_out(journal, FIRST, "one")
    journal.begin(SECOND)
    if ended:
        journal.end(SECOND, Entry(200))

    restarted = Journal(file, clock)

    assert known(restarted) == Written()
    carry_out(restarted, THIRD, "three")
    assert known(restarted) == Written(3, "three")


def test_a_write_that_stored_nothing_hides_nothing(journal: Journal) -> None:
    carry_out(journal, FIRST, "one")
    journal.begin(SECOND)

    journal.forget(SECOND)
    journal.forget(SECOND)

    assert known(journal) == Written(1, "one")


def test_a_write_that_stored_nothing_does_not_settle_another_of_unknown_end(
    journal: Journal,
) -> None:
    carry_out(journal, FIRST, "one")
    journal.begin(SECOND)
    journal.begin(THIRD)

    journal.forget(THIRD)

    assert known(journal) == Written()


def test_a_write_begun_again_and_refused_hides_nothing(journal: Journal) -> None:
    """It is begun again only when Sage shows that the first attempt stored nothing."""
    carry_out(journal, FIRST, "one")
    journal.begin(SECOND)
    journal.begin(SECOND)

    journal.forget(SECOND)

    assert known(journal) == Written(1, "one")


def test_a_create_begun_again_after_a_newer_write_hides_its_stamp(journal: Journal) -> None:
    journal.begin(FIRST)
    carry_out(journal, SECOND, "two")

    journal.begin(FIRST)

    assert known(journal) == Written()


def test_a_late_note_that_a_create_was_done_leaves_the_newer_stamp(journal: Journal) -> None:
    journal.begin(FIRST)
    carry_out(journal, SECOND, "two")

    journal.end(FIRST, Entry(201))

    assert known(journal) == Written(2, "two")


def test_a_journal_of_an_earlier_version_is_carried_on(file: Path, clock: FakeClock) -> None:
    with closing(sqlite3.connect(file)) as old, old:
        old.executescript(BEFORE)
        at = int(clock.now().timestamp())
        old.execute("INSERT INTO revision VALUES ('ABC', ?, 4, ?)", (FIRST.document, at))
        sql = "INSERT INTO request VALUES ('ABC', ?, 'create', 1, ?, 201, '', ?, ?)"
        old.execute(sql, (FIRST.document, FIRST.body, at, at))

    journal = Journal(file, clock)
    before = (journal.find(FIRST), journal.rev("ABC", FIRST.document), known(journal))
    carry_out(journal, replace(FIRST, action="patch", rev=5), "five")

    assert before == (Entry(201), 4, Written())
    assert known(Journal(file, clock)) == Written(5, "five")
    assert not journal.broken


def test_a_journal_that_can_not_be_used_knows_no_stamp(tmp_path: Path, clock: FakeClock) -> None:
    journal = Journal(tmp_path, clock)

    journal.wrote(FIRST, "one")

    assert (known(journal), journal.broken) == (Written(), True)
