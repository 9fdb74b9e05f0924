"""`make faults-sabotage`: every broken variant and every code mutant must be caught by the harness."""

import json
import os
import subprocess
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import monotonic

from rich.console import Console
from rich.progress import track
from rich.table import Table

from tests.faults.__main__ import ENVIRONMENT
from tests.faults.mutants import MUTANTS
from tests.faults.mutation import ROOT
from tests.faults.saboteur import Result
from tests.faults.variants import VARIANTS

# A mistake that so many histories don't show is one that the harness misses.
MOST_HISTORIES = 1_500
LONGEST = 600
FIRST_SEED = 1


@dataclass(frozen=True)
class Target:
    """A variant or a mutant: `under` names the unbroken system that it is compared with."""

    kind: str
    name: str
    under: str
    shows: tuple[str, ...]


@dataclass(frozen=True)
class Caught:
    """What became of a target; `seed` is None when it was missed."""

    target: Target
    histories: int
    seed: int | None
    words: str
    seconds: float


TARGETS = (
    *(Target("variant", one.name, one.under, one.shows) for one in VARIANTS),
    *(Target("mutant", one.name, one.under, one.shows) for one in MUTANTS),
)


def catch(target: Target, *, most: int = MOST_HISTORIES) -> Caught:
    """Run the target until a history shows it that shows nothing in the unbroken system."""
    started, first = monotonic(), FIRST_SEED
    while True:
        left = FIRST_SEED + most - first
        try:
            found = _ask(target.kind, target.name, first=first, count=left)
        except RuntimeError as error:
            return Caught(target, 0, None, str(error), monotonic() - started)
        histories = first - FIRST_SEED + found.histories
        if found.seed is None or not _also_unbroken(target, found.seed):
            seconds = monotonic() - started
            return Caught(target, histories, found.seed, found.words, seconds)
        first = found.seed + 1


def catch_all(targets: Iterable[Target], *, most: int = MOST_HISTORIES) -> Iterator[Caught]:
    """Each target in a process of its own, as many at a time as there are cores."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        yield from pool.map(partial(catch, most=most), targets)


def _also_unbroken(target: Target, seed: int) -> bool:
    shows = "--shows=" + ",".join(target.shows)
    return _ask("system", target.under, first=seed, count=1, extra=(shows,)).seed is not None


def _ask(kind: str, name: str, *, first: int, count: int, extra: tuple[str, ...] = ()) -> Result:
    words = [sys.executable, "-m", "tests.faults.saboteur", kind, name, str(first), str(count)]
    ended = subprocess.run(
        [*words, *extra],
        env=dict(os.environ) | ENVIRONMENT,  # noqa: TID251 - PATH and all
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=LONGEST,
    )
    if ended.returncode:
        raise RuntimeError(f"{kind} {name}: {ended.stderr[-1000:]}")
    return Result(**json.loads(ended.stdout))


def main(arguments: list[str]) -> int:
    """Print the table; returns 1 when one was missed."""
    parser = ArgumentParser(prog="python -m tests.faults.sabotage", description=__doc__)
    parser.add_argument("--only", default="", help="only those whose name contains this")
    parser.add_argument("--histories", type=int, default=MOST_HISTORIES)
    asked = parser.parse_args(arguments)
    console = Console()
    targets = [target for target in TARGETS if asked.only in target.name]
    running = catch_all(targets, most=asked.histories)
    results = list(track(running, "sabotage", len(targets), console=console, transient=True))
    console.print(_table(results))
    missed = [one.target.name for one in results if one.seed is None]
    variants = sum(1 for target in targets if target.kind == "variant")
    end = f"missed: {'; '.join(missed)}" if missed else "all caught"
    counted = f"{variants} variants and {len(targets) - variants} mutants"
    console.print(f"sabotage: {counted}, {end}", soft_wrap=True, highlight=False)
    return 1 if missed else 0


def _table(results: Iterable[Caught]) -> Table:
    table = Table("broken", "in the system", "histories", "seconds", "finding")
    for one in results:
        finding = one.words[:70] if one.seed is not None else f"MISSED {one.words[-200:]}"
        seconds = f"{one.seconds:.0f}"
        table.add_row(one.target.name, one.target.under, str(one.histories), seconds, finding)
    return table


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
