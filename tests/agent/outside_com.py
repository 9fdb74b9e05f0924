"""The simulated ProvideX with a process of its own for each script, as pvxcom.exe is the real one's.

The process does nothing; it stands for the one that may still store something when the agent's own
process is dead. A file `unkillable` beside their notes makes it one that we may not end.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from sandbox.sage100.com import by_ref_number, by_ref_string, error, release
from sandbox.sage100.com import dispatch as _dispatch
from tests.agent.processes import SERVERS, lives
from tieout_agent.seam import Server

__all__ = ["by_ref_number", "by_ref_string", "dispatch", "error", "release"]

_FOLDER = Path(os.environ[SERVERS])  # noqa: TID251 - a test's way to a module that is known by name


def dispatch(prog_id: str) -> Any:
    sleeper = [sys.executable, "-c", "import time; time.sleep(600)"]
    nowhere = subprocess.DEVNULL
    process = subprocess.Popen(sleeper, stdout=nowhere, stderr=nowhere, start_new_session=True)
    (_FOLDER / str(process.pid)).touch()
    return _dispatch(prog_id)


def servers() -> frozenset[Server]:
    pids = [int(path.name) for path in _FOLDER.iterdir() if path.name.isdigit()]
    return frozenset(Server(pid, "then") for pid in pids if lives(pid))


def is_alive(server: Server) -> bool:
    return lives(server.pid)


def end_server(server: Server) -> None:
    if not (_FOLDER / "unkillable").exists():
        with suppress(ProcessLookupError):
            os.kill(server.pid, signal.SIGKILL)
