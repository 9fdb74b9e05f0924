"""The way to the Sage thread: a bounded queue, a deadline per call, and a fresh start."""

import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from tieout_agent.problems import ProblemError, unavailable
from tieout_agent.sage.ticket import Ticket
from tieout_agent.sage.worker import Job, S, Worker, outcome_unknown

QUEUE_SHARE = 0.5
"""Part of a call's time that it may spend waiting; the rest is kept for its work in Sage."""

STUCK_THREADS_ALLOWED = 3
"""Given-up threads that may hang at once. Each holds a Sage session and perhaps a licence."""

STOP_SECONDS = 5.0
"""How long stopping waits for Sage to let go of its session."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how many.

    Attributes:
        call_seconds: From a call's arrival to its answer.
        queue_limit: Calls that may wait.
        pause_file: While it exists no call is accepted and Sage is let go.
    """

    call_seconds: float
    queue_limit: int
    pause_file: Path


class Owner(Generic[S]):
    """Runs jobs one at a time on the one thread that owns every COM object.

    This is the write lock too: look-ups and writes can't overlap. A call that overruns its time
    loses its thread: the thread is forbidden to go on, the caller hears 504, and the next call gets
    a fresh thread with a fresh session.
    """

    def __init__(self, make_state: Callable[[Ticket], S], limits: Limits) -> None:
        self._make_state = make_state
        self._limits = limits
        self._jobs: queue.Queue[Job[S]] = queue.Queue(maxsize=limits.queue_limit)
        self._lock = threading.Lock()
        self._worker: Worker[S] | None = None
        self._given_up: list[Worker[S]] = []
        self._draining = False

    @property
    def paused(self) -> bool:
        """Whether the pause file is there."""
        return self._limits.pause_file.exists()

    @property
    def queued(self) -> int:
        """How many calls wait."""
        return self._jobs.qsize()

    @property
    def session(self) -> Literal["closed", "open", "broken"]:
        """How the connection to Sage is; never waits for it."""
        with self._lock:
            worker = self._worker
            if self._stuck() or (worker is not None and worker.failed):
                return "broken"
            return "open" if worker is not None and worker.is_open else "closed"

    @property
    def busy_seconds(self) -> float:
        """For how long the longest of all calls has been at work in Sage; never waits for it.

        A call that was given up counts on: its thread stops at its next step in Sage, so one that
        goes on for much longer than a call may take hangs in a single step.
        """
        with self._lock:
            workers = [*self._stuck(), *([self._worker] if self._worker else [])]
            starts = [worker.busy_since for worker in workers]
        now = time.monotonic()
        return max((now - start for start in starts if start is not None), default=0.0)

    def run(self, task: Callable[[S], T], *, barrier: bool = False) -> T:
        """Run a task on the Sage thread and wait for its answer.

        Args:
            task: Gets the thread's state; must touch COM objects nowhere else.
            barrier: Whether the answer must come after every write that has begun. It is refused
                while a thread that was given up is still inside a commit.

        Raises:
            ProblemError: What the task raised; 503 when nothing was begun (queue full, paused,
                threads stuck, waited too long); 504 when the task overran its time.
        """
        arrived = time.monotonic()
        job: Job[S] = Job(task, barrier)
        self._enqueue(job)
        seconds = self._limits.call_seconds
        if not _finished(job, seconds * QUEUE_SHARE) and job.future.cancel():
            self._give_up_if_stale()
            raise _busy("Sage 100 is busy with other calls.")
        if not _finished(job, arrived + seconds - time.monotonic()):
            self._give_up(job)
        if not job.future.done():
            raise outcome_unknown()
        answer: Any = job.future.result()
        return answer

    def refuse_while_committing(self) -> None:
        """Raise 503 while a given-up thread may still store something in Sage."""
        with self._lock:
            if any(worker.ticket.committing for worker in self._stuck()):
                raise _busy("An earlier write has not come back from Sage 100 yet.")

    def refuse_when_closed(self) -> None:
        """Raise 503 while no call may begin, whether it has just arrived or has waited so far."""
        if self.paused:
            raise unavailable(
                "Paused",
                "The agent was paused by its operator. Nothing was stored. "
                "Resume it with `tieout-agent resume`.",
            )
        if self._draining:
            raise _busy("The agent is being stopped.")

    def drain(self) -> None:
        """Begin no further call; the running one goes on. `stop` is to follow."""
        self._draining = True

    def stop(self) -> None:
        """End the worker after its present job and close the session."""
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.stopping.set()
            self._wake()
            worker.join(STOP_SECONDS)

    def _wake(self) -> None:
        """Hand a resting worker a job that is called off already, so that it looks up at once."""
        nothing: Job[S] = Job(lambda _: None, barrier=False)
        nothing.future.cancel()
        with suppress(queue.Full):
            self._jobs.put_nowait(nothing)

    def _enqueue(self, job: Job[S]) -> None:
        self.refuse_when_closed()
        with self._lock:
            if self._worker is None or not self._worker.is_alive():
                self._start()
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            raise _busy("Too many calls wait for Sage 100.") from None

    def _start(self) -> None:
        if len(self._stuck()) >= STUCK_THREADS_ALLOWED:
            raise unavailable(
                "SessionFailed",
                "Several calls hang inside Sage 100. Nothing was stored. The agent restarts itself "
                "when they go on hanging. See who holds Sage 100's files if it happens again.",
            )
        self._worker = Worker(self._jobs, self._make_state, rules=self)
        self._worker.start()

    def _stuck(self) -> list[Worker[S]]:
        self._given_up = [worker for worker in self._given_up if worker.is_alive()]
        return self._given_up

    def _give_up(self, job: Job[S]) -> None:
        with self._lock:
            worker = self._worker
            if worker is not None and worker.current is job:
                self._retire(worker)

    def _give_up_if_stale(self) -> None:
        with self._lock:
            worker = self._worker
            since = None if worker is None else worker.busy_since
            overdue = since is not None and time.monotonic() - since > self._limits.call_seconds
            if worker is not None and overdue:
                self._retire(worker)

    def _retire(self, worker: Worker[S]) -> None:
        worker.ticket.withdraw()
        self._given_up.append(worker)
        self._worker = None
        if len(self._stuck()) < STUCK_THREADS_ALLOWED:
            self._start()


def _finished(job: Job[S], seconds: float) -> bool:
    return bool(wait([job.future], max(0.0, seconds)).done)


def _busy(happened: str) -> ProblemError:
    return unavailable("Busy", f"{happened} Nothing was stored. Repeat the call a little later.")
