"""The agent's clock: the only place that asks the machine what time it is."""

import threading
import time
from datetime import UTC, datetime, timedelta
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


class SteadyClock:
    """A clock that is never set back, as long as the process lives.

    A deadline that has passed stays passed, whoever corrects the machine's clock meanwhile. Set
    forward, it goes along; when the machine's clock is set back it goes on by the second, and so stays
    ahead of it until the process ends. The watchdog ends it when it is far ahead: with the process all
    its connections end, and so whatever they might still have brought.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known = (clock.now(), clock.monotonic())
        self._lock = threading.Lock()

    def now(self) -> datetime:
        """Say the time, aware and in UTC: never earlier than it said before."""
        with self._lock:
            at, since = self._known
            beat = self._clock.monotonic()
            self._known = max(self._clock.now(), at + timedelta(seconds=beat - since)), beat
            return self._known[0]

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of the machine's clock."""
        return self.now() - self._clock.now()

    def monotonic(self) -> float:
        """Say seconds that never run backwards, for measuring spans."""
        return self._clock.monotonic()
