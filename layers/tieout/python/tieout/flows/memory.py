"""Whether the ledger remembers all that it ever knew: a gap in its own heartbeat tells that it doesn't.

A restored ledger is a copy that is older by at least five minutes (AWS: point-in-time recovery), so its
last heartbeat is too. Where Sage shows what it once had, that costs nothing; where it can't, an order
from before the gap may be in Sage without our knowing. This is the one note that safety rests on: two
sweeps at once write the same of it, unless the ledger is swapped between the reading and the writing of
one, which the runbook rules out by pausing the functions.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tieout.domain.ledger import SETTLE
from tieout.domain.orders import Order
from tieout.domain.outcomes import Ending, Parked, Waiting
from tieout.domain.sweeps import Memory
from tieout.flows.desk import Look
from tieout.ports import Notes

NAME = "memory"
# The sweep for due work beats once a minute. A few beats may be missed; a restored copy has missed more.
MISSED = timedelta(minutes=4)


def beat(notes: Notes, now: datetime) -> None:
    """Note that the ledger is alive; after a gap it is unbroken only since now."""
    known = Memory.of(notes.read(NAME))
    if known is None or now - known.beat_at > MISSED:
        known = Memory(beat_at=now, unbroken_since=now)
    notes.write(NAME, replace(known, beat_at=now).note)


def unbroken_since(notes: Notes, now: datetime) -> datetime | None:
    """From when on the ledger has forgotten nothing; None while the next heartbeat has yet to judge."""
    known = Memory.of(notes.read(NAME))
    if known is None or now - known.beat_at > MISSED:
        return None
    return known.unbroken_since


def may_have_forgotten(seen: Look, order: Order) -> Ending | None:
    """Where Sage doesn't show what it once had: why «absent» must not be believed; None if it may.

    A person who has looked since, and said that Sage does not have the order, is believed.
    """
    run = seen.run
    if seen.answer.guarantees.sees_all:
        return None
    since = unbroken_since(run.desk.notes, run.now())
    if since is None:
        return Waiting("It is being found out if the ledger remembers all.", run.now() + SETTLE)
    if max(order.placed_at, run.entry.absent_at or order.placed_at) >= since:
        return None
    return Parked(
        f"Tieout's own records begin at {since:%Y-%m-%d %H:%M} UTC, and this order is older: it may be in "
        "Sage already.",
        f"Look for {run.number} in Sage, in its history too. If it isn't there: tieout orders again.",
    )
