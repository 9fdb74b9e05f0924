"""What an agent that ended badly left in Sage: ended before anything else, or waited out."""

import time
from collections.abc import Callable
from math import ceil

from tieout_agent.clock import Clock
from tieout_agent.holdoff import HOLD_OFF, LONGEST
from tieout_agent.journal import Journal
from tieout_agent.logs import log_event
from tieout_agent.problems import ProblemError
from tieout_agent.running import RunningFile, Trace
from tieout_agent.seam import Outside

END_SECONDS = 5.0
"""How long a process that was told to end at once may take until it is gone."""

POLL_SECONDS = 0.1


class Leftovers:
    """The processes that worked for earlier runs of the agent, or may have done.

    While one of them lives, a write that such a run had begun may still land. Once none does, the
    documents are as Sage shows them.
    """

    def __init__(self, outside: Outside | None, file: RunningFile, clock: Clock) -> None:
        self._outside = outside
        self._file = file
        self._clock = clock
        self._left = file.traces()
        self._since = clock.monotonic()

    def settle(self, journal: Journal) -> None:
        """End them, or hold their documents off; call it before the first call is taken."""
        self.end()
        if not self.may_land():
            return
        if journal.hold_begun(self.seconds_left):
            minutes = ceil(self.seconds_left() / 60)
            log_event("process_left", at=self._clock.now(), count=len(self._left), minutes=minutes)
        else:
            self.forget()

    def end(self, *, wait: Callable[[float], object] = time.sleep) -> None:
        """End those that are surely ours, and wait until they are gone."""
        for trace in self._left:
            if self._outside and trace.server and trace.ours and self._lives(trace):
                self._outside.end_server(trace.server)
        deadline = self._clock.monotonic() + END_SECONDS
        while self._ours_live() and self._clock.monotonic() < deadline:
            wait(POLL_SECONDS)

    def may_land(self) -> bool:
        """Say whether any of them may still store something. One that is gone is forgotten."""
        gone = [trace for trace in self._left if not self._lives(trace)]
        self._forget(gone)
        return bool(self._left)

    def seconds_left(self) -> float:
        """Say for how long, at most, any of them may still store something; 0 once none may.

        One that can be named is waited for until it is gone, though not for ever; one that can't be
        named is dead, or has stored what it had in hand, some minutes after this run's beginning.
        """
        if not self.may_land():
            return 0
        past = self._clock.monotonic() - self._since
        left = max(self._longest(trace) for trace in self._left) - past
        if left <= 0:
            self._give_up()
        return max(0.0, left)

    def _longest(self, trace: Trace) -> float:
        named = trace.server is not None and self._outside is not None
        return (LONGEST if named else HOLD_OFF).total_seconds()

    def _give_up(self) -> None:
        """Wait no more, and tell a person if one that can be named still lives.

        Its note stays, so that the next run tries to end it again.
        """
        named = [trace for trace in self._left if self._longest(trace) == LONGEST.total_seconds()]
        if named:
            hours = int(LONGEST.total_seconds() / 3600)
            log_event("process_stayed", at=self._clock.now(), count=len(named), hours=hours)
        self._forget([trace for trace in self._left if trace not in named])
        self._left = []

    def forget(self) -> None:
        """Forget those that can't be ended, since nothing was begun that they could still store."""
        self._forget([trace for trace in self._left if not trace.ours])

    def _ours_live(self) -> bool:
        return any(trace.ours and self._lives(trace) for trace in self._left)

    def _lives(self, trace: Trace) -> bool:
        if trace.server is None or self._outside is None:
            return True
        return self._outside.is_alive(trace.server)

    def _forget(self, traces: list[Trace]) -> None:
        self._left = [trace for trace in self._left if trace not in traces]
        try:
            self._file.forget(trace.number for trace in traces)
        except ProblemError:
            log_event("running_file_failed", at=self._clock.now())
