"""Keys of Sage's files: how their parts are joined, told to callers, ordered and measured."""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tieout_agent.sage.columns import Column

CODE_PAGE = "cp1252"
"""What Sage keeps text in; its files sort by these bytes."""

SPACE = " "
NUL = "\0"

_CLASSES = (" ", "/", *"0123456789", "@", *"ABCDEFGHIJKLMNOPQRSTUVWXYZ", "`")
_HIGHEST_OF_CLASS = (*_CLASSES, *"abcdefghijklmnopqrstuvwxyz", "\u00ff")
"""The last character of each class. Digits and letters are classes of their own; all that is between
them is taken together, so that keys lie less unevenly on the line."""

_BASE = len(_HIGHEST_OF_CLASS)

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

        Keys that differ in rare characters alone share a place, which is enough to aim by.
        """
        place = 0
        for character in self.join(key).ljust(self.size)[: self.size]:
            place = place * _BASE + bisect_left(_HIGHEST_OF_CLASS, character, hi=_BASE - 1)
        return place

    def at(self, place: int) -> Key:
        """Say the highest key at a place; the highest of all for a place beyond the line."""
        rest = min(place, _BASE**self.size - 1)
        characters: list[str] = []
        for _ in range(self.size):
            rest, digit = divmod(rest, _BASE)
            characters.append(_HIGHEST_OF_CLASS[digit])
        return self.split("".join(reversed(characters)))


def _length(column: Column) -> int:
    return column.length or 0
