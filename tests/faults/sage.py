"""The port Sage over a bad network to the agent, which is as strict as its contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from tests.faults.agent import Agent, Job
from tests.faults.company import OPEN, PLACES, US, Document
from tests.faults.connection import Connection
from tests.faults.kinds import Branch, Fault
from tieout.domain.customers import FoundCustomer
from tieout.domain.guarantees import Guarantees
from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.domain.sales_orders import FoundSalesOrder, Guard, LookUp, SalesOrder, Where
from tieout.errors import (
    RejectedError,
)
from tieout.ports import Changed, Created

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
_CREATED = {
    "done": Created.YES,
    "Exists": Created.EXISTS,
    "DeadlinePassed": Created.TOO_LATE,
    "Gone": Created.GONE,
}
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
    marker_guard: bool = True  # for a caller that hands in no marker there is none


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
            marked = self._marked(number, marker, places)
            found = self._company.find(number, places) or (marked[0] if marked else None)
            numbers = tuple(dict.fromkeys(SalesOrderNo(one.number) for one in marked))
            stored = 0 if found else self._agent.remembers(number)
            if stored:
                self.connection.wire.branches[Branch.REMEMBERED] += 1
            return LookUp(
                self._found(found) if found else None,
                numbers,
                self._agent.moment(),
                guarantees(self._agent),
                stored,
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
                if row["EmailAddress"].lower() == email.lower() and self._agent.promises.searches
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
        searches = self._agent.promises.searches and self.switches.marker_guard
        if known or (searches and self._company.marked(header["CustomerPONo"], (OPEN,))):
            return "Exists"
        if (header["ARDivisionNo"], header["CustomerNo"]) not in self._company.customers:
            return RejectedError("Sage has no such customer.", next_action="Look at the customer.")
        refused = self._company.refused(lines)
        if refused:
            self.connection.wire.strike(Fault.ITEM_UNKNOWN, refused)
            return _refusal(refused)
        self._company.enter(number, header, lines, who=US, rev=rev)
        return self._did(number, rev, None)

    def _shown(self, number: str) -> str:
        """A repeat of a create is answered with what it made; a person may have deleted that."""
        return "done" if self._company.find(number) else "Gone"

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

    def _marked(self, number: str, marker: str, places: tuple[str, ...]) -> list[Document]:
        """Those with the marker; where nothing is searched for, of the one with the number alone."""
        marked = self._company.marked(marker, places)
        searches = self._agent.promises.searches
        return [one for one in marked if searches or one.number == number]

    def _places(self) -> tuple[str, ...]:
        sees = self.switches.history_consulted and self._agent.promises.history
        return PLACES if sees else (OPEN,)

    def _told_rev(self, found: Document) -> int:
        """What a caller is told: nothing where a write was cut off and left no trace of its own."""
        unknown = found.number in self._agent.uncertain and not self._agent.has_rev_column
        return 0 if unknown else self._rev(found)

    def _rev(self, found: Document) -> int:
        if not self._agent.promises.revisions:
            return 0
        return found.rev if self._agent.has_rev_column else self._agent.revs.get(found.number, 0)

    def _found(self, found: Document) -> FoundSalesOrder:
        return FoundSalesOrder(
            SalesOrderNo(found.number),
            Where(found.where),
            found.stamp,
            self._told_rev(found),
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
