"""The journal: what it remembers, and for how long."""

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.agent.harness import FakeClock
from tieout_agent.journal import MOST_REQUESTS, PRUNE_EVERY, REQUEST_AGE, Entry, Journal, Request
from tieout_agent.problems import ProblemError
from tieout_agent.settings import Settings

REQUEST = Request("ABC", "SO/SalesOrder/W000250", "create", 1, "0" * 64)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "journal"


@pytest.fixture
def journal(file: Path, clock: FakeClock) -> Journal:
    return Journal(file, clock)


def test_a_request_is_unknown_then_begun_then_done(journal: Journal) -> None:
    before = journal.find(REQUEST)
    journal.begin(REQUEST)
    begun = journal.find(REQUEST)
    journal.end(REQUEST, Entry(201))

    assert (before, begun, journal.find(REQUEST)) == (None, Entry(None), Entry(201))


@pytest.mark.parametrize(
    "change",
    [
        {"company": "CAN"},
        {"document": "SO/SalesOrder/W000251"},
        {"action": "replace"},
        {"rev": 2},
        {"body": "1" * 64},
    ],
)
def test_a_request_that_differs_in_anything_is_another(
    journal: Journal, change: dict[str, Any]
) -> None:
    journal.begin(REQUEST)

    assert journal.find(replace(REQUEST, **change)) is None


def test_what_was_done_outlives_a_restart(file: Path, journal: Journal, clock: FakeClock) -> None:
    journal.begin(REQUEST)
    journal.end(REQUEST, Entry(200, "history"))

    restarted = Journal(file, clock)

    assert restarted.find(REQUEST) == Entry(200, "history")
    assert restarted.rev("ABC", REQUEST.document) == 1


def test_a_request_taken_back_is_unknown_and_one_that_is_done_stays(journal: Journal) -> None:
    other = replace(REQUEST, rev=2)
    for request in (REQUEST, other):
        journal.begin(request)
    journal.end(other, Entry(200))

    journal.forget(REQUEST)
    journal.forget(other)

    assert (journal.find(REQUEST), journal.find(other)) == (None, Entry(200))


def test_the_highest_revision_counts_in_whatever_order_they_end(journal: Journal) -> None:
    for rev in (3, 7, 5):
        request = replace(REQUEST, rev=rev)
        journal.begin(request)
        journal.end(request, Entry(200))

    assert journal.rev("ABC", REQUEST.document) == 7
    assert journal.rev("CAN", REQUEST.document) is None


def test_what_is_older_than_30_days_is_forgotten_at_the_start(
    file: Path, journal: Journal, clock: FakeClock
) -> None:
    journal.begin(REQUEST)
    journal.end(REQUEST, Entry(201))

    clock.move(REQUEST_AGE.total_seconds() + 1)
    journal.begin(replace(REQUEST, rev=2))

    assert Journal(file, clock).find(REQUEST) is None


def test_a_clock_that_jumps_ahead_empties_no_journal(
    file: Path, journal: Journal, clock: FakeClock
) -> None:
    journal.begin(REQUEST)
    journal.end(REQUEST, Entry(201))

    clock.move(timedelta(days=1000).total_seconds())

    assert Journal(file, clock).find(REQUEST) == Entry(201)
    assert Journal(file, clock).rev("ABC", REQUEST.document) == 1


def test_what_is_older_than_30_days_is_forgotten_day_by_day(
    journal: Journal, clock: FakeClock
) -> None:
    young = replace(REQUEST, rev=2)
    journal.begin(REQUEST)
    clock.move((REQUEST_AGE - PRUNE_EVERY / 2).total_seconds())
    journal.begin(young)
    before = journal.find(REQUEST)

    for rev in (3, 4):
        clock.move(PRUNE_EVERY.total_seconds())
        journal.begin(replace(REQUEST, rev=rev))

    assert (before, journal.find(REQUEST)) == (Entry(None), None)
    assert journal.find(young) == Entry(None)


def test_a_revision_is_known_longer_than_its_request(
    file: Path, journal: Journal, clock: FakeClock
) -> None:
    journal.begin(REQUEST)
    journal.end(REQUEST, Entry(201))

    known: list[int | None] = []
    for days in (399, 2):
        clock.move(timedelta(days=days).total_seconds())
        journal.begin(replace(REQUEST, document="SO/SalesOrder/W000251", rev=days))
        known.append(Journal(file, clock).rev("ABC", REQUEST.document))

    assert known == [1, None]


def test_the_journal_does_not_grow_without_end(
    file: Path, journal: Journal, clock: FakeClock
) -> None:
    journal.begin(REQUEST)
    clock.move(10)
    with closing(sqlite3.connect(file)) as direct, direct:
        direct.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= ?) "
            "INSERT INTO request (company, document, action, rev, body, begun_at) "
            "SELECT 'ABC', 'x', 'create', i, 'y', ? FROM n",
            (MOST_REQUESTS, int(clock.now().timestamp())),
        )

    assert Journal(file, clock).find(REQUEST) is None


def test_many_threads_may_use_it_at_once(journal: Journal) -> None:
    def work(rev: int) -> None:
        request = replace(REQUEST, rev=rev)
        journal.begin(request)
        journal.end(request, Entry(200))

    threads = [threading.Thread(target=work, args=[rev]) for rev in range(1, 21)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert journal.rev("ABC", REQUEST.document) == 20
    assert not journal.broken


def test_the_journal_lies_beside_the_pause_file_unless_told_otherwise(settings: Settings) -> None:
    elsewhere = settings.model_copy(update={"journal_file": Path("/elsewhere/j")})

    assert settings.journal == settings.pause_file.with_name("tieout-agent.journal")
    assert elsewhere.journal == Path("/elsewhere/j")


def test_a_file_that_can_not_be_used_says_what_to_do(tmp_path: Path, clock: FakeClock) -> None:
    journal = Journal(tmp_path, clock)

    with pytest.raises(ProblemError) as failed:
        journal.begin(REQUEST)

    assert journal.broken
    assert "journal_file" in failed.value.problem.detail
