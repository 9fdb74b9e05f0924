"""`make bench`: one table of figures, and the same in build/bench.json."""

import argparse
import sys
from collections.abc import Iterator

from rich.console import Console

from tests.bench import (
    agent_reads,
    agent_writes,
    ebws,
    faults,
    imports,
    processing,
    webhooks,
    whole,
)
from tests.bench.figures import Figure, show, write
from tests.bench.imports import ROOT


def main() -> None:
    """Measure; `--quick` leaves out the commands that take minutes."""
    parser = argparse.ArgumentParser(prog="make bench", description=main.__doc__)
    parser.add_argument("--quick", action="store_true", help="leave out make demo and make test")
    quick: bool = parser.parse_args().quick
    with Console(stderr=True).status("measuring"):
        figures = list(_measured(quick=quick))
    if not quick:
        figures += whole.commands()
    show(figures)
    write(figures, ROOT / "build" / "bench.json")
    if any(one.failed for one in figures):
        sys.exit(1)


def _measured(*, quick: bool) -> Iterator[Figure]:
    yield from imports.figures()
    yield from webhooks.figures()
    yield from processing.figures()
    yield from ebws.figures()
    yield from agent_reads.figures()
    yield from agent_writes.figures(agent_writes.QUICK_WRITES if quick else agent_writes.WRITES)
    yield from faults.figures()
    yield from whole.sizes()


main()
