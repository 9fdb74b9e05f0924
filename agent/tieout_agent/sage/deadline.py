"""The caller's deadline for a write: checked on the Sage thread, inside the write lock."""

from dataclasses import dataclass
from datetime import datetime

from tieout_agent.clock import Clock
from tieout_agent.problems import problem


@dataclass(frozen=True, slots=True)
class Deadline:
    """The moment after which a document must not be stored any more.

    Attributes:
        not_after: That moment, aware.
        clock: The agent's clock: the same one that its `Date` header shows.
    """

    not_after: datetime
    clock: Clock

    def check(self) -> None:
        """Pass while there is time.

        Raises:
            ProblemError: 412 `DeadlinePassed`; nothing was stored.
        """
        if self.clock.now() > self.not_after:
            raise problem(
                412,
                "DeadlinePassed",
                "The time for this request ran out before Sage 100 was ready to store it. Nothing "
                "was stored. Look the document up, then send the request with a new deadline.",
            )
