"""How wide a stretch of keys to read next, so that it holds about as many as are wanted.

Works on places: where keys are on a line from the lowest possible one to the highest. Keys lie on
it in clusters of clusters, such as codes that count up within a family; so what was learnt in one
place is not trusted far from there.
"""

from itertools import pairwise

MOST_WIDER = 16
"""How many times wider than the one before a stretch may be. Keys lie unevenly: more would now and
then read half a file at once, less would need many reads to cross a thin part of it."""

SAMPLE = 8
MOST_SAMPLED = 64
"""Records stepped through, behind a gap, to see how densely keys lie there; twice as many at each
further gap of the same page."""


class Aim:
    """Where the next stretch begins and how wide it is.

    Args:
        width: What was good before in this file; 0 when nothing is known.

    Attributes:
        at: Where the next stretch begins; None when that has to be looked up first.
        width: How wide it is.
        sample: How many records to look at, should it have to be looked up.
    """

    def __init__(self, width: int) -> None:
        self.at: int | None = None
        self.width = width
        self.sample = SAMPLE
        self._best = (0, width)
        self._landed: int | None = None
        self._stride = 0
        self._since_landing = 0

    @property
    def end(self) -> int:
        """Where the next stretch ends."""
        return (self.at or 0) + self.width

    def adapt(self, found: int, wanted: int, *, slow: bool, span: int) -> None:
        """Learn how many keys a stretch held, and choose the width of the next one.

        Args:
            found: How many it held, at least one.
            wanted: How many the next one should hold.
            slow: Whether it took long: then nothing wider follows.
            span: How far apart its first and last keys are.
        """
        # What held too many was wider than the cluster in it, for all that is known.
        held = min(self.width, max(span, 1)) if found > wanted else self.width
        self._best = max(self._best, (found, held))
        self._since_landing += found
        width = _scaled(held, found, wanted)
        self.width = min(width, self.width) if slow else width

    def widen(self, *, slow: bool) -> None:
        """Go on with wider stretches, unless the last one took long."""
        self.width *= 1 if slow else MOST_WIDER

    def good_for(self, wanted: int) -> int:
        """Say the width that should hold so many keys, by the fullest stretch there was."""
        found, width = self._best
        return _scaled(width, found, wanted) if found else width

    def land(self, near: list[int], jumped_from: int, *, room: int) -> None:
        """Aim behind a gap.

        A short jump changes nothing. A long one leads elsewhere in the file: when the jump before
        was about as long, the clusters between them are taken as the measure; else the records
        that were found there.

        Args:
            near: Places of the next records, two or more, rising.
            jumped_from: Where the last stretch ended.
            room: How many keys are still wanted.
        """
        self.at = near[0]
        if self.width and near[0] - jumped_from <= MOST_WIDER * self.width:
            return
        stride = near[0] - self._landed if self._landed is not None else 0
        if self._since_landing and self._stride and stride <= MOST_WIDER * self._stride:
            self.width = _scaled(stride, self._since_landing, room)
        else:
            # The widest gap of the sample is between two clusters, as a rule.
            gaps = sorted(right - left for left, right in pairwise(near))
            usual = gaps[:-1] or gaps
            self.width = _scaled(sum(usual), len(usual), room)
            self.sample = min(self.sample * 2, MOST_SAMPLED)
        self._landed, self._stride, self._since_landing = near[0], stride, 0


def _scaled(width: int, found: int, wanted: int) -> int:
    """Widen or narrow a stretch that held so many keys to one that should hold as many as wanted."""
    return max(1, width * min(MOST_WIDER * found, wanted) // found)
