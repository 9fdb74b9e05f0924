"""Write down what the way into Sage promises and lacks, for whoever asks how safe the system works."""

from datetime import datetime, timedelta

from tieout.errors import RetryableError, SetupError
from tieout.ports import Clock, Notes, SageDoor

PROMISES = "promises"
ASKED_AT = "asked_at"
LACKS = "lacks"
# The agent tries out every company in Sage for it, while orders wait. Runs are an hour apart, roughly.
AT_MOST_EVERY = timedelta(minutes=55)


def note_promises(door: SageDoor, notes: Notes, clock: Clock) -> bool:
    """Ask, unless it was asked within the hour; False when the agent doesn't answer.

    Then the last words are kept: every order picks its mode by what comes with its own look-up, and
    that the agent is down is told by the sweep for due work.
    """
    now = clock.now()
    asked_at = notes.read(PROMISES).get(ASKED_AT)
    if asked_at and now - datetime.fromisoformat(asked_at) < AT_MOST_EVERY:
        return True
    try:
        promises = door.promises()
    except (RetryableError, SetupError):
        return False
    words = {str(company): " ".join(sorted(held)) for company, held in promises.items()}
    lacking = {LACKS: " ".join(sorted(door.lacks))} if door.lacks else {}
    notes.write(PROMISES, {**words, **lacking, ASKED_AT: now.isoformat()})
    return True
