"""What the ledger remembers of one web order: state, attempts, promises. Ids, hashes, amounts only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tieout.domain.identity import OrderKey, SalesOrderNo

# The chain of times; each is shorter than the next, and a test holds them to it.
AGENT_DEADLINE = timedelta(seconds=20)
HTTP_READ = timedelta(seconds=25)
WORKER_TIME = timedelta(seconds=60)
LEASE = timedelta(seconds=90)
QUEUE_VISIBILITY = timedelta(seconds=360)
# After a deadline has passed on Sage's clock, a write that began just before it may still finish.
SETTLE = timedelta(seconds=10)
# While an earlier write may still land, Sage is asked this often: never is a wait as long as a clock that
# was set wrong would have it.
LOOK_EVERY = timedelta(minutes=5)
# A create starts only with this much of the lease, and of the worker's own time, still ahead.
LEASE_NEEDED_TO_CREATE = timedelta(seconds=45)
TIME_NEEDED_TO_CREATE = timedelta(seconds=28)
# A worker that dies leaves its claim behind. After so many in a row, a person must look.
ATTEMPTS_BEFORE_PARKING = 20


class State(StrEnum):
    """The states of an order's record."""

    SEEN = "SEEN"
    WAIT_STATUS = "WAIT_STATUS"
    INTENT = "INTENT"
    CREATED = "CREATED"
    SKIPPED = "SKIPPED"
    WAITING_AGENT = "WAITING_AGENT"
    PARKED = "PARKED"


# In the place of a content that a person settled before the storefront's order could be read at all.
UNREAD = "unread"
# Nothing is due for a record in one of these until the order changes in the storefront.
SETTLED = frozenset({State.CREATED, State.SKIPPED, State.WAIT_STATUS, State.PARKED})


@dataclass(frozen=True, slots=True)
class Entry:
    """One order's record, as last read.

    `rev` counts the writes begun in Sage, `intent_hash` is the content that the last of them carried,
    `not_after` its deadline on Sage's clock, `mode` the weakest mode that any of them was sent in,
    `map_version` the mapping that made it. `content_hash` is the content that Sage was last seen to
    hold as we wrote it, with its revision `sage_rev` and its stamp `sage_stamp`; `checked_at` is when
    Sage was last asked, `absent_at` when a person last said that Sage does not have the order, and
    `absent_rev` the revision up to which that holds. `seen_hash` is the storefront's content as last
    read, `waived_hash` the content that a person has settled by hand, with the standing that it had;
    `standing` is the storefront's as last read.
    `attempts` counts claims since a worker last came to an end; `waits` the waits in a row.
    `missing_since` is when the storefront began to say that it has no such order.
    `created_at` is set once Sage has held the order and never cleared: such an order is never
    created again by itself. `reason` says in plain words why the order waits or is parked.
    """

    key: OrderKey
    state: State = State.SEEN
    sales_order_no: SalesOrderNo | None = None
    company: str = ""
    content_hash: str = ""
    intent_hash: str = ""
    seen_hash: str = ""
    waived_hash: str = ""
    standing: str = ""
    sage_stamp: str = ""
    sage_rev: int = 0
    mode: str = ""
    rev: int = 0
    absent_rev: int = 0
    map_version: int = 0
    attempts: int = 0
    waits: int = 0
    wanted: int = 0
    epoch: int = 0
    first_seen: datetime | None = None
    not_after: datetime | None = None
    created_at: datetime | None = None
    checked_at: datetime | None = None
    absent_at: datetime | None = None
    modified_at: datetime | None = None
    read_at: datetime | None = None
    missing_since: datetime | None = None
    parked_at: datetime | None = None
    next_at: datetime | None = None
    reason: str = ""
    next_action: str = ""
    total_cents: int | None = None
    currency: str = ""


def waiver(content_hash: str, standing: str) -> str:
    """What a person settles: this content at this standing, or whatever it is when it was never read."""
    return f"{content_hash}:{standing}" if content_hash else UNREAD


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one order until `lease_until`; only its `epoch` may write.

    The lease saves work and keeps order. Safety does not rest on it: that is Sage's create-only
    number and its deadline.
    """

    entry: Entry
    owner: str
    epoch: int
    lease_until: datetime
