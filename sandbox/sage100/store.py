"""The files behind the simulated company: one SQLite database per company and one for the system.

SQLite is this simulator's own detail; several processes work on the same files at once.
"""

import json
import sqlite3
import weakref
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

from .dictionary import Record, Table

BUSY_SECONDS = 15
"""How long a writer waits for another process; seeding, the longest write, takes under one."""

SYSTEM = "SYSTEM"
LAST_KEY = "\U0010ffff"
"""Sorts after every key."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS row (
    file TEXT NOT NULL, key TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (file, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sorted (
    file TEXT NOT NULL, name TEXT NOT NULL, sort TEXT NOT NULL, key TEXT NOT NULL,
    PRIMARY KEY (file, name, sort)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS sorted_by_key ON sorted (file, key);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, next INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fault (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, left INTEGER, body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS console (
    id INTEGER PRIMARY KEY, process INTEGER NOT NULL, user TEXT NOT NULL
);
"""


_SELECT = "SELECT key, body FROM row WHERE file = ? AND key"
_SELECT_SORTED = (
    "SELECT sorted.sort, row.body FROM sorted"
    " JOIN row ON row.file = sorted.file AND row.key = sorted.key"
    " WHERE sorted.file = ? AND sorted.name = ? AND sorted.sort"
)

Sorted = tuple[str, Record]
"""A record after the text that it is sorted by."""


def database(home: Path, name: str) -> Path:
    """Return the path of the file of a company, or of the system under the name `SYSTEM`."""
    return home / f"MAS_{name}.sqlite"


class Store:
    """One database file: records by table and key, and in the order of their indexes.

    The connection closes with `close` or when the store is forgotten, so that a caller who
    drops COM objects without ending the session leaks nothing.

    Args:
        path: The file; it is made with its schema when `create` is set.
        create: Whether the file may be new.
    """

    def __init__(self, path: Path, *, create: bool = False) -> None:
        mode = "rwc" if create else "rw"
        self._connection = sqlite3.connect(
            f"{path.resolve().as_uri()}?mode={mode}",
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        self._finalizer = weakref.finalize(self, self._connection.close)
        self._connection.execute("PRAGMA synchronous = NORMAL")
        if create:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the connection; calling it again does nothing."""
        self._finalizer()

    @contextmanager
    def transaction(self) -> Generator[None]:
        """Do everything inside or nothing, alone among writers; inner ones join the outer."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def execute(self, sql: str, *values: str | int | None) -> sqlite3.Cursor:
        """Run one statement on the tables that are no Sage 100 files (faults, console)."""
        return self._connection.execute(sql, values)

    def get(self, table: Table, key: str) -> Record | None:
        """Return the record with exactly this key, or None."""
        sql = "SELECT body FROM row WHERE file = ? AND key = ?"
        found = self._connection.execute(sql, (table.name, key)).fetchone()
        return json.loads(found[0]) if found else None

    def put(self, table: Table, record: Record) -> None:
        """Store a record under its key, replacing what was there."""
        key = table.key_of(record)
        with self.transaction():
            self._forget_order(table, key)
            sql = "INSERT OR REPLACE INTO row VALUES (?, ?, ?)"
            self._connection.execute(sql, (table.name, key, json.dumps(record)))
            for index in table.indexes:
                sort = table.index_key(index, record)
                sql = "INSERT INTO sorted VALUES (?, ?, ?, ?)"
                self._connection.execute(sql, (table.name, index, sort, key))

    def delete(self, table: Table, key: str) -> None:
        """Remove the record with this key, if there is one."""
        with self.transaction():
            self._forget_order(table, key)
            sql = "DELETE FROM row WHERE file = ? AND key = ?"
            self._connection.execute(sql, (table.name, key))

    def scan(
        self, table: Table, *, index: str = "", begin: str = "", end: str = LAST_KEY
    ) -> list[Sorted]:
        """Return (sort text, record) from `begin` to `end`, both included, in the index's order.

        Args:
            table: Which file.
            index: Name of an index; empty is the primary key.
            begin: First sort text.
            end: Last sort text; every text that starts with it still belongs to the range.
        """
        return list(self.walk(table, index=index, begin=begin, end=end))

    def walk(
        self, table: Table, *, index: str = "", begin: str = "", end: str = LAST_KEY
    ) -> Iterator[Sorted]:
        """Yield what `scan` returns, one by one; nothing may be written meanwhile."""
        last = end if end == LAST_KEY else end + LAST_KEY
        select = _SELECT_SORTED if index else _SELECT
        names = (table.name, index) if index else (table.name,)
        found = self._connection.execute(
            f"{select} BETWEEN ? AND ? ORDER BY 1", (*names, begin, last)
        )
        for sort, body in found:
            yield sort, json.loads(body)

    def seek(
        self, table: Table, *, index: str = "", begin: str = "", after: bool = False
    ) -> Sorted | None:
        """Return the first (sort text, record) at `begin` or later, or strictly after it."""
        select = _SELECT_SORTED if index else _SELECT
        names = (table.name, index) if index else (table.name,)
        compare = ">" if after else ">="
        sql = f"{select} {compare} ? ORDER BY 1 LIMIT 1"
        found = self._connection.execute(sql, (*names, begin)).fetchone()
        return (found[0], json.loads(found[1])) if found else None

    def count(self, table: Table) -> int:
        """Return how many records a file has."""
        sql = "SELECT count(*) FROM row WHERE file = ?"
        return self._connection.execute(sql, (table.name,)).fetchone()[0]

    def next_number(self, name: str, start: int) -> int:
        """Return the next number of a counter and burn it, whatever becomes of it."""
        with self.transaction():
            sql = "INSERT OR IGNORE INTO counter VALUES (?, ?)"
            self._connection.execute(sql, (name, start))
            sql = "UPDATE counter SET next = next + 1 WHERE name = ? RETURNING next - 1"
            return self._connection.execute(sql, (name,)).fetchone()[0]

    def clear(self) -> None:
        """Remove everything, as before seeding anew."""
        with self.transaction():
            for name in ("row", "sorted", "counter", "fault"):
                self._connection.execute(f"DELETE FROM {name}")  # noqa: S608  names from above

    def _forget_order(self, table: Table, key: str) -> None:
        sql = "DELETE FROM sorted WHERE file = ? AND key = ?"
        self._connection.execute(sql, (table.name, key))
