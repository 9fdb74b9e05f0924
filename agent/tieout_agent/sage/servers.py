"""Which ProvideX processes work for us: found out at each dispatch and noted on the disk."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tieout_agent.problems import ProblemError
from tieout_agent.running import RunningFile
from tieout_agent.seam import Outside, Server


@dataclass(frozen=True, slots=True)
class Servers:
    """Watches what a dispatch starts. Shared by the threads that own COM one after the other.

    Attributes:
        outside: How to see the processes; None when ProvideX works inside ours.
        file: Where they are noted.
    """

    outside: Outside | None = None
    file: RunningFile | None = None

    @contextmanager
    def watching(self) -> Generator["Notes"]:
        """Surround a dispatch; afterwards the processes that it may have started are noted.

        Raises:
            ProblemError: 503 `JournalFailed`; Sage must not be used.
        """
        notes = Notes(self.file)
        before = self.outside.servers() if self.outside else frozenset[Server]()
        yield notes
        if self.outside and self.file:
            servers, ours = _caused(before, self.outside.servers())
            notes.numbers = self.file.note(servers, ours=ours)


@dataclass(slots=True)
class Notes:
    """The notes that were made of one dispatch.

    Attributes:
        file: Where they stand.
        numbers: Which they are.
    """

    file: RunningFile | None = None
    numbers: tuple[int, ...] = field(default=())

    def forget(self) -> None:
        """Strike them out, since Sage was let go; never raises.

        A note that stays makes the next start look for a process that is gone, which does no harm.
        """
        if self.file and self.numbers:
            with suppress(ProblemError):
                self.file.forget(self.numbers)
        self.numbers = ()


def _caused(
    before: frozenset[Server], after: frozenset[Server]
) -> tuple[frozenset[Server | None], bool]:
    """Say which processes may work for us, and whether it is surely one of our own.

    A single new one is ours. With several, or none, any of those that run may be, though it may as
    well work for somebody else; with nothing to be seen, it is one that we may not see.
    """
    new = after - before
    if len(new) == 1:
        return frozenset[Server | None](new), True
    return frozenset[Server | None](new or after or {None}), False
