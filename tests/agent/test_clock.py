"""The clock that deadlines are checked by: never set back."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tieout_agent.clock import SteadyClock
from tieout_agent.watchdog import MOST_AHEAD, ClockWatch

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


@dataclass
class MachineClock:
    """A clock that people and time servers correct."""

    shown: datetime = NOON
    beat: float = 0

    def now(self) -> datetime:
        return self.shown

    def monotonic(self) -> float:
        return self.beat

    def passes(self, seconds: float) -> None:
        self.beat += seconds
        self.shown += timedelta(seconds=seconds)


def test_a_clock_that_is_set_back_goes_on_from_where_it_was() -> None:
    machine = MachineClock()
    clock = SteadyClock(machine)
    machine.passes(10)
    machine.shown -= timedelta(hours=1)

    machine.passes(5)

    assert clock.now() == NOON + timedelta(seconds=15)


def test_a_clock_that_is_set_forward_goes_along() -> None:
    machine = MachineClock()
    clock = SteadyClock(machine)

    machine.shown += timedelta(minutes=3)

    assert clock.now() == NOON + timedelta(minutes=3)


def test_what_was_said_once_is_never_taken_back() -> None:
    machine = MachineClock()
    clock = SteadyClock(machine)
    machine.shown += timedelta(minutes=3)
    said = clock.now()

    machine.shown -= timedelta(minutes=3)
    machine.passes(1)

    assert clock.now() == said + timedelta(seconds=1)


def test_spans_are_measured_by_the_machine() -> None:
    machine = MachineClock()
    clock = SteadyClock(machine)

    machine.passes(7)

    assert clock.monotonic() == 7


def test_a_clock_far_ahead_of_a_machine_that_was_set_back_ends_the_process() -> None:
    machine = MachineClock()
    clock, ends = SteadyClock(machine), list[str]()
    watch = ClockWatch(clock, lambda: ends.append("ended"))
    watch.look()

    machine.shown -= MOST_AHEAD
    watch.look()
    before = list(ends)
    machine.shown -= timedelta(seconds=1)
    watch.look()

    assert (before, ends) == ([], ["ended"])
