"""What may be set in a column: checked before Sage is asked, so that a refusal can say what is allowed."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tieout_agent.problems import About, ProblemError, refused
from tieout_agent.sage.columns import UDF, Column, Table

NO_COLUMN = "nothing: there is no such column"

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
"""A decimal as callers write it: Sage's widest number has 15 digits, 6 of them decimals."""

LONGEST_UDF = 250
"""Characters taken for a user-defined text; its own length is not known before Sage says."""

LONGEST_NAME = 60
"""Characters of a column's name that are repeated in an answer; Sage's longest has 28."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def check_columns(values: Mapping[str, str], table: Table, *, on: str) -> None:
    """Refuse what can't be written, before Sage is asked at all.

    Args:
        values: Column names and values from a caller.
        table: The columns that the document has.
        on: The Sage object, for the answer.

    Raises:
        ProblemError: 422 for a column that is unknown or read-only, for a malformed value, and for
            text that is too long or that Sage's code page lacks.
    """
    for name, value in values.items():
        column = table.get(name) or (Column(name, length=LONGEST_UDF) if _is_udf(name) else None)
        wrong = _unknown(name) if column is None else _wrong(value, column)
        if wrong:
            raise _refused(wrong, on=on, name=name, value=value)


def check_value(value: str, column: Column, *, on: str) -> None:
    """Refuse a value that a column can't take.

    Raises:
        ProblemError: As `check_columns` does.
    """
    wrong = _wrong(value, column)
    if wrong:
        raise _refused(wrong, on=on, name=column.name, value=value)


def require_columns(
    values: Mapping[str, str], names: Iterable[str], *, on: str, about: str = "The document"
) -> None:
    """Refuse a document that lacks a column without which it is none.

    Args:
        values: Column names and values from a caller.
        names: The columns that must have a value.
        on: The Sage object, for the answer.
        about: Words for the part that lacks it, such as `Line 3`.

    Raises:
        ProblemError: 422 naming the column.
    """
    for name in names:
        if not values.get(name):
            wrong = _Wrong(f"{about} needs {name}. Send it.", "a value: it can't be left out")
            raise _refused(wrong, on=on, name=name, value="")


@dataclass(frozen=True, slots=True)
class _Wrong:
    """What is wrong with a value, and what its column takes."""

    detail: str
    allowed: str


def _refused(wrong: _Wrong, *, on: str, name: str, value: str) -> ProblemError:
    about = About(on, _shown(name), sent=len(value), allowed=wrong.allowed)
    return refused(wrong.detail, about)


def _shown(name: str) -> str:
    """Cut a caller's name for a column to what an answer may repeat."""
    return name[:LONGEST_NAME].encode(errors="replace").decode()


def _is_udf(name: str) -> bool:
    return UDF.fullmatch(name) is not None


def _unknown(name: str) -> _Wrong:
    return _Wrong(
        f"There is no column {_shown(name)} that a caller could set. Leave it out.",
        NO_COLUMN,
    )


def _wrong(value: str, column: Column) -> _Wrong | None:
    if not column.writable:
        return _Wrong(
            f"The column {column.name} can't be set by a caller. Leave it out.",
            "nothing: Sage 100 keeps this column itself",
        )
    return _wrong_text(value, column) if column.is_text else _wrong_number(value, column)


def _wrong_text(value: str, column: Column) -> _Wrong | None:
    if _CONTROL.search(value):
        return _Wrong(
            f"{column.name} holds a control character such as a line break. Send one line of text.",
            "one line of text",
        )
    if column.length and len(value) > column.length:
        return _Wrong(
            f"{column.name} has {len(value)} characters, but Sage 100 keeps {column.length}. "
            "Shorten it.",
            takes(column),
        )
    if not _fits_code_page(value):
        return _Wrong(
            f"{column.name} holds a character that Sage 100 can't store (it keeps Western European "
            "text). Replace it.",
            f"{takes(column)} of code page 1252",
        )
    return None


def _fits_code_page(value: str) -> bool:
    try:
        value.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _wrong_number(value: str, column: Column) -> _Wrong | None:
    decimals = len(value.partition(".")[2])
    if NUMBER.fullmatch(value) and decimals <= column.decimals:
        return None
    return _Wrong(
        f"{column.name} has to be a decimal in text with at most {column.decimals} decimals, "
        'such as "19.99".',
        takes(column),
    )


def takes(column: Column) -> str:
    """Say in a few words what a column takes, as far as it is known without asking Sage."""
    if not column.is_text:
        return f"a decimal in text, at most 12 digits before and {column.decimals} behind the point"
    return f"at most {column.length} characters" if column.length else "text"
