"""The ports Sage and SageDoor over a bad network to the agent."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NoReturn, TypeVar

from tests.faults.agent import Agent, Job
from tests.faults.company import HISTORY, OPEN, PLACES, US, Document
from tests.faults.kinds import Branch, Fault, Trouble
from tests.faults.scheduler import Silence
from tests.faults.wire import Names, Wire, names
from tieout.domain.agents import Health, Listed, ListPage
from tieout.domain.customers import FoundCustomer
from tieout.domain.guarantees import Guarantees
from tieout.domain.identity import Company as CompanyCode
from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.domain.sales_orders import FoundSalesOrder, Guard, LookUp, SalesOrder, Where
from tieout.errors import (
    NotSentError,
    OutcomeUnknownError,
    RejectedError,
    RetryableError,
    SetupError,
)
from tieout.ports import Changed, Created

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
CODE = CompanyCode("ABC")
GIVES_UP = 25_000
LATEST = 1_500_000
LIST_PAGE = 4
# What a new document doesn't name and the old one had would be left standing otherwise.
NO_CHARGES: Mapping[str, str] = {"FreightAmt": "0", "DiscountAmt": "0"}
_CHANGED = {
    "done": Changed.YES,
    "SalesOrderChanged": Changed.MOVED_ON,
    "RevisionNotNewer": Changed.MOVED_ON,
    "SalesOrderAbsent": Changed.MOVED_ON,
    "DeadlinePassed": Changed.TOO_LATE,
    "SalesOrderClosed": Changed.CLOSED,
}
_CREATED = {"done": Created.YES, "Exists": Created.EXISTS, "DeadlinePassed": Created.TOO_LATE}
_BRANCHES = {
    Created.EXISTS: Branch.EXISTS,
    Created.TOO_LATE: Branch.TOO_LATE,
    Changed.TOO_LATE: Branch.TOO_LATE,
    Changed.MOVED_ON: Branch.MOVED_ON,
    Changed.CLOSED: Branch.CLOSED,
}
_Word = TypeVar("_Word", Created, Changed)


@dataclass(frozen=True)
class Switches:
    """Ways in which an agent can be wrong without saying so."""

    history_consulted: bool = True
    opens_existing_key: bool = False
    revision_guard: bool = True


@dataclass
class Connection:
    """One way to the agent; `trusted` while its certificate is the one that is pinned.

    `before` sees each write just before the agent carries it out: what, and which number.
    `unsure` are the numbers whose create was carried out without anybody hearing of it, `unsent`
    those whose write was not sent.
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
        self._reach()
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
        wire = self.wire
        trouble = wire.begin(job.name, WRITE_EDGE, latency=40)
        self._reach(number)
        if trouble is Trouble.REQUEST_LOST and self.faulty and wire.scheduler.dice.random() < 0.4:
            wire.strike(Fault.WRITE_NOT_SENT)
            self.unsent.add(number)
            raise NotSentError("The Sage agent was not reached.")
        if trouble is Trouble.REQUEST_LOST:
            self._hear_nothing(OutcomeUnknownError)
        if trouble is Trouble.LATE:
            delay = wire.scheduler.dice.random() ** 2 * LATEST
            wire.scheduler.after(delay, lambda: self.agent.submit(job))
            wire.scheduler.pause(GIVES_UP)
            raise OutcomeUnknownError("No answer came from the Sage agent.")
        answer = self._exchange(job, trouble)
        if answer is Silence.BUSY:
            raise NotSentError("The Sage agent is not ready (Busy).", retry_after=5)
        lost = trouble in {Trouble.ANSWER_LOST, Trouble.PARTIAL_BODY}
        if lost or isinstance(answer, Silence):
            wire.note(f"    = nobody hears {_short(answer)}")
            self.unsure.add(number)
            raise OutcomeUnknownError("No answer came from the Sage agent.")
        wire.end(trouble, _short(answer))
        return answer

    def _reach(self, number: str = "") -> None:
        if not self.trusted:
            raise SetupError("The Sage agent's certificate is not the one that is pinned.")
        if self.agent.off or self.agent.locked:
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


@dataclass
class AgentClient:
    """The port Sage."""

    connection: Connection
    switches: Switches = field(default_factory=Switches)

    def __post_init__(self) -> None:
        self._agent, self._company = self.connection.agent, self.connection.agent.company

    def look_up(self, number: SalesOrderNo, *, marker: str) -> LookUp:
        places = self._places()

        def look() -> LookUp:
            marked = self._company.marked(marker, places)
            found = self._company.find(number, places) or (marked[0] if marked else None)
            numbers = tuple(dict.fromkeys(SalesOrderNo(one.number) for one in marked))
            return LookUp(
                self._found(found) if found else None,
                numbers,
                self._agent.moment(),
                guarantees(self._agent),
            )

        return self.connection.ask(f"agent looks up {number}", look)

    def create(
        self,
        number: SalesOrderNo,
        document: SalesOrder,
        *,
        customer: CustomerKey,
        not_after: datetime,
        rev: int,
    ) -> Created:
        header = {"ARDivisionNo": customer.division, "CustomerNo": customer.number}
        header |= document.header
        return self._write(
            _Request(
                "create",
                number,
                repr((header, document)),
                not_after,
                rev,
                lambda: self._shown(number),
            ),
            lambda: self._create(number, header, document.lines, rev=rev),
            _CREATED,
        )

    def replace(self, number: SalesOrderNo, document: SalesOrder, *, guard: Guard) -> Changed:
        def work() -> "str | RejectedError":
            found = self._company.find(number, self._places())
            if found is None or self._refusal(found, guard, strictly=True):
                return self._refusal(found, guard, strictly=True)
            refused = self._company.refused(document.lines)
            if refused:
                self.connection.wire.strike(Fault.ITEM_UNKNOWN, refused)
                return _refusal(refused)
            header = {**NO_CHARGES, **document.header}
            self._company.change(found, who=US, header=header, lines=document.lines, rev=guard.rev)
            return self._did(number, guard.rev, Branch.REPLACED)

        return self._change("replace", number, guard=guard, body=document, work=work)

    def hold(self, number: SalesOrderNo, *, on: bool, comment: str, guard: Guard) -> Changed:
        header = {"OrderStatus": "H" if on else "O", "Comment": comment}

        def work() -> str:
            found = self._company.find(number, self._places())
            if found is None or self._refusal(found, guard, strictly=False):
                return self._refusal(found, guard, strictly=False)
            self._company.change(found, who=US, header=header, rev=guard.rev)
            return self._did(number, guard.rev, Branch.HELD if on else Branch.OFF_HOLD)

        call = "hold" if on else "take off hold"
        return self._change(call, number, guard=guard, body=header, work=work)

    def delete(self, number: SalesOrderNo, *, guard: Guard) -> Changed:
        def work() -> str:
            found = self._company.find(number, self._places())
            if found is None or self._refusal(found, guard, strictly=True):
                return self._refusal(found, guard, strictly=True)
            self._company.delete(found, who=US)
            return self._did(number, guard.rev, Branch.DELETED)

        return self._change("delete", number, guard=guard, body="", work=work)

    def read_customer(self, key: CustomerKey) -> Mapping[str, str] | None:
        place = (key.division, key.number)
        found = self.connection.ask(
            f"agent reads customer {key}", lambda: (self._company.customers.get(place),)
        )
        return found[0]

    def find_customers(self, email: str) -> tuple[FoundCustomer, ...]:
        def find() -> tuple[FoundCustomer, ...]:
            rows = self._company.customers.items()
            return tuple(
                FoundCustomer(CustomerKey(*key), active=row.get("CustomerStatus") != "I")
                for key, row in rows
                if row["EmailAddress"].lower() == email.lower()
            )

        found = self.connection.ask(f"agent finds {email}", find)
        if found:
            self.connection.wire.branches[Branch.CUSTOMER_ADOPTED] += 1
        return found

    def create_customer(
        self, key: CustomerKey, columns: Mapping[str, str], *, not_after: datetime
    ) -> Created:
        place = (key.division, key.number)

        def work() -> str:
            if place in self._company.customers:
                return "Exists"
            self._company.customers[place] = dict(columns)
            return "done"

        return self._write(
            _Request("create customer", key.number, repr(columns), not_after, 0), work, _CREATED
        )

    def _change(
        self, call: str, number: str, *, guard: Guard, body: object, work: "_Work"
    ) -> Changed:
        request = _Request(call, number, repr(body), guard.not_after, guard.rev)
        return self._write(request, work, _CHANGED)

    def _write(self, request: "_Request", work: "_Work", words: Mapping[str, _Word]) -> _Word:
        wire, connection = self.connection.wire, self.connection

        def deed() -> "str | RejectedError":
            connection.before(request.call, request.number)
            return work()

        answer = connection.tell(request.number, request.job(deed))
        if isinstance(answer, RejectedError):
            raise answer
        word = words[str(answer)]
        if word in _BRANCHES:
            wire.branches[_BRANCHES[word]] += 1
        return word

    def _create(
        self,
        number: str,
        header: Mapping[str, str],
        lines: tuple[Mapping[str, str], ...],
        *,
        rev: int,
    ) -> "str | RejectedError":
        places = PLACES if self.switches.history_consulted else (OPEN,)
        known = self._company.find(number, places if self._agent.promises.history else (OPEN,))
        if known and self.switches.opens_existing_key and known.where == OPEN:
            self._company.add_lines(known, lines, rev=rev)
            return "done"
        if known:
            return "Exists"
        if (header["ARDivisionNo"], header["CustomerNo"]) not in self._company.customers:
            return RejectedError("Sage has no such customer.", next_action="Look at the customer.")
        refused = self._company.refused(lines)
        if refused:
            self.connection.wire.strike(Fault.ITEM_UNKNOWN, refused)
            return _refusal(refused)
        self._company.enter(number, header, lines, who=US, rev=rev)
        return self._did(number, rev, None)

    def _shown(self, number: str) -> "str | RejectedError":
        """A repeat of a create is answered with what it made; a person may have deleted that."""
        if self._company.find(number):
            return "done"
        return RejectedError("It was created, and is gone.", next_action="Enter it by hand.")

    def _did(self, number: str, rev: int, branch: Branch | None) -> str:
        self._agent.wrote(number, rev)
        if branch:
            self.connection.wire.branches[branch] += 1
        return "done"

    def _refusal(self, found: Document | None, guard: Guard, *, strictly: bool) -> str:
        """Why the agent refuses a change; "" if it doesn't."""
        if found is None:
            return "SalesOrderAbsent"
        if found.where != OPEN or found.header.get("CurrentInvoiceNo"):
            return "SalesOrderClosed"
        if strictly and found.header.get("PickingSheetPrinted") == "Y":
            return "SalesOrderClosed"
        if not self.switches.revision_guard:
            return ""
        if found.stamp != guard.stamp:
            return "SalesOrderChanged"
        return "RevisionNotNewer" if self._rev(found) >= guard.rev else ""

    def _places(self) -> tuple[str, ...]:
        sees = self.switches.history_consulted and self._agent.promises.history
        return PLACES if sees else (OPEN,)

    def _rev(self, found: Document) -> int:
        return found.rev if self._agent.has_rev_column else self._agent.revs.get(found.number, 0)

    def _found(self, found: Document) -> FoundSalesOrder:
        return FoundSalesOrder(
            SalesOrderNo(found.number),
            Where(found.where),
            found.stamp,
            self._rev(found),
            found.header,
            found.lines,
            self._agent.stamps.get(found.number, ""),
        )


_Work = Callable[[], "str | RejectedError"]


@dataclass(frozen=True)
class _Request:
    """A write: what, to which number, with what, under which deadline and revision.

    `shown` is what a repeat is answered with; that it is done, if there is nothing to look at.
    """

    call: str
    number: str
    body: str
    not_after: datetime
    rev: int
    shown: _Work | None = None

    def job(self, work: _Work) -> Job:
        """What the agent makes of it; the journal knows requests that carry a revision."""
        key = (self.call, self.number, self.rev, self.body) if self.rev else ()
        name = f"agent {self.call} {self.number} rev {self.rev}"
        shown = self.shown or (lambda: "done")
        return Job(name, work, writing=True, not_after=self.not_after, key=key, shown=shown)


@dataclass
class Door:
    """The port SageDoor."""

    connection: Connection

    def health(self) -> Health:
        try:
            self.connection.ask("agent's health", lambda: "well")
        except (RetryableError, SetupError) as error:
            return Health(ready=False, reason=str(error))
        return Health(ready=True)

    def promises(self) -> Mapping[CompanyCode, frozenset[str]]:
        return self.connection.ask("agent's promises", lambda: {CODE: frozenset({"createOnly"})})

    def sales_orders(self, company: CompanyCode, *, prefix: str, after: str) -> ListPage:
        return self.connection.ask(
            f"agent lists {company} {prefix} after {after}", lambda: self._page(prefix, after)
        )

    def _page(self, prefix: str, after: str) -> ListPage:
        tables = self.connection.agent.company.tables
        rows = {**tables[HISTORY], **tables[OPEN]}
        numbers = sorted(n for n in rows if n.startswith(prefix) and n > after)
        listed = [
            Listed(SalesOrderNo(n), rows[n].marker, deleted=rows[n].deleted)
            for n in numbers[:LIST_PAGE]
        ]
        more = len(numbers) > LIST_PAGE
        return ListPage(tuple(listed), listed[-1].number if more else None)


def guarantees(agent: Agent) -> Guarantees:
    """What the agent says with each look-up: just what it really does."""
    told = agent.promises
    return Guarantees(
        create_only=told.create_only,
        deadline=told.deadline,
        barrier=told.barrier,
        history=told.history,
        invoice_history=told.invoice_history,
        replace=told.replace,
    )


def _refusal(item: str) -> RejectedError:
    return RejectedError(f"Sage has no item {item}.", next_action="Add the item in Sage.")


def _short(answer: object) -> str:
    if isinstance(answer, LookUp):
        found = answer.found
        what = f"{found.where} rev {found.rev}, stamp {found.stamp[:6]}" if found else "absent"
        return f"{what}, at {answer.at:%H:%M:%S}"
    return str(answer)
