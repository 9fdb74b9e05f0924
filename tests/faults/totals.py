"""What many jobs came to, added up; and what is missing for a run that proves something."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.jobs import Job, Result
from tests.faults.kinds import Branch, Fault, Finding
from tieout.domain.guarantees import Mode

KEPT = 40
DOUBLED = (Finding.DOUBLED_ORDER, Finding.DOUBLED_LINES, Finding.DOUBLED_CUSTOMER)
SILENT = (
    Finding.AMOUNT_DIFFERS,
    Finding.EDIT_MISSED,
    Finding.CANCEL_MISSED,
    Finding.SILENT_LATE_CHANGE,
    Finding.RESURRECTED,
    Finding.OVERWROTE_FOREIGN,
    Finding.PARKED_WITHOUT_CAUSE,
)
STUCK = (Finding.STUCK, Finding.DEAD_LETTERS, Finding.BROKE)


@dataclass
class Totals:
    """The sums of one mode, or of all. `failed` keeps the first jobs that found something."""

    histories: int = 0
    plans: int = 0
    not_struck: int = 0
    orders: int = 0
    seconds: float = 0
    findings: Counter[str] = field(default_factory=Counter[str])
    fired: Counter[str] = field(default_factory=Counter[str])
    branches: Counter[str] = field(default_factory=Counter[str])
    parked: Counter[str] = field(default_factory=Counter[str])
    failed: list[tuple[Job, str, str]] = field(default_factory=list[tuple[Job, str, str]])

    def add(self, result: Result) -> None:
        """Count one more."""
        self.plans += bool(result.job.plan)
        self.histories += not result.job.plan
        self.not_struck += not result.struck
        self.orders += result.orders
        self.seconds += result.seconds
        self.findings.update(finding for finding, _ in result.findings)
        self.fired.update(result.fired)
        self.branches.update(result.branches)
        self.parked.update(result.parked)
        self.failed += [(result.job, *found) for found in result.findings]
        del self.failed[KEPT:]

    def of(self, *findings: Finding) -> int:
        """How many of these were found."""
        return sum(self.findings[finding] for finding in findings)

    @property
    def unseen(self) -> list[str]:
        """Kinds of fault and ways out that never occurred: the run proves nothing about them."""
        faults = [fault.value for fault in Fault if not self.fired[fault.name]]
        return faults + [branch.value for branch in Branch if not self.branches[branch.name]]

    @property
    def last_line(self) -> str:
        """The run in one line."""
        counts = ", ".join(
            f"{self.of(*which)} {word}"
            for word, which in (
                ("lost", (Finding.LOST,)),
                ("doubled", DOUBLED),
                ("silent", SILENT),
                ("stuck", STUCK),
            )
        )
        faults = sum(1 for fault in Fault if self.fired[fault.name])
        branches = sum(1 for branch in Branch if self.branches[branch.name])
        seen = (
            f"all {faults} fault kinds and {branches} recovery branches fired"
            if not self.unseen
            else f"only {faults} of {len(Fault)} fault kinds and {branches} of {len(Branch)} "
            "recovery branches fired"
        )
        return f"faults: {self.histories} histories, {self.plans} plans: {counts}; {seen}"


@dataclass
class Run:
    """All of a run: its totals, by mode and together, and whether seeds repeat themselves."""

    whole: Totals = field(default_factory=Totals)
    modes: Mapping[str, Totals] = field(default_factory=lambda: {m.value: Totals() for m in Mode})
    hashes: dict[Job, str] = field(default_factory=dict[Job, str])
    repeated: int = 0
    differing: list[Job] = field(default_factory=list[Job])
    writes: float = 0
    invocations: float = 0
    seconds: float = 0
    history_seconds: float = 0

    def add(self, result: Result) -> None:
        """One more result; a history that was run before has to be the same."""
        before = self.hashes.get(result.job)
        if before is None:
            self.whole.add(result)
            self.modes[result.job.mode].add(result)
            if not result.job.plan:
                self.hashes[result.job] = result.hash
                self.history_seconds += result.seconds
            return
        self.repeated += 1
        if before != result.hash:
            self.differing.append(result.job)

    @property
    def good(self) -> bool:
        """Whether nothing was found, everything fired, and every repeated seed was the same."""
        return not (self.whole.findings or self.whole.unseen or self.differing)

    def as_json(self) -> dict[str, Any]:
        """Everything, for machines."""
        return {
            "good": self.good,
            "last_line": self.whole.last_line,
            "seconds": round(self.seconds, 1),
            "histories_per_second_and_core": round(self.speed, 1),
            "writes_per_healthy_order": self.writes,
            "invocations_per_healthy_order": self.invocations,
            "repeated": self.repeated,
            "differing": [str(job) for job in self.differing],
            "unseen": self.whole.unseen,
            "modes": {name: _figures(totals) for name, totals in self.modes.items()},
            "fired": dict(self.whole.fired),
            "branches": dict(self.whole.branches),
            "failed": [[str(job), *found] for job, *found in self.whole.failed],
        }

    @property
    def speed(self) -> float:
        """Histories per second of one core."""
        return self.whole.histories / self.history_seconds if self.history_seconds else 0


def _figures(totals: Totals) -> dict[str, Any]:
    return {
        "histories": totals.histories,
        "plans": totals.plans,
        "plans_not_struck": totals.not_struck,
        "orders": totals.orders,
        "findings": dict(totals.findings),
        "parked": dict(totals.parked),
    }
