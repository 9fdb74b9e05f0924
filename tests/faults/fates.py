"""What goes wrong where: by the dice of a history, or exactly as a plan says."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from tests.faults.kinds import Trouble


@dataclass
class ByDice:
    """Trouble at each boundary with the same probability, until the faults stop."""

    dice: Random
    rate: float
    stopped: bool = False

    def at(self, boundary: int, able: tuple[Trouble, ...]) -> Trouble | None:
        del boundary
        dice = self.dice
        if self.stopped or dice.random() >= self.rate:
            return None
        return able[int(dice.random() * len(able))]


@dataclass
class ByPlan:
    """Trouble at the named boundaries and nowhere else; `struck` are those that really happened."""

    plan: Mapping[int, Trouble]
    struck: list[int] = field(default_factory=list[int])
    stopped: bool = False

    def at(self, boundary: int, able: tuple[Trouble, ...]) -> Trouble | None:
        trouble = self.plan.get(boundary)
        if trouble not in able or self.stopped:
            return None
        self.struck.append(boundary)
        return trouble
