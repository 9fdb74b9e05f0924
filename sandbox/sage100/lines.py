"""The COM surface of `oLines`: adding, changing, removing and walking through lines."""

from collections.abc import Callable
from typing import Protocol

from .dictionary import Column, Record, Table
from .engine import EndFlag, Engine, coded, com
from .errors import RefusedError, providex_error
from .values import SEPARATOR, answer, com_value, stored, text_argument

ADDED = 2
"""What `nAddLine` gives: a new record, like `nSetKey`."""


class LinesOwner(Protocol):
    """The object that lines belong to."""

    engine: Engine

    def note_session(self, text: str) -> None:
        """Keep `text` as the session's last error."""
        ...


class LineEditor(Protocol):
    """The rules for lines of the record that is open."""

    def start(self) -> Record:
        """Return a new line with its key and defaults.

        Raises:
            RefusedError: The record is not ready for lines.
        """
        ...

    def change(self, line: Record, column: Column, value: str) -> None:
        """Set a column of a line.

        Raises:
            RefusedError: A rule forbids it.
        """
        ...

    def finish(self, line: Record) -> None:
        """Take a line, new or changed, into the open record.

        Raises:
            RefusedError: Something is missing.
        """
        ...

    def remove(self, key: str) -> None:
        """Take the line with this key out of the open record.

        Raises:
            RefusedError: There is none.
        """
        ...


class Lines:
    """The lines of one object.

    Args:
        owner: The object that they belong to.
        table: Their file.
        listed: Gives the lines of the owner's record, in order.
        editor: The rules for changing them, or None when they are only read.
    """

    def __init__(
        self,
        owner: LinesOwner,
        table: Table,
        *,
        listed: Callable[[], list[Record]],
        editor: LineEditor | None = None,
    ) -> None:
        self._owner = owner
        self._table = table
        self._listed = listed
        self._editor = editor
        self._edited: Record | None = None
        self._place: int | None = None
        self._walked: list[Record] = []
        self._error = ""

    @property
    def engine(self) -> Engine:
        """The process that it lives in."""
        return self._owner.engine

    @property
    @com
    def sLastErrorMsg(self) -> str:  # noqa: N802  ProvideX's own name
        """The text of the last refusal of a line; the header's object keeps its own."""
        return self._error

    @property
    @com
    def nEOF(self) -> int:  # noqa: N802
        """1 when the last move went past the end, else 0; may be called as well as read."""
        return EndFlag(self._current() is None)

    @coded
    def nAddLine(self) -> int:  # noqa: N802
        """Begin a line; one that was begun before and not written is gone."""
        self._edited, self._place = self._rules().start(), None
        return ADDED

    @coded
    def nEditLine(self, key: str) -> int:  # noqa: N802
        """Open the line with this key for changes: 1, or 0 when there is none."""
        self._rules()
        found = self._keyed(text_argument(key, argument=1))
        self._edited, self._place = dict(found), None
        return 1

    @coded
    def nDeleteLine(self, key: str | None = None) -> int:  # noqa: N802
        """Remove the line with this key, or the current one: 1, or 0 when there is none."""
        current = self._current()
        wanted = key if key is not None else (current or {}).get("LineKey", "")
        self._rules().remove(wanted)
        self.reset()
        return 1

    @coded
    def nSetValue(self, column: str, value: object) -> int:  # noqa: N802
        """Set a column of the line that was begun or opened: 1, or 0 refused."""
        found = self._column(column)
        if self._edited is None:
            raise RefusedError("There is no line to change; nAddLine or nEditLine must come first.")
        self._rules().change(self._edited, found, stored(self._name, found, value))
        return 1

    @coded
    def nGetValue(self, column: str, target: object) -> int:  # noqa: N802
        """Read a column of the current line; after `nWrite` there is none: blank and zero."""
        found = self._column(column)
        line = self._current() or {}
        answer(target, com_value(found, line.get(found.name, "")), argument=2)
        return 1

    @coded
    def nWrite(self) -> int:  # noqa: N802
        """Take the line into the open record, not yet into the files; the cursor moves on."""
        if self._edited is None:
            raise RefusedError("There is no line to write.")
        self._rules().finish(self._edited)
        self.reset()
        return 1

    @coded
    def nMoveFirst(self) -> int:  # noqa: N802
        """Go to the first line: 1, or 0 when there is none."""
        return self._go(0)

    @coded
    def nMoveNext(self) -> int:  # noqa: N802
        """Go to the next line: 1, or 0 past the end."""
        return self._go(0 if self._place is None else self._place + 1)

    @com
    def sGetColumns(self, source: str = "MAIN") -> str:  # noqa: N802
        """Return the names of all columns, each followed by the separator."""
        names = (column.com_name for column in self._table.columns.values())
        return "".join(name + SEPARATOR for name in names) if source == "MAIN" else ""

    def note(self, text: str) -> None:
        """Keep `text` as the last error, here and in the session, not on the header."""
        self._error = text
        self._owner.note_session(text)

    def reset(self) -> None:
        """Stand on no line."""
        self._edited, self._place, self._walked = None, None, []

    @property
    def _name(self) -> str:
        return f"{self._table.name.replace('Detail', '')}_Bus"

    def _go(self, place: int) -> int:
        if place == 0:
            self._walked = self._listed()
        self._edited, self._place = None, place
        return int(self._current() is not None)

    def _current(self) -> Record | None:
        if self._edited is not None or self._place is None:
            return self._edited
        return self._walked[self._place] if self._place < len(self._walked) else None

    def _keyed(self, key: str) -> Record:
        found = next((line for line in self._listed() if line.get("LineKey") == key), None)
        if found is None:
            raise RefusedError(f"Line {key} does not exist.")
        return found

    def _rules(self) -> LineEditor:
        if self._editor is None:
            raise providex_error(92, f"Unknown method: lines of {self._table.name} are read only")
        return self._editor

    def _column(self, com_name: str) -> Column:
        found = self._table.by_com_name(text_argument(com_name, argument=1))
        if found is None:
            raise RefusedError(f"{self._name} column {com_name} is not a valid column.")
        return found
