"""How a deployment stands, for the operator: what runs, what waits, and what needs a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tieout.domain.identity import OrderId, StoreKey
from tieout.domain.sweeps import Breaker, Flow, GapMark, Tally
from tieout.flows.backfill import SCAN
from tieout.flows.breaker import BREAKER
from tieout.flows.note_promises import ASKED_AT, PROMISES
from tieout.flows.recount import SWEEP as RECOUNT
from tieout.flows.sweep_gaps import SWEEP as GAPS
from tieout.ports import Clock, Ledger, Notes, Wakeups, Watermarks

# Counted so far and no further: a person has seen by then that it is many.
MOST_COUNTED = 10_000
# An agent that restarts, or a backup that locks Sage for a moment, needs nobody.
DOWN_TOLERATED = timedelta(minutes=10)
# Each sweep may be missed a few times before somebody has to look: they run every minute, every two to
# five minutes, every hour and every night.
DUE_LATE = timedelta(minutes=10)
BACKFILL_LATE = timedelta(minutes=30)
GAPS_LATE = timedelta(hours=3)
RECOUNT_LATE = timedelta(days=3)
# Far enough that every order which is due at all is due by then: parked ones are within a day.
_LATER = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """One store. Ages and marks are None for a sweep that has never come to its end.

    `later` counts orders whose next look has its time set, parked ones among them.
    """

    store: StoreKey
    backfill_age: timedelta | None
    gap_mark: OrderId | None
    gaps_age: timedelta | None
    recount: Tally | None
    due: int
    later: int
    parked: int


@dataclass(frozen=True, slots=True)
class Status:
    """One deployment; `promises` are the agent's words by company, as told at `asked_at`."""

    at: datetime
    breaker: Breaker | None
    promises: Mapping[str, frozenset[str]]
    asked_at: str
    queued: int
    dead: int
    stores: tuple[StoreStatus, ...]

    @property
    def concerns(self) -> tuple[str, ...]:
        """What needs a person, each as a sentence with its next action."""
        return (
            *_deployment_concerns(self),
            *(line for one in self.stores for line in _store_concerns(one, self.at)),
        )


def report_status(
    stores: Sequence[StoreKey], *, ledger: Ledger, watermarks: Watermarks, notes: Notes,
    wakeups: Wakeups, dead_letters: Wakeups, clock: Clock,
) -> Status:  # fmt: skip
    """Look at everything once; nothing is changed. May raise RetryableError or SetupError."""
    now = clock.now()
    told = dict(notes.read(PROMISES))
    asked_at = told.pop(ASKED_AT, "")
    of_store = partial(_of_store, ledger=ledger, watermarks=watermarks, notes=notes, now=now)
    return Status(
        at=now,
        breaker=Breaker.of(notes.read(BREAKER)),
        promises={company: frozenset(words.split()) for company, words in told.items()},
        asked_at=asked_at,
        queued=wakeups.depth(),
        dead=dead_letters.depth(),
        stores=tuple(of_store(store) for store in stores),
    )


def _of_store(
    store: StoreKey, *, ledger: Ledger, watermarks: Watermarks, notes: Notes, now: datetime
) -> StoreStatus:
    reached = watermarks.read(store, SCAN)
    gaps = GapMark.of(notes.read(f"{GAPS}#{store}"))
    due = len(ledger.due(store, now=now, limit=MOST_COUNTED))
    every = len(ledger.due(store, now=now + _LATER, limit=MOST_COUNTED))
    return StoreStatus(
        store=store,
        backfill_age=now - reached if reached else None,
        gap_mark=gaps.floor if gaps else None,
        gaps_age=now - gaps.swept_at if gaps and gaps.swept_at else None,
        recount=Tally.of(notes.read(f"{RECOUNT}#{store}")),
        due=due,
        later=every - due,
        parked=sum(1 for _ in ledger.parked(store)),
    )


def _deployment_concerns(status: Status) -> Iterator[str]:
    breaker = status.breaker
    if breaker is None or breaker.seen_at is None or status.at - breaker.seen_at > DUE_LATE:
        yield "Nobody looks after due orders: see the log of the function poll."
    elif breaker.flow is not Flow.FREE and status.at - breaker.since > DOWN_TOLERATED:
        yield f"Orders do not get through to Sage: {breaker.reason}"
    if status.dead:
        yield f"Dead letters: {status.dead}; see the log of the function take_orders."


def _store_concerns(one: StoreStatus, now: datetime) -> Iterator[str]:
    log = "see the log of the function poll."
    if one.backfill_age is None or one.backfill_age > BACKFILL_LATE:
        yield f"{one.store}: changed orders are no longer looked for: {log}"
    if one.gaps_age is not None and one.gaps_age > GAPS_LATE:
        yield f"{one.store}: gaps between order ids are no longer looked for: {log}"
    if one.recount and now - (one.recount.ended or one.recount.started) > RECOUNT_LATE:
        yield f"{one.store}: nothing was recounted for days: {log}"
    if one.parked:
        yield f"{one.store}: orders that wait for a person: {one.parked}; see tieout orders parked."
