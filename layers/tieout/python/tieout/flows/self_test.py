"""The daily self-test: a webhook of our own, genuine in every part, followed from the door to the ledger.

It shows what no other sign does on a quiet day: that a webhook would be let in, queued and worked on.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus

from tieout.domain.identity import OrderKey, StoreKey
from tieout.domain.ledger import Entry, State
from tieout.errors import NotSentError, RetryableError, SetupError
from tieout.ports import Clock, Ledger, Notes, Storefront, WebhookDoor

NAME = "selftest"
# Looking again at such an order changes nothing, in the ledger or in Sage.
AT_REST = frozenset({State.CREATED, State.SKIPPED, State.WAIT_STATUS})
# Orders changed within a day are enough in a busy shop, and within a month in a quiet one.
LOOK_BACKS = (timedelta(days=1), timedelta(days=31))
# Only the newest are looked up in the ledger; what `Ledger.read_many` takes at once.
CANDIDATES = 250
# A wake-up takes seconds, unless there is a backlog.
PATIENCE = timedelta(seconds=45)
PAUSE = timedelta(seconds=1)


class Result(StrEnum):
    """How a self-test ended."""

    PASSED = "passed"
    FAILED = "failed"
    NOTHING = "nothing to test with"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a self-test found, in plain words; `status` is what the door answered, if it did."""

    result: Result
    words: str
    order: OrderKey | None = None
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """What a self-test works with; `pause` waits for some time, `patience` is for the order to move."""

    storefront: Storefront
    ledger: Ledger
    door: WebhookDoor
    notes: Notes
    clock: Clock
    pause: Callable[[timedelta], None]
    patience: timedelta = PATIENCE


def self_test(store: StoreKey, *, bench: Bench) -> Finding:
    """Send a notice about an order at rest through the public door, and see the ledger record move.

    The finding is left as a note, too.

    Raises:
        RetryableError, SetupError: the storefront or the ledger failed, so nothing was tested.
    """
    finding = _tested(store, bench)
    note = {
        "at": bench.clock.now().isoformat(timespec="seconds"),
        "result": finding.result.value,
        "words": finding.words,
        "order": str(finding.order or ""),
        "http_status": str(finding.status or ""),
    }
    bench.notes.write(f"{NAME}#{store}", note)
    return finding


def _tested(store: StoreKey, bench: Bench) -> Finding:
    before = _order_at_rest(bench)
    if before is None:
        return Finding(Result.NOTHING, f"The store {store} has no order yet that is at rest.")
    key, sent_at = before.key, bench.clock.now()
    try:
        status = bench.door.tell(key.order_id)
    except (RetryableError, SetupError) as error:
        return Finding(Result.FAILED, _unanswered(error), key)
    if not _is_taken(status):
        return Finding(Result.FAILED, _turned_away(status), key, status)
    if not _has_moved(before, bench, until=sent_at + bench.patience):
        words = (
            "The webhook was taken, and nobody looked at its order: look at the queue of orders."
        )
        return Finding(Result.FAILED, words, key, status)
    return Finding(Result.PASSED, "A webhook of our own reached the ledger.", key, status)


def _order_at_rest(bench: Bench) -> Entry | None:
    """The newest order that the ledger is done with for now, and that a worker would read anew.

    One that was there before us is never read, so nothing would be seen of a new look at it.
    """
    for back in LOOK_BACKS:
        newest: deque[OrderKey] = deque(maxlen=CANDIDATES)
        for page in bench.storefront.changed_since(bench.clock.now() - back):
            newest.extend(stamp.key for stamp in page)
        entries = bench.ledger.read_many(newest).values()
        at_rest = [entry for entry in entries if entry.state in AT_REST and entry.read_at]
        if at_rest:
            return max(at_rest, key=lambda entry: entry.key.order_id)
    return None


def _has_moved(before: Entry, bench: Bench, *, until: datetime) -> bool:
    """Whether a worker claimed the order and read it anew; their own clocks are not compared."""
    while True:
        entry = bench.ledger.read(before.key)
        if entry and entry.epoch > before.epoch and entry.read_at != before.read_at:
            return True
        if bench.clock.now() >= until:
            return False
        bench.pause(PAUSE)


def _is_taken(status: int) -> bool:
    return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES


def _unanswered(error: RetryableError | SetupError) -> str:
    if isinstance(error, SetupError):
        return f"The webhook was not sent: {error}"
    if isinstance(error, NotSentError):
        return "Our public address could not be reached: look whether the API is there."
    return "Our public address gave no answer in time: look at the log of receive_webhook."


def _turned_away(status: int) -> str:
    if status == HTTPStatus.UNAUTHORIZED:
        why = "the function refused its key or its signature. Compare the store's secret"
    elif status == HTTPStatus.FORBIDDEN:
        why = "the firewall or API Gateway turned it away. Look at the firewall's rules"
    elif status == HTTPStatus.TOO_MANY_REQUESTS:
        why = "it was throttled. Look at the API's limits"
    elif status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        why = "the function failed, or could not queue it. Look at the log of receive_webhook"
    else:
        why = "that is no answer of ours. Look whether the address is still that of the API"
    return f"Our own webhook was answered with {status}: {why}."
