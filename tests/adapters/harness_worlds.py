"""The fault harness' edges as ordinary ports: each call runs on virtual time, with no trouble, to its end."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

from tests.faults.agent import Agent, Promises
from tests.faults.company import HISTORY, INVOICES, OFFICE, OPEN, WAREHOUSE, Company, Document
from tests.faults.fates import ByPlan
from tests.faults.sage import AgentClient, Connection
from tests.faults.scheduler import End, Scheduler
from tests.faults.wire import Wire
from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.ports import Sage

START = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
# Far beyond what a call takes: here nothing is ever cut off.
LIMIT = 10**12
STEP = 20
BUYERS = (("00", "BUY0001"), ("00", "BUY0002"))


class Driven:
    """A port of the harness whose calls are made from outside of virtual time.

    Time goes on for as long as a call takes, and stands still in between.
    """

    def __init__(self, port: object, scheduler: Scheduler) -> None:
        self._port = port
        self._scheduler = scheduler

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._port, name)

        def call(*arguments: Any, **named: Any) -> Any:
            found = self._run(lambda: method(*arguments, **named))
            return (
                self._each(cast("Iterator[Any]", found)) if isinstance(found, Iterator) else found
            )

        return call

    def _each(self, rows: "Iterator[Any]") -> Iterator[Any]:
        end = object()
        while (row := self._run(lambda: next(rows, end))) is not end:
            yield row

    def _run(self, work: Callable[[], Any]) -> Any:
        ended: list[tuple[End, Any]] = []
        scheduler = self._scheduler
        scheduler.spawn(
            "test", work, limit=LIMIT, ended=lambda end, value: ended.append((end, value))
        )
        while not ended:
            scheduler.run(scheduler.now + STEP)
        end, value = ended[0]
        if end is End.RAISED:
            raise value
        assert end is End.RETURNED, end
        return value


def untroubled() -> Wire:
    """A network on which nothing goes wrong."""
    return Wire(Scheduler(1, START), ByPlan({}))


@dataclass
class HarnessWorld:
    """Sage as the harness has it; see `sage_worlds.World`."""

    wire: Wire = field(default_factory=untroubled)
    unknown_item: str = "NO-SUCH-ITEM"
    has_rev_column: bool = True
    promises: Promises = field(default_factory=Promises)

    def __post_init__(self) -> None:
        scheduler = self.wire.scheduler
        self.company = Company(lambda: scheduler.now, unknown_items={self.unknown_item})
        for key in BUYERS:
            self.company.customers[key] = {"CustomerNo": key[1], "EmailAddress": ""}
        self.agent = Agent(self.wire, self.company, self.promises)
        self.agent.has_rev_column = self.has_rev_column
        client = AgentClient(Connection(self.wire, self.agent))
        self.sage = cast("Sage", Driven(client, scheduler))

    def now(self) -> datetime:
        return self.agent.moment()

    def enter(self, number: SalesOrderNo, marker: str) -> None:
        header = {"ARDivisionNo": "00", "CustomerNo": "BUY0002", "CustomerPONo": marker}
        line = {"ItemCode": "A-1", "QuantityOrdered": "1", "UnitPrice": "1.00"}
        self.company.enter(number, header, (line,), who=OFFICE)

    def correct(self, number: SalesOrderNo, **columns: str) -> None:
        self.company.change(self._open(number), who=OFFICE, header=columns)

    def print_order(self, number: SalesOrderNo) -> None:
        self._mark(number, "SalesOrderPrinted")

    def pick(self, number: SalesOrderNo) -> None:
        self._mark(number, "PickingSheetPrinted")

    def invoice(self, number: SalesOrderNo) -> None:
        self.company.move(self._open(number), HISTORY, who=WAREHOUSE, OrderStatus="C")

    def purge(self, number: SalesOrderNo) -> None:
        self.company.move(self._open(number), INVOICES, who=WAREHOUSE)

    def strike(self, number: SalesOrderNo) -> None:
        self.company.delete(self._open(number), who=OFFICE)

    def wipe(self, number: SalesOrderNo) -> None:
        del self.company.tables[OPEN][number]

    def retire(self, customer: CustomerKey) -> None:
        place = (customer.division, customer.number)
        kept = self.company.customers[place]
        self.company.customers[place] = {**kept, "CustomerStatus": "I"}

    def _mark(self, number: str, column: str) -> None:
        self.company.change(self._open(number), who=WAREHOUSE, header={column: "Y"})

    def _open(self, number: str) -> Document:
        return self.company.tables[OPEN][number]
