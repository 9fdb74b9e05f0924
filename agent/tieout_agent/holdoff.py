"""Documents of which nothing may be said or written yet: an earlier process may still store them."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from math import ceil

from tieout_agent.problems import Problem, ProblemError

HOLD_OFF = timedelta(minutes=10)
"""How long after the agent's start a write of an earlier run may still land, if the process which
carries it out can't be named. COM ends a server whose client is gone after three missed signs of life
of two minutes each; what it had in hand has landed by then or never will. The rest is for a slow disk.
Counted from the start and not from the write's beginning, since the client was alive until then."""

LONGEST = timedelta(hours=12)
"""How long it may, if that process can be named and is seen to live on: a call that waits for a window
which nobody closes lands whenever somebody does. Half a day reaches the next morning's staff; beyond
it, a process that serves somebody else all day must not keep an order for ever."""

Document = tuple[str, str]
"""Company code, and the path behind it, such as `SO/SalesOrder/W000250`."""

SecondsLeft = Callable[[], float]
"""Says for how long, at most, what carried the writes out may still store something; 0 is no more."""


class HoldOff:
    """What an earlier process of the agent had begun to store when it ended, until that is over."""

    def __init__(self) -> None:
        self._documents: frozenset[Document] = frozenset()
        self._all = False
        self._seconds_left: SecondsLeft = float  # says 0: nothing is held off yet

    def hold(self, documents: Iterable[Document], seconds_left: SecondsLeft) -> None:
        """Hold documents off for as long as it says."""
        self._documents = frozenset(documents)
        self._seconds_left = seconds_left

    def hold_all(self, seconds_left: SecondsLeft) -> None:
        """Hold every document off, since it can't be told which were begun."""
        self._all = True
        self._seconds_left = seconds_left

    def check(self, company: str, document: str) -> None:
        """Pass, unless an earlier process may still store the document.

        Raises:
            ProblemError: 503 `Busy`; nothing was stored by this call.
        """
        if not (self._all or (company, document) in self._documents):
            return
        left = self._seconds_left()
        if left > 0:
            raise _busy(left)


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
