"""What the handlers' tests share: an account in memory, a fresh start, and what was counted."""

import importlib
import itertools
import json
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any

import pytest

import tieout.entry
import tieout.jobs
import tieout.queue_entry
from tests.adapters.cloud import account
from tieout.wiring import polling, receiving, taking, watching

Handler = Callable[[dict[str, Any], object], dict[str, Any]]
_starts = itertools.count()
WIRINGS: tuple[ModuleType, ...] = (polling, receiving, taking, watching)


class Context:
    """What Lambda tells a function of the time it has left."""

    def __init__(self, seconds: float = 300) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


# What keeps connections open: a function never ends, a test does.
KEPT = (
    (polling, "_storefront", ("main",)),
    (polling, "_door", ()),
    (taking, "desk", ("main",)),
    (taking, "_sage", ("ABC",)),
)


def _close() -> None:
    for wiring, name, of in KEPT:
        made = getattr(wiring, name)
        if made.cache_info().currsize:
            kept = made(*of)
            getattr(kept, "storefront", kept).close()


def _forget() -> None:
    for wiring in WIRINGS:
        for made in list(vars(wiring).values()):
            if hasattr(made, "cache_clear"):
                made.cache_clear()


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Generator[None]:
    """Each test begins cold, as a function does, in an empty account."""
    # A log of its own per test: its stream is the one that is captured then.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"test {next(_starts)}")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tieout")
    _forget()
    with account(monkeypatch):
        yield
        _close()
    capsys.readouterr()
    _forget()


@pytest.fixture
def load() -> Callable[[str], Handler]:
    """Import a function anew, so that log and metrics see the environment of the test."""

    def load(name: str) -> Handler:
        for module in (tieout.entry, tieout.jobs, tieout.queue_entry):
            importlib.reload(module)
        return importlib.reload(importlib.import_module(f"functions.{name}")).handler

    return load


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Callable[[], dict[str, float]]:
    """The metrics since the last call, each summed up."""

    def read() -> dict[str, float]:
        sums: dict[str, float] = {}
        for text in capsys.readouterr().out.splitlines():
            row: dict[str, Any] = json.loads(text)
            for group in row.get("_aws", {}).get("CloudWatchMetrics", []):
                for name in (metric["Name"] for metric in group["Metrics"]):
                    values: list[float] = row[name]
                    sums[name] = sums.get(name, 0) + sum(values)
        return sums

    return read
