"""The programs that the sandbox starts: one process group and one log file each, none left behind."""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

# A program that ignores SIGTERM this long is killed: none of ours has anything to save.
STOP_SECONDS = 5.0
POLL_SECONDS = 0.05
# What is shown of a dead program's log: enough for a traceback, short enough for a screen.
LOG_TAIL_LINES = 20
# The tail is looked for in this many bytes, however long the log has grown.
LOG_TAIL_BYTES = 64 * 1024


class ProcessError(Exception):
    """A program that the sandbox needs has ended, or could not do its work."""

    def __init__(self, name: str, message: str, log: Path) -> None:
        super().__init__(f"{name} {message}\n{tail(log)}\nIts whole log: {log}")
        self.name = name
        self.log = log


@dataclass(frozen=True)
class Program:
    """What is to be run: a name for people, a command, its whole environment, its folder."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path


@dataclass(frozen=True)
class Child:
    """One program that was started."""

    program: Program
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def name(self) -> str:
        """The program's name."""
        return self.program.name


@dataclass
class Children:
    """Everything that one sandbox has started.

    Each program gets a file ``<name>.pid`` in ``run`` whose lock it holds for as long as it lives,
    so that `stop_leftovers` can tell a living child from a number that was given out again.
    """

    logs: Path
    run: Path
    running: list[Child] = field(default_factory=list[Child])

    def start(self, program: Program) -> Child:
        """Start a program that is meant to stay up until `stop`."""
        child = self._spawn(program)
        self.running.append(child)
        return child

    def finish(self, *programs: Program, seconds: float) -> None:
        """Run programs side by side to their end.

        Raises:
            ProcessError: one ended with an error or not within ``seconds``, or something that
                should stay up has ended meanwhile.
        """
        steps = [self.start(program) for program in programs]
        deadline = time.monotonic() + seconds
        try:
            while any(step.process.poll() is None for step in steps):
                self._check_steps(steps)
                self.check(other_than=steps)
                if time.monotonic() > deadline:
                    slow = next(step for step in steps if step.process.poll() is None)
                    raise ProcessError(slow.name, f"took more than {seconds:.0f} s.", slow.log)
                time.sleep(POLL_SECONDS)
            self._check_steps(steps)
        finally:
            self.running = [child for child in self.running if child not in steps]
            self._end(steps)

    @staticmethod
    def _check_steps(steps: Sequence[Child]) -> None:
        for step in steps:
            if step.process.poll():
                raise ProcessError(step.name, "ended with an error:", step.log)

    def check(self, *, other_than: Sequence[Child] = ()) -> None:
        """Look whether all is still running.

        Raises:
            ProcessError: a program that should stay up has ended.
        """
        for child in self.running:
            if child not in other_than and child.process.poll() is not None:
                raise ProcessError(child.name, "has ended by itself:", child.log)

    def take_down(self, name: str) -> Program:
        """Stop one program that is up; return what `start` takes to have it up again."""
        child = next(one for one in self.running if one.name == name)
        self.running.remove(child)
        self._end([child])
        return child.program

    def stop(self) -> None:
        """Stop everything, the last one started first."""
        children = self.running[::-1]
        self.running.clear()
        self._end(children)

    def _end(self, children: Sequence[Child]) -> None:
        stop_groups({child.process.pid: self._lock(child.name) for child in children})
        for child in children:
            child.process.wait(timeout=STOP_SECONDS)

    def _lock(self, name: str) -> Path:
        return self.run / f"{name}.pid"

    def _spawn(self, program: Program) -> Child:
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{program.name}.log"
        with log.open("ab") as output, held(self._lock(program.name)) as lock:
            process = subprocess.Popen(
                list(program.command),
                cwd=program.folder,
                env=dict(program.environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=[lock],
            )
            os.pwrite(lock, str(process.pid).encode(), 0)
        return Child(program, process, log)


@contextlib.contextmanager
def held(path: Path) -> Generator[int]:
    """Open a file and lock it; whoever inherits the descriptor keeps the lock.

    Raises:
        BlockingIOError: a living process has the lock.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.ftruncate(descriptor, 0)
        yield descriptor
    finally:
        os.close(descriptor)


def holder(path: Path) -> int | None:
    """Return the number of the living process that holds this file, or None."""
    if not path.is_file():
        return None
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = file.read().strip()
            return int(text) if text.isdigit() else None
    return None


@contextlib.contextmanager
def alone(path: Path) -> Generator[None]:
    """Hold a file with this process's own number for as long as the block runs.

    Raises:
        BlockingIOError: a living process has it.
    """
    with held(path) as descriptor:
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield


def end_holder(path: Path, *, seconds: float) -> bool:
    """Ask the process that holds a file to end, and wait for it; say whether there was one."""
    found = holder(path)
    if found is None:
        return False
    os.kill(found, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while holder(path) == found and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    return True


def stop_leftovers(run: Path) -> list[str]:
    """Stop the programs of a sandbox whose starter was killed; return their names."""
    found = {path: holder(path) for path in sorted(run.glob("*.pid"))}
    stop_groups({pid: path for path, pid in found.items() if pid})
    return [path.stem for path, pid in found.items() if pid]


def stop_groups(groups: Mapping[int, Path]) -> None:
    """End process groups: first asked, then, after `STOP_SECONDS`, made to.

    ``groups`` maps each group to the file that its leader holds.
    """
    for group in groups:
        _signal(group, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(map(holder, groups.values())) and time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
    for group in groups:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: signal.Signals) -> None:
    # The group may be gone already; one that is only a zombie answers some systems with a refusal.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def tail(log: Path, lines: int = LOG_TAIL_LINES) -> str:
    """Return the last lines of a log, indented; a log that isn't there is empty."""
    if not log.is_file():
        return ""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


def free_ports(count: int) -> list[int]:
    """Return loopback ports that nobody listens on at this moment, all different."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
