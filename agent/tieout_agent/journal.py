"""The journal of writes: what was asked of Sage and whether it was done. It survives a restart.

It holds ids, hashes, stamps, revisions, status codes and times, and nothing of what a document says.
"""

import sqlite3
import threading
import weakref
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from tieout_agent.clock import Clock
from tieout_agent.holdoff import HoldOff, SecondsLeft
from tieout_agent.logs import log_event
from tieout_agent.problems import ProblemError, unavailable

REQUEST_AGE = timedelta(days=30)
"""How long a request is remembered: ten times the longest outage that callers are built for."""

REVISION_AGE = timedelta(days=400)
"""How long an order's last revision is remembered: longer than an order stays open."""

MOST_REQUESTS = 500_000
"""Requests kept at most, about 150 MB; 30 days of a very busy shop are a tenth of it."""

PRUNE_EVERY = timedelta(days=1)

BUSY_SECONDS = 2.0
"""How long another program, such as a backup, may hold the file before a write is refused."""

REPEAT = {"X-Tieout-Journal": "repeat"}
"""Header of an answer for which nothing was written, since the same request was carried out before."""

Action = Literal["create", "replace", "patch", "delete"]

_SCHEMA = """
CREATE TABLE IF NOT EXISTS request (
    company TEXT NOT NULL, document TEXT NOT NULL, action TEXT NOT NULL, rev INTEGER NOT NULL,
    body TEXT NOT NULL, status INTEGER, place TEXT NOT NULL DEFAULT '',
    begun_at INTEGER NOT NULL, ended_at INTEGER,
    PRIMARY KEY (company, document, action, rev, body)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS request_by_age ON request (begun_at);
CREATE TABLE IF NOT EXISTS revision (
    company TEXT NOT NULL, document TEXT NOT NULL, rev INTEGER NOT NULL, stored_at INTEGER NOT NULL,
    PRIMARY KEY (company, document)
) WITHOUT ROWID;
"""
# What the first journals lacked: the last write whose stamp was read back, and how many writes were
# begun since then that may have changed the document.
_ADDED = {
    "written_rev": "INTEGER",
    "written_stamp": "TEXT",
    "begun_since": "INTEGER NOT NULL DEFAULT 0",
}
_SAME = "company = ? AND document = ? AND action = ? AND rev = ? AND body = ?"


@dataclass(frozen=True, slots=True)
class Request:
    """What makes two write requests the very same.

    Attributes:
        company: Company code.
        document: The path behind it, such as `SO/SalesOrder/W000250`.
        action: What is done to the document.
        rev: The caller's revision.
        body: SHA-256 of the request's body, in hexadecimal digits.
    """

    company: str
    document: str
    action: Action
    rev: int
    body: str


@dataclass(frozen=True, slots=True)
class Entry:
    """What the journal knows of a request.

    Attributes:
        status: The status code of its answer; None when it was begun and no end is known.
        place: Where a deleted document was left; else nothing.
    """

    status: int | None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """The last write of ours to a document; both are None when it is not known.

    Attributes:
        rev: The revision that was written.
        stamp: The stamp that the document had right afterwards.
    """

    rev: int | None = None
    stamp: str | None = None


class Journal:
    """The journal's file. Its calls may come from any thread.

    A file that can't be used makes `find` and `begin` fail, so that nothing is written to Sage that
    could not be remembered; every other call goes on without it. Each call tries the file anew.

    Attributes:
        broken: Whether the last use of the file failed.
        hold_off: Documents that an earlier process may still be storing.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self.broken = False
        self.hold_off = HoldOff()
        self._path = path
        self._clock = clock
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._pruned_at = 0
        with suppress(ProblemError), self._file():
            pass

    def hold_begun(self, seconds_left: SecondsLeft) -> bool:
        """Hold off what an earlier process had begun to store and has not ended; say if any.

        However long ago it was begun: only what carried it out can tell when it lands.

        Args:
            seconds_left: Says for how long, at most, what carried it out may still store something.
        """
        sql = "SELECT DISTINCT company, document FROM request WHERE status IS NULL"
        try:
            with self._file() as file:
                rows = file.execute(sql).fetchall()
        except ProblemError:
            self.hold_off.hold_all(seconds_left)
            return True
        self.hold_off.hold(rows, seconds_left)
        return bool(rows)

    def find(self, request: Request) -> Entry | None:
        """Look for a request.

        Raises:
            ProblemError: 503 `JournalFailed`; 503 `Busy` while an earlier process may still store
                the document.
        """
        self.hold_off.check(request.company, request.document)
        with self._file() as file:
            sql = f"SELECT status, place FROM request WHERE {_SAME}"  # noqa: S608 - names from above
            row = file.execute(sql, astuple(request)).fetchone()
        return None if row is None else Entry(*row)

    def begin(self, request: Request) -> None:
        """Note, on the disk itself, that a request is about to be stored in Sage.

        From here on the document's last write is unknown, until `wrote` or `forget`.

        Raises:
            ProblemError: 503 `JournalFailed`; the write has to be given up.
        """
        with self._file() as file:
            self._prune(file)
            file.execute("BEGIN IMMEDIATE")
            again = _take_back(file, request)
            _count_begun(file, request, 0 if again else 1, least=1)
            sql = (
                "INSERT OR REPLACE INTO request (company, document, action, rev, body, begun_at) "
                "VALUES (?, ?, ?, ?, ?, ?)"
            )
            file.execute(sql, (*astuple(request), self._now()))
            file.execute("COMMIT")

    def end(self, request: Request, entry: Entry) -> None:
        """Note that a request was done, and the revision that its document has now.

        Without the note the request stays begun, and a repeat looks into Sage.
        """
        with suppress(ProblemError), self._file() as file:
            now = self._now()
            sql = f"UPDATE request SET status = ?, place = ?, ended_at = ? WHERE {_SAME}"  # noqa: S608 - names from above
            file.execute("BEGIN IMMEDIATE")
            file.execute(sql, (entry.status, entry.place, now, *astuple(request)))
            sql = (
                "INSERT INTO revision (company, document, rev, stored_at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT DO UPDATE "
                "SET rev = max(rev, excluded.rev), stored_at = excluded.stored_at"
            )
            file.execute(sql, (request.company, request.document, request.rev, now))
            file.execute("COMMIT")

    def wrote(self, request: Request, stamp: str) -> None:
        """Note the stamp that a document has right after a write, under the same write lock.

        Without the note the document's last write stays unknown.
        """
        with suppress(ProblemError), self._file() as file:
            sql = (
                "UPDATE revision SET written_rev = ?, written_stamp = ?, begun_since = 0 "
                "WHERE company = ? AND document = ?"
            )
            file.execute(sql, (request.rev, stamp, request.company, request.document))

    def forget(self, request: Request) -> None:
        """Take back a `begin`: Sage stored nothing."""
        with suppress(ProblemError), self._file() as file:
            file.execute("BEGIN IMMEDIATE")
            if _take_back(file, request):
                _count_begun(file, request, -1, least=0)
            file.execute("COMMIT")

    def rev(self, company: str, document: str, *, for_certain: bool = False) -> int | None:
        """Say the highest revision of a document that is known to have been stored.

        Args:
            company: Company code.
            document: The path behind it.
            for_certain: Say nothing if a later one was begun and nobody knows its end.
        """
        with suppress(ProblemError), self._file() as file:
            sql = "SELECT rev FROM revision WHERE company = ? AND document = ?"
            sql += " AND begun_since = 0" if for_certain else ""
            row = file.execute(sql, (company, document)).fetchone()
            return None if row is None else int(row[0])
        return None

    def written(self, company: str, document: str) -> Written:
        """Say what the last write to a document was, if nothing was begun since that may count."""
        with suppress(ProblemError), self._file() as file:
            sql = (
                "SELECT written_rev, written_stamp FROM revision "
                "WHERE company = ? AND document = ? AND begun_since = 0"
            )
            return Written(*(file.execute(sql, (company, document)).fetchone() or ()))
        return Written()

    @contextmanager
    def _file(self) -> Generator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._opened()
            except sqlite3.Error as error:
                self._fail(error)
                raise _failed() from error
            self.broken = False

    def _opened(self) -> sqlite3.Connection:
        if self._connection is None:
            opened = sqlite3.connect(
                self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            weakref.finalize(self, opened.close)
            self._connection = opened
            opened.execute("PRAGMA journal_mode = WAL")
            # FULL: what was begun has to be on the disk before Sage stores anything.
            opened.execute("PRAGMA synchronous = FULL")
            opened.executescript(_SCHEMA)
            _add_columns(opened)
            self._pruned_at = 0
            self._prune(opened)
        return self._connection

    def _prune(self, file: sqlite3.Connection) -> None:
        now = self._now()
        if 0 <= now - self._pruned_at < _seconds(PRUNE_EVERY):
            return
        self._pruned_at = now
        # By its own last entry if that is older: a clock that jumps ahead must not empty the journal.
        newest = file.execute("SELECT max(begun_at) FROM request").fetchone()[0]
        now = min(now, newest or now)
        file.execute("DELETE FROM request WHERE begun_at < ?", (now - _seconds(REQUEST_AGE),))
        file.execute("DELETE FROM revision WHERE stored_at < ?", (now - _seconds(REVISION_AGE),))
        sql = (
            "DELETE FROM request WHERE begun_at < "
            "(SELECT begun_at FROM request ORDER BY begun_at DESC LIMIT 1 OFFSET ?)"
        )
        file.execute(sql, (MOST_REQUESTS,))

    def _fail(self, error: sqlite3.Error) -> None:
        """Let go of the file, and of what was half done in it."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        if not self.broken:
            name: Any = getattr(error, "sqlite_errorname", type(error).__name__)
            log_event("journal_failed", at=self._clock.now(), error=str(name))
        self.broken = True

    def _now(self) -> int:
        return int(self._clock.now().timestamp())


def _add_columns(file: sqlite3.Connection) -> None:
    """Give a journal of an earlier version what it lacks; of its writes no stamp is known."""
    present = {row[1] for row in file.execute("PRAGMA table_info(revision)")}
    for name, kind in _ADDED.items():
        if name not in present:
            file.execute(f"ALTER TABLE revision ADD COLUMN {name} {kind}")


def _take_back(file: sqlite3.Connection, request: Request) -> bool:
    """Remove the note that a request was begun; say whether there was one."""
    sql = f"DELETE FROM request WHERE status IS NULL AND {_SAME}"  # noqa: S608 - names from above
    return file.execute(sql, astuple(request)).rowcount > 0


def _count_begun(file: sqlite3.Connection, request: Request, change: int, *, least: int) -> None:
    sql = (
        "UPDATE revision SET begun_since = max(begun_since + ?, ?) "
        "WHERE company = ? AND document = ?"
    )
    file.execute(sql, (change, least, request.company, request.document))


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _failed() -> ProblemError:
    return unavailable(
        "JournalFailed",
        "The agent can't write its journal, so it stores nothing in Sage 100. Nothing was begun. "
        "Free the disk, or move the damaged file away that `journal_file` names.",
    )
