"""What time it is in the simulated shop, as Unix seconds."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Anything that tells the shop's time; tests hand in one that they can move."""

    def now(self) -> float:
        """Unix seconds."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> float:
        """Unix seconds."""
        return time.time()


class MovableClock:
    """A clock that stands still until it is moved, so that 48 hours of retries take no time."""

    def __init__(self, seconds: float = 1_800_000_000) -> None:
        self._seconds = seconds

    def now(self) -> float:
        """Unix seconds."""
        return self._seconds

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._seconds += seconds


def rfc2822(seconds: float) -> str:
    """The date form of V2 answers, always UTC (BigCommerce docs: orders V2)."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")


def iso8601(seconds: float) -> str:
    """The date form of V3 answers, always UTC."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
