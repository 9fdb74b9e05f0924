"""Queue every order whose time has come: the ledger remembers, the queue only wakes."""

from datetime import timedelta

from tieout.domain.identity import StoreKey
from tieout.ports import Clock, Ledger, Wakeups

# One run a minute: as many as the workers can take in that time, so that the queue stays short.
MOST_PER_RUN = 500
# A wake-up is taken within seconds. While the agent is off, workers take far longer than usual, and
# whatever is queued again before they came to it is a copy: reckoned for a thousand orders and six
# hours, five minutes leave 64,000 copies before new orders, thirty leave 7,500. The queue keeps what
# it took, and a worker that dies sets a time of its own; so waiting longer delays nothing.
AGAIN_AFTER = timedelta(minutes=30)


def wake_due(store: StoreKey, *, ledger: Ledger, wakeups: Wakeups, clock: Clock) -> int:
    """Queue the store's due orders, the longest waiting first; returns how many.

    They are put off only once they are queued, so that breaking off repeats and loses nothing.
    Running twice at once is safe: a second wake-up finds the order held or done.
    """
    now = clock.now()
    due = ledger.due(store, now=now, limit=MOST_PER_RUN)
    wakeups.wake(due)
    for key in due:
        ledger.put_off(key, now=now, until=now + AGAIN_AFTER)
    return len(due)
