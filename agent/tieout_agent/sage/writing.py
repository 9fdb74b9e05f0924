"""Setting columns and writing records: what a refusal or a warning of Sage's becomes."""

from dataclasses import dataclass
from decimal import Decimal

from pydantic import BaseModel, ConfigDict

from tieout_agent.problems import About, ProblemError, refused, unavailable
from tieout_agent.sage.column_checks import NO_COLUMN, check_value, takes
from tieout_agent.sage.columns import Column, Table
from tieout_agent.sage.com_object import FAILED, WARNED, ComObject
from tieout_agent.sage.session import LOCKED_WORDS


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
        column = self._column(name, value)
        code = self.target.put(column, value)
        if code == FAILED:
            about = About(self.target.name, name, sent=len(value), allowed=takes(column))
            raise self.refusal(about)
        self.accept(code, column=name)

    def holds(self, name: str, value: str) -> bool:
        """Say whether a column has a value already."""
        column = self._column(name, value)
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
            raise self.refusal()
        if code == WARNED:
            self.warnings.append(
                Warned(object=self.target.name, column=column, message=self.target.message())
            )

    def refusal(self, about: About | None = None) -> ProblemError:
        """Build the answer for what the object has just refused: a column, or the whole document."""
        message = (self.target.message() or "no reason given").rstrip(".")
        column = None if about is None else about.column
        if column is None and any(word in message.lower() for word in LOCKED_WORDS):
            return unavailable("Locked", f"Sage 100 says: {message}. Nothing was stored. Wait.")
        where = " of ".join(part for part in (column, self.about) if part) or "the document"
        return refused(
            f"Sage 100 refused {where}: {message}. Nothing was stored.",
            about or About(self.target.name),
        )

    def _column(self, name: str, value: str) -> Column:
        known = self.table.get(name)
        if known is not None:
            return known
        # Only now is it known whether this installation keeps a text or a number in it.
        if name not in self.target.layout():
            raise self._no_column(name, value)
        column = self.target.udf(name)
        check_value(value, column, on=self.target.name)
        return column

    def _no_column(self, name: str, value: str) -> ProblemError:
        return refused(
            f"This company has no column {name}. Add the user-defined field in Sage 100's Custom "
            "Office, or take it out of the mapping.",
            About(self.target.name, name, sent=len(value), allowed=NO_COLUMN),
        )
