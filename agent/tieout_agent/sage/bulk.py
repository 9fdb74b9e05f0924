"""Reading many rows at once: `nGetResultSets` with expressions that can't be broken into."""

import re
import secrets
from dataclasses import dataclass
from decimal import Decimal

from tieout_agent.problems import bad_request, unavailable
from tieout_agent.sage.columns import Column
from tieout_agent.sage.com_object import FAILED, ComObject
from tieout_agent.sage.doubles import as_text

MARK_BYTES = 6
"""Random bytes in the marks around rows and cells. Sage's own separator is a letter (`Š`) that data
may hold; marks that are new for each read are in no data, not even in data that was meant to break
a read."""

HIGHEST_KEY = "\u00ff" * 30
"""Sorts behind every key: 30 times the last character of code page 1252."""

_QUOTABLE = re.compile(r"[A-Za-z0-9 .,_%+\-@&'*/=?^{|}~!#]{1,250}")


def quoted(value: str) -> str:
    """Write a value as a ProvideX text literal.

    Raises:
        ProblemError: 400, it holds something that could end the literal.
    """
    if not _QUOTABLE.fullmatch(value):
        raise bad_request("The value to search for holds characters that Sage can't be asked for.")
    return f'"{value}"'


def narrowed(column: Column, value: str) -> str:
    """Write a condition that rows with this text meet, in any case of letters, and few others.

    What stands behind the first character that no literal may hold is not asked for: the caller
    compares the rows that come back.
    """
    begin = _QUOTABLE.match(value)
    if begin is None:
        return ""
    upper = begin[0].upper()
    if begin[0] == value:
        return f"UCS({column.sage_name})={quoted(upper)}"
    name = f"UCS({column.sage_name})"
    return f'{name}>={quoted(upper)} AND {name}<="{upper}{HIGHEST_KEY}"'


def read_rows(
    source: ComObject,
    columns: list[Column],
    *,
    where: str = "",
    begin: str = "",
    end: str = HIGHEST_KEY,
) -> list[dict[str, str]]:
    """Read columns of all rows in a key range that meet a condition.

    Args:
        source: The object to read from.
        columns: What to read; the first one is the key expression too.
        where: A ProvideX condition; values in it must come from `quoted`.
        begin: Lowest key.
        end: Highest key. Whether Sage counts it in is not documented; callers leave room and
            filter.

    Raises:
        ProblemError: 503, Sage refused the read.
    """
    marks = _Marks.new()
    cells = f'+"{marks.cell}"+'.join(_expression(column) for column in columns)
    expression = f'"{marks.row}"+{cells}+"{marks.end}"'
    rows, keys = source.by_ref(), source.by_ref()
    code = source.call(
        "nGetResultSets", expression, columns[0].sage_name, rows, keys, where, begin, end
    )
    if code == FAILED:
        # Never taken for "no rows": an order that can't be looked for must not count as absent.
        raise unavailable(
            "SessionFailed", f"Sage 100 could not read {source.name}: {source.message()}"
        )
    cells_of = [_Cells(column) for column in columns]
    return [_row(text, cells_of, marks) for text in str(rows.value or "").split(marks.row)[1:]]


@dataclass(frozen=True, slots=True)
class _Marks:
    """What stands before a row, between two cells, and behind a row."""

    row: str
    cell: str
    end: str

    @classmethod
    def new(cls) -> "_Marks":
        word = secrets.token_hex(MARK_BYTES)
        return cls(f"<{word}[", f"<{word}|", f"<{word}]")


def _expression(column: Column) -> str:
    return column.sage_name if column.is_text else f"STR({column.name})"


class _Cells:
    """Turns one column's cells into the texts of our JSON.

    What a number came to is kept for the time of one read: a column of stock is mostly noughts,
    and few of the others differ.
    """

    def __init__(self, column: Column) -> None:
        self.name = column.name
        self._is_text = column.is_text
        self._quantum = Decimal(1).scaleb(-column.decimals)
        self._known: dict[str, str] = {}

    def text(self, cell: str) -> str:
        """Say what our JSON has for a cell."""
        if self._is_text:
            return cell.rstrip()
        known = self._known.get(cell)
        if known is None:
            number = Decimal(cell.strip() or "0").quantize(self._quantum)
            known = self._known[cell] = as_text(number)
        return known


def _row(text: str, columns: list[_Cells], marks: _Marks) -> dict[str, str]:
    cells = text.split(marks.end, maxsplit=1)[0].split(marks.cell)
    return {column.name: column.text(cell) for column, cell in zip(columns, cells, strict=True)}
