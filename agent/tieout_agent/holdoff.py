"""Documents of which nothing may be said or written yet: an earlier process may still store them."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from math import ceil

from tieout_agent.clock import Clock
from tieout_agent.problems import Problem, ProblemError

HOLD_OFF = timedelta(minutes=10)
"""How long after its beginning a write may still land, if nobody can prove that the process which
carries it out is dead. COM ends a server whose client is gone after three missed signs of life of
two minutes each; what it had in hand has landed by then or never will. The rest is for a slow disk."""

Document = tuple[str, str]
"""Company code, and the path behind it, such as `SO/SalesOrder/W000250`."""


class HoldOff:
    """What an earlier process of the agent had begun to store when it ended, and when that is over."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._until: dict[Document, float] = {}
        self._all_until = 0.0
        self._may_land: Callable[[], bool] = bool  # says no: nothing is held off yet

    def hold(self, ages: Mapping[Document, float], may_land: Callable[[], bool]) -> None:
        """Hold documents off.

        Args:
            ages: The documents, and how many seconds ago their write began.
            may_land: Says whether the process that carried the writes out may still live.
        """
        self._may_land = may_land
        self._until = {document: self._end(age) for document, age in ages.items()}

    def hold_all(self, may_land: Callable[[], bool]) -> None:
        """Hold every document off, since it can't be told which were begun."""
        self._may_land = may_land
        self._all_until = self._end(0)

    def check(self, company: str, document: str) -> None:
        """Pass, unless an earlier process may still store the document.

        Raises:
            ProblemError: 503 `Busy`; nothing was stored by this call.
        """
        until = max(self._all_until, self._until.get((company, document), 0))
        left = until - self._clock.monotonic()
        if left > 0 and self._may_land():
            raise _busy(left)

    def _end(self, age: float) -> float:
        # A clock that was set back makes an age negative; then the write began just now.
        return self._clock.monotonic() + HOLD_OFF.total_seconds() - max(0.0, age)


def _busy(seconds: float) -> ProblemError:
    document = Problem(
        title="Service Unavailable",
        status=503,
        code="Busy",
        detail="The agent was started anew while this document was being stored, and the Sage 100 "
        "process which had it in hand may still be at it. This call stored nothing. Repeat it "
        f"later, in {ceil(seconds / 60)} minutes at the latest.",
        retryable=True,
    )
    return ProblemError(document, retry_after=min(ceil(seconds), LONGEST_RETRY))


LONGEST_RETRY = 60
"""Seconds that `Retry-After` names at most: the process may be gone long before the time is up."""
