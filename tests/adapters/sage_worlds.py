"""One company in Sage 100 behind the port `Sage`, with its staff: the fake, and what is real."""

import itertools
from collections.abc import Generator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol

from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from sandbox.sage100.store import Store
from sandbox.sage100.tables_ar import AR_CUSTOMER
from sandbox.sage100.tables_so import SO_SALES_ORDER_HEADER, SO_SALES_ORDER_HISTORY_HEADER
from tests.adapters.agent_calls import Keys
from tests.adapters.servers import connection
from tests.agent.harness import RunningAgent, sku
from tests.unit.ports import FakeClock
from tests.unit.sage import FakeSage
from tieout.adapters.http import Patience
from tieout.adapters.sage_agent import PATIENCE, SageAgent
from tieout.domain.guarantees import Guarantees
from tieout.domain.identity import Company, CustomerKey, SalesOrderNo
from tieout.domain.money import ZERO, to_cents
from tieout.domain.sales_orders import FoundSalesOrder, Guard, SalesOrder, Where
from tieout.ports import Created, Sage

BUYER = CustomerKey("00", "BUY0001")
IN_TIME = timedelta(seconds=20)
# The fake's Sage has a clock of its own, which is not ours.
SKEW = timedelta(minutes=4)
# What is promised where no history may be read.
OPEN_ONLY = Guarantees(create_only=True, deadline=True, barrier=True, replace=True)
NO_ITEM = "NO-SUCH-ITEM"
CUSTOMER = {
    "CustomerName": "Jane Doe",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
    "TermsCode": "00",
}
_numbers = itertools.count(500_000)


class World(Protocol):
    """A company, the port to it, and what people at its screens do."""

    @property
    def sage(self) -> Sage:
        """The port under test."""
        ...

    def now(self) -> datetime:
        """Sage's own clock."""
        ...

    def enter(self, number: SalesOrderNo, marker: str) -> None:
        """Type a sales order in by hand."""
        ...

    def correct(self, number: SalesOrderNo, **columns: str) -> None:
        """Change header columns of an open order by hand."""
        ...

    def print_order(self, number: SalesOrderNo) -> None:
        """Print an open order, which is Sage's own bookkeeping."""
        ...

    def pick(self, number: SalesOrderNo) -> None:
        """Print the picking sheet of an open order."""
        ...

    def invoice(self, number: SalesOrderNo) -> None:
        """Post the invoice of an open order, which moves it to history."""
        ...

    def purge(self, number: SalesOrderNo) -> None:
        """Invoice an open order and purge its history: the invoice history alone has it."""
        ...

    def strike(self, number: SalesOrderNo) -> None:
        """Delete an open order; the history of deleted orders is kept."""
        ...

    def wipe(self, number: SalesOrderNo) -> None:
        """Lose an open order without a trace: deleted where that is not kept, or an older backup."""
        ...

    def retire(self, customer: CustomerKey) -> None:
        """Set an AR customer inactive."""
        ...


@dataclass
class FakeWorld:
    """The fake that the flows are tested with."""

    sage: FakeSage = field(
        default_factory=lambda: FakeSage(FakeClock(), unknown_items={NO_ITEM}, skew=SKEW)
    )

    def now(self) -> datetime:
        return self.sage.now()

    def enter(self, number: SalesOrderNo, marker: str) -> None:
        self.sage.enter(number, CustomerPONo=marker)

    def correct(self, number: SalesOrderNo, **columns: str) -> None:
        self.sage.correct(number, **columns)

    def print_order(self, number: SalesOrderNo) -> None:
        """The fake keeps no account of it."""

    def pick(self, number: SalesOrderNo) -> None:
        self.sage.picked.add(number)

    def invoice(self, number: SalesOrderNo) -> None:
        self.sage.move(number, Where.HISTORY, OrderStatus="C")

    def purge(self, number: SalesOrderNo) -> None:
        self.sage.move(number, Where.INVOICE_HISTORY)

    def strike(self, number: SalesOrderNo) -> None:
        self.sage.strike(number)

    def wipe(self, number: SalesOrderNo) -> None:
        del self.sage.tables[Where.OPEN][number]

    def retire(self, customer: CustomerKey) -> None:
        self.sage.customers[customer]["CustomerStatus"] = "I"


@dataclass
class AgentWorld:
    """The real client, over TLS, the real agent or the simulated Web Services, and the simulated Sage 100."""

    sage: Sage
    staff: TestClient
    books: Store

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the agent's own clock

    def enter(self, number: SalesOrderNo, marker: str) -> None:
        header = {"ARDivisionNo": "00", "CustomerNo": "BUY0002", "CustomerPONo": marker}
        lines = [{"ItemCode": sku(0), "QuantityOrdered": "1", "UnitPrice": "1.00"}]
        self._do("", {"SalesOrderNo": number, "header": header, "lines": lines})

    def correct(self, number: SalesOrderNo, **columns: str) -> None:
        self._do(f"/{number}/hand-edit", {"header": columns})

    def print_order(self, number: SalesOrderNo) -> None:
        self._do(f"/{number}/mark", {"header": {"SalesOrderPrinted": "Y"}})

    def pick(self, number: SalesOrderNo) -> None:
        self._do(f"/{number}/mark", {"header": {"PickingSheetPrinted": "Y"}})

    def invoice(self, number: SalesOrderNo) -> None:
        self._do(f"/{number}/invoice", {})

    def purge(self, number: SalesOrderNo) -> None:
        self.invoice(number)
        key = SO_SALES_ORDER_HISTORY_HEADER.key_of({"SalesOrderNo": number})
        self.books.delete(SO_SALES_ORDER_HISTORY_HEADER, key)

    def strike(self, number: SalesOrderNo) -> None:
        self._do(f"/{number}/delete", {})

    def wipe(self, number: SalesOrderNo) -> None:
        for table in (SO_SALES_ORDER_HEADER, SO_SALES_ORDER_HISTORY_HEADER):
            self.books.delete(table, table.key_of({"SalesOrderNo": number}))

    def retire(self, customer: CustomerKey) -> None:
        names = {"ARDivisionNo": customer.division, "CustomerNo": customer.number}
        record = self.books.get(AR_CUSTOMER, AR_CUSTOMER.key_of(names))
        assert record is not None
        self.books.put(AR_CUSTOMER, {**record, "CustomerStatus": "I"})

    def _do(self, call: str, body: Mapping[str, Any]) -> None:
        done = self.staff.post(f"/_control/companies/ABC/sales-orders{call}", json=body)
        assert done.is_success, done.text


def client_of(
    agent: RunningAgent,
    keys: Keys | None = None,
    *,
    company: str = "ABC",
    patience: Patience = PATIENCE,
) -> SageAgent:
    """A client of a running agent."""
    to = connection(str(agent.client.base_url), agent.fingerprint)
    return SageAgent(to, Company(company), keys or Keys(), patience=patience)


@contextmanager
def world_of(agent: RunningAgent) -> Generator[AgentWorld]:
    """The world of a running agent."""
    with closing(client_of(agent)) as sage, closing(agent.store()) as books:
        yield AgentWorld(sage, TestClient(Control(Path(agent.settings.home)).app()), books)


@dataclass(frozen=True)
class Case:
    """One sales order of a test: a number and a marker that no other test uses."""

    world: World
    number: SalesOrderNo
    marker: str

    @property
    def sage(self) -> Sage:
        return self.world.sage

    def create(self, document: SalesOrder | None = None, *, rev: int = 1) -> Created:
        return self.sage.create(
            self.number,
            document or self.document(),
            customer=BUYER,
            not_after=self.world.now() + IN_TIME,
            rev=rev,
        )

    def document(self, *lines: Mapping[str, str], **header: str) -> SalesOrder:
        """A sales order of these lines, or of two ordinary ones."""
        rows = lines or (line(0, "2", "19.99"), line(1, "1", "5.01"))
        columns = {"OrderDate": "20261120", "CustomerPONo": self.marker, "TaxSchedule": "NONTAX"}
        columns |= header
        goods = sum((_extension(row) for row in rows), ZERO)
        freight, taken_off = columns.get("FreightAmt", "0"), columns.get("DiscountAmt", "0")
        return SalesOrder(columns, rows, goods + Decimal(freight) - Decimal(taken_off))

    def found(self) -> FoundSalesOrder:
        """What Sage has under the number now."""
        found = self.sage.look_up(self.number, marker=self.marker).found
        assert found is not None
        return found

    def guard(self, *, rev: int = 2, **changes: Any) -> Guard:
        """A guard that lets a change of the order as it is through."""
        guard = Guard(self.found().stamp, self.world.now() + IN_TIME, rev)
        return replace(guard, **changes)


def case_in(world: World) -> Case:
    """A number and a marker that no other test uses."""
    number = next(_numbers)
    return Case(world, SalesOrderNo(f"W{number:06d}"), f"W-{number}-x7")


def line(place: int, quantity: str, price: str) -> dict[str, str]:
    """A line of one of the seeded items."""
    return {"ItemCode": sku(place), "QuantityOrdered": quantity, "UnitPrice": price}


def _extension(row: Mapping[str, str]) -> Decimal:
    return to_cents(Decimal(row.get("QuantityOrdered", "0")) * Decimal(row.get("UnitPrice", "0")))
