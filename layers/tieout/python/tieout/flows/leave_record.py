"""The record that a run leaves behind: what happened, and when somebody looks again."""

from dataclasses import replace
from datetime import datetime, timedelta

from tieout.domain.ledger import Entry, State
from tieout.domain.outcomes import (
    AlreadyTaken,
    Ending,
    NeedsSetup,
    Parked,
    Skipped,
    Taken,
    Updated,
    Waiting,
)

SHORTEST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
# The other side may ask for more, but a slip of its own must not put an order off for years.
LONGEST_ASKED_WAIT = timedelta(hours=1)
# Master data may have been mended since: what was refused is offered again once a day.
PARKED_RETRY = timedelta(hours=24)
# A few sentences. A record too large for DynamoDB (400 KB) could not be written at all.
LONGEST_REASON = 500


def left_behind(entry: Entry, ending: Ending, now: datetime) -> Entry:
    """The record to leave behind: what happened, and when somebody looks again."""
    left = _still_parked(entry, ending) or _left(entry, ending, now)
    return replace(left, reason=_line(left.reason), next_action=_line(left.next_action))


def _line(words: str) -> str:
    """One short line: it may quote names out of the shop or Sage, whatever they hold."""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:LONGEST_REASON]


def _still_parked(entry: Entry, ending: Ending) -> Entry | None:
    """A parked order whose new look was cut short: nothing was found out that would change it."""
    match ending:
        case Waiting(_, datetime() as until) | NeedsSetup(_, until) if entry.parked_at:
            waits = entry.waits + 1
            return replace(entry, state=State.PARKED, attempts=0, waits=waits, next_at=until)
        case _:
            return None


def _left(entry: Entry, ending: Ending, now: datetime) -> Entry:
    done = replace(
        entry, attempts=0, waits=0, next_at=None, parked_at=None, reason="", next_action=""
    )
    match ending:
        case Waiting(reason, None):
            return replace(done, state=State.WAIT_STATUS, reason=reason)
        case Waiting(reason, until):
            state = _waiting_state(entry)
            return replace(done, state=state, waits=entry.waits + 1, next_at=until, reason=reason)
        case NeedsSetup(reason, until):
            return replace(done, state=_waiting_state(entry), next_at=until, reason=reason)
        case Parked(reason, next_action):
            return replace(
                done,
                state=State.PARKED,
                parked_at=entry.parked_at or now,
                reason=reason,
                next_action=next_action,
                next_at=now + PARKED_RETRY,
            )
        case Skipped(reason):
            return replace(done, state=State.SKIPPED, reason=reason)
        case Taken() | AlreadyTaken() | Updated():
            return replace(done, state=State.CREATED)


def _waiting_state(entry: Entry) -> State:
    """A state that promises another look, without forgetting what Sage may already hold."""
    if entry.created_at:
        return State.CREATED if entry.state is State.CREATED else State.INTENT
    return State.INTENT if entry.not_after else State.WAITING_AGENT


def wait_of(entry: Entry, asked: int | None) -> timedelta:
    """How long the order waits now: longer each time in a row, and at least as long as was asked for."""
    doubled = SHORTEST_WAIT * 2 ** min(entry.waits, 6)
    wished = timedelta(seconds=min(asked or 0, LONGEST_ASKED_WAIT.total_seconds()))
    return max(min(doubled, LONGEST_WAIT), wished)
