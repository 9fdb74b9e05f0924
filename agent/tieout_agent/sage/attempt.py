"""One write request inside the write lock: journalled before its commit, in time or not at all."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from tieout_agent.journal import Entry, Journal, Request
from tieout_agent.problems import ProblemError
from tieout_agent.sage.deadline import Deadline
from tieout_agent.sage.families import Family
from tieout_agent.sage.session import Session


class Attempt:
    """The way of one write request through the Sage thread.

    Attributes:
        request: What is asked.
        deadline: The caller's.
        journal: Where it is remembered.
    """

    def __init__(self, journal: Journal, request: Request, deadline: Deadline) -> None:
        self.journal = journal
        self.request = request
        self.deadline = deadline
        self._begun = False

    def known(self) -> Entry | None:
        """Look up what became of the very same request before.

        Raises:
            ProblemError: 503 `JournalFailed`.
        """
        return self.journal.find(self.request)

    def was_done(self, status: int, *, landed: Callable[[], bool]) -> bool:
        """Say whether the very same request was carried out before.

        Args:
            status: What its answer was, should it turn out now that it landed.
            landed: Looks into Sage; asked only when the request was begun and no end is known.

        Raises:
            ProblemError: 503 `JournalFailed`, or what `landed` raises.
        """
        entry = self.known()
        if entry is None or entry.status is not None:
            return entry is not None
        if landed():
            self.done(status)
            return True
        return False

    def before_commit(self) -> None:
        """Journal the request, then look at the time for the last time.

        Raises:
            ProblemError: 503 `JournalFailed`, or 412 `DeadlinePassed`; nothing may be stored.
        """
        self.journal.begin(self.request)
        self._begun = True
        self.deadline.check()

    @contextmanager
    def editing(self, session: Session, family: Family) -> Generator[None]:
        """Surround the edit of a record: what fails is dropped with all that was not written.

        The journal keeps the request as begun only where Sage may have stored it.
        """
        try:
            yield
        except BaseException as error:
            session.discard(family)
            # A refusal is definite, that of the commit itself too: Sage said that it stored nothing.
            definite = isinstance(error, ProblemError) or not session.began_commit
            if self._begun and definite:
                self.journal.forget(self.request)
            raise

    def done(self, status: int, place: str = "") -> None:
        """Journal that Sage has stored it."""
        self.journal.end(self.request, Entry(status, place))

    def wrote(self, stamp: str) -> None:
        """Journal the stamp that the document has after it; call it under the lock of the write."""
        self.journal.wrote(self.request, stamp)
