"""Which records changed since a moment, by stamps that are local times without a zone.

`DateUpdated` and `TimeUpdated` are a hint and no feed (Sage 100 reference: detecting changes):
imports and batch updates leave them as they are, and a workstation's clock may be off. So
whatever may have changed counts as changed: what bears no stamp, or one that can't be read, what
was stamped shortly before, and what was stamped in the hour that a clock goes through twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation

from tieout_agent.sage.bulk import quoted

OVERLAP = timedelta(minutes=15)
"""How long before the moment asked for a record may be stamped and still counts. Stamps come from
the clock of whichever workstation ran the program, and of when it began to write."""

DAY_SHIFT = timedelta(hours=1)
"""How much a clock is set back at most: a day's last hour may be gone through twice."""

DATE, TIME = "DateUpdated", "TimeUpdated"

SOUND_YEARS = range(1980, 2200)
"""A stamp of any other year is an accident, and counts as none."""

_DAY = timedelta(days=1)
_HOUR_MICROSECONDS = 3_600_000_000


@dataclass(frozen=True, slots=True)
class Since:
    """Changes since a moment.

    Attributes:
        moment: Aware.
        zone: The Sage server's; None for that of this machine.
    """

    moment: datetime
    zone: tzinfo | None = None

    @property
    def where(self) -> str:
        """A condition in Sage's words, by the day alone: times don't sort as the text they are."""
        day = (self._earliest - DAY_SHIFT).astimezone(self.zone).strftime("%Y%m%d")
        return f'({DATE}$>={quoted(day)} OR {DATE}$="")'

    def has(self, row: Mapping[str, str]) -> bool:
        """Say whether a row may have changed since."""
        stamped = local_time(row.get(DATE, ""), row.get(TIME, ""))
        return stamped is None or self._latest(stamped) >= self._earliest

    @property
    def _earliest(self) -> datetime:
        return self.moment.astimezone(UTC) - OVERLAP

    def _latest(self, local: datetime) -> datetime:
        """Say the last moment at which the server's clock showed this."""
        twice = (local.replace(fold=fold, tzinfo=self.zone).astimezone(UTC) for fold in (0, 1))
        return max(twice)


def local_time(date: str, hours: str) -> datetime | None:
    """Read a stamp: `20261120` and decimal hours, such as 13.50833 for 13:30:30.

    A day without a time of day counts as its end.
    """
    try:
        day = datetime.fromisoformat(date)
        passed = timedelta(microseconds=int(Decimal(hours or "24") * _HOUR_MICROSECONDS))
    except (ValueError, InvalidOperation, OverflowError):
        return None
    sound = day.year in SOUND_YEARS and timedelta(0) <= passed <= _DAY
    return day + passed if sound and day.tzinfo is None else None
