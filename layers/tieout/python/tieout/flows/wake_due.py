"""Queue the orders whose time has come, as many as get through: the ledger remembers, the queue wakes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest

from tieout.domain.identity import OrderKey, StoreKey
from tieout.domain.ledger import Entry, State
from tieout.domain.sweeps import Breaker, Flow
from tieout.flows.breaker import BREAKER, SAMPLE, judge, sample_of
from tieout.flows.memory import beat
from tieout.flows.pace import room
from tieout.ports import Clock, Ledger, Notes, SageDoor, Wakeups

# While the agent is down, one order a minute finds out if it works although its health says no: 4,320
# tries in 72 hours, against four million if each of 10,000 orders came every ten minutes.
# While the agent is well and nothing gets through (Sage locked for a backup, the storefront refusing
# us), a few: the first may fail for reasons of their own, and five make a verdict. That is 15 requests
# to the storefront a minute; all 10,000 in turn would be 3,000, and its smallest plan grants 300.
PROBES = {Flow.DOWN: 1, Flow.STUCK: 5}
# Parked orders are due once a day and may stand first in the line; a probe is looked for behind them.
LOOKED_AT_FOR_A_PROBE = 100
# A wake-up is taken within seconds, or waits in the queue, which keeps what it took, and a worker that
# dies sets a time of its own. So an order is queued again only when nobody came to it for so long;
# what came twice all the same finds the order held or done.
AGAIN_AFTER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Woken:
    """What one run did, and how it found the agent."""

    queued: int
    breaker: Breaker


def wake_due(
    stores: Sequence[StoreKey], *, ledger: Ledger, wakeups: Wakeups, door: SageDoor, notes: Notes,
    clock: Clock,
) -> Woken:  # fmt: skip
    """Queue due orders of all stores, the longest waiting first, and tell what the agent is like.

    What is not queued stays due, untouched. What is queued is put off only then, so that breaking off
    repeats and loses nothing. Running twice at once is safe: a second wake-up finds the order held or
    done, and a note of the other's is as good as our own.
    """
    now = clock.now()
    beat(notes, now)
    before = Breaker.of(notes.read(BREAKER))
    breaker = judge(before, health=door.health(), ledger=ledger, now=now)
    keys = _chosen(stores, breaker.flow, ledger=ledger, now=now, most=room(wakeups))
    sample = sample_of(ledger, keys[:SAMPLE])
    wakeups.wake(keys)
    for key in keys:
        ledger.put_off(key, now=now, until=now + AGAIN_AFTER)
    notes.write(BREAKER, replace(breaker, woken=sample, woken_at=now if keys else None).note)
    return Woken(len(keys), breaker)


def _chosen(
    stores: Sequence[StoreKey], flow: Flow, *, ledger: Ledger, now: datetime, most: int
) -> list[OrderKey]:
    """The orders to wake, at most so many: stores take turns, so that none waits behind another's."""
    if flow is not Flow.FREE:
        return _probes(stores, ledger=ledger, now=now, most=min(most, PROBES[flow]))
    if not most:
        return []
    lines = [ledger.due(store, now=now, limit=most) for store in stores]
    return [key for turn in zip_longest(*lines) for key in turn if key][:most]


def _probes(
    stores: Sequence[StoreKey], *, ledger: Ledger, now: datetime, most: int
) -> list[OrderKey]:
    """The longest waiting of all stores, parked ones last: those may fail for reasons of their own."""
    found: list[Entry] = []
    for store in stores if most else ():
        due = ledger.due(store, now=now, limit=LOOKED_AT_FOR_A_PROBE)
        found += ledger.read_many(due).values()
    found.sort(key=lambda entry: (entry.state is State.PARKED, entry.next_at or now))
    return [entry.key for entry in found[:most]]
