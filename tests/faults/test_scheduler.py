"""Virtual time: who runs when, and what a dead, a frozen and a cut-off process still do."""

from datetime import UTC, datetime
from functools import partial

import pytest

from tests.faults.scheduler import End, Scheduler, Silence

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = 3_600_000


@pytest.fixture
def scheduler() -> Scheduler:
    return Scheduler(1, START)


class Diary:
    """What processes did, and how they ended."""

    def __init__(self, scheduler: Scheduler) -> None:
        self.scheduler = scheduler
        self.entries: list[object] = []

    def ended(self, end: End, value: object) -> None:
        self.entries.append((end, value))

    def note(self, words: str) -> None:
        self.entries.append((self.scheduler.now, words))


@pytest.fixture
def diary(scheduler: Scheduler) -> Diary:
    return Diary(scheduler)


def test_processes_take_turns_in_the_order_of_time(scheduler: Scheduler, diary: Diary) -> None:
    def work(name: str, sleeps: int) -> None:
        for _ in range(2):
            scheduler.pause(sleeps)
            diary.note(name)

    for name, sleeps in (("slow", 30), ("quick", 20)):
        scheduler.spawn(name, partial(work, name, sleeps), limit=HOUR, ended=lambda _e, _v: None)
    scheduler.run(HOUR)

    assert diary.entries == [(20, "quick"), (30, "slow"), (40, "quick"), (60, "slow")]


def test_what_a_process_returns_or_raises_is_told(scheduler: Scheduler, diary: Diary) -> None:
    error = ValueError("no")

    def fail() -> None:
        raise error

    scheduler.spawn("well", lambda: 7, limit=HOUR, ended=diary.ended)
    scheduler.spawn("ill", fail, limit=HOUR, ended=diary.ended)
    scheduler.run(HOUR)

    assert diary.entries == [(End.RETURNED, 7), (End.RAISED, error)]


def test_a_process_that_dies_runs_no_cleaning_up(scheduler: Scheduler, diary: Diary) -> None:
    def work() -> None:
        try:
            scheduler.die()
        finally:
            diary.note("cleaned up")

    scheduler.spawn("mortal", work, limit=HOUR, ended=diary.ended)
    scheduler.run(HOUR)

    assert diary.entries == [(End.DIED, None)]
    scheduler.close()


def test_a_dead_process_reaches_nothing_when_its_world_is_thrown_away(
    scheduler: Scheduler, diary: Diary
) -> None:
    def work() -> None:
        try:
            scheduler.die()
        finally:
            scheduler.pause(1)
            diary.note("reached the world")

    scheduler.spawn("mortal", work, limit=HOUR, ended=diary.ended)
    scheduler.run(HOUR)
    scheduler.close()

    assert diary.entries == [(End.DIED, None)]


def test_a_process_is_cut_off_at_its_limit(scheduler: Scheduler, diary: Diary) -> None:
    def work() -> None:
        scheduler.pause(200)
        diary.note("went on")

    scheduler.spawn("long", work, limit=100, ended=diary.ended)
    scheduler.run(HOUR)

    assert diary.entries == [(End.CUT_OFF, None)]
    scheduler.close()


def test_a_frozen_process_goes_on_after_its_limit_and_its_end_is_told_once(
    scheduler: Scheduler, diary: Diary
) -> None:
    def work() -> None:
        if scheduler.running:
            scheduler.running.zombie = True
        scheduler.pause(200)
        diary.note("went on")

    scheduler.spawn("zombie", work, limit=100, ended=diary.ended)
    scheduler.run(HOUR)

    assert diary.entries == [(End.CUT_OFF, None), (200, "went on")]


@pytest.mark.parametrize(("answered_at", "seen"), [(50, "yes"), (150, Silence.TIMED_OUT)])
def test_whoever_waits_gets_the_answer_or_silence(
    scheduler: Scheduler, diary: Diary, *, answered_at: int, seen: object
) -> None:
    def work() -> None:
        ticket = scheduler.ticket()
        scheduler.after(answered_at, lambda: ticket.answer("yes"))
        diary.entries.append(scheduler.wait(100))
        scheduler.pause(200)
        diary.note("slept its time")

    scheduler.spawn("asker", work, limit=HOUR, ended=diary.ended)
    scheduler.run(HOUR)

    slept_until = min(answered_at, 100) + 200
    assert diary.entries == [seen, (slept_until, "slept its time"), (End.RETURNED, None)]
