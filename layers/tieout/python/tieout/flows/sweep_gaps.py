"""Find the orders that the ledger has never heard of, by their ids: whatever dates and webhooks say."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tieout.domain.identity import OrderId
from tieout.domain.orders import OrderStamp
from tieout.domain.sweeps import GapMark
from tieout.flows.backfill import FIRST_LOOK_BACK
from tieout.flows.rounds import Round

SWEEP = "gaps"
IDLE = "gaps_idle"
# An order may appear in the storefront's list long after higher ids did: replicas lag, and a checkout
# that was left open has its id since it was begun. So each id is checked hourly for at least so long.
OVERLAP = timedelta(hours=24)
# A webhook or a backfill may still be on its way to what changed so recently: no gap, just new.
STILL_NEW = timedelta(minutes=15)
# 37,500 orders: below what the storefront's adapter lists in one go, which is an error there.
MOST_PAGES = 150


@dataclass(frozen=True, slots=True)
class Gaps:
    """What one run found: ids without a record that should have had one for long.

    `complete` unless it was cut off.
    """

    found: int
    complete: bool = True


def sweep_gaps(round_: Round) -> Gaps:
    """Give every order from the mark on a record, due at once where there was none.

    The record makes it due, and not a message: after the loss of the whole ledger thousands would be
    queued at once, and the sweep for due work lets them through at the agent's pace. The mark moves
    last, page by page, so that a sweep which is cut off goes on from there.
    """
    now = round_.clock.now()
    mark = GapMark.of(round_.notes.read(round_.name(SWEEP))) or _first(round_, now)
    if mark is None:
        round_.notes.write(round_.name(IDLE), {"at": now.isoformat()})
        return Gaps(0)
    found = 0
    start = mark.floor if mark.next_id is None else mark.next_id
    for number, page in enumerate(round_.storefront.orders_from(start), 1):
        known = round_.ledger.read_many(stamp.key for stamp in page)
        missing = [stamp for stamp in page if stamp.key not in known]
        for stamp in missing:
            round_.ledger.expect(stamp.key)
        found += sum(1 for stamp in missing if not _is_new(stamp, now))
        mark = replace(mark, next_id=OrderId(page[-1].key.order_id + 1))
        round_.notes.write(round_.name(SWEEP), mark.note)
        if number == MOST_PAGES or round_.over:
            return Gaps(found, complete=False)
    round_.notes.write(round_.name(SWEEP), _ended(mark, now).note)
    return Gaps(found)


def _is_new(stamp: OrderStamp, now: datetime) -> bool:
    return stamp.modified_at is not None and now - stamp.modified_at < STILL_NEW


def _first(round_: Round, now: datetime) -> GapMark | None:
    """Where the very first sweep begins: at `first_order_id`, from where on every order is ours.

    Without that setting nobody has said which older orders were entered by hand, and to take one of
    those would double it. So it begins with what was placed in the last day: nothing that the first
    backfill does not take as well. None while the shop has not sold anything in a day;
    that it was looked is noted even so.
    """
    start = round_.first_order_id or round_.storefront.first_since(now - FIRST_LOOK_BACK)
    return None if start is None else GapMark(floor=start, ahead=start, ahead_at=now)


def _ended(mark: GapMark, now: datetime) -> GapMark:
    """The sweep came to its end: what it reached long enough ago is not looked at again."""
    reached = mark.ahead if mark.next_id is None else max(mark.ahead, mark.next_id)
    if now - mark.ahead_at < OVERLAP:
        return replace(mark, next_id=None, swept_at=now)
    return GapMark(floor=mark.ahead, ahead=reached, ahead_at=now, swept_at=now)
