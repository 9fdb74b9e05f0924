"""A worker thread's licence to touch Sage: withdrawn when a call overruns its deadline."""

import threading
from collections.abc import Generator
from contextlib import contextmanager


class AbandonedError(Exception):
    """This thread was given up while a call hung; it must not touch Sage any more."""


class Ticket:
    """Held by one worker thread and checked before each of its COM calls.

    A hanging COM call can't be interrupted. What can be done is that the thread stops right after
    it: withdrawing the ticket makes the next check fail, so a write that lost its deadline never
    gets as far as its commit. Only a commit that had already begun may still land.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._withdrawn = False
        self._committing = False
        self._began_commit = False

    def check(self) -> None:
        """Pass, unless the ticket was withdrawn.

        Raises:
            AbandonedError: The thread has to stop.
        """
        if self._withdrawn:
            raise AbandonedError

    @contextmanager
    def commit(self) -> Generator[None]:
        """Mark the one call that makes Sage store something.

        Withdrawing and beginning a commit exclude each other: a ticket withdrawn first prevents
        the commit, a commit begun first is seen by `committing`.
        """
        with self._lock:
            self.check()
            self._committing = True
            self._began_commit = True
        try:
            yield
        finally:
            with self._lock:
                self._committing = False

    def withdraw(self) -> None:
        """Forbid every further call."""
        with self._lock:
            self._withdrawn = True

    def begin_job(self) -> None:
        """Forget the commits of the job before."""
        self._began_commit = False

    @property
    def withdrawn(self) -> bool:
        """Whether the thread was given up."""
        return self._withdrawn

    @property
    def committing(self) -> bool:
        """Whether a commit is under way at this moment."""
        return self._committing

    @property
    def began_commit(self) -> bool:
        """Whether the present job has begun a commit, so that its outcome may be unknown."""
        return self._began_commit
