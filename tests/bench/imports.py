"""How long a function takes to import in a fresh interpreter that has the runtime's packages only."""

import os
import statistics
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figures import Figure

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "build" / "runtime" / "bin" / "python"
PATHS = os.pathsep.join(map(str, (ROOT, ROOT / "layers" / "tieout" / "python")))
TIMES = 9


def figures() -> Iterator[Figure]:
    """Medians, in milliseconds; the ratio is to importing boto3 alone."""
    empty = milliseconds("pass")
    boto3 = milliseconds("import boto3") - empty
    yield Figure("import boto3 alone, for comparison", boto3, "ms")
    for name, target in (("receive_webhook", 250), ("take_orders", 400), ("poll", None)):
        taken = milliseconds(f"import functions.{name}") - empty
        yield Figure(f"cold import of {name}", taken, "ms", target)
        yield Figure(f"cold import of {name}, ratio to boto3", taken / boto3, "×")
    client = "from tieout.adapters.aws import client; client('sqs'); client('secretsmanager')"
    first = milliseconds(f"import functions.receive_webhook; {client}") - empty
    yield Figure("the same of receive_webhook with boto3 and its two clients", first, "ms")


def milliseconds(code: str) -> float:
    """How long some code takes from the start of the interpreter to its end; a failure is raised."""
    _run(code)  # so that the byte code is on disk, as in any deployment
    return statistics.median(_run(code) for _ in range(TIMES)) * 1000


def _run(code: str) -> float:
    began = time.perf_counter()
    subprocess.run([RUNTIME, "-c", code], check=True, env=environment(), cwd=ROOT)
    return time.perf_counter() - began


def environment() -> dict[str, str]:
    """What a function's process knows: our paths, a region, and no proxy or certificate of yours."""
    return {"PYTHONPATH": PATHS, "AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "b"}
