"""A run of the harness as a person reads it."""

from rich.console import Console
from rich.table import Table

from tests.faults.jobs import Result
from tests.faults.kinds import Branch, Fault, Finding
from tests.faults.totals import Run, Totals

SHOWN = 12


def tables(run: Run, console: Console) -> None:
    """What was run, what was found, what fired, and how to look at a failure."""
    _modes(run, console)
    _parked(run.whole, console)
    _counts("Fault", [(f.value, run.whole.fired[f.name]) for f in Fault], console)
    _counts("Way out", [(b.value, run.whole.branches[b.name]) for b in Branch], console)
    console.print(
        f"{run.speed:.1f} histories per second and core; {run.repeated} seeds run twice, "
        f"{len(run.differing)} differ; per healthy order {run.writes:g} DynamoDB writes and "
        f"{run.invocations:g} invocations; {run.seconds:.0f} s in all."
    )
    for job in run.differing[:SHOWN]:
        console.print(f"[red]not the same twice[/red]: make faults {job}")
    for words in run.whole.unseen:
        console.print(f"[red]never happened[/red]: {words}")
    for job, finding, words in run.whole.failed[:SHOWN]:
        console.print(f"[red]{finding}[/red] {words}", highlight=False)
        console.print(f"    replay it: make faults {job}", highlight=False)


def replay(result: Result, console: Console) -> None:
    """One job's trace, and what was found."""
    for line in result.trace:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for finding, words in result.findings:
        console.print(f"{finding}: {words}", highlight=False, markup=False, soft_wrap=True)
    told = f"{len(result.findings)} findings" if result.findings else "nothing found"
    console.print(f"{result.job}: {told}; trace hash {result.hash}", highlight=False)


def _modes(run: Run, console: Console) -> None:
    grid = Table("Mode", title="What was run, and found")
    for name in ("histories", "plans", "orders", "parked", *(f.value for f in Finding)):
        if name in {"histories", "plans", "orders", "parked"} or run.whole.findings[name]:
            grid.add_column(name, justify="right")
    shown = [finding.value for finding in Finding if run.whole.findings[finding.value]]
    for mode, totals in run.modes.items():
        counts = [totals.histories, totals.plans, totals.orders, totals.parked.total()]
        counts += [totals.findings[name] for name in shown]
        grid.add_row(mode, *map(str, counts))
    console.print(grid)


def _parked(totals: Totals, console: Console) -> None:
    grid = Table("Parked because", title="Parked orders by cause")
    grid.add_column("orders", justify="right")
    grid.add_column("of all", justify="right")
    for cause, count in totals.parked.most_common():
        grid.add_row(cause, str(count), f"{count / max(totals.orders, 1):.1%}")
    console.print(grid)


def _counts(title: str, rows: list[tuple[str, int]], console: Console) -> None:
    grid = Table(title)
    grid.add_column("times", justify="right")
    for words, count in rows:
        grid.add_row(words, str(count) if count else "[red]0[/red]")
    console.print(grid)
