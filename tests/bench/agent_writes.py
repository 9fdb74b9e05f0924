"""What the agent adds to Sage's own work: processor time per write, waiting, and memory over many."""

import json
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.imports import ROOT

WRITES = 10_000
QUICK_WRITES = 1000


def figures(writes: int) -> Iterator[Figure]:
    """The agent over the simulated Sage, called over TLS on this machine; its log goes nowhere."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.agent_worker", str(writes)],
        check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    cost = json.loads(done.stdout)
    yield Figure("agent's own CPU per order write, TLS included", cost["write_cpu_ms"], "ms", 10)
    yield Figure(
        "the same as a share of a 2-second write in Sage", cost["write_cpu_ms"] / 20, "%", 3
    )
    yield Figure("CPU of the simulated Sage per order write", cost["sage_cpu_ms"], "ms")
    yield Figure("look-up at the idle agent, 95 of 100", cost["look_up_ms"], "ms", 50)
    name = f"agent's memory, last thousand of {writes:,} writes against the first"
    yield Figure(name, cost["growth_mb"], "MB", 5)
