"""One COM object of Sage, wrapped: return codes, text and number columns, and the ticket."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tieout_agent.sage.columns import UDF, UDF_DECIMALS, Column, Table
from tieout_agent.sage.doubles import as_text, from_double, to_double
from tieout_agent.sage.ticket import Ticket
from tieout_agent.sage.worker import ComFailedError
from tieout_agent.seam import ComModule

FAILED = 0
DONE = 1
NEW = 2
WARNED = -1
"""Return codes (Sage 100 reference: conventions): 0 failed, 1 done, 2 new record, -1 warned."""


@dataclass(frozen=True, slots=True)
class Access:
    """What every wrapped object needs: the way to COM, and the thread's ticket."""

    com: ComModule
    ticket: Ticket


class ComObject:
    """A session, a business object or its lines.

    Values never appear in the errors of this class: they may be personal data.

    Attributes:
        hints: What readers learnt about the object's file; forgotten with the object.
    """

    def __init__(self, raw: Any, name: str, access: Access) -> None:
        self.raw = raw
        self.name = name
        self.hints: dict[str, int | str] = {}
        self._access = access
        self._present: dict[str, bool] | None = None

    def call(self, method: str, *arguments: object) -> int:
        """Call a method that returns a number; nothing at all counts as 0, a failure.

        Raises:
            ComFailedError: COM raised, so the session can't be used any more.
            AbandonedError: This thread was given up.
        """
        return int(self.ask(method, *arguments) or FAILED)

    def answer(self, method: str, *arguments: object) -> int:
        """Call a method whose 0 says something, such as "there is no such record".

        Nothing at all says nothing: taken for 0, an order that is there would count as absent, and a
        write that was done as refused.

        Raises:
            ComFailedError: COM raised or gave no number, so the session can't be used any more.
            AbandonedError: This thread was given up.
        """
        given = self.ask(method, *arguments)
        if given is None:
            raise ComFailedError(f"{self.name}.{method} gave no answer")
        return int(given)

    def ask(self, method: str, *arguments: object) -> Any:
        """Call a method and hand back what it returns."""
        self._access.ticket.check()
        try:
            return getattr(self.raw, method)(*arguments)
        except (self._access.com.error, AttributeError) as error:
            raise ComFailedError(f"{self.name}.{method} raised {type(error).__name__}") from error

    def look(self, name: str) -> Any:
        """Read a property, such as `oLines`."""
        self._access.ticket.check()
        try:
            return getattr(self.raw, name)
        except (self._access.com.error, AttributeError) as error:
            raise ComFailedError(f"{self.name}.{name} raised {type(error).__name__}") from error

    def at_end(self) -> bool:
        """Say whether a browse has passed the last row."""
        answer = self.look("nEOF")
        return bool(answer() if callable(answer) else answer)

    def child(self, name: str) -> "ComObject":
        """Wrap an object that is a property of this one."""
        return ComObject(self.look(name), f"{self.name}.{name}", self._access)

    def message(self) -> str:
        """What the object says about its last failure or warning."""
        return str(self.look("sLastErrorMsg") or "").strip()

    def by_ref(self) -> Any:
        """Make an out-parameter for text."""
        return self._access.com.by_ref_string()

    def commit(self) -> int:
        """Write the record: with `delete` the one call that changes what Sage has stored."""
        with self._access.ticket.commit():
            return self.answer("nWrite")

    def delete(self, key: str) -> int:
        """Delete a record: a commit as well."""
        with self._access.ticket.commit():
            return self.answer("nDelete", key)

    def put(self, column: Column, value: str) -> int:
        """Set a column from the text our JSON has."""
        given = value if column.is_text else to_double(Decimal(value))
        return self.call("nSetValue", column.sage_name, given)

    def get(self, column: Column) -> str:
        """Read a column as the text our JSON has."""
        com = self._access.com
        out = com.by_ref_string() if column.is_text else com.by_ref_number()
        self.answer("nGetValue", column.sage_name, out)
        if column.is_text:
            return str(out.value or "").rstrip()
        number = from_double(out.value or 0, column.decimals)
        return as_text(number.normalize() if UDF.fullmatch(column.name) else number)

    def read(self, table: Table) -> dict[str, str]:
        """Read those columns of a table that this installation has, its own UDFs included."""
        return {column.name: self.get(column) for column in self.present(table)}

    def present(self, table: Table) -> list[Column]:
        """Say which of a table's columns this installation has, and which UDFs beside them."""
        layout = self.layout()
        known = [column for name, column in table.items() if name in layout]
        return known + [self.udf(name) for name in sorted(layout) if UDF.fullmatch(name)]

    def udf(self, name: str) -> Column:
        """Describe a user-defined column: the layout tells whether it is text."""
        if self.layout().get(name, True):
            return Column(name, length=0)
        return Column(name, decimals=UDF_DECIMALS)

    def layout(self) -> dict[str, bool]:
        """Say which columns the main data source has: name without `$` -> whether it is text.

        The separator is the list's own last character (Sage 100 reference: conventions).
        """
        if self._present is None:
            listed = str(self.ask("sGetColumns", "MAIN") or "")
            names = listed.split(listed[-1])[:-1] if listed else []
            self._present = {name.rstrip("$"): name.endswith("$") for name in names}
        return self._present
