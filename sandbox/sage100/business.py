"""The COM surface of objects that write: opening a record, changing it, storing it."""

from . import faults
from .catalogue import ObjectInfo
from .dictionary import Record
from .editing import Editor
from .engine import coded
from .errors import RefusedError, providex_error
from .reading import ReadingObject
from .session import Session
from .values import answer, stored

WARNING = -1
"""Done, but read the last error."""


class BusinessObject(ReadingObject):
    """One `_bus` object that writes.

    Args:
        info: Which one.
        session: The opened session.
        editor: What opens, changes and stores its records.
    """

    def __init__(self, info: ObjectInfo, session: Session, editor: Editor) -> None:
        super().__init__(info, session)
        self._editor = editor

    @coded
    def nSetKey(self, key: str | None = None) -> int:  # noqa: N802
        """Open a record: 1 existing (changes then add to it), 2 new, 0 refused."""
        wanted = self.key(key)
        locked = faults.take(self.engine.system, "record_lock", object_=wanted)
        if locked is not None:
            raise RefusedError(f"The record {wanted} is locked by another user.")
        self.abandon()
        self.browser.leave()
        return self._editor.open(wanted)

    @coded
    def nSetValue(self, column: str, value: object) -> int:  # noqa: N802
        """Set a column of the open record: 1, −1 with a warning, or 0 refused."""
        self.check_alive()
        found = self.column(column)
        if self._editor.record is None:
            raise RefusedError("The key has not been set.")
        if found.name in self.info.table.key:
            raise RefusedError(f"{self.owner} column {column} is read only.")
        return self.warned(self._editor.change(found, stored(self.owner, found, value)))

    @coded
    def nWrite(self) -> int:  # noqa: N802
        """Store the open record: 1, −1 stored with a warning, or 0 with nothing stored."""
        self.check_alive()
        if self._editor.record is None:
            raise RefusedError("There is no record to write.")
        self._suffer_before_write()
        warning = self._editor.write()
        self.abandon()
        self.parts.clear()
        self._suffer_after_commit()
        return self.warned(warning)

    @coded
    def nDelete(self, key: str | None = None) -> int:  # noqa: N802
        """Remove a record: 1, or 0 when there is none or it may not go."""
        wanted = self.key(key)
        self._suffer_before_write()
        self._editor.delete(wanted)
        self.abandon()
        self.browser.leave()
        self._suffer_after_commit()
        return 1

    @coded
    def nGetNextSalesOrderNo(self, target: object) -> int:  # noqa: N802
        """Give the next free order number; it is burnt even if nothing is written."""
        return self._next("order", target)

    @coded
    def nGetNextCustomerNo(self, target: object) -> int:  # noqa: N802
        """Give the next free customer number; it is burnt even if nothing is written."""
        return self._next("customer", target)

    def current(self) -> Record | None:
        """Return the open record, or else the one found."""
        return self._editor.record or self.browser.record

    def original(self) -> Record | None:
        """Return the open record as it is in the file, or else the one found."""
        opened = self._editor.record
        if opened is None:
            return self.browser.record
        table = self.info.table
        return self.company.store_of(table).get(table, table.key_of(opened))

    def abandon(self) -> None:
        """Forget what is open; what was not written is gone."""
        self._editor.abandon()
        super().abandon()

    def warned(self, warning: str) -> int:
        """Return 1, or keep the warning and return −1."""
        if not warning:
            return 1
        self.note(warning)
        return WARNING

    def _suffer_before_write(self) -> None:
        self.engine.wait("write")
        system = self.engine.system
        if faults.take(system, "exclusive_lock") is not None:
            raise RefusedError(f"{self.info.table.name} is in use exclusively by another user.")
        refusal = faults.take(system, "refuse_write")
        if refusal is not None:
            raise RefusedError(refusal.text or "The record could not be written.")

    def _suffer_after_commit(self) -> None:
        self.engine.wait("commit")
        if faults.take(self.engine.system, "lost_answer") is not None:
            raise providex_error(15, "Operating system command failed")

    def _next(self, kind: str, target: object) -> int:
        self.check_alive()
        if self.info.kind != kind:
            raise providex_error(92, f"Unknown method: {kind} numbers on {self.info.name}")
        table, store = self.info.table, self.company.store
        while True:
            number = f"{store.next_number(table.name, 1):07d}"
            key = number if kind == "order" else table.join(["00", number])
            if store.get(table, key) is None:
                break
        answer(target, number, argument=1)
        return 1
