"""What a history is run with: what the agent promises, and what is broken on purpose."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from functions import take_orders
from tests.faults.agent import Promises
from tests.faults.sage import Switches
from tieout.adapters.dynamodb import DynamoWatermarks, Table
from tieout.domain.guarantees import Mode

MINUTE = 60_000
PROMISES = {
    Mode.FULL: Promises(),
    Mode.NO_DEADLINE: Promises(deadline=False, barrier=False),
    # As eBusiness Web Services are: create-only over open orders, by number, and nothing else.
    Mode.NEVER_TWICE: Promises(
        deadline=False,
        barrier=False,
        history=False,
        invoice_history=False,
        replace=False,
        searches=False,
        revisions=False,
    ),
}


@dataclass(frozen=True)
class Options:
    """One variant of the system. `every` are the schedules in minutes; a job left out never runs.

    `promises` is what the agent really does, and says, unless `switches` make a liar of it.
    `worker`, `marks` and `receive` take the place of the real handler, watermarks and webhook flow.
    """

    mode: Mode = Mode.FULL
    promises: Promises | None = None
    switches: Switches = field(default_factory=Switches)
    every: tuple[tuple[str, int], ...] = (("due", 1), ("backfill", 3), ("gaps", 60))
    worker: Callable[..., Any] = take_orders.answer
    marks: Callable[[Table], DynamoWatermarks] = DynamoWatermarks
    receive: Callable[..., Any] | None = None
    orders: int = 6

    @property
    def agent(self) -> Promises:
        """What the agent does."""
        return self.promises or PROMISES[self.mode]

    def without(self, *jobs: str) -> tuple[tuple[str, int], ...]:
        """The schedules without these jobs."""
        return tuple((job, minutes) for job, minutes in self.every if job not in jobs)


def mode_of(seed: int) -> Mode:
    """The mode of a seed's history in the ordinary run: of twenty, three are run in a weaker one."""
    return {0: Mode.NEVER_TWICE, 1: Mode.NO_DEADLINE, 2: Mode.NO_DEADLINE}.get(seed % 20, Mode.FULL)
