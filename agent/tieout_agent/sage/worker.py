"""The thread that owns every COM object: takes one job after the other until it is given up."""

import queue
import threading
import time
from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from tieout_agent.problems import ProblemError, sage_timeout, unavailable
from tieout_agent.sage.ticket import AbandonedError, Ticket

POLL_SECONDS = 0.5
"""How often an idle worker looks whether it should close the session or stop."""


class ComFailedError(Exception):
    """A COM call raised: the session can't be trusted any more and has to be opened anew.

    The text names the call, never its values.
    """


class State(Protocol):
    """What a worker keeps between jobs; it is used and closed on the worker's thread alone."""

    @property
    def is_open(self) -> bool:
        """Whether Sage is being held open."""
        ...

    def tidy(self) -> None:
        """Close what has grown too old or has rested for too long."""
        ...

    def close(self) -> None:
        """Let go of everything. Never raises, and works with a withdrawn ticket too."""
        ...


class Rules(Protocol):
    """What a worker asks its owner."""

    @property
    def paused(self) -> bool:
        """Whether Sage is to be let go."""
        ...

    def refuse_when_closed(self) -> None:
        """Raise a problem while no call may begin."""
        ...

    def refuse_while_committing(self) -> None:
        """Raise a problem while a given-up thread may still store something."""
        ...


S = TypeVar("S", bound=State)


@dataclass(eq=False, slots=True)
class Job(Generic[S]):
    """One call's work in Sage.

    Attributes:
        task: What to do on the thread.
        barrier: Whether the answer must come after every write that has begun.
        future: Where the answer goes.
    """

    task: Callable[[S], Any]
    barrier: bool
    future: Future[Any] = field(default_factory=Future[Any])


class Worker(threading.Thread, Generic[S]):
    """One thread, one state, one ticket. A daemon: a hanging COM call must not keep us alive.

    Attributes:
        ticket: Its licence to touch Sage.
        stopping: Set from outside to end it after the present job.
        current: The job it works on.
        busy_since: Since when (monotonic) it has been doing anything that may hang.
        failed: Whether its last job ended with a failing COM call.
    """

    def __init__(
        self, jobs: queue.Queue[Job[S]], make_state: Callable[[Ticket], S], *, rules: Rules
    ) -> None:
        super().__init__(name="sage", daemon=True)
        self.ticket = Ticket()
        self.stopping = threading.Event()
        self.current: Job[S] | None = None
        self.busy_since: float | None = None
        self.failed = False
        self._jobs = jobs
        self._state = make_state(self.ticket)
        self._rules = rules

    @property
    def is_open(self) -> bool:
        """Whether this worker holds Sage open."""
        return self._state.is_open

    def run(self) -> None:
        """Work until told to stop or given up, then let go of Sage on this very thread."""
        while not (self.ticket.withdrawn or self.stopping.is_set()):
            with self._busy():
                self._housekeep()
            self._take()
        self._state.close()

    def _housekeep(self) -> None:
        if self._rules.paused:
            self._state.close()
        else:
            self._state.tidy()

    def _take(self) -> None:
        try:
            job = self._jobs.get(timeout=POLL_SECONDS)
        except queue.Empty:
            return
        if job.future.set_running_or_notify_cancel():
            self.current = job
            with self._busy():
                self._work(job)
            self.current = None

    def _work(self, job: Job[S]) -> None:
        self.ticket.begin_job()
        self.failed = False
        try:
            self._rules.refuse_when_closed()
            if job.barrier:
                self._rules.refuse_while_committing()
            job.future.set_result(job.task(self._state))
        except (ComFailedError, AbandonedError) as error:
            self.failed = True
            job.future.set_exception(self._explain(error))
            self._state.close()
        except Exception as error:  # noqa: BLE001 - a thread's entry point: it has to live on
            job.future.set_exception(error)

    def _explain(self, error: Exception) -> ProblemError:
        if self.ticket.began_commit or self.ticket.withdrawn:
            return outcome_unknown()
        return unavailable(
            "SessionFailed",
            f"Sage 100 stopped answering ({error}). Nothing was stored, and the connection is "
            "opened anew. Repeat the call.",
        )

    @contextmanager
    def _busy(self) -> Generator[None]:
        self.busy_since = time.monotonic()
        yield
        self.busy_since = None


def outcome_unknown() -> ProblemError:
    """Build the answer for a call whose effect in Sage can't be told."""
    return sage_timeout(
        "Sage 100 did not answer in time. It is not known whether anything was stored. "
        "Look the document up before repeating the call."
    )
