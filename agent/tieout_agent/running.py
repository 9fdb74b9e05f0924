"""The running file: one agent at a time, and which processes outside it work for it in Sage.

It outlives a crash, so that whoever is started next can end what was left behind.
"""

import sqlite3
import threading
import weakref
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tieout_agent.problems import unavailable
from tieout_agent.seam import Server
from tieout_agent.settings import SettingsError

LOCK_SECONDS = 3.0
"""How long to wait for the file: a worker whose supervisor died ends within moments."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS server (
    id INTEGER PRIMARY KEY, pid INTEGER NOT NULL, started TEXT NOT NULL, ours INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Trace:
    """A process that works for the agent, or may do.

    Attributes:
        number: Of the note.
        server: The process; None when it could not be found.
        ours: Whether it works for nobody else, so that it may be ended.
    """

    number: int
    server: Server | None
    ours: bool


class RunningFile:
    """Held by one agent for as long as its process lives; the operating system lets go of it.

    Its calls may come from any thread. Making one takes the file.

    Raises:
        SettingsError: Another agent holds the file, or it can't be used.
    """

    def __init__(self, path: Path, *, lock_seconds: float = LOCK_SECONDS) -> None:
        self._lock = threading.Lock()
        try:
            self._file = sqlite3.connect(
                path, timeout=lock_seconds, isolation_level=None, check_same_thread=False
            )
            weakref.finalize(self, self._file.close)
        except sqlite3.Error as error:
            raise _not_taken(path, error) from error
        try:
            self._take()
        except sqlite3.Error as error:
            self._file.close()
            raise _not_taken(path, error) from error

    def _take(self) -> None:
        # Locked by the first write, and until the process ends, however it ends.
        self._file.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._file.execute("BEGIN EXCLUSIVE")
        self._file.execute(_SCHEMA)
        self._file.execute("COMMIT")

    def traces(self) -> list[Trace]:
        """Say which processes are noted, oldest first."""
        with self._lock:
            rows = self._file.execute("SELECT id, pid, started, ours FROM server")
            return [_trace(row) for row in rows]

    def note(self, servers: Iterable[Server | None], *, ours: bool) -> tuple[int, ...]:
        """Note processes that work for us from now on, on the disk itself.

        Returns:
            The numbers of the notes, for `forget`.

        Raises:
            ProblemError: 503 `JournalFailed`; Sage must not be used.
        """
        sql = "INSERT INTO server (pid, started, ours) VALUES (?, ?, ?)"
        with self._used() as file:
            return tuple(
                file.execute(sql, (*_columns(server), ours)).lastrowid or 0 for server in servers
            )

    def forget(self, numbers: Iterable[int]) -> None:
        """Strike out notes: these processes have nothing of ours in hand any more.

        Raises:
            ProblemError: 503 `JournalFailed`; the notes are still there.
        """
        with self._used() as file:
            file.executemany("DELETE FROM server WHERE id = ?", [(number,) for number in numbers])

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()

    @contextmanager
    def _used(self) -> Generator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._file
            except sqlite3.Error as error:
                raise unavailable(
                    "JournalFailed",
                    "The agent can't note on its disk which Sage 100 processes work for it. Nothing "
                    "was begun. Free the disk that holds the settings file.",
                ) from error


def _columns(server: Server | None) -> tuple[int, str]:
    return (0, "") if server is None else (server.pid, server.started)


def _trace(row: tuple[int, int, str, int]) -> Trace:
    number, pid, started, ours = row
    return Trace(number, Server(pid, started) if pid else None, ours=bool(ours))


def _not_taken(path: Path, error: sqlite3.Error) -> SettingsError:
    if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY:
        return SettingsError(
            f"Another agent runs with these settings (it holds {path}). Stop that one first."
        )
    return SettingsError(
        f"{path} can't be used ({error}). Let the agent's account write into its folder; a damaged "
        "file may be removed while no agent runs."
    )
