"""`make faults`: many histories, every plan, and a table of what was found; or one history, told."""

import argparse
import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import perf_counter

from rich.console import Console
from rich.progress import track

from tests.faults import show
from tests.faults.jobs import Job, healthy, run
from tests.faults.options import PROMISES, Options, mode_of
from tests.faults.plans import Plan, boundaries, pairs, singles, some_pairs
from tests.faults.totals import Run

HISTORIES, PAIRS, TWICE = 2_000, 2_000, 200
CHUNK = 8


def main() -> int:
    """Run; exit code 0 if nothing was found and everything fired, 1 if not, 2 for a wrong call."""
    wanted = _arguments()
    if wanted.seed is not None or wanted.plan:
        return _replay(wanted)
    done = _all(wanted)
    if wanted.json:
        sys.stdout.write(json.dumps(done.as_json(), indent=2) + "\n")
    else:
        console = Console()
        show.tables(done, console)
        console.print(done.whole.last_line, highlight=False, soft_wrap=True)
    return 0 if done.good else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--histories", type=int, default=HISTORIES, help="how many random ones")
    parser.add_argument("--all-pairs", action="store_true", help="all plans with two faults")
    parser.add_argument("--no-plans", action="store_true", help="random histories alone")
    parser.add_argument("--json", action="store_true", help="write everything as JSON")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--seed", type=int, help="replay this history, and tell it")
    parser.add_argument("--plan", default="", help="replay this plan: 12:late,30:crash_before")
    modes = [mode.value for mode in PROMISES]
    parser.add_argument("--mode", choices=modes, help="replay in this mode; else in the seed's own")
    return parser.parse_args()


def _replay(wanted: argparse.Namespace) -> int:
    plan = tuple(
        (int(at), what.replace("_", " "))
        for at, _, what in (word.partition(":") for word in wanted.plan.split(",") if word)
    )
    seed = wanted.seed or 0
    mode = wanted.mode or ("full" if plan else mode_of(seed).value)
    result = run(Job(seed, mode, plan), trace=True)
    show.replay(result, Console())
    return 1 if result.findings else 0


def _all(wanted: argparse.Namespace) -> Run:
    began, done = perf_counter(), Run()
    todo = list(_jobs(wanted))
    with ProcessPoolExecutor(wanted.jobs, mp_context=get_context("spawn")) as pool:
        results = pool.map(run, todo, chunksize=CHUNK)
        screen = Console(stderr=True)
        for result in track(results, "faults", total=len(todo), console=screen, transient=True):
            done.add(result)
    done.writes, done.invocations = healthy()
    done.seconds = perf_counter() - began
    return done


def _jobs(wanted: argparse.Namespace) -> Iterator[Job]:
    """Random histories, some of them twice; every single fault in every mode; pairs."""
    yield from (Job(seed, mode_of(seed).value) for seed in range(wanted.histories))
    if not wanted.no_plans:
        yield from _plans(all_pairs=wanted.all_pairs)
    yield from (Job(seed, mode_of(seed).value) for seed in range(min(TWICE, wanted.histories)))


def _plans(*, all_pairs: bool) -> Iterator[Job]:
    for mode in PROMISES:
        alone = singles(*boundaries(Options(mode=mode)))
        yield from (Job(mode=mode.value, plan=_written(plan)) for plan in alone)
    work, _ = boundaries()
    both = pairs(work) if all_pairs else some_pairs(work, PAIRS)
    yield from (Job(plan=_written(plan)) for plan in both)


def _written(plan: Plan) -> tuple[tuple[int, str], ...]:
    return tuple((at, trouble.value) for at, trouble in plan.items())


if __name__ == "__main__":
    sys.exit(main())
