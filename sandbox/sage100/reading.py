"""The COM surface for reading that every business object and service has."""

from collections.abc import Callable

from .browsing import Browser
from .catalogue import ObjectInfo
from .dictionary import Column, Record
from .engine import EndFlag, Engine, coded, com
from .errors import RefusedError, providex_error
from .expressions import compile_filter, compile_text
from .lines import Lines
from .session import Session
from .values import (
    SEPARATOR,
    answer,
    com_value,
    provided_text,
    stored,
    text_argument,
)

MAIN = "MAIN"


class ReadingObject:
    """One `_svc` or inquiry object, and the reading half of the others.

    Args:
        info: Which one.
        session: The opened session; the company, user and date of now stay its own.
    """

    def __init__(self, info: ObjectInfo, session: Session) -> None:
        self.engine: Engine = session.engine
        self.info = info
        self.company = session.company()
        self.browser = Browser(
            info.table, self.company.store_of(info.table), scattered=info.scattered
        )
        self.lines: Lines | None = None
        self.parts: dict[str, str] = {}
        self._session = session
        self._error = ""
        self._dropped = False

    @property
    @com
    def sLastErrorMsg(self) -> str:  # noqa: N802  ProvideX's own name
        """The text of this object's last refusal or warning; a success leaves it as it is."""
        return self._error

    @property
    @com
    def oLines(self) -> Lines:  # noqa: N802
        """The lines of the record that is open or found.

        Raises:
            ComError: This object has no lines.
        """
        if self.lines is None:
            raise providex_error(88, f"Invalid/unknown property name: oLines ({self.info.name})")
        return self.lines

    @property
    @com
    def nEOF(self) -> int:  # noqa: N802
        """1 when the last move went past the end, else 0; may be called as well as read."""
        return EndFlag(self.browser.at_end)

    @coded
    def nSetKeyValue(self, column: str, value: object) -> int:  # noqa: N802
        """Set one part of the key that the next `nSetKey` or `nFind` uses."""
        self.check_alive()
        found = self.column(column)
        if found.name not in self.info.table.key:
            raise RefusedError(f"{self.owner} column {column} is not part of the key.")
        self.parts[found.name] = stored(self.owner, found, value)
        return 1

    @coded
    def nSetKey(self, key: str | None = None) -> int:  # noqa: N802
        """Go to exactly this record: 1, or 0 when it is not on file or this is a service."""
        wanted = self.key(key)
        if self.info.kind == "service":
            raise RefusedError(f"{self.info.name}: the key cannot be set; use nFind.")
        if not self.browser.find(wanted, exactly=True):
            raise RefusedError(f"The record {wanted} is not on file.")
        return 1

    @coded
    def nFind(self, key: str | None = None) -> int:  # noqa: N802
        """Go to a record: 1 when its key begins with what was asked for, else 0.

        A partial key therefore finds another record than one may think; after 0 the next
        higher record, if there is one, is the current one all the same.
        """
        self.check_alive()
        self.abandon()
        wanted = self._leading(key)
        if self.browser.find(wanted):
            return 1
        raise RefusedError(f"The record {wanted} is not on file.")

    @coded
    def nGetValue(self, column: str, target: object) -> int:  # noqa: N802
        """Read a column of the current record; without one, texts are blank and numbers zero."""
        self.check_alive()
        found = self.column(column)
        record = self.current() or {}
        answer(target, com_value(found, record.get(found.name, "")), argument=2)
        return 1

    @coded
    def nGetRecord(self, target: object, columns: object = None) -> int:  # noqa: N802
        """Read the whole current record, each value followed by the separator."""
        return self._whole(self.current(), target, columns)

    @coded
    def nGetOrigRecord(self, target: object, columns: object = None) -> int:  # noqa: N802
        """Read the whole current record as it is in the file, without unwritten changes."""
        return self._whole(self.original(), target, columns)

    @coded
    def nGetRecordCount(self, source: str = MAIN) -> int:  # noqa: N802
        """Return how many records the file has."""
        self._check_source(source)
        return self.company.store_of(self.info.table).count(self.info.table)

    @com
    def sGetColumns(self, source: str = MAIN) -> str:  # noqa: N802
        """Return the names of all columns, each followed by the separator."""
        columns = self.info.table.columns.values()
        return self._listed(source, [column.com_name for column in columns])

    @com
    def sGetKeyColumns(self, source: str = MAIN) -> str:  # noqa: N802
        """Return the names of the key's columns, each followed by the separator."""
        table = self.info.table
        return self._listed(source, [table.columns[name].com_name for name in table.key])

    @com
    def sGetDataSources(self) -> str:  # noqa: N802
        """Return the names of the data sources, each followed by the separator."""
        return _joined([MAIN])

    @coded
    def nSetIndex(self, name: str) -> int:  # noqa: N802
        """Walk in the order of another index: 1, or 0 when the file has none of that name."""
        self.check_alive()
        self.browser.use_index(text_argument(name, argument=1))
        return 1

    @coded
    def nSetBrowseFilter(self, beginning: str) -> int:  # noqa: N802
        """Walk only through keys that begin so."""
        self.check_alive()
        self.browser.limit_to(text_argument(beginning, argument=1))
        return 1

    @coded
    def nMoveFirst(self) -> int:  # noqa: N802
        """Go to the first record: 1, or 0 when there is none."""
        return self._moved(self.browser.first)

    @coded
    def nMoveNext(self) -> int:  # noqa: N802
        """Go to the next record: 1, or 0 past the end."""
        return self._moved(self.browser.next)

    @coded
    def nGetResultSets(  # noqa: N802, PLR0917  ProvideX's own call
        self,
        columns: str,
        keys: str,
        column_list: object,
        key_list: object,
        filter_: str = "",
        begin: str = "",
        end: str = "",
    ) -> int:
        """Read two expressions over many records: 1, or 0 when an expression is wrong.

        Args:
            columns: Expression of the first list's values.
            keys: Expression of the second list's values.
            column_list: Reference for the first list, each value followed by the separator.
            key_list: Reference for the second list.
            filter_: Condition that a record must meet, or nothing.
            begin: First key.
            end: Last key; keys that begin with it still belong.
        """
        self.check_alive()
        table = self.info.table
        column_text, key_text = compile_text(columns, table), compile_text(keys, table)
        wanted = compile_filter(filter_, table) if filter_ else None
        chosen = [
            (column_text(record), key_text(record))
            for record in self.browser.range(begin, end)
            if wanted is None or wanted(record)
        ]
        answer(column_list, _joined([text for text, _ in chosen]), argument=3)
        answer(key_list, _joined([key for _, key in chosen]), argument=4)
        return 1

    @coded
    def nClear(self) -> int:  # noqa: N802
        """Forget what is open or found, unwritten changes too."""
        self.check_alive()
        self.abandon()
        self.parts.clear()
        self.browser.leave()
        return 1

    @com
    def DropObject(self) -> None:  # noqa: N802
        """Destroy the object; what was not written is gone."""
        self.abandon()
        self._dropped = True

    @property
    def owner(self) -> str:
        """The object's name as messages write it."""
        return self.info.name.replace("_bus", "_Bus")

    def note(self, text: str) -> None:
        """Keep `text` as the last error, here and in the session."""
        self._error = text
        self.note_session(text)

    def note_session(self, text: str) -> None:
        """Keep `text` as the session's last error only."""
        self._session.note(text)

    def current(self) -> Record | None:
        """Return the record that values are read from."""
        return self.browser.record

    def original(self) -> Record | None:
        """Return the current record as it is in the file."""
        return self.browser.record

    def abandon(self) -> None:
        """Forget what hangs on the current record."""
        if self.lines is not None:
            self.lines.reset()

    def check_alive(self) -> None:
        """Make sure that object and session are still there.

        Raises:
            ComError: One of them was dropped.
        """
        if self._dropped or self._session.dropped:
            raise providex_error(90, f"Object has been deleted: {self.info.name}")

    def column(self, com_name: str) -> Column:
        """Return the column that a caller names.

        Raises:
            RefusedError: There is none, or its `$` is wrong.
        """
        found = self.info.table.by_com_name(text_argument(com_name, argument=1))
        if found is None:
            raise RefusedError(f"{self.owner} column {com_name} is not a valid column.")
        return found

    def key(self, key: str | None) -> str:
        """Return the full key that is meant: the one given, or the parts set before.

        Raises:
            RefusedError: A part is missing.
        """
        self.check_alive()
        if key is not None:
            return text_argument(key, argument=1)
        missing = [name for name in self.info.table.key if name not in self.parts]
        if missing:
            raise RefusedError(f"{self.owner} column {missing[0]}$ is required in the key.")
        return self.info.table.join([self.parts[name] for name in self.info.table.key])

    def _leading(self, key: str | None) -> str:
        table = self.info.table
        parts: list[str] = []
        for name in table.key:
            if name not in self.parts:
                break
            parts.append(self.parts[name])
        if key is None:
            return table.join(parts)
        text = text_argument(key, argument=1)
        one_missing = len(parts) == len(table.key) - 1 and bool(parts)
        return table.join([*parts, text]) if one_missing else text

    def _whole(self, record: Record | None, target: object, columns: object) -> int:
        self.check_alive()
        if record is None:
            raise RefusedError("There is no current record.")
        every = self.info.table.columns.values()
        values = [provided_text(column, record.get(column.name, "")) for column in every]
        answer(target, _joined(values), argument=1)
        if columns is not None:
            answer(columns, _joined([column.com_name for column in every]), argument=2)
        return 1

    def _moved(self, move: Callable[[], bool]) -> int:
        self.check_alive()
        self.abandon()
        return int(move())

    def _check_source(self, source: str) -> None:
        self.check_alive()
        if source != MAIN:
            raise RefusedError(f"{source} is not a data source of {self.info.name}.")

    def _listed(self, source: str, names: list[str]) -> str:
        try:
            self._check_source(source)
        except RefusedError as refusal:
            self.note(str(refusal))
            return ""
        return _joined(names)


def _joined(values: list[str]) -> str:
    return "".join(value + SEPARATOR for value in values)
