"""Queue every order whose time has come: the ledger remembers, the queue only wakes."""

from datetime import timedelta

from tieout.domain.identity import StoreKey
from tieout.ports import Clock, Ledger, Wakeups

# One run a minute: as many as the workers can take in that time, so that the queue stays short.
MOST_PER_RUN = 500
# A wake-up is taken within seconds, or within minutes after an outage. Whatever became of it, the
# order is queued again after this long; sooner would only pile up copies.
AGAIN_AFTER = timedelta(minutes=5)


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
