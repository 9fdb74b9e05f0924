"""Which guarantee results for a company, in plain words, and what would raise it."""

from dataclasses import dataclass
from typing import Literal

from tieout_agent.checks.rights import missing, right_of
from tieout_agent.sage.families import SALES_ORDER, Family

Level = Literal["full", "never twice", "none"]

_SAYS: dict[Level, str] = {
    "full": "Each web order becomes exactly one sales order, by itself, whatever fails.",
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
        level: `full`, `never twice` or `none`. This agent always keeps deadlines, so the level
            between, `no deadline`, comes with other doors into Sage only.
        says: What it means.
        raised_by: What would raise it.
    """

    company: str
    level: Level
    says: str
    raised_by: tuple[str, ...]


def guarantee(company: str, made: frozenset[Family]) -> Guarantee:
    """Say what results from the objects that the agent's user gets."""
    lacking = [SALES_ORDER] if SALES_ORDER not in made else list(missing(made))
    level: Level = "full"
    if lacking:
        level = "none" if SALES_ORDER in lacking else "never twice"
    steps = tuple(f"Grant {right_of(family).task}." for family in lacking)
    return Guarantee(company, level, _SAYS[level], steps)
