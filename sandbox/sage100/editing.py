"""What stands behind a business object: the record that is open, and the rules for changing it."""

from typing import Protocol

from .dictionary import Column, Record

EXISTING, NEW = 1, 2
"""What `nSetKey` gives."""


class Editor(Protocol):
    """The record that is open for editing, if any, with the rules of its file."""

    @property
    def record(self) -> Record | None:
        """The open record as it stands, or None."""
        ...

    def open(self, key: str) -> int:
        """Open the record with this key: `EXISTING`, or `NEW` when it has yet to be written.

        Raises:
            RefusedError: The key is no key of this file.
        """
        ...

    def change(self, column: Column, value: str) -> str:
        """Set a column of the open record; the value has passed the checks of the column.

        Returns:
            A warning, or nothing.

        Raises:
            RefusedError: A rule of the file forbids it.
        """
        ...

    def write(self) -> str:
        """Check the whole and store it; nothing is open afterwards.

        Returns:
            A warning, or nothing.

        Raises:
            RefusedError: Something is missing or wrong; the record stays open.
        """
        ...

    def delete(self, key: str) -> None:
        """Remove the record with this key.

        Raises:
            RefusedError: It does not exist, or a rule of the file forbids it.
        """
        ...

    def abandon(self) -> None:
        """Forget what is open."""
        ...
