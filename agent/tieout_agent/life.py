"""What the supervisor and its worker process tell each other: how often, how to end, how it ended."""

from dataclasses import dataclass
from datetime import datetime

STOP_WORD = b"stop"
"""Sent down the worker's standard input: finish what runs, let go of Sage and end. That the pipe
closes without it means that the supervisor is dead; then the worker ends at once."""

STOP_SECONDS = 29.0
"""From that word to a worker's end, at most: a call may take 24 s and letting go of Sage 5 s. A
service that needs longer than 30 s to stop is called hung by Windows."""

HUNG = 75
"""Exit code of a worker that ended itself since a call into Sage hung."""

SET_BACK = 77
"""Exit code of a worker that ended itself since the machine's clock was set back."""

ORPHANED = 76
"""Exit code of a worker whose supervisor died."""

SETUP = 78
"""Exit code of a worker that can't start before somebody corrects something."""


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often the worker had to be started anew since the agent was started.

    Attributes:
        count: Unforeseen ends of workers before this one.
        last: When the last of them was noticed, aware.
    """

    count: int = 0
    last: datetime | None = None


NEVER = Restarts()
