"""What tests of the agent as a process share: start it as on a server, talk to it, look at it."""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx

from sandbox.sage100 import faults
from sandbox.sage100.store import SYSTEM, Store, database
from tests.agent.harness import KEY
from tieout_agent.settings import Settings

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0

SERVERS = "TIEOUT_TEST_SERVERS"
"""The environment's name for the folder in which `outside_com` notes its processes."""


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def settings_file(settings: Settings) -> Path:
    path = settings.pause_file.with_name("agent.json")
    secret = {"password": settings.password.get_secret_value()}
    path.write_text(json.dumps(json.loads(settings.model_dump_json()) | secret))
    return path


def started(
    settings: Settings, *, folder: str | Path = ROOT, **environment: str
) -> subprocess.Popen[str]:
    path = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'agent'}"}
    return subprocess.Popen(
        [
            *(sys.executable, "-P", "-m", "tieout_agent"),
            *("run", "--settings", str(settings_file(settings))),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=dict(os.environ) | path | environment,  # noqa: TID251 - a child of this test
    )


@contextmanager
def agent_process(settings: Settings, **environment: str) -> Generator["AgentProcess"]:
    """Run the agent as it runs on a server, on a port that stays the same over restarts."""
    process = started(settings, **environment)
    try:
        assert process.stdout is not None
        assert re.search("listening on", process.stdout.readline())
        with httpx.Client(
            base_url=f"https://127.0.0.1:{settings.port}/v1",
            headers={"Authorization": f"Bearer {KEY}"},
            verify=ssl.create_default_context(cafile=settings.certificate_file),
            timeout=START_SECONDS,
        ) as client:
            yield AgentProcess(process, client, settings)
    finally:
        process.kill()
        process.communicate()


class AgentProcess:
    """A running agent: its supervisor, and a way to its worker."""

    def __init__(
        self, process: subprocess.Popen[str], client: httpx.Client, settings: Settings
    ) -> None:
        self.process = process
        self.client = client
        self.settings = settings

    def health(self) -> dict[str, Any]:
        """Say how the agent is; nothing while no worker listens."""
        with suppress(httpx.TransportError):
            answer: dict[str, Any] = self.client.get("/health").json()
            return answer
        return {}

    def worker(self) -> int:
        """Say the process id of the worker, as the system sees it."""
        return children(self.process.pid)[0]

    def fault(self, fault: faults.Fault) -> None:
        with closing(Store(database(Path(self.settings.home), SYSTEM))) as system:
            faults.add(system, fault)

    def events(self, name: str = "tieout-agent.log") -> list[dict[str, Any]]:
        path = self.settings.logs / name
        return [json.loads(line) for line in path.read_text().splitlines()]


def children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def lives(pid: int) -> bool:
    """Say whether a process runs; one that nobody has asked for its end yet does not."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_long(happened: Callable[[], Any]) -> Any:
    end = time.monotonic() + START_SECONDS
    while not (answer := happened()):
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)
    return answer
