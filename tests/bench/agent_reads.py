"""What a bulk read of the agent costs: 100,000 rows of stock in key pages, over TLS on loopback.

Run as a program it measures in its own process, so that the peak of memory is its own: agent,
simulated Sage 100 and caller together.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from sandbox.sage100 import com, seed
from sandbox.sage100.store import Store, database
from sandbox.sage100.tables_im import IM_ITEM_WAREHOUSE
from tests.agent.harness import RunningAgent, make_settings, running_agent
from tests.bench.figures import Figure
from tests.bench.imports import ROOT

ROWS = 100_000
WAREHOUSES = 4
PAGE = 2000
KILOBYTES_PER_MEGABYTE = 1024
EVERYTHING = '"["+ItemCode$+"|"+WarehouseCode$+"|"+STR(QuantityOnHand)+"]"'


def figures() -> Iterator[Figure]:
    """Time, memory, and how much of the time is not the simulated object's own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.agent_reads"],
        check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    cost = json.loads(done.stdout)
    name = f"{ROWS:,} rows of stock through the agent, pages of {PAGE:,}"
    yield Figure(name, cost["seconds"], "s", 8)
    yield Figure("the same, calls of Sage per page", cost["reads_per_page"], "")
    yield Figure("the same, ratio to Sage's own part of it", cost["ratio"], "×")
    yield Figure("the same, peak memory with simulator and caller", cost["peak_mb"], "MB", 150)


def _fill(home: Path) -> None:
    seed.fill(home)
    with closing(Store(database(home, "ABC"))) as store, store.transaction():
        kept = store.count(IM_ITEM_WAREHOUSE)
        for number in range((ROWS - kept) // WAREHOUSES):
            for warehouse in range(WAREHOUSES):
                store.put(IM_ITEM_WAREHOUSE, _record(number, warehouse))


def _record(number: int, warehouse: int) -> dict[str, str]:
    return IM_ITEM_WAREHOUSE.blank() | {
        "ItemCode": f"{'ABCDEFGH'[number % 8]}{number % 97:02d}-{number:06d}",
        "WarehouseCode": f"{warehouse:03d}",
        "BinLocation": f"A{number % 50}",
        "QuantityOnHand": str(number % 300),
        "QuantityOnSalesOrder": str(number % 7),
        "AverageCost": f"{number % 90}.25",
        "DateUpdated": "20261101",
        "TimeUpdated": "13.50833",
    }


class _Counted:
    """The simulated ProvideX, with the calls and the time of its result sets written down."""

    error = com.error
    by_ref_string = staticmethod(com.by_ref_string)
    by_ref_number = staticmethod(com.by_ref_number)
    release = staticmethod(com.release)

    def __init__(self) -> None:
        self.reads = 0
        self.seconds = 0.0

    def dispatch(self, prog_id: str) -> Any:
        return _Script(com.dispatch(prog_id), self)


class _Script:
    def __init__(self, raw: Any, told: _Counted) -> None:
        self._raw = raw
        self._told = told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def NewObject(self, name: str, *session: Any) -> Any:  # noqa: N802 - ProvideX's own name
        made = self._raw.NewObject(name, *session)
        return _Object(made, self._told) if name.startswith("IM_") else made


class _Object:
    def __init__(self, raw: Any, told: _Counted) -> None:
        self._raw = raw
        self._told = told

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)

    def nGetResultSets(self, *arguments: Any) -> int:  # noqa: N802 - ProvideX's own name
        began = time.perf_counter()
        try:
            return self._raw.nGetResultSets(*arguments)
        finally:
            self._told.reads += 1
            self._told.seconds += time.perf_counter() - began


def _read(agent: RunningAgent) -> tuple[int, int]:
    """Read everything; give back rows and pages."""
    rows = pages = 0
    after: str | None = ""
    while after is not None:
        page = agent.get("/ABC/IM/ItemWarehouse", after=after, limit=str(PAGE)).json()
        rows, pages, after = rows + len(page["rows"]), pages + 1, page["next"]
    return rows, pages


def _measure(folder: Path) -> dict[str, float]:
    home = folder / "home"
    _fill(home)
    counted = _Counted()
    with running_agent(make_settings(folder, home), module=counted) as agent:
        agent.get("/ABC/IM/ItemWarehouse", limit="1")
        counted.reads, counted.seconds = 0, 0.0
        began = time.perf_counter()
        rows, pages = _read(agent)
        seconds = time.perf_counter() - began
    assert rows >= ROWS - WAREHOUSES, rows
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_PER_MEGABYTE
    return {
        "seconds": seconds,
        "reads_per_page": counted.reads / pages,
        "ratio": seconds / counted.seconds,
        "peak_mb": peak,
    }


def _main() -> None:
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(StringIO()):
        cost = _measure(Path(folder))
    sys.stdout.write(json.dumps(cost))


if __name__ == "__main__":
    _main()
