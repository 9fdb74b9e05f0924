"""Which objects a company's Sage user is granted: learnt by trying, and kept for a while."""

from tieout_agent.clock import Clock
from tieout_agent.problems import ProblemError, unavailable
from tieout_agent.sage.families import Family

REFUSALS_NEEDED = 2
"""Refusals in a row, each in a session of its own, before an object counts as withheld. One alone
may be a passing fault."""

REMEMBERED_SECONDS = 4 * 3600
"""How long a withheld object is not tried again. Each try costs a session, since Sage's refusal
breaks it; a right that was granted meanwhile is noticed after this time or at a restart."""


class NotGrantedError(ProblemError):
    """Sage made no object of a family; 503 `SessionFailed`."""

    def __init__(self, family: Family) -> None:
        refusal = unavailable(
            "SessionFailed",
            f"Sage 100 does not give {family.name} to the agent's user. Nothing was stored. "
            f"Grant the task {family.task} to the user's role, and check that the module "
            f"{family.module} is active in this company. If it was taken away on purpose, restart "
            "the agent's service.",
        )
        super().__init__(refusal.problem, retry_after=refusal.retry_after)
        self.family = family


class Grants:
    """What was granted and what was refused, by company; outlives sessions.

    An object that was ever granted in this process is never counted as withheld: a later refusal
    is a fault, so that no look-up leaves out by accident what it looked through before.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._granted: set[tuple[str, Family]] = set()
        self._refused: dict[tuple[str, Family], list[float]] = {}

    def grant(self, company: str, family: Family) -> None:
        """Note that an object was made."""
        self._granted.add((company, family))
        self._refused.pop((company, family), None)

    def refuse(self, company: str, refusal: NotGrantedError) -> None:
        """Note that an object was refused in a session that made others.

        Raises:
            NotGrantedError: It had been granted before, so this is a fault.
        """
        key = (company, refusal.family)
        if key in self._granted:
            raise refusal
        self._refused.setdefault(key, []).append(self._clock.monotonic())

    def withheld(self, company: str, family: Family) -> bool:
        """Say whether the user may not have an object."""
        times = self._refused.get((company, family), [])
        if times and self._clock.monotonic() - times[-1] > REMEMBERED_SECONDS:
            del self._refused[company, family]
            return False
        return len(times) >= REFUSALS_NEEDED
