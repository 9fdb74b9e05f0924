"""How a deployment stands, for the operator: what runs, what waits, and what needs a person."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from tieout.domain.agents import Capability
from tieout.domain.identity import OrderId, StoreKey
from tieout.domain.sweeps import Breaker, Flow, GapMark, Memory, Note, Tally
from tieout.flows.backfill import SCAN
from tieout.flows.breaker import BREAKER
from tieout.flows.memory import NAME as HEARTBEAT
from tieout.flows.mend_hooks import NOTE as HOOKS
from tieout.flows.note_promises import ASKED_AT, LACKS, PROMISES
from tieout.flows.recount import SWEEP as RECOUNT
from tieout.flows.self_test import NAME as SELF_TEST
from tieout.flows.self_test import Result
from tieout.flows.sweep_gaps import IDLE as GAPS_IDLE
from tieout.flows.sweep_gaps import SWEEP as GAPS
from tieout.ports import Clock, Ledger, Notes, Wakeups, Watermarks

# Counted so far and no further: a person has seen by then that it is many.
MOST_COUNTED = 10_000
# An agent that restarts, or a backup that locks Sage for a moment, needs nobody.
DOWN_TOLERATED = timedelta(minutes=10)
# Each may be missed a few times before somebody has to look: they run every minute, every two to five
# minutes, every ten minutes, every hour, every night; and the self-test has an alarm after so long.
DUE_LATE = timedelta(minutes=10)
BACKFILL_LATE = timedelta(minutes=30)
HOOKS_LATE = timedelta(hours=1)
GAPS_LATE = timedelta(hours=3)
RECOUNT_LATE = timedelta(days=3)
SELF_TEST_LATE = timedelta(hours=26)
POLL_LOG = "see the log of the function poll."
# Far enough that every order which is due at all is due by then: parked ones are within a day.
_LATER = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class StoreStatus:
    """One store. Ages and marks are None for a sweep that has never come to its end.

    `later` counts orders whose next look has its time set, parked ones among them. `hooks_broken` and
    `self_test_failed` say why, and are empty when all is well.
    """

    store: StoreKey
    backfill_age: timedelta | None
    gap_mark: OrderId | None
    gaps_age: timedelta | None
    recount: Tally | None
    hooks_age: timedelta | None
    hooks_broken: str
    self_test_age: timedelta | None
    self_test_failed: str
    due: int
    later: int
    parked: int


@dataclass(frozen=True, slots=True)
class Status:
    """One deployment; `promises` are the connection's words by company, as told at `asked_at`.

    `lacks` is what the connection to Sage can't do.

    `alive_for` is how long the ledger's heartbeat goes without a gap: what has never come to its end
    since then, and should have, is late.
    """

    at: datetime
    alive_for: timedelta
    breaker: Breaker | None
    promises: Mapping[str, frozenset[str]]
    asked_at: str
    queued: int
    dead: int
    stores: tuple[StoreStatus, ...]
    lacks: frozenset[Capability] = frozenset()

    @property
    def concerns(self) -> tuple[str, ...]:
        """What needs a person, each as a sentence with its next action."""
        return (
            *_deployment_concerns(self),
            *(line for one in self.stores for line in _store_concerns(one, self)),
        )


def report_status(
    stores: Sequence[StoreKey], *, ledger: Ledger, watermarks: Watermarks, notes: Notes,
    wakeups: Wakeups, dead_letters: Wakeups, clock: Clock,
) -> Status:  # fmt: skip
    """Look at everything once; nothing is changed. May raise RetryableError or SetupError."""
    now = clock.now()
    told = dict(notes.read(PROMISES))
    asked_at, lacking = told.pop(ASKED_AT, ""), told.pop(LACKS, "").split()
    memory = Memory.of(notes.read(HEARTBEAT))
    of_store = partial(_of_store, ledger=ledger, watermarks=watermarks, notes=notes, now=now)
    return Status(
        at=now,
        alive_for=now - memory.unbroken_since if memory else timedelta(0),
        breaker=Breaker.of(notes.read(BREAKER)),
        promises={company: frozenset(words.split()) for company, words in told.items()},
        asked_at=asked_at,
        queued=wakeups.depth(),
        dead=dead_letters.depth(),
        stores=tuple(of_store(store) for store in stores),
        lacks=frozenset(one for one in Capability if one in lacking),
    )


def _of_store(
    store: StoreKey, *, ledger: Ledger, watermarks: Watermarks, notes: Notes, now: datetime
) -> StoreStatus:
    reached = watermarks.read(store, SCAN)
    gaps = GapMark.of(notes.read(f"{GAPS}#{store}"))
    idle = notes.read(f"{GAPS_IDLE}#{store}")
    hooks, test = notes.read(f"{HOOKS}#{store}"), notes.read(f"{SELF_TEST}#{store}")
    due = len(ledger.due(store, now=now, limit=MOST_COUNTED))
    every = len(ledger.due(store, now=now + _LATER, limit=MOST_COUNTED))
    return StoreStatus(
        store=store,
        backfill_age=now - reached if reached else None,
        gap_mark=gaps.floor if gaps else None,
        gaps_age=now - gaps.swept_at if gaps and gaps.swept_at else _age(idle, now),
        recount=Tally.of(notes.read(f"{RECOUNT}#{store}")),
        hooks_age=_age(hooks, now),
        hooks_broken=hooks.get("broken", ""),
        self_test_age=_age(test, now),
        self_test_failed=test.get("words", "") if test.get("result") == Result.FAILED else "",
        due=due,
        later=every - due,
        parked=sum(1 for _ in ledger.parked(store)),
    )


def _deployment_concerns(status: Status) -> Iterator[str]:
    breaker = status.breaker
    if breaker is None or breaker.seen_at is None or status.at - breaker.seen_at > DUE_LATE:
        yield f"Nobody looks after due orders: {POLL_LOG}"
    elif breaker.flow is not Flow.FREE and status.at - breaker.since > DOWN_TOLERATED:
        yield f"Orders do not get through to Sage: {breaker.reason}"
    if status.dead:
        yield f"Dead letters: {status.dead}; see the log of the function take_orders."


def _store_concerns(one: StoreStatus, status: Status) -> Iterator[str]:
    for words in (*_late(one, status), *_ailing(one)):
        yield f"{one.store}: {words}"


def _late(one: StoreStatus, status: Status) -> Iterator[str]:
    """What no longer runs, or has never run although there was time."""
    recounted = one.recount and status.at - (one.recount.ended or one.recount.started)
    if one.backfill_age is None or one.backfill_age > BACKFILL_LATE:
        yield f"changed orders are no longer looked for: {POLL_LOG}"
    for age, limit, what in (
        (one.hooks_age, HOOKS_LATE, "the storefront's hooks are no longer looked after"),
        (one.gaps_age, GAPS_LATE, "gaps between order ids are no longer looked for"),
        (recounted, RECOUNT_LATE, "nothing was recounted for days"),
        (one.self_test_age, SELF_TEST_LATE, "no self-test came to an end for a day"),
    ):
        if (status.alive_for if age is None else age) > limit:
            yield f"{what}: {POLL_LOG}"


def _ailing(one: StoreStatus) -> Iterator[str]:
    if one.hooks_broken:
        yield f"the storefront no longer tells of every change ({one.hooks_broken}): {POLL_LOG}"
    if one.self_test_failed:
        yield f"the self-test failed. {one.self_test_failed}"
    if one.parked:
        yield f"orders that wait for a person: {one.parked}; see tieout orders parked."


def _age(note: Note, now: datetime) -> timedelta | None:
    """How long ago a note was written that says when; None when there is none."""
    return now - datetime.fromisoformat(note["at"]) if "at" in note else None
