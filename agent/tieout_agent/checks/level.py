"""Which guarantee results for a company, in plain words, and what would raise it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from tieout_agent.checks.findings import Finding, State
from tieout_agent.checks.history import COMPLETED_KEPT, DELETED_KEPT, TEST_DELETED
from tieout_agent.checks.rights import missing, right_of
from tieout_agent.sage.families import SALES_ORDER, Family

Level = Literal["full", "unproven", "never twice", "none"]

_SAYS: dict[Level, str] = {
    "full": "Each web order becomes exactly one sales order, by itself, whatever fails.",
    "unproven": (
        "As full, if the history keeps completed and deleted orders, which was not seen: one that "
        "leaves no trace right after its create was cut off would be written again."
    ),
    "never twice": (
        "No web order becomes two sales orders; where a create was cut off and the order is not "
        "among the open ones, a person is asked instead of trying again."
    ),
    "none": "No web order can be written.",
}


@dataclass(frozen=True, slots=True)
class Guarantee:
    """What is promised for one company.

    Attributes:
        company: Its code.
        level: `full`, `unproven`, `never twice` or `none`. This agent always keeps deadlines, so the level
            between, `no deadline`, comes with other doors into Sage only.
        says: What it means.
        raised_by: What would raise it.
    """

    company: str
    level: Level
    says: str
    raised_by: tuple[str, ...]


def guarantee(company: str, made: frozenset[Family], found: Sequence[Finding]) -> Guarantee:
    """Say what results for a company.

    Args:
        company: Its code.
        made: The objects that the agent's user gets.
        found: What was found; findings about others don't count.
    """
    lacking = [SALES_ORDER] if SALES_ORDER not in made else list(missing(made))
    steps = [f"Grant {right_of(family).task}." for family in lacking]
    level: Level = "full"
    if lacking:
        level = "none" if SALES_ORDER in lacking else "never twice"
    else:
        steps = list(_unproven([finding for finding in found if finding.about == company]))
        level = "unproven" if steps else "full"
    return Guarantee(company, level, _SAYS[level], tuple(dict.fromkeys(steps)))


def _unproven(found: Sequence[Finding]) -> Iterator[str]:
    """Say what would prove that orders leave a trace; what the test order showed counts most."""
    by_name = {finding.what: finding for finding in found}
    deleted = by_name.get(TEST_DELETED) or by_name.get(DELETED_KEPT)
    for finding in (by_name.get(COMPLETED_KEPT), deleted):
        if finding is None:
            yield "Mend what was found wrong, then check again: the history was not looked at."
        elif finding.state is not State.OK:
            yield finding.todo
