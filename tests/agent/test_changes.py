"""Since when a record changed: decimal hours, local time, the repeated hour, clocks that are off."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tieout_agent.sage.changes import OVERLAP, Since

NEW_YORK = ZoneInfo("America/New_York")
NOON = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
"""Noon of a summer's day on the server."""

SET_BACK = datetime(2026, 11, 1, 6, 0, tzinfo=UTC)
"""When New York's clocks go from 2:00 back to 1:00."""


def row(date: str, hours: str) -> dict[str, str]:
    return {"DateUpdated": date, "TimeUpdated": hours}


@pytest.mark.parametrize(
    ("hours", "counts"),
    [
        ("12.00000", True),
        ("13.50833", True),
        ("9.50000", False),  # as a text it would sort behind 12
        ("11.76667", True),  # 14 minutes before
        ("11.73333", False),  # 16 minutes before
        ("11.75", True),
    ],
)
def test_a_time_counts_from_a_quarter_of_an_hour_before(hours: str, *, counts: bool) -> None:
    assert Since(NOON, NEW_YORK).has(row("20260701", hours)) is counts


@pytest.mark.parametrize(
    ("date", "hours"),
    [
        ("", ""),
        ("", "11.00000"),
        ("20260701", ""),
        ("20260701", "noon"),
        ("20260701", "25.00000"),
        ("20260701", "-1"),
        ("20260701", "NaN"),
        ("20260701", "1E400"),
        ("20261340", "11.00000"),
        ("00010101", "11.00000"),
        ("2026-07-01T00:00:00+14:00", "0"),
    ],
)
def test_a_stamp_that_is_missing_or_can_t_be_read_always_counts(date: str, hours: str) -> None:
    assert Since(NOON, NEW_YORK).has(row(date, hours))


def test_a_row_without_the_columns_counts() -> None:
    assert Since(NOON).has({"ItemCode": "A"})


@pytest.mark.parametrize("minutes", [0, 30, 59, 60, 90, 119])
def test_nothing_of_the_hour_that_comes_twice_is_lost(minutes: int) -> None:
    """Whichever of the two hours a stamp is from, it counts as the later one."""
    written = SET_BACK - timedelta(hours=1) + timedelta(minutes=minutes)
    shown = written.astimezone(NEW_YORK)
    hours = f"{shown.hour + shown.minute / 60:.5f}"

    assert Since(written, NEW_YORK).has(row(f"{shown:%Y%m%d}", hours))
    assert shown.hour == 1


def test_outside_of_that_hour_an_hour_is_an_hour() -> None:
    later = Since(SET_BACK + timedelta(hours=3), NEW_YORK)

    assert not later.has(row("20261101", "2.50000"))


def test_the_condition_in_sage_s_words_asks_for_days_and_for_rows_without_a_stamp() -> None:
    since = Since(NOON, NEW_YORK)

    assert since.where == '(DateUpdated$>="20260701" OR DateUpdated$="")'


def test_shortly_after_midnight_the_day_before_is_asked_for_too() -> None:
    midnight = datetime(2026, 7, 1, 4, 10, tzinfo=UTC)

    assert '"20260630"' in Since(midnight, NEW_YORK).where


@pytest.mark.parametrize("minutes", range(0, 24 * 60, 45))
def test_the_condition_lets_through_whatever_counts(minutes: int) -> None:
    moment = SET_BACK - timedelta(hours=12) + timedelta(minutes=minutes)
    since = Since(moment, NEW_YORK)
    earliest = (moment - OVERLAP).astimezone(NEW_YORK)
    hours = earliest.hour + earliest.minute / 60

    assert since.has(row(f"{earliest:%Y%m%d}", f"{hours:.5f}"))
    assert since.where.split('"')[1] <= f"{earliest:%Y%m%d}"


def test_this_machine_s_own_zone_is_taken_when_none_is_named() -> None:
    moment = datetime(2026, 7, 1, 16, 0, tzinfo=UTC)
    local = moment.astimezone()
    hours = f"{local.hour + local.minute / 60:.5f}"

    assert Since(moment).has(row(f"{local:%Y%m%d}", hours))
