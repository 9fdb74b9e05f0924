"""Keys of Sage's files: how their parts are joined, told to callers, ordered and measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tieout_agent.sage.columns import Column

CODE_PAGE = "cp1252"
"""What Sage keeps text in; its files sort by these bytes."""

SPACE = " "
NUL = "\0"

_LOWEST = ord(SPACE)
_LAST_DIGIT = ord("~") - _LOWEST + 1
_BASE = _LAST_DIGIT + 1
_HIGHEST = "\u00ff"

Key = tuple[str, ...]
"""The parts of a record's key, without the blanks that fill them up."""

START: Final[Key] = ()
"""Before every key."""


def order(key: Key) -> tuple[bytes, ...]:
    """Say how Sage sorts a key."""
    return tuple(part.encode(CODE_PAGE, "replace") for part in key)


@dataclass(frozen=True, slots=True)
class FileKey:
    """The key of one file.

    Attributes:
        columns: Its columns, in order; all of them text.
    """

    columns: tuple[Column, ...]

    @property
    def size(self) -> int:
        """Characters of a whole key."""
        return sum(_length(column) for column in self.columns)

    def of(self, row: Mapping[str, str]) -> Key:
        """Take the key out of a row."""
        return tuple(row[column.name] for column in self.columns)

    def fills(self, key: Key) -> bool:
        """Say whether a part before the last has to be filled up when this key is joined."""
        pairs = zip(self.columns[:-1], key[:-1], strict=True)
        return any(len(part) < _length(column) for column, part in pairs)

    def join(self, key: Key, pad: str = SPACE) -> str:
        """Write a key as one text: each part but the last is filled up to its length.

        So the text is never higher than the file's own, whatever fills the last part there.
        """
        pairs = list(zip(self.columns, key, strict=False))
        filled = [part.ljust(_length(column), pad) for column, part in pairs]
        return "".join([*filled[:-1], key[-1]]) if key else ""

    def split(self, text: str) -> Key:
        """Read what `join` wrote with blanks; the start for nothing."""
        if not text:
            return START
        parts: list[str] = []
        for column in self.columns:
            length = _length(column)
            parts.append(text[:length].rstrip())
            text = text[length:]
        return tuple(parts)

    def place(self, key: Key) -> int:
        """Say where a key is on a line from the lowest possible key to the highest.

        Letters beyond ASCII share one place, which is enough to aim by.
        """
        place = 0
        for character in self.join(key).ljust(self.size)[: self.size]:
            place = place * _BASE + min(max(ord(character) - _LOWEST, 0), _LAST_DIGIT)
        return place

    def at(self, place: int) -> Key:
        """Say which key is at a place; the highest for a place beyond the line."""
        rest = min(place, _BASE**self.size - 1)
        characters: list[str] = []
        for _ in range(self.size):
            rest, digit = divmod(rest, _BASE)
            characters.append(chr(_LOWEST + digit) if digit < _LAST_DIGIT else _HIGHEST)
        return self.split("".join(reversed(characters)))


def _length(column: Column) -> int:
    return column.length or 0
