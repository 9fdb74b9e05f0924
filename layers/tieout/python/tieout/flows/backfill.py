"""Find the orders whose webhook never came, by reading what changed since the last scan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tieout.domain.identity import OrderKey, StoreKey
from tieout.domain.ledger import SETTLED, Entry
from tieout.domain.orders import OrderStamp
from tieout.ports import Clock, Ledger, Storefront, Wakeups, Watermarks

SCAN = "backfill"
# The storefront's list lags behind its orders; how far is unpublished, so the safe side.
OVERLAP = timedelta(minutes=10)
# Before the first scan: what changed since a day ago, so that a new installation misses nothing.
FIRST_LOOK_BACK = timedelta(hours=24)
# An order read so soon after a change may have changed again within the same second.
SURE_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan did: orders queued, and how far behind the last complete scan was."""

    queued: int
    behind: timedelta


def backfill(
    store: StoreKey, *, storefront: Storefront, ledger: Ledger, wakeups: Wakeups,
    watermarks: Watermarks, clock: Clock,
) -> Scan:  # fmt: skip
    """Queue every changed order that the ledger has not seen in its present form.

    The watermark moves last, to the start of this scan, and only when every page was queued: a scan
    that breaks off is simply repeated.
    """
    started = clock.now()
    reached = watermarks.read(store, SCAN) or started - FIRST_LOOK_BACK
    queued = 0
    for page in storefront.changed_since(reached - OVERLAP):
        entries = ledger.read_many(stamp.key for stamp in page)
        unseen = [s.key for s in page if not _seen(s, entries)]
        wakeups.wake(unseen)
        queued += len(unseen)
    watermarks.advance(store, SCAN, started)
    return Scan(queued, behind=started - reached)


def _seen(stamp: OrderStamp, entries: Mapping[OrderKey, Entry]) -> bool:
    """Whether the ledger settled this very version, read long enough after its change."""
    entry = entries.get(stamp.key)
    if entry is None or entry.state not in SETTLED or stamp.modified_at is None:
        return False
    return entry.modified_at == stamp.modified_at and _sure(entry.read_at, stamp.modified_at)


def _sure(read_at: datetime | None, modified_at: datetime) -> bool:
    return read_at is not None and read_at - modified_at > SURE_AFTER
