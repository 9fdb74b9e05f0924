"""Every call of our code to the world passes here: it takes time, it is traced, it may go wrong."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from tests.faults.kinds import Branch, Fault, Trouble
from tests.faults.scheduler import Scheduler

LONGEST_FREEZE = 900_000
_EVERYWHERE = {
    Trouble.CRASH_BEFORE: Fault.CRASH_BEFORE,
    Trouble.CRASH_AFTER: Fault.CRASH_AFTER,
    Trouble.ZOMBIE: Fault.ZOMBIE,
}
# What each trouble is called at one edge; what isn't named can't happen there.
Names = Mapping[Trouble, Fault]


def names(**faults: Fault) -> Names:
    """The troubles of an edge: its own, and those of every worker."""
    return _EVERYWHERE | {Trouble[name]: fault for name, fault in faults.items()}


class Fate(Protocol):
    """Decides what goes wrong at which boundary, until it is `stopped`."""

    stopped: bool

    def at(self, boundary: int, able: tuple[Trouble, ...]) -> Trouble | None:
        """The trouble at this boundary; None for none."""
        ...


@dataclass
class Wire:
    """The way from our code to the world, and the record of what passed.

    `counts` says of which processes the boundaries are numbered; others have the number 0.
    """

    scheduler: Scheduler
    fate: Fate
    fired: Counter[Fault] = field(default_factory=Counter[Fault])
    branches: Counter[Branch] = field(default_factory=Counter[Branch])
    trace: list[str] = field(default_factory=list[str])
    boundaries: int = 0
    counts: Callable[[str], bool] = lambda _process: True
    _able: dict[int, tuple[Trouble, ...]] = field(default_factory=dict[int, tuple[Trouble, ...]])

    def begin(self, call: str, edge: Names, latency: int = 8) -> Trouble | None:
        """A call leaves; returns the trouble that the edge itself has to act out."""
        scheduler = self.scheduler
        boundary = 0
        if scheduler.running and self.counts(scheduler.running.name):
            self.boundaries += 1
            boundary = self.boundaries
        able = self._able.get(id(edge))
        if able is None:
            able = self._able[id(edge)] = tuple(edge)
        trouble = self.fate.at(boundary, able)
        if trouble is not None and trouble is not Trouble.CRASH_AFTER:
            self.fired[edge[trouble]] += 1
        self.note(f"{call}{f' ! {trouble}' if trouble else ''}")
        if trouble is Trouble.CRASH_BEFORE:
            scheduler.die()
        if trouble is Trouble.ZOMBIE:
            self._freeze()
        scheduler.pause(1 + scheduler.dice.random() * latency)
        return trouble

    def end(self, trouble: Trouble | None, answer: str = "") -> None:
        """The answer is there; whoever dies now has had no use of it."""
        if answer:
            self.note(f"    = {answer}")
        if trouble is Trouble.CRASH_AFTER:
            self.fired[Fault.CRASH_AFTER] += 1
            self.scheduler.die()

    def missed(self, trouble: Trouble | None, edge: Names) -> None:
        """Something else was quicker: the edge's own trouble did not strike."""
        if trouble is not None and trouble not in _EVERYWHERE:
            self.fired[edge[trouble]] -= 1

    def note(self, words: str) -> None:
        """Write one line into the trace."""
        scheduler = self.scheduler
        who = scheduler.running.name if scheduler.running else "world"
        self.trace.append(f"{scheduler.now} {who}: {words}")

    def strike(self, fault: Fault, words: str = "") -> None:
        """Count a fault that has struck."""
        self.fired[fault] += 1
        self.note(f"! {fault}{f': {words}' if words else ''}")

    def _freeze(self) -> None:
        process = self.scheduler.running
        if process:
            process.zombie = True
        self.scheduler.pause(1_000 + self.scheduler.dice.random() * LONGEST_FREEZE)
