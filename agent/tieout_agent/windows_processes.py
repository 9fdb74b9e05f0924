"""The processes that ProvideX works in on Windows, through pywin32.

Left out of coverage, as `com.py` is: it can't run where the tests run. It holds no decision.
"""

import importlib
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import PureWindowsPath
from typing import Any

from tieout_agent.seam import Server

# Imported by name: pywin32 has no types, and it exists on Windows only.
_api: Any = importlib.import_module("win32api")
_processes: Any = importlib.import_module("win32process")
_errors: Any = importlib.import_module("pywintypes")

PROGRAM = "pvxcom.exe"
"""ProvideX' COM server (Sage 100 reference: opening a session)."""

TERMINATE = 0x0001
QUERY = 0x0400
READ = 0x0010
LOOK = QUERY | READ
"""PROCESS_TERMINATE, PROCESS_QUERY_INFORMATION and PROCESS_VM_READ."""


def servers() -> frozenset[Server]:
    """Say which such processes run now, whoever they work for, as far as we may see them."""
    return frozenset(filter(None, map(_server, _processes.EnumProcesses())))


def is_alive(server: Server) -> bool:
    """Say whether one runs, or may run: True where it can't be told."""
    if server.pid not in _processes.EnumProcesses():
        return False
    try:
        with _opened(server.pid, QUERY) as process:
            return _started(process) == server.started
    except _errors.error:
        return True


def end_server(server: Server) -> None:
    """End one at once, if we may; never raises."""
    with suppress(_errors.error), _opened(server.pid, TERMINATE | QUERY) as process:
        if _started(process) == server.started:
            _processes.TerminateProcess(process, 1)


def _server(pid: int) -> Server | None:
    """Describe a process of ProvideX; None for another one, or one that we may not look at."""
    with suppress(_errors.error), _opened(pid, LOOK) as process:
        program = PureWindowsPath(_processes.GetModuleFileNameEx(process, 0))
        return Server(pid, _started(process)) if program.name.lower() == PROGRAM else None
    return None


def _started(process: Any) -> str:
    return str(_processes.GetProcessTimes(process)["CreationTime"].timestamp())


@contextmanager
def _opened(pid: int, rights: int) -> Generator[Any]:
    process = _api.OpenProcess(rights, False, pid)  # noqa: FBT003 - Windows' own order
    try:
        yield process
    finally:
        _api.CloseHandle(process)
