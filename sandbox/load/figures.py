"""What a load run found: figures, which are only told, and promises, which are kept or broken."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

SHARES = (50, 95, 99)
MINUTE = 60.0


@dataclass(frozen=True)
class Figure:
    """One measured value."""

    name: str
    value: float
    unit: str


@dataclass(frozen=True)
class Promise:
    """One thing that must be true; `told` says what was found."""

    name: str
    kept: bool
    told: str


@dataclass(frozen=True)
class Part:
    """One part of the run, with all that was found."""

    name: str
    figures: Sequence[Figure]
    promises: Sequence[Promise]


def percentile(values: Sequence[float], share: float) -> float:
    """Return the smallest value that `share` percent of all values do not exceed (nearest rank).

    Raises:
        ValueError: there are no values, or the share isn't above 0 and at most 100.
    """
    if not values or not 0 < share <= 100:  # noqa: PLR2004 - percent
        raise ValueError(f"no percentile {share} of {len(values)} values")
    return sorted(values)[math.ceil(share / 100 * len(values)) - 1]


def spread(name: str, seconds: Sequence[float], *, unit: str = "ms") -> list[Figure]:
    """Return the usual percentiles and the slowest; nothing when nothing was measured."""
    if not seconds:
        return []
    scale = {"ms": 1000, "s": 1}[unit]
    shares = [Figure(f"{name}, p{n}", percentile(seconds, n) * scale, unit) for n in SHARES]
    return [*shares, Figure(f"{name}, the slowest", max(seconds) * scale, unit)]


def busiest(moments: Sequence[float], *, window: float = MINUTE) -> int:
    """Return how many of the moments, in seconds, at most fall into one window of that length."""
    ordered = sorted(moments)
    most = first = 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= window:
            first += 1
        most = max(most, last - first + 1)
    return most


def per_minute(moments: Sequence[float]) -> float:
    """Return the pace from the first moment to the last; 0 for fewer than two."""
    taken = max(moments, default=0.0) - min(moments, default=0.0)
    return (len(moments) - 1) / taken * MINUTE if taken else 0.0
