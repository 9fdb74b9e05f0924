"""The agent's clock: the only place that asks the machine what time it is."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """What the agent needs to know about time."""

    def now(self) -> datetime:
        """Say the wall-clock time, aware and in UTC."""
        ...

    def monotonic(self) -> float:
        """Say seconds that never run backwards, for measuring spans."""
        ...


class SystemClock:
    """This machine's clock."""

    def now(self) -> datetime:
        """Say the wall-clock time, aware and in UTC."""
        return datetime.now(UTC)  # noqa: TID251 - this is the clock that everyone else is handed

    def monotonic(self) -> float:
        """Say seconds that never run backwards, for measuring spans."""
        return time.monotonic()
