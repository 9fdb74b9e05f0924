"""What eBusiness Web Services cost: messages of fifty lines, and an import that nobody else pays for."""

import statistics
from collections.abc import Callable, Iterator
from time import process_time
from typing import Any

import httpx

from tests.bench.figures import Figure
from tests.bench.imports import milliseconds
from tieout.adapters.answers import Answer
from tieout.adapters.ebws_members import columns_of, lines_of, sales_order_members
from tieout.adapters.ebws_messages import NAMESPACE, messages

LINES = 50
TIMES = 40
ROW = {
    "ItemCode": "TNT-RDG-1P",
    "QuantityOrdered": "2",
    "UnitPrice": "19.99",
    "WarehouseCode": "001",
}
HEADER = {
    "SalesOrderNo": "W000250", "ARDivisionNo": "00", "CustomerNo": "BUY0001", "OrderDate": "20261120",
    "CustomerPONo": "W-250-x7", "WarehouseCode": "001", "TaxSchedule": "NONTAX",
    "EmailAddress": "jane@example.com", "ShipToName": "Jane Doe", "ShipToAddress1": "12 Main St",
    "ShipToCity": "Reno", "ShipToState": "NV", "ShipToZipCode": "89501", "FreightAmt": "8.00",
}  # fmt: skip
OF_KIND = {"decimal": "19.990000", "dateTime": "2026-11-20T00:00:00"}


def figures() -> Iterator[Figure]:
    """Medians; an answer has every member of every line, as the service gives them."""
    began = process_time()
    messages()
    yield Figure("SOAP: its description read, once", (process_time() - began) * 1000, "ms")
    answer = _answer()
    built, read = _cpu(_build), _cpu(lambda: _read(answer))
    yield Figure(f"SOAP: envelope of {LINES} lines built, CPU", built, "ms")
    yield Figure(f"SOAP: answer of {LINES} lines read, CPU", read, "ms")
    yield Figure(f"SOAP: both, {len(answer.body) // 1000} kB of answer", built + read, "ms", 15)
    yield from _imports()


def _imports() -> Iterator[Figure]:
    empty = milliseconds("pass")
    with_it = milliseconds("import functions.take_orders, tieout.adapters.ebws") - empty
    without = milliseconds("import functions.take_orders") - empty
    yield Figure("SOAP: import of its client beside take_orders", with_it - without, "ms")
    for name in ("receive_webhook", "take_orders", "poll"):
        # It fails, and with it all of the run, if anything of zeep came along.
        milliseconds(
            f"import functions.{name}, sys; assert not {{'zeep', 'lxml'}} & set(sys.modules)"
        )


def _build() -> object:
    order = sales_order_members(HEADER, [ROW] * LINES)
    logon = {"Username": "tieout", "Password": "secret"}
    parameters: dict[str, Any] = {"logon": logon, "companyCode": "ABC", "salesOrder": order}
    return messages().request("CreateSalesOrder", parameters)


def _read(answer: Answer) -> object:
    found: Any = messages().result(answer, "GetSalesOrder")
    return columns_of(found, "SalesOrder"), lines_of(found)


def _cpu(work: Callable[[], object]) -> float:
    def once() -> float:
        began = process_time()
        work()
        return process_time() - began

    return statistics.median(once() for _ in range(TIMES)) * 1000


def _answer() -> Answer:
    """An order of LINES lines with every member filled in."""
    row = f"<SalesOrderLine>{_members('SalesOrderLine', ROW)}</SalesOrderLine>"
    order = _members("SalesOrder", HEADER, Lines=row * LINES)
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<GetSalesOrderResponse xmlns="{NAMESPACE}"><GetSalesOrderResult>{order}'
        "</GetSalesOrderResult></GetSalesOrderResponse></s:Body></s:Envelope>"
    )
    headers = httpx.Headers({"Content-Type": "text/xml; charset=utf-8"})
    return Answer("the service", writing=False, status=200, headers=headers, body=body.encode())


def _members(type_name: str, known: dict[str, str], **nested: str) -> str:
    kinds = messages().members(type_name)
    texts = {name: OF_KIND.get(kind, known.get(name, "N")) for name, kind in kinds.items()}
    left_out = {"Lines", "Payments", "OtherFields"} - nested.keys()
    return "".join(
        f"<{name}>{nested.get(name, text)}</{name}>"
        for name, text in texts.items()
        if name not in left_out
    )
