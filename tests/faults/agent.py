"""The agent beside Sage: one write at a time, deadlines on its own clock, create-only, a journal.

A strict second implementation of the agent's contract; what it promises can be taken away from it.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from tests.faults.company import OPEN, Company
from tests.faults.kinds import Branch, Fault
from tests.faults.scheduler import Scheduler, Silence, Ticket
from tests.faults.wire import Wire

LONGEST_QUEUE = 32
TOO_LATE = "DeadlinePassed"
# An answer takes its time even when there is nothing to do: nobody waits for it yet.
SAYS_NO = 20
SLOWEST = 150_000
REPEATED = timedelta(minutes=58)


@dataclass(frozen=True)
class Promises:
    """What this agent really does, in the words of the contract.

    Not all of it is a matter of an agent: SOAP finds nothing but by its key (`searches`: by marker, by
    e-mail, in lists), and writes no revision of ours (`revisions`).
    """

    create_only: bool = True
    deadline: bool = True
    barrier: bool = True
    history: bool = True
    invoice_history: bool = True
    replace: bool = True
    searches: bool = True
    revisions: bool = True


@dataclass
class Job:
    """One request inside the agent: `work` is carried out in one go when its time has come.

    `shown` is the answer to a repeat of what the journal knows as done; a `quick` one meets no lock.
    """

    name: str
    work: Callable[[], Any]
    writing: bool
    not_after: datetime | None = None
    key: tuple[object, ...] = ()
    ticket: Ticket | None = None
    shown: Callable[[], Any] = lambda: "done"
    checked: bool = False
    quick: bool = False

    def answer(self, value: object) -> None:
        if self.ticket:
            self.ticket.answer(value)


@dataclass
class Agent:
    """The agent of one company, with a mutex around every write and every barrier look-up."""

    wire: Wire
    company: Company
    promises: Promises = field(default_factory=Promises)
    skew: timedelta = timedelta(0)
    slow: float = 0
    restarts: float = 0
    off: bool = False
    locked: bool = False
    hour_repeated: bool = False
    has_rev_column: bool = True
    has_journal: bool = True
    journal: set[tuple[object, ...]] = field(default_factory=set[tuple[object, ...]])
    revs: dict[str, int] = field(default_factory=dict[str, int])
    stamps: dict[str, str] = field(default_factory=dict[str, str])
    cut_off: set[str] = field(default_factory=set[str])
    uncertain: set[str] = field(default_factory=set[str])
    _line: deque[Job] = field(default_factory=deque[Job])
    _running: Job | None = None
    _life: int = 0

    @property
    def scheduler(self) -> Scheduler:
        return self.wire.scheduler

    def moment(self) -> datetime:
        """The time on the Sage server's clock; an agent that keeps deadlines is never set back."""
        set_back = self.hour_repeated and not self.promises.deadline
        back = REPEATED if set_back else timedelta(0)
        return self.scheduler.moment() + self.skew - back

    def submit(self, job: Job) -> None:
        """A request has arrived."""
        if self.off or self.locked:
            return
        if not (job.writing or self.promises.barrier):
            self.scheduler.after(self._duration(job), lambda: job.answer(job.work()))
            return
        if len(self._line) >= LONGEST_QUEUE:
            self.scheduler.after(SAYS_NO, lambda: job.answer(Silence.BUSY))
            return
        self._line.append(job)
        self._next()

    def wrote(self, number: str, rev: int) -> None:
        """Keep what a write of ours came to: its revision, and with a journal the stamp after it."""
        self.revs[number] = rev
        self.uncertain.discard(number)
        self.stamps.pop(number, None)
        stored = self.company.find(number, (OPEN,))
        if stored and self.has_journal:
            self.stamps[number] = stored.stamp

    def remembers(self, number: str) -> int:
        """The highest revision that the journal has under the number."""
        return self.revs.get(number, 0) if self.has_journal else 0

    def restart(self, down: float) -> None:
        """The process is gone, with all that it was asked; what it was writing got through or not."""
        running, self._running = self._running, None
        waiting, self._line = list(self._line), deque()
        self._life += 1
        if running and running.writing:
            self.wire.strike(Fault.AGENT_RESTARTED, running.name)
            known = dict(self.revs)
            if running.checked and self.scheduler.dice.random() < 0.5:
                self._carry_out(running)
            # Nobody noted down what it came to.
            self.revs = known
            if running.checked and running.key:
                number = str(running.key[1])
                self.stamps.pop(number, None)
                self.uncertain.add(number)
                self.cut_off.add(number)
        self.off = True
        self.scheduler.after(down, self._up)
        for job in [*waiting, *([running] if running else [])]:
            job.answer(Silence.RESET)

    def _up(self) -> None:
        self.off = False

    def _next(self) -> None:
        if self._running or not self._line:
            return
        job = self._running = self._line.popleft()
        if self._late(job):
            self.scheduler.after(SAYS_NO, partial(self._end, job, self._life, TOO_LATE))
            return
        self._maybe_restart(job)
        total, share = self._duration(job), self.scheduler.dice.random()
        self.scheduler.after(total * share, partial(self._check, job, self._life, total))

    def _check(self, job: Job, life: int, total: float) -> None:
        """Right before the commit the deadline is looked at again; what is through gets finished."""
        if life != self._life:
            return
        if self._late(job):
            self._end(job, life, TOO_LATE)
            return
        job.checked = True
        self.scheduler.after(total * 0.5, lambda: self._finish(job, life))

    def _finish(self, job: Job, life: int) -> None:
        if life == self._life:
            self._end(job, life, self._carry_out(job))

    def _end(self, job: Job, life: int, answer: object) -> None:
        if life == self._life:
            self._running = None
            job.answer(answer)
            self._next()

    def _carry_out(self, job: Job) -> object:
        if job.key and job.key in self.journal:
            self.wire.branches[Branch.REPEAT_FROM_JOURNAL] += 1
            return job.shown()
        answer = job.work()
        if job.key and answer == "done" and self.has_journal:
            self.journal.add(job.key)
        return answer

    def _late(self, job: Job) -> bool:
        wanted = self.promises.deadline and job.not_after is not None
        return wanted and self.moment() > (job.not_after or self.moment())

    def _duration(self, job: Job) -> float:
        dice = self.scheduler.dice
        if not job.writing:
            return 20 + dice.random() * 150
        if not job.quick and dice.random() < self.slow:
            self.wire.strike(Fault.WRITE_SLOW, job.name)
            return 10_000 + dice.random() * SLOWEST
        return 200 + dice.random() * 2_000

    def _maybe_restart(self, job: Job) -> None:
        if job.writing and self.scheduler.dice.random() < self.restarts:
            down = 2_000 + self.scheduler.dice.random() * 60_000
            self.scheduler.after(self.scheduler.dice.random() * 2_000, lambda: self.restart(down))
