"""An agent and its caller in one fresh process: what orders cost in time and memory, as JSON."""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stderr
from pathlib import Path
from statistics import mean
from typing import Any

from sandbox.sage100 import com, seed
from tests.agent.harness import RunningAgent, make_settings, order, running_agent, sku

WARM_UP = 50
MEASURED = 300
LINES = 5
THOUSAND = 1000
PAGE_KB = os.sysconf("SC_PAGE_SIZE") / 1024


class TimedCom:
    """The simulated ProvideX, with the processor time that its calls take added up."""

    error: type[Exception] = com.error

    def __init__(self) -> None:
        self.seconds = 0.0

    def dispatch(self, prog_id: str) -> Any:
        return Timed(com.dispatch(prog_id), self)

    def by_ref_string(self) -> Any:
        return com.by_ref_string()

    def by_ref_number(self) -> Any:
        return com.by_ref_number()

    def release(self) -> None:
        com.release()


class Timed:
    """One object; what it hands out is timed as well."""

    def __init__(self, raw: Any, clock: TimedCom) -> None:
        self.raw = raw
        self.clock = clock

    def __getattr__(self, name: str) -> Any:
        began = time.thread_time()
        value = getattr(self.raw, name)
        self.clock.seconds += time.thread_time() - began
        if name == "oLines":
            return Timed(value, self.clock)
        return self._call(value) if callable(value) and not isinstance(value, int) else value

    def _call(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            plain = [each.raw if isinstance(each, Timed) else each for each in arguments]
            began = time.thread_time()
            answer = method(*plain)
            self.clock.seconds += time.thread_time() - began
            return Timed(answer, self.clock) if hasattr(answer, "DropObject") else answer

        return call


def main() -> None:
    """Measure; the first argument is how many orders are written for the memory's sake."""
    # Not into a StringIO: the log of ten thousand calls would count as memory of the agent.
    with (
        tempfile.TemporaryDirectory() as name,
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stderr(nowhere),
    ):
        home = Path(name) / "home"
        seed.fill(home)
        timed = TimedCom()
        with running_agent(make_settings(Path(name), home), module=timed) as agent:
            measured = _writes(agent, timed) | {"look_up_ms": _look_up(agent)}
            measured["growth_mb"] = _growth(agent, int(sys.argv[1]))
    sys.stdout.write(json.dumps(measured))


def _writes(agent: RunningAgent, timed: TimedCom) -> dict[str, float]:
    """What a write costs the agent itself: all processor time but the caller's and Sage's."""
    for number in range(WARM_UP):
        _write(agent, number)
    began = time.process_time() - time.thread_time() - timed.seconds
    sage = timed.seconds
    for number in range(WARM_UP, WARM_UP + MEASURED):
        _write(agent, number)
    spent = time.process_time() - time.thread_time() - timed.seconds - began
    in_sage = (timed.seconds - sage) / MEASURED
    return {"write_cpu_ms": spent / MEASURED * 1000, "sage_cpu_ms": in_sage * 1000}


def _write(agent: RunningAgent, number: int) -> None:
    lines = [
        {"ItemCode": sku(place), "QuantityOrdered": "2", "UnitPrice": "19.99"}
        for place in range(LINES)
    ]
    wanted = order(header={"CustomerPONo": f"W-{number}-x7"}, lines=lines)
    answer = agent.create_order(f"W{number:06d}", wanted)
    if answer.status_code != 201:
        raise SystemExit(answer.text)


def _look_up(agent: RunningAgent) -> float:
    """Milliseconds in which nineteen of twenty look-ups are answered, by number and marker."""
    took: list[float] = []
    for number in range(MEASURED):
        began = time.perf_counter()
        agent.get(f"/ABC/SO/SalesOrder/W{number:06d}", marker=f"W-{number}-x7")
        took.append(time.perf_counter() - began)
    return sorted(took)[len(took) * 19 // 20] * 1000


def _growth(agent: RunningAgent, writes: int) -> float:
    """Megabytes by which the last thousand writes need more memory than the first thousand."""
    sizes: list[float] = []
    first = WARM_UP + MEASURED
    for number in range(first, first + writes):
        _write(agent, number)
        sizes.append(_resident_mb())
    part = min(THOUSAND, writes // 3)
    return mean(sizes[-part:]) - mean(sizes[:part])


def _resident_mb() -> float:
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * PAGE_KB / 1024


if __name__ == "__main__":
    main()
