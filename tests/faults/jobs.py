"""What one process of the harness is given to do, and what it hands back."""

from collections import Counter
from dataclasses import dataclass, field
from time import process_time

from tests.faults.customers import Customers
from tests.faults.fates import ByPlan
from tests.faults.histories import Report, judge, rest, run_history
from tests.faults.kinds import Trouble
from tests.faults.options import Options
from tests.faults.plans import run_plan
from tests.faults.world import World
from tieout.domain.guarantees import Mode

HEALTHY_ORDERS = 20


@dataclass(frozen=True)
class Job:
    """A history by its seed, or a plan, in one mode."""

    seed: int = 0
    mode: str = Mode.FULL.value
    plan: tuple[tuple[int, str], ...] = ()

    def __str__(self) -> str:
        if self.plan:
            return "PLAN=" + ",".join(f"{at}:{what.replace(' ', '_')}" for at, what in self.plan)
        return f"SEED={self.seed}" + ("" if self.mode == Mode.FULL.value else f" MODE={self.mode}")


@dataclass(frozen=True)
class Result:
    """What came of a job; `struck` unless a plan's trouble met no boundary that it fits."""

    job: Job
    hash: str
    findings: tuple[tuple[str, str], ...]
    fired: Counter[str]
    branches: Counter[str]
    parked: Counter[str]
    orders: int
    seconds: float
    struck: bool = True
    trace: tuple[str, ...] = field(repr=False, default=())


def run(job: Job, *, trace: bool = False) -> Result:
    """Do a job."""
    began, struck = process_time(), True
    options = Options(mode=Mode(job.mode))
    if job.plan:
        plan = {boundary: Trouble(trouble) for boundary, trouble in job.plan}
        report, struck = run_plan(plan, options, trace=trace)
    else:
        report = run_history(job.seed, options, trace=trace)
    return _result(job, report, struck=struck, seconds=process_time() - began)


def healthy() -> tuple[float, float]:
    """Ledger and customer writes, and invocations, per order that nothing happens to."""
    world = World(0, Options(), ByPlan({}))
    Customers(world).untroubled(HEALTHY_ORDERS)
    rest(world, 40, 60)
    report = judge(world, calm_at=0, trace=False)
    writes = report.writes["ledger"] + report.writes["ABC"]
    started = report.invocations["receiver"] + report.invocations["worker"]
    return writes / report.orders, started / report.orders


def _result(job: Job, report: Report, *, struck: bool, seconds: float) -> Result:
    return Result(
        job,
        report.hash,
        tuple((f.finding.value, f"{f.subject}: {f.words}") for f in report.findings),
        Counter({fault.name: count for fault, count in report.fired.items()}),
        Counter({branch.name: count for branch, count in report.branches.items()}),
        Counter(report.parked),
        report.orders,
        seconds,
        struck,
        report.trace,
    )
