"""How quick the fault harness is, and what it measures of the real handlers."""

import json
import subprocess
import sys
from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.imports import ROOT

HISTORIES = 100
# Twelve histories per second and core.
MOST_MS = 1000 / 12


def figures() -> Iterator[Figure]:
    """Histories as `make faults` runs them, one after the other; their findings are its business."""
    command = [sys.executable, "-m", "tests.faults", "--json", "--no-plans", "--jobs=1"]
    done = subprocess.run(
        [*command, f"--histories={HISTORIES}"],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
    )
    told = json.loads(done.stdout)
    per_second = told["histories_per_second_and_core"]
    yield Figure("CPU of one history of the fault harness", 1000 / per_second, "ms", MOST_MS)
    yield Figure("DynamoDB writes per healthy order", told["writes_per_healthy_order"], "", 15)
    yield Figure("invocations per healthy order", told["invocations_per_healthy_order"], "", 6)
