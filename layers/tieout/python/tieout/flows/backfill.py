"""Find the orders whose webhook never came, by reading what changed since the last scan."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tieout.domain.identity import OrderId
from tieout.domain.ledger import SETTLED, Entry
from tieout.domain.orders import OrderStamp
from tieout.domain.sweeps import Cursor
from tieout.flows.pace import room
from tieout.flows.rounds import Round
from tieout.ports import FIRST_ID

SCAN = "backfill"
# The storefront's list lags behind its orders; how far is unpublished, so the safe side.
OVERLAP = timedelta(minutes=10)
# Before the first scan: what changed since a day ago, so that a new installation misses nothing.
FIRST_LOOK_BACK = timedelta(hours=24)
# An order read so soon after a change may have changed again within the same second.
SURE_AFTER = timedelta(minutes=2)
# 37,500 orders: below what the storefront's adapter lists in one go, which is an error there.
MOST_PAGES = 150


@dataclass(frozen=True, slots=True)
class Scan:
    """What one run did: orders queued, and how far behind the last complete scan was.

    `complete` unless it was cut off; the next run goes on from there.
    """

    queued: int
    behind: timedelta
    complete: bool = True


def backfill(round_: Round) -> Scan:
    """Queue every changed order that the ledger has not seen in its present form.

    Each page is queued before the cursor passes it, and the watermark moves last, to the start of the
    scan, once every page was queued: a scan that breaks off goes on where it was, and what changed in
    the meantime is left to the next, which reaches back to before its start. Two runs at once queue
    some orders twice; a cursor that the other left belongs to a scan as good as our own.
    """
    now = round_.clock.now()
    cursor = _cursor(round_, now)
    behind = now - (cursor.since + OVERLAP)
    queued = 0
    for number, page in enumerate(_pages(round_, cursor), 1):
        queued += _queue(round_, page)
        cursor = replace(cursor, next_id=OrderId(page[-1].key.order_id + 1))
        round_.notes.write(round_.name(SCAN), cursor.note)
        if number == MOST_PAGES or round_.over:
            return Scan(queued, behind, complete=False)
    round_.watermarks.advance(round_.store, SCAN, cursor.started)
    return Scan(queued, behind)


def _cursor(round_: Round, now: datetime) -> Cursor:
    """Where a scan that was cut off goes on, or the start of a new one."""
    reached = round_.watermarks.read(round_.store, SCAN)
    begun = Cursor.of(round_.notes.read(round_.name(SCAN)))
    if begun and (reached is None or begun.started > reached):
        return begun
    since = (reached or now - FIRST_LOOK_BACK) - OVERLAP
    return Cursor(started=now, since=since, next_id=FIRST_ID)


def _pages(round_: Round, cursor: Cursor) -> Iterator[tuple[OrderStamp, ...]]:
    return round_.storefront.changed_since(cursor.since, from_id=cursor.next_id)


def _queue(round_: Round, page: tuple[OrderStamp, ...]) -> int:
    """Queue what fits into the queue, and make the rest due: the sweep for due work lets it through."""
    entries = round_.ledger.read_many(stamp.key for stamp in page)
    now = round_.clock.now()
    unseen = [stamp.key for stamp in page if not _seen(stamp, entries.get(stamp.key), now)]
    fit = room(round_.wakeups) if unseen else 0
    round_.wakeups.wake(unseen[:fit])
    for key in unseen[fit:]:
        make_due = round_.ledger.want if key in entries else round_.ledger.expect
        make_due(key)
    return len(unseen)


def _seen(stamp: OrderStamp, entry: Entry | None, now: datetime) -> bool:
    """Whether nothing is gained by looking at this very version of the order again."""
    if entry is None or stamp.modified_at is None:
        return False
    if entry.next_at is not None and entry.next_at <= now:
        return True  # nobody has it, and whoever takes it reads it anew
    if entry.state in SETTLED:
        same = entry.modified_at == stamp.modified_at
        return same and _sure(entry.read_at, stamp.modified_at)
    # It waits, and will be read anew when it is due: queued by every scan as well, each new order of a
    # long outage would be tried three or four times before it leaves the list of what changed. If a
    # worker read it just before it changed, the next scan finds that out: its overlap is longer than
    # any worker's time.
    return entry.next_at is not None and entry.modified_at in {None, stamp.modified_at}


def _sure(read_at: datetime | None, modified_at: datetime) -> bool:
    return read_at is not None and read_at - modified_at > SURE_AFTER
