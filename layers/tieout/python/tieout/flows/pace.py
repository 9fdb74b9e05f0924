"""How much may wait in the queue, so that it moves at the pace at which orders get through to Sage."""

from tieout.ports import Wakeups

# So short, an order just placed waits behind two or three minutes of backlog and not behind all of it.
# It is what five workers and one thread inside Sage get done between two sweeps (20 to 100 a minute)
# and as much again, so that they never stand idle. The depth that SQS tells is approximate: too much
# or too little is put right a minute later.
TARGET_DEPTH = 200


def room(wakeups: Wakeups) -> int:
    """How many messages may be added; what finds no room is remembered by the ledger instead."""
    return max(TARGET_DEPTH - wakeups.depth(), 0)
