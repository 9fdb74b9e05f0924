"""A page of rows in the order of a file's key, through a call that knows key ranges and no limit.

Sage reads all records between two keys, and can't be told to stop after so many. So keys alone are
read in stretches whose width follows from how many keys the stretch before had, until there are
enough for a page; then the columns of exactly that range. Where to aim is a guess and costs time
at worst: each stretch begins at the last key that was seen, so whatever the guess was worth, no
record is stepped over.
"""

from collections.abc import Callable
from dataclasses import dataclass

from tieout_agent.problems import unavailable
from tieout_agent.sage.aiming import MOST_SAMPLED, Aim
from tieout_agent.sage.bulk import HIGHEST_KEY, read_rows
from tieout_agent.sage.columns import Column
from tieout_agent.sage.com_object import FAILED, ComObject
from tieout_agent.sage.file_keys import NUL, SPACE, START, FileKey, Key, order

PADS = (SPACE, NUL)
"""What may fill the parts of a joined key; the reference doesn't say. Blanks are more likely."""

ENOUGH_SECONDS = 4.0
"""A page that took this long ends short, so that nobody waits for a condition that few records
meet, and no call outlasts its time."""

SLOW_SECONDS = 0.5
"""A stretch that took this long is not followed by a wider one."""

_PAD, _WIDTH = "pad", "width"

Rows = list[dict[str, str]]
Elapsed = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order of their keys.

    Attributes:
        rows: At most as many as were wanted; fewer do not mean that the file ends.
        next: All keys up to this one were looked at; None at the file's end.
    """

    rows: Rows
    next: Key | None


@dataclass(frozen=True, slots=True)
class KeyedFile:
    """A file as a page of it is read.

    Attributes:
        source: The object that reads it.
        key: Its key.
        columns: What to read, the key's columns first.
        where: A condition in Sage's words, or nothing.
    """

    source: ComObject
    key: FileKey
    columns: list[Column]
    where: str = ""


def read_page(file: KeyedFile, *, after: Key, limit: int, elapsed: Elapsed) -> Page:
    """Read the next rows behind a key.

    Args:
        file: What to read.
        after: The last key of the page before; it need not be on file any more.
        limit: Most rows.
        elapsed: Says the seconds since the page began.

    Raises:
        ProblemError: 503, Sage refused a read.
    """
    walk = _Walk(file, after=after, limit=limit, elapsed=elapsed)
    # One step in any case: a page that looked at nothing would pass for the last one, or for ever be
    # followed by itself.
    walk.step()
    while not walk.done and elapsed() < ENOUGH_SECONDS:
        walk.step()
    walk.remember()
    keys = walk.found[:limit]
    whole = None if walk.at_end else walk.begin
    following = keys[-1] if len(walk.found) > limit else whole
    if not keys:
        return Page([], following)
    rows = between(file, keys[0], keys[-1], pad=walk.pad)
    if len(rows) > limit:  # somebody added records meanwhile
        rows = rows[:limit]
        following = file.key.of(rows[-1])
    return Page(rows, following)


class _Walk:
    """Collects the keys of a page, stretch by stretch.

    Attributes:
        pad: What fills the parts of this file's keys.
        found: Keys behind the one that the page begins after.
        begin: All keys up to this one were looked at.
        at_end: Whether the file ends there.
    """

    def __init__(self, file: KeyedFile, *, after: Key, limit: int, elapsed: Elapsed) -> None:
        self.pad = pad_of(file)
        self.found: list[Key] = []
        self.begin = after
        self.at_end = False
        self._file = file
        self._wanted = limit + 1  # one more tells whether the file goes on
        self._elapsed = elapsed
        self._told = after
        self._aim = Aim(int(file.source.hints.get(_WIDTH, 0)))
        if after and self._aim.width:
            self._aim.at = file.key.place(after)

    @property
    def done(self) -> bool:
        """Whether there are enough keys, or no more."""
        return self.at_end or len(self.found) >= self._wanted

    def step(self) -> None:
        """Read one stretch."""
        if self._aim.at is None and not self._aim_behind_gap():
            self._take(self._keys_up_to(None))
            self.at_end = True
            return
        end = self._file.key.at(self._aim.end)
        began = self._elapsed()
        keys = self._keys_up_to(end)
        slow = self._elapsed() - began > SLOW_SECONDS
        self._take(keys)
        room = self._wanted - len(self.found)
        if keys:
            first, last = self._file.key.place(keys[0]), self._file.key.place(keys[-1])
            wanted = room if room > 0 else self._wanted
            self._aim.adapt(len(keys), wanted, slow=slow, span=last - first)
            self._aim.at = last
        else:
            self.begin, self._aim.at = end, None
            if self._file.where:  # what is there doesn't meet the condition, as a rule
                self._aim.widen(slow=slow)

    def remember(self) -> None:
        """Leave the width of a good stretch to the next page."""
        if not self._file.where:
            self._file.source.hints[_WIDTH] = self._aim.good_for(self._wanted)

    def _take(self, keys: list[Key]) -> None:
        self.found += keys
        if keys:
            self.begin = self._told = keys[-1]

    def _keys_up_to(self, end: Key | None) -> list[Key]:
        key = self._file.key
        rows = read_rows(
            self._file.source,
            list(key.columns),
            where=self._file.where,
            begin=key.join(self.begin, self.pad),
            end=HIGHEST_KEY if end is None else key.join(end, self.pad),
        )
        told = order(self._told)
        return [found for found in map(key.of, rows) if order(found) > told]

    def _aim_behind_gap(self) -> bool:
        """Aim at the next records; say whether there seem to be any worth aiming at."""
        near = _sampled(self._file, self.begin, pad=self.pad, count=self._aim.sample)
        if len(near) <= 1:
            return False
        room = self._wanted - len(self.found)
        jumped_from = self._file.key.place(self.begin)
        self._aim.land(list(map(self._file.key.place, near)), jumped_from, room=room)
        return True


def _sampled(file: KeyedFile, begin: Key, *, pad: str, count: int) -> list[Key]:
    """Step through the records behind a key; only ever a hint.

    Whether Sage stands on the next record after a key that is not on file is known of some objects
    (Sage 100 reference: reading), so nothing but speed may hang on it.
    """
    source, key = file.source, file.key
    if begin == START:
        code = source.call("nMoveFirst")
    else:
        source.call("nFind", key.join(begin, pad))
        code = FAILED if source.at_end() else 1
    found: list[Key] = []
    while code != FAILED and not source.at_end() and len(found) < count:
        here = tuple(source.get(column) for column in key.columns)
        if order(here) > order(begin):
            found.append(here)
        code = source.call("nMoveNext")
    return found


def between(file: KeyedFile, first: Key, last: Key, *, pad: str) -> Rows:
    """Read the rows from one whole key to another, both included."""
    key = file.key
    rows = read_rows(
        file.source,
        file.columns,
        where=file.where,
        begin=key.join(first, pad),
        # Room behind the last key, since it is not documented whether the end is counted in.
        end=f"{key.join(last, pad)}~",
    )
    low, high = order(first), order(last)
    return [row for row in rows if low <= order(key.of(row)) <= high]


def pad_of(file: KeyedFile) -> str:
    """Find out, once per object, what fills up the parts of a key.

    A record that is on file must come back when just its own key is asked for; with the wrong
    filling it does not, and pages would step over records without a word.

    Raises:
        ProblemError: 503, no way to write the key finds the record.
    """
    hints, key = file.source.hints, file.key
    if len(key.columns) == 1:
        return SPACE
    if _PAD in hints:
        return str(hints[_PAD])
    telling = next(filter(key.fills, _sampled(file, START, pad=SPACE, count=MOST_SAMPLED)), None)
    if telling is None:  # nothing to fill up anywhere near: ask again next time
        return SPACE
    for pad in PADS:
        asked = KeyedFile(file.source, key, list(key.columns))
        if between(asked, telling, telling, pad=pad):
            hints[_PAD] = pad
            return pad
    raise unavailable(
        "SessionFailed",
        f"Sage 100 does not find a record of {file.source.name} by its own key, so the file can't "
        "be read in pages. Report it to Tieout.",
    )
