"""Everything that is looked at in one company, through the very calls that the service makes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.checks.history import check_history, read_statuses
from tieout_agent.checks.layout import check_layouts, read_layouts
from tieout_agent.checks.level import Guarantee, guarantee
from tieout_agent.checks.numbering import check_numbering, read_strangers
from tieout_agent.checks.rights import granted
from tieout_agent.clock import Clock
from tieout_agent.problems import ProblemError
from tieout_agent.sage.capabilities import company_name
from tieout_agent.sage.families import ORDER_HISTORY, Family
from tieout_agent.sage.owner import Owner
from tieout_agent.sage.sessions import Sessions


@dataclass(slots=True)
class CompanyCheck:
    """One company's check.

    Attributes:
        code: The company's code.
        owner: The way to the Sage thread.
        letters: With which web orders' numbers begin.
        clock: The clock.
        made: The objects that the user gets; known when the findings have been gone through.
    """

    code: str
    owner: Owner[Sessions]
    letters: Sequence[str]
    clock: Clock
    made: frozenset[Family] = frozenset()

    def findings(self) -> Iterator[Finding]:
        """Look at one thing after the other; without a session nothing more is looked at."""
        try:
            yield self._opened()
        except ProblemError as error:
            todo = "Mend it, then check again."
            yield Finding(self.code, "Session", State.WRONG, error.problem.detail, todo)
            return
        self.made, found = granted(self.code, self.owner.run)
        yield from found
        try:
            yield from self._read()
        except ProblemError as error:
            todo = "Mend it, then check again."
            yield Finding(self.code, "Reading", State.WRONG, error.problem.detail, todo)

    def guarantee(self, found: Sequence[Finding]) -> Guarantee:
        """Say what results for this company from all that was found."""
        return guarantee(self.code, self.made, found)

    def _opened(self) -> Finding:
        def task(sessions: Sessions) -> str:
            sessions.company(self.code)
            return company_name(sessions, self.code)

        began = self.clock.monotonic()
        name = self.owner.run(task)
        seconds = self.clock.monotonic() - began
        says = f"{name or 'It'} opens in {seconds:.1f} s; a licence was free; the check holds it."
        return good(self.code, "Session", says)

    def _read(self) -> Iterator[Finding]:
        code, made = self.code, self.made
        layouts = self.owner.run(lambda sessions: read_layouts(sessions, code, made))
        yield from check_layouts(code, layouts)
        for letter in self.letters:
            yield check_numbering(code, letter, self._strangers(letter))
        if ORDER_HISTORY in made:
            statuses = self.owner.run(lambda sessions: read_statuses(sessions, code))
            yield from check_history(code, statuses)

    def _strangers(self, letter: str) -> list[str]:
        def task(sessions: Sessions) -> list[str]:
            return read_strangers(sessions, self.code, letter=letter, made=self.made)

        return self.owner.run(task)
