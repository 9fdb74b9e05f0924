"""Sage 100 behind its agent, as the flows see it: tables, a clock of its own, and a bad network."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum

from tests.unit.ports import FakeClock, Wire
from tieout.domain.customers import FoundCustomer
from tieout.domain.guarantees import ALL, Guarantees
from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.domain.money import ZERO, to_cents
from tieout.domain.sales_orders import (
    DELETED,
    FoundSalesOrder,
    Guard,
    LookUp,
    SalesOrder,
    Where,
)
from tieout.errors import NotSentError, OutcomeUnknownError, RejectedError, TieoutError
from tieout.ports import Changed, Created

Number = SalesOrderNo
# What eBusiness Web Services promise: a number that is open is refused, and no more.
SOAP = Guarantees(create_only=True)


class Fate(Enum):
    """What the network does to a create."""

    REQUEST_LOST = "request lost"  # it left and never arrived
    ANSWER_LOST = "answer lost"  # it was carried out, and nobody heard
    NOT_SENT = "not sent"
    LATE = "late"  # it arrives LATE_BY after we gave up
    MUCH_LATER = "much later"  # it arrives long after its deadline


LATE_BY = timedelta(seconds=12)
MUCH_LATER_BY = timedelta(minutes=10)


@dataclass(frozen=True)
class _Write:
    """A write on its way: what it does, with what, under what, and when it arrives."""

    deed: str
    found: FoundSalesOrder
    guard: Guard
    arrives: datetime


@dataclass
class FakeSage:
    """One company. Rows move from `tables[OPEN]` to history and invoices, never back."""

    clock: FakeClock
    wire: Wire = field(default_factory=Wire)
    skew: timedelta = timedelta(0)
    tables: dict[Where, dict[Number, FoundSalesOrder]] = field(
        default_factory=lambda: {where: {} for where in Where}
    )
    customers: dict[CustomerKey, dict[str, str]] = field(
        default_factory=dict[CustomerKey, dict[str, str]]
    )
    fates: deque[Fate | None] = field(default_factory=deque[Fate | None])
    searches: bool = True
    trouble: dict[str, deque[TieoutError]] = field(default_factory=dict[str, deque[TieoutError]])
    unknown_items: set[str] = field(default_factory=set[str])
    tax: Decimal = ZERO
    written: list[Number] = field(default_factory=list[Number])
    guarantees: Guarantees = ALL
    keeps_revisions: bool = True
    keeps_account: bool = True  # of its own writes: their stamps, and what was stored once
    journal: dict[Number, int] = field(default_factory=dict[Number, int])
    gone: set[Number] = field(default_factory=set[Number])  # stored once, deleted, and remembered
    gone_customers: set[CustomerKey] = field(default_factory=set[CustomerKey])
    picked: set[Number] = field(default_factory=set[Number])
    _on_their_way: list[_Write] = field(default_factory=list[_Write])
    _stamps: int = 0

    def now(self) -> datetime:
        """Sage's own clock."""
        return self.clock.now() + self.skew

    def look_up(self, number: SalesOrderNo, *, marker: str) -> LookUp:
        with self.wire.call("look_up"):
            self._trip("look_up")
            self._arrivals()
            seen = [found for where in self._places() for found in self.tables[where].values()]
            marked = [found for found in seen if found.marker == marker]
            numbered = [found for found in seen if found.number == number]
            matches = tuple(dict.fromkeys(found.number for found in marked))
            found = next(iter([*numbered, *marked]), None)
            stored = 0 if found else self.journal.get(number, 0)
            return LookUp(found, matches, self.now(), self.guarantees, stored)

    def create(
        self,
        number: SalesOrderNo,
        document: SalesOrder,
        *,
        customer: CustomerKey,
        not_after: datetime,
        rev: int,
    ) -> Created:
        with self.wire.call("create"):
            self._trip("create")
            if number in self.gone:
                return Created.GONE
            found = self._document(number, document, customer=customer, rev=rev)
            write = _Write("create", found, Guard("", not_after, rev), self.now())
            return Created(self._send(write))

    def replace(self, number: SalesOrderNo, document: SalesOrder, *, guard: Guard) -> Changed:
        with self.wire.call("replace"):
            self._trip("replace")
            known = self.document(number)
            customer = known.customer if known else CustomerKey("00", "")
            found = self._document(number, document, customer=customer, rev=guard.rev)
            return Changed(self._send(_Write("replace", found, guard, self.now())))

    def hold(self, number: SalesOrderNo, *, on: bool, comment: str, guard: Guard) -> Changed:
        with self.wire.call("hold"):
            self._trip("hold")
            columns = {"OrderStatus": "H" if on else "O", "Comment": comment}
            changed = FoundSalesOrder(number, Where.OPEN, "", guard.rev, columns, ())
            return Changed(self._send(_Write("columns", changed, guard, self.now())))

    def delete(self, number: SalesOrderNo, *, guard: Guard) -> Changed:
        with self.wire.call("delete"):
            self._trip("delete")
            gone = FoundSalesOrder(number, Where.OPEN, "", guard.rev, {}, ())
            return Changed(self._send(_Write("delete", gone, guard, self.now())))

    def read_customer(self, key: CustomerKey) -> Mapping[str, str] | None:
        with self.wire.call("read_customer"):
            self._trip("read_customer")
            return self.customers.get(key)

    def find_customers(self, email: str) -> tuple[FoundCustomer, ...]:
        with self.wire.call("find_customers"):
            self._trip("find_customers")
            return tuple(
                FoundCustomer(key, active=columns.get("CustomerStatus", "A") != "I")
                for key, columns in self.customers.items()
                if self.searches and columns.get("EmailAddress", "").lower() == email.lower()
            )

    def create_customer(
        self, key: CustomerKey, columns: Mapping[str, str], *, not_after: datetime
    ) -> Created:
        with self.wire.call("create_customer"):
            self._trip("create_customer")
            if key in self.gone_customers:
                return Created.GONE
            if key in self.customers:
                return Created.EXISTS
            if self.guarantees.deadline and self.now() > not_after:
                return Created.TOO_LATE
            self.customers[key] = dict(columns)
            return Created.YES

    # What people in the office, and tests, do to it.

    def document(self, number: SalesOrderNo) -> FoundSalesOrder | None:
        for where in Where:
            if number in self.tables[where]:
                return self.tables[where][number]
        return None

    def documents(self) -> list[FoundSalesOrder]:
        return [found for table in self.tables.values() for found in table.values()]

    def enter(self, number: str, **columns: str) -> None:
        """Somebody types a sales order in by hand."""
        found = FoundSalesOrder(Number(number), Where.OPEN, "s", 0, columns, ())
        self.tables[Where.OPEN][found.number] = found

    def correct(self, number: str, **columns: str) -> None:
        """Somebody changes header columns by hand."""
        found = self.tables[Where.OPEN][Number(number)]
        self._stamps += 1
        header = {**found.header, **columns}
        changed = replace(found, header=header, stamp=f"stamp {self._stamps}")
        self.tables[Where.OPEN][Number(number)] = changed

    def move(self, number: str, to: Where, **columns: str) -> None:
        """The document goes on its way, for example by being invoiced."""
        found = self.tables[Where.OPEN].pop(Number(number))
        self.tables[to][found.number] = replace(found, where=to, header={**found.header, **columns})

    def strike(self, number: str) -> None:
        """Somebody deletes it, and the company keeps a history of deleted orders."""
        self.move(number, Where.HISTORY, OrderStatus=DELETED)

    def will_raise(self, method: str, *errors: TieoutError) -> None:
        self.trouble.setdefault(method, deque()).extend(errors)

    def _trip(self, method: str) -> None:
        if self.trouble.get(method):
            raise self.trouble[method].popleft()

    def _send(self, write: _Write) -> str:
        fate = self.fates.popleft() if self.fates else None
        if fate is Fate.NOT_SENT:
            raise NotSentError("The agent was not reached.")
        if fate is Fate.REQUEST_LOST:
            raise OutcomeUnknownError("No answer came.")
        if fate in {Fate.LATE, Fate.MUCH_LATER}:
            delay = LATE_BY if fate is Fate.LATE else MUCH_LATER_BY
            self._on_their_way.append(replace(write, arrives=write.arrives + delay))
            raise OutcomeUnknownError("No answer came.")
        self._arrivals()
        answer = self._carry_out(write)
        if fate is Fate.ANSWER_LOST:
            raise OutcomeUnknownError("No answer came.")
        return answer

    def _arrivals(self) -> None:
        """Let in what the network delivered in the meantime."""
        for write in [write for write in self._on_their_way if write.arrives <= self.now()]:
            self._on_their_way.remove(write)
            self._carry_out(write)

    def _carry_out(self, write: _Write) -> str:
        too_late = self.guarantees.deadline and write.arrives > write.guard.not_after
        if write.deed == "create":
            return self._create(write.found, too_late=too_late)
        return self._change(write, too_late=too_late)

    def _create(self, found: FoundSalesOrder, *, too_late: bool) -> str:
        if self._sees(found.number) or self._open_with(found.marker):
            return "exists"
        if too_late:
            return "too_late"
        self._refuse_unknown_items(found)
        self._store(found)
        self.written.append(found.number)
        return "yes"

    def _change(self, write: _Write, *, too_late: bool) -> str:
        number, guard = write.found.number, write.guard
        known = self.tables[Where.OPEN].get(number)
        if known is None:
            return "closed" if self._sees(number) else "moved_on"
        if number in self.picked and write.deed != "columns":
            return "closed"
        if known.stamp != guard.stamp or known.rev >= guard.rev:
            return "moved_on"
        if too_late:
            return "too_late"
        self._refuse_unknown_items(write.found)
        if write.deed == "delete":
            self.strike(number)
        elif write.deed == "columns":
            header = {**known.header, **write.found.header}
            self._store(replace(known, header=header, rev=guard.rev))
        else:
            status = {"OrderStatus": known.header["OrderStatus"]}
            self._store(replace(write.found, header={**write.found.header, **status}))
        return "yes"

    def _places(self) -> list[Where]:
        """Those that are looked through, in the order in which documents move."""
        left_out = {
            Where.HISTORY: not self.guarantees.history,
            Where.INVOICE_HISTORY: not self.guarantees.invoice_history,
        }
        return [where for where in Where if not left_out.get(where)]

    def _open_with(self, marker: str) -> bool:
        return any(found.marker == marker for found in self.tables[Where.OPEN].values())

    def _sees(self, number: Number) -> bool:
        return any(number in self.tables[where] for where in self._places())

    def _refuse_unknown_items(self, found: FoundSalesOrder) -> None:
        unknown = self.unknown_items & {line.get("ItemCode", "") for line in found.lines}
        if unknown:
            raise RejectedError(
                f"Sage has no item {min(unknown)}.", next_action="Add the item in Sage."
            )

    def _store(self, found: FoundSalesOrder) -> None:
        self._stamps += 1
        rev = found.rev if self.keeps_revisions else 0
        stamp = f"stamp {self._stamps}"
        written = stamp if self.keeps_account else ""
        stored = replace(found, stamp=stamp, written_stamp=written, rev=rev)
        self.tables[Where.OPEN][found.number] = stored
        if self.keeps_account and self.guarantees.deadline:  # an agent, and not the SOAP service
            self.journal[found.number] = max(found.rev, self.journal.get(found.number, 0))

    def _document(
        self, number: Number, document: SalesOrder, *, customer: CustomerKey, rev: int
    ) -> FoundSalesOrder:
        header = {
            **document.header,
            "ARDivisionNo": customer.division,
            "CustomerNo": customer.number,
            "OrderStatus": "O",
            "TaxableAmt": "0.00",
            "NonTaxableAmt": str(sum((_extension(line) for line in document.lines), ZERO)),
            "SalesTaxAmt": str(self.tax),
        }
        lines: Iterable[Mapping[str, str]] = (dict(line) for line in document.lines)
        return FoundSalesOrder(number, Where.OPEN, "stamp", rev, header, tuple(lines))


def _extension(line: Mapping[str, str]) -> Decimal:
    quantity, price = line.get("QuantityOrdered", "0"), line.get("UnitPrice", "0")
    return to_cents(Decimal(quantity) * Decimal(price))
