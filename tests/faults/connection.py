"""The network between our functions and the agent: what gets lost on it, comes late, or comes twice."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, NoReturn

from tests.faults.agent import Agent, Job
from tests.faults.kinds import Branch, Fault, Trouble
from tests.faults.scheduler import Silence
from tests.faults.wire import Names, Wire, names
from tieout.domain.sales_orders import LookUp
from tieout.errors import NotSentError, OutcomeUnknownError, RetryableError, SetupError

READ_EDGE = names(
    REQUEST_LOST=Fault.READ_REQUEST_LOST,
    ANSWER_LOST=Fault.READ_ANSWER_LOST,
    LATE=Fault.READ_LATE,
    PARTIAL_BODY=Fault.READ_PARTIAL,
    TWICE=Fault.READ_TWICE,
)
WRITE_EDGE = names(
    REQUEST_LOST=Fault.WRITE_REQUEST_LOST,
    ANSWER_LOST=Fault.WRITE_ANSWER_LOST,
    LATE=Fault.WRITE_LATE,
    PARTIAL_BODY=Fault.WRITE_PARTIAL,
    TWICE=Fault.WRITE_TWICE,
)
GIVES_UP = 25_000
LATEST = 1_500_000
CREATE = ("create",)
NOT_SENT_SHARE = 0.4


@dataclass
class Connection:
    """One way to the agent; `trusted` while its certificate is the one that is pinned.

    `before` sees each write just before the agent carries it out: what, and which number.
    `unsure` are the numbers of which nobody heard whether their last create was carried out, `unsent`
    those whose last write was not sent.
    """

    wire: Wire
    agent: Agent
    trusted: bool = True
    faulty: bool = False
    before: Callable[[str, str], None] = lambda _call, _number: None
    unsure: set[str] = field(default_factory=set[str])
    unsent: set[str] = field(default_factory=set[str])

    def ask(self, call: str, work: Callable[[], Any], *, edge: Names = READ_EDGE) -> Any:
        """A read; raises RetryableError or SetupError."""
        trouble = self.wire.begin(call, edge, latency=40)
        self._reach(trouble, edge)
        if trouble in {Trouble.REQUEST_LOST, Trouble.LATE}:
            self._hear_nothing(RetryableError)
        answer = self._exchange(Job(call, work, writing=False), trouble)
        if isinstance(answer, Silence):
            raise RetryableError("No answer came from the Sage agent.")
        if trouble in {Trouble.ANSWER_LOST, Trouble.PARTIAL_BODY}:
            raise RetryableError("The Sage agent's answer broke off.")
        self.wire.end(trouble, _short(answer))
        return answer

    def tell(self, number: str, job: Job) -> Any:
        """A write; raises as the port says."""
        trouble = self.wire.begin(job.name, WRITE_EDGE, latency=40)
        self._reach(trouble, WRITE_EDGE, number)
        if trouble is Trouble.REQUEST_LOST and self.faulty:
            self._maybe_not_sent(number)
        if number in self.unsent:
            self.unsent.discard(number)
            self.wire.branches[Branch.NOT_SENT_RETRIED] += 1
        creates = job.key[:1] == CREATE
        if creates:
            self.unsure.add(number)
        answer = self._sent(job, trouble)
        if creates and answer == "done":
            self.unsure.discard(number)
        self.wire.end(trouble, _short(answer))
        return answer

    def _maybe_not_sent(self, number: str) -> None:
        """Some lost requests never even left: there was no connection."""
        if self.wire.scheduler.dice.random() < NOT_SENT_SHARE:
            self.wire.missed(Trouble.REQUEST_LOST, WRITE_EDGE)
            self.wire.strike(Fault.WRITE_NOT_SENT)
            self.unsent.add(number)
            raise NotSentError("The Sage agent was not reached.")

    def _sent(self, job: Job, trouble: Trouble | None) -> object:
        """A write has left; returns the answer that is heard."""
        scheduler = self.wire.scheduler
        if trouble is Trouble.REQUEST_LOST:
            self._hear_nothing(OutcomeUnknownError)
        if trouble is Trouble.LATE:
            delay = scheduler.dice.random() ** 2 * LATEST
            scheduler.after(delay, lambda: self.agent.submit(job))
            scheduler.pause(GIVES_UP)
            raise OutcomeUnknownError("No answer came from the Sage agent.")
        answer = self._exchange(job, trouble)
        if answer is Silence.BUSY:
            raise NotSentError("The Sage agent is not ready (Busy).", retry_after=5)
        lost = trouble in {Trouble.ANSWER_LOST, Trouble.PARTIAL_BODY}
        if lost or isinstance(answer, Silence):
            self.wire.note(f"    = nobody hears {_short(answer)}")
            raise OutcomeUnknownError("No answer came from the Sage agent.")
        return answer

    def _reach(self, trouble: Trouble | None, edge: Names, number: str = "") -> None:
        if not self.trusted:
            self.wire.missed(trouble, edge)
            raise SetupError("The Sage agent's certificate is not the one that is pinned.")
        if self.agent.off or self.agent.locked:
            self.wire.missed(trouble, edge)
            locked = self.agent.locked
            self.wire.strike(Fault.AGENT_LOCKED if locked else Fault.AGENT_OFF)
            if number:
                self.unsent.add(number)
            raise NotSentError(
                "The Sage agent is not ready (Locked)." if locked else "It was not reached.",
                retry_after=10 if locked else None,
            )

    def _exchange(self, job: Job, trouble: Trouble | None) -> object:
        if trouble is Trouble.TWICE:
            # The network brings the request twice; the answer that arrives is the second one's.
            self.agent.submit(replace(job, ticket=None))
            # A copy comes right behind its original. Where neither journal, nor deadline, nor history
            # stop it, one that was held up until the first is invoiced would double: not promised.
            job.quick = not self.agent.promises.history
        job.ticket = self.wire.scheduler.ticket()
        self.agent.submit(job)
        return self.wire.scheduler.wait(GIVES_UP)

    def _hear_nothing(self, kind: type[RetryableError]) -> NoReturn:
        """Some networks break the connection at once, others let the client wait."""
        at_once = self.wire.scheduler.dice.random() < 0.5
        self.wire.scheduler.pause(50 if at_once else GIVES_UP)
        raise kind("No answer came from the Sage agent.")


def _short(answer: object) -> str:
    if isinstance(answer, LookUp):
        found = answer.found
        what = f"{found.where} rev {found.rev}, stamp {found.stamp[:6]}" if found else "absent"
        return f"{what}, at {answer.at:%H:%M:%S}"
    return str(answer)
