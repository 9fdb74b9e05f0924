"""Setting columns and writing records: what may be set, and what a refusal or warning becomes."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from tieout_agent.problems import ProblemError, bad_request, refused, unavailable
from tieout_agent.sage.columns import UDF, Column, Table
from tieout_agent.sage.com_object import FAILED, WARNED, ComObject
from tieout_agent.sage.session import LOCKED_WORDS

NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
"""A decimal as callers write it: Sage's widest number has 15 digits, 6 of them decimals."""

LONGEST_UDF = 250
"""Characters taken for a user-defined text; its own length is not known before Sage says."""

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Warned(BaseModel):
    """Something that Sage did, but not without a remark (return code -1).

    Attributes:
        object: The object that remarked.
        column: The column being set, or None when the record was being written.
        message: Sage's own words.
    """

    model_config = ConfigDict(frozen=True)

    object: str
    column: str | None
    message: str


def check_columns(values: Mapping[str, str], table: Table, *, on: str) -> None:
    """Refuse what can't be written, before Sage is asked at all.

    Args:
        values: Column names and values from a caller.
        table: The columns that the document has.
        on: The Sage object, for the answer.

    Raises:
        ProblemError: 400 for a column that is unknown or read-only, or a malformed value; 422 for
            text that is too long or that Sage's code page lacks.
    """
    for name, value in values.items():
        column = table.get(name) or (Column(name, length=LONGEST_UDF) if _is_udf(name) else None)
        if column is None or not column.writable:
            raise bad_request(
                f"The column {name[:60]} can't be set by a caller. Leave it out.", column=name[:60]
            )
        if column.is_text:
            _check_text(value, column, on)
        else:
            _check_number(value, column)


def _is_udf(name: str) -> bool:
    return UDF.fullmatch(name) is not None


def _check_text(value: str, column: Column, on: str) -> None:
    if _CONTROL.search(value):
        raise bad_request(
            f"{column.name} holds a control character such as a line break. Send one line of text.",
            column=column.name,
        )
    if column.length and len(value) > column.length:
        raise refused(
            f"{column.name} has {len(value)} characters, but Sage 100 keeps {column.length}. "
            "Shorten it.",
            on=on,
            column=column.name,
        )
    if not _fits_code_page(value):
        raise refused(
            f"{column.name} holds a character that Sage 100 can't store (it keeps Western European "
            "text). Replace it.",
            on=on,
            column=column.name,
        )


def _fits_code_page(value: str) -> bool:
    try:
        value.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


def _check_number(value: str, column: Column) -> None:
    decimals = len(value.partition(".")[2])
    if not NUMBER.fullmatch(value) or decimals > column.decimals:
        raise bad_request(
            f"{column.name} has to be a decimal in text with at most {column.decimals} decimals, "
            'such as "19.99".',
            column=column.name,
        )


@dataclass(frozen=True, slots=True)
class Writer:
    """Sets columns of one object and collects its warnings.

    Attributes:
        target: The object, a header or its lines.
        table: Its columns.
        warnings: Where remarks go; shared by header and lines.
        about: Words that tell the reader which part is meant, such as `line 3`.
    """

    target: ComObject
    table: Table
    warnings: list[Warned]
    about: str = ""

    def set(self, name: str, value: str) -> None:
        """Set one column.

        Raises:
            ProblemError: 422 naming the column; nothing is stored yet.
        """
        column = self.table.get(name) or self._udf(name)
        self.accept(self.target.put(column, value), column=name)

    def holds(self, name: str, value: str) -> bool:
        """Say whether a column has a value already."""
        column = self.table.get(name) or self._udf(name)
        held = self.target.get(column)
        if column.is_text:
            return held == value.rstrip()
        return Decimal(held) == Decimal(value)

    def accept(self, code: int, *, column: str | None = None) -> None:
        """Take a return code: done, done with a warning, or refused.

        Raises:
            ProblemError: 422 with Sage's words; 503 when a person holds the record locked.
        """
        if code == FAILED:
            raise self.refusal(column)
        if code == WARNED:
            self.warnings.append(
                Warned(object=self.target.name, column=column, message=self.target.message())
            )

    def refusal(self, column: str | None = None) -> ProblemError:
        """Build the answer for what the object has just refused."""
        message = (self.target.message() or "no reason given").rstrip(".")
        if column is None and any(word in message.lower() for word in LOCKED_WORDS):
            return unavailable("Locked", f"Sage 100 says: {message}. Nothing was stored. Wait.")
        where = " of ".join(part for part in (column, self.about) if part) or "the document"
        return refused(
            f"Sage 100 refused {where}: {message}. Nothing was stored.",
            on=self.target.name,
            column=column,
        )

    def _udf(self, name: str) -> Column:
        if name not in self.target.layout():
            raise refused(
                f"This company has no column {name}. Add the user-defined field in Sage 100's "
                "Custom Office, or take it out of the mapping.",
                on=self.target.name,
                column=name,
            )
        return self.target.udf(name)
