"""The supervisor: keeps one worker process running, since a call that hangs in COM can't be ended."""

import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from tieout_agent.clock import Clock, SystemClock
from tieout_agent.life import NEVER, SETUP, STOP_SECONDS, STOP_WORD, Restarts
from tieout_agent.logs import log_event, logging_to
from tieout_agent.settings import read_settings

FIRST_REST = 1.0
"""Seconds before a worker that ended by itself is replaced; doubled each time, up to the longest."""

LONGEST_REST = 60.0
"""Bounded, since Sage's server may come back at any moment and nobody restarts us by hand."""

WELL_SECONDS = 600.0
"""A worker that lived for so long was well: the next rest is short again."""

POLL_SECONDS = 0.1

SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")
"""How a console, a service manager of Linux and a console of Windows say stop."""

WORKER = "tieout_agent.serving"
"""The module that is the worker process."""

LOG_NAME = "tieout-agent-supervisor.log"
"""A file of its own: Windows can't rename a log file that two processes have open."""


class Child(Protocol):
    """One worker process."""

    @property
    def pid(self) -> int:
        """Its number, for the log."""
        ...

    def poll(self) -> int | None:
        """Say its exit code, or None while it lives."""
        ...

    def ask_to_stop(self) -> None:
        """Ask it to finish what runs and to end."""
        ...

    def kill(self) -> None:
        """End it at once and wait until it is gone."""
        ...


class WorkerProcess:
    """A worker process of the operating system, on a lifeline: our end of its standard input.

    It is out of reach of Ctrl-C, which a console sends to every process of the foreground: only
    the supervisor hears it, and passes it on in words.
    """

    def __init__(self, settings_path: Path, restarts: Restarts) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own module, with our own arguments
            # -P: nothing is imported from the folder in which somebody happened to start us.
            [sys.executable, "-P", "-m", WORKER, *_arguments(settings_path, restarts)],
            stdin=subprocess.PIPE,
            stdout=_inherited(sys.stdout),
            stderr=_inherited(sys.stderr),
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    @property
    def pid(self) -> int:
        """Its number, for the log."""
        return self._process.pid

    def poll(self) -> int | None:
        """Say its exit code, or None while it lives."""
        code = self._process.poll()
        if code is not None:
            self._let_go()
        return code

    def ask_to_stop(self) -> None:
        """Ask it to finish what runs and to end; one that is dead is not asked."""
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        with suppress(OSError, ValueError):
            self._process.stdin.write(STOP_WORD)
            self._process.stdin.flush()

    def kill(self) -> None:
        """End it at once and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        self._let_go()

    def _let_go(self) -> None:
        assert self._process.stdin is not None  # noqa: S101 - it was opened as a pipe
        with suppress(OSError):
            self._process.stdin.close()


def _arguments(settings_path: Path, restarts: Restarts) -> list[str]:
    given = ["--settings", str(settings_path), "--restarts", str(restarts.count)]
    last = [] if restarts.last is None else ["--last-restart", restarts.last.isoformat()]
    return given + last


def _inherited(stream: object) -> int | None:
    """A Windows service has no console that its worker could write to."""
    return subprocess.DEVNULL if stream is None else None


class Supervisor:
    """Starts a worker, and another one whenever it ends unasked; it never gives up.

    Attributes:
        restarts: What the next worker is told.
    """

    def __init__(
        self,
        start: Callable[[Restarts], Child],
        clock: Clock,
        *,
        wait: Callable[[float], bool] | None = None,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self.restarts = NEVER
        self._start = start
        self._clock = clock
        self._stopping = threading.Event()
        self._hurried = threading.Event()
        self._wait = wait or self._stopping.wait
        self._stop_seconds = stop_seconds
        self._rest = FIRST_REST

    def stop(self) -> None:
        """Have the worker finish what runs and end; told a second time, end it at once.

        May be called from any thread and from a signal's handler; does not wait.
        """
        if self._stopping.is_set():
            self._hurried.set()
        self._stopping.set()

    def run(self) -> int:
        """Keep a worker running until told to stop.

        Returns:
            0 when stopped; 1 when the very first worker could not start before something is
            corrected. A later one that can't start is tried again: its predecessor could.

        Raises:
            OSError: The operating system starts no process for us.
        """
        while not self._stopping.is_set():
            began = self._clock.monotonic()
            child = self._start(self.restarts)
            code = self._attend(child)
            if code is None:
                return 0
            if code == SETUP and not self.restarts.count:
                return 1
            self._note_end(child.pid, code, self._clock.monotonic() - began)
            self._wait(self._rest)
        return 0

    def _attend(self, child: Child) -> int | None:
        """Wait until the worker ends or we are stopped; say its exit code in the first case."""
        while not self._stopping.is_set():
            code = child.poll()
            if code is not None:
                return code
            self._stopping.wait(POLL_SECONDS)
        child.ask_to_stop()
        deadline = self._clock.monotonic() + self._stop_seconds
        while child.poll() is None:
            if self._clock.monotonic() > deadline or self._hurried.is_set():
                child.kill()
                break
            self._hurried.wait(POLL_SECONDS)
        return None

    def _note_end(self, pid: int, code: int, lived: float) -> None:
        well = lived >= WELL_SECONDS
        self._rest = FIRST_REST if well or not self.restarts.count else self._longer()
        self.restarts = Restarts(self.restarts.count + 1, self._clock.now())
        log_event(
            "worker_ended",
            at=self._clock.now(),
            pid=pid,
            code=code,
            lived=round(lived),
            restarts=self.restarts.count,
        )

    def _longer(self) -> float:
        return min(self._rest * 2, LONGEST_REST)


def make_supervisor(settings_path: Path) -> Supervisor:
    """Build the supervisor of the agent with these settings."""
    path = settings_path.resolve()
    return Supervisor(lambda restarts: WorkerProcess(path, restarts), SystemClock())


def run(settings_path: Path, supervisor: Supervisor | None = None) -> int:
    """Serve until told to stop: by Ctrl-C, by SIGTERM, or on Windows by Ctrl-Break.

    Args:
        settings_path: The settings file.
        supervisor: One that somebody else may stop as well; made here when there is none.

    Returns:
        0 when stopped, 1 when something has to be corrected first; it was said on the console.

    Raises:
        SettingsError: The settings are wrong.
        OSError: The operating system starts no process for us.
    """
    settings = read_settings(settings_path)
    supervisor = supervisor or make_supervisor(settings_path)
    with logging_to(settings.logs, LOG_NAME), _heeding_signals(supervisor.stop):
        return supervisor.run()


@contextmanager
def _heeding_signals(stop: Callable[[], None]) -> Generator[None]:
    """Have the signals that mean stop call `stop`; only the main thread may arrange that."""
    names = SIGNALS if threading.current_thread() is threading.main_thread() else ()
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]

    def heed(_number: int, _frame: object) -> None:
        stop()

    before = [(number, signal.signal(number, heed)) for number in numbers]
    try:
        yield
    finally:
        for number, handler in before:
            signal.signal(number, handler)
