"""A plain ProvideX client for tests: opens sessions, makes objects, reads values."""

import datetime as dt
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.sage100 import com, faults, seed
from sandbox.sage100.store import SYSTEM, Store, database

CUSTOMER = "BUY0001"
ITEM, OTHER_ITEM, INACTIVE_ITEM = "TNT-RDG-1P", "BAG-ALP-0C", "DAY-RDG-20L"
MODULES = {"SO": "S/O", "AR": "A/R", "CI": "C/I", "IM": "I/M"}
TASKS = {
    "AR_InvoiceHistoryInquiryDetail_bus": "AR_InvoiceHistoryInquiry_ui",
    "AR_InvoiceHistoryTracking_svc": "AR_InvoiceHistoryInquiry_ui",
    "AR_OpenInvoice_svc": "AR_InvoiceHistoryInquiry_ui",
    "SO_InvoiceTracking_svc": "SO_Invoice_ui",
}
"""Tasks of objects that have none of their own name."""


@dataclass
class Sage:
    """One dispatched script on one installation."""

    home: Path
    script: Any = None
    session: Any = None

    def dispatch(self) -> Any:
        self.script = com.dispatch("ProvideX.Script")
        self.script.Init(str(self.home))
        return self.script

    def log_on(self, company: str = "ABC") -> Any:
        self.session = self.dispatch().NewObject("SY_Session")
        assert self.session.nSetUser(seed.USER, seed.PASSWORD) == 1
        assert self.session.nSetCompany(company) == 1
        return self.session

    def enter(self, name: str) -> None:
        module = MODULES[name[:2]]
        task = TASKS.get(name, f"{name.rpartition('_')[0]}_ui")
        today = dt.date(2026, 3, 2).strftime("%Y%m%d")
        assert self.session.nSetDate(module, today) == 1
        assert self.session.nSetModule(module) > 0
        assert self.session.nSetProgram(self.session.nLookupTask(task)) == 1

    def object(self, name: str) -> Any:
        if self.session is None:
            self.log_on()
        self.enter(name)
        return self.script.NewObject(name, self.session)

    def orders(self) -> Any:
        return self.object("SO_SalesOrder_bus")

    def begin(self, number: str = "W000250", customer: str = CUSTOMER, division: str = "00") -> Any:
        """Open a new order for a customer, still without lines."""
        orders = self.orders()
        assert orders.nSetKey(number) == 2
        assert orders.nSetValue("ARDivisionNo$", division) == 1
        assert orders.nSetValue("CustomerNo$", customer) == 1, orders.sLastErrorMsg
        return orders

    def sell(self, number: str = "W000250", *, marker: str = "", customer: str = CUSTOMER) -> Any:
        """Write an order of two tents at 100.00 and return the object."""
        orders = self.begin(number, customer)
        if marker:
            assert orders.nSetValue("CustomerPONo$", marker) != 0
        add_line(orders, ITEM, quantity=2.0, price=100.0)
        assert orders.nWrite() != 0, orders.sLastErrorMsg
        return orders

    def books(self, company: str = "ABC") -> Store:
        """The files of a company, for the caller to close."""
        return Store(database(self.home, company))

    def tell(self, fault: faults.Fault) -> None:
        with closing(Store(database(self.home, SYSTEM))) as system:
            faults.add(system, fault)


def add_line(orders: Any, item: str, *, quantity: float, price: float) -> None:
    lines = orders.oLines
    assert lines.nAddLine() != 0, lines.sLastErrorMsg
    assert lines.nSetValue("ItemCode$", item) == 1, lines.sLastErrorMsg
    assert lines.nSetValue("QuantityOrdered", quantity) == 1, lines.sLastErrorMsg
    assert lines.nSetValue("UnitPrice", price) == 1, lines.sLastErrorMsg
    assert lines.nWrite() == 1, lines.sLastErrorMsg


def text(source: Any, column: str) -> str:
    target = com.by_ref_string()
    assert source.nGetValue(column, target) == 1
    return target.value


def number(source: Any, column: str) -> float:
    target = com.by_ref_number()
    assert source.nGetValue(column, target) == 1
    return target.value


def all_lines(orders: Any, column: str) -> list[str]:
    lines = orders.oLines
    found: list[str] = []
    lines.nMoveFirst()
    while not lines.nEOF:
        found.append(text(lines, column))
        lines.nMoveNext()
    return found
