"""What the control API shows of a company: orders in all three places, customers, counts."""

from typing import Any

from .company import Company
from .dictionary import Record, Table
from .order_files import OrderFiles
from .store import Store
from .tables_ar import (
    AR_CUSTOMER,
    AR_INVOICE_HISTORY_DETAIL,
    AR_INVOICE_HISTORY_HEADER,
)
from .tables_ci import CI_ITEM
from .tables_im import IM_ITEM_WAREHOUSE
from .tables_shipping import AR_INVOICE_HISTORY_TRACKING, SO_INVOICE_TRACKING
from .tables_so import (
    SO_SALES_ORDER_HEADER,
    SO_SALES_ORDER_HISTORY_DETAIL,
    SO_SALES_ORDER_HISTORY_HEADER,
)
from .totals import total
from .values import text_of

Json = dict[str, Any]

COUNTED = (
    AR_CUSTOMER,
    AR_INVOICE_HISTORY_HEADER,
    CI_ITEM,
    IM_ITEM_WAREHOUSE,
    SO_SALES_ORDER_HEADER,
    SO_SALES_ORDER_HISTORY_HEADER,
)


def counts(store: Store) -> dict[str, int]:
    """Return how many records the files that matter have."""
    return {table.name: store.count(table) for table in COUNTED}


def order_numbers(company: Company, prefix: str) -> list[str]:
    """Return the numbers of all orders that ever were, which begin so."""
    store = company.store
    tables = (SO_SALES_ORDER_HEADER, SO_SALES_ORDER_HISTORY_HEADER)
    found = {
        record["SalesOrderNo"]
        for table in tables
        for _, record in store.scan(table, begin=prefix, end=prefix)
    }
    found |= {invoice["SalesOrderNo"] for invoice in _invoices(company)}
    return sorted(number for number in found if number.startswith(prefix))


def order(company: Company, number: str) -> Json | None:
    """Return one order as it stands in the open files, the history and the posted invoices.

    Returns:
        `where` is the first place that has it, `total` is counted there; None when none has it.
    """
    document = OrderFiles(company).load(number)
    opened = _part(SO_SALES_ORDER_HEADER, document.header, document.lines) if document else None
    history = company.store.get(SO_SALES_ORDER_HISTORY_HEADER, number)
    past = (
        _part(SO_SALES_ORDER_HISTORY_HEADER, history, _past_lines(company, number))
        if history
        else None
    )
    invoices = [_invoice(company, record) for record in _invoices(company, number)]
    places = (("open", opened), ("history", past), *(("invoiceHistory", one) for one in invoices))
    first = next(((name, part) for name, part in places if part is not None), None)
    if first is None:
        return None
    return {
        "salesOrderNo": number,
        "where": first[0],
        "total": first[1]["total"],
        "open": opened,
        "history": past,
        "invoices": invoices,
        "tracking": _tracking(company, document.header if document else {}),
    }


def shown(table: Table, record: Record) -> Json:
    """Return every column of a record: texts as they are, numbers as decimal text."""
    return {
        name: record.get(name, "") if column.text else record.get(name) or "0"
        for name, column in table.columns.items()
    }


def _part(table: Table, header: Record, lines: list[Record]) -> Json:
    return {"header": shown(table, header), "lines": lines, "total": text_of(total(header))}


def _past_lines(company: Company, number: str) -> list[Record]:
    found = company.store.scan(SO_SALES_ORDER_HISTORY_DETAIL, begin=number, end=number)
    return [line for _, line in found]


def _invoices(company: Company, number: str | None = None) -> list[Record]:
    found = company.store.scan(AR_INVOICE_HISTORY_HEADER)
    return [one for _, one in found if number is None or one.get("SalesOrderNo") == number]


def _invoice(company: Company, header: Record) -> Json:
    key = header["InvoiceNo"] + header["HeaderSeqNo"]
    store = company.store
    lines = store.scan(AR_INVOICE_HISTORY_DETAIL, begin=key, end=key)
    packages = store.scan(AR_INVOICE_HISTORY_TRACKING, begin=key, end=key)
    amounts = header | {
        "TaxableAmt": header.get("TaxableSalesAmt", "0"),
        "NonTaxableAmt": header.get("NonTaxableSalesAmt", "0"),
    }
    return {
        "header": shown(AR_INVOICE_HISTORY_HEADER, header),
        "lines": [line for _, line in lines],
        "tracking": [package["TrackingID"] for _, package in packages],
        "total": text_of(total(amounts)),
    }


def _tracking(company: Company, header: Record) -> list[str]:
    invoice = header.get("CurrentInvoiceNo")
    if not invoice:
        return []
    found = company.store.scan(SO_INVOICE_TRACKING, begin=invoice, end=invoice)
    return [package["TrackingID"] for _, package in found]
