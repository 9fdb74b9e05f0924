"""Queue every order whose time has come: the ledger remembers, the queue only wakes."""

from tieout.domain.identity import StoreKey
from tieout.ports import Clock, Ledger, Wakeups

# One run a minute: as many as the workers can take in that time, so that the queue stays short.
MOST_PER_RUN = 500


def wake_due(store: StoreKey, *, ledger: Ledger, wakeups: Wakeups, clock: Clock) -> int:
    """Queue the store's due orders, the longest waiting first; returns how many.

    Running twice at once is safe: a second wake-up finds the order held or done.
    """
    due = ledger.due(store, now=clock.now(), limit=MOST_PER_RUN)
    wakeups.wake(due)
    return len(due)
