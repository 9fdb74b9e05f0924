"""The history that mirrors sales orders: active while they live, completed or deleted after."""

from .company import Company
from .dictionary import Record
from .tables_so import SO_SALES_ORDER_HISTORY_DETAIL, SO_SALES_ORDER_HISTORY_HEADER

DELETED = "X"
QUOTE_TYPES = ("Q", "P")
QUOTE_STATUS = {"A": "Q", "X": "Z"}
"""Quotes have statuses of their own."""

_COPIED = ("LineKey", "ItemCode", "ItemType", "ItemCodeDesc", "CommentText", "WarehouseCode")


def mirror(company: Company, header: Record, lines: list[Record], *, status: str) -> None:
    """Write an order's history.

    Args:
        company: Whose order.
        header: The live header as it is stored.
        lines: The live lines.
        status: A active, C completed, X deleted.
    """
    table = SO_SALES_ORDER_HISTORY_HEADER
    before = company.store.get(table, header["SalesOrderNo"]) or {}
    copied = {name: header[name] for name in table.columns if name in header}
    kept = {name: text for name, text in before.items() if name not in copied}
    record = kept | copied
    if header.get("OrderType") in QUOTE_TYPES:
        status = QUOTE_STATUS.get(status, status)
    record["OrderStatus"] = status
    for name in ("DateCreated", "TimeCreated", "UserCreatedKey"):
        record[name] = before.get(name, "")
    company.stamp(record)
    company.store.put(table, record)
    _mirror_lines(company, header["SalesOrderNo"], lines)


def forget(company: Company, number: str) -> None:
    """Remove an order's history, as where deleted orders are not retained."""
    company.store.delete(SO_SALES_ORDER_HISTORY_HEADER, number)
    table = SO_SALES_ORDER_HISTORY_DETAIL
    for key, _ in company.store.scan(table, begin=number, end=number):
        company.store.delete(table, key)


def _mirror_lines(company: Company, number: str, lines: list[Record]) -> None:
    table = SO_SALES_ORDER_HISTORY_DETAIL
    found = {
        line["LineKey"]: line for _, line in company.store.scan(table, begin=number, end=number)
    }
    for line in lines:
        company.store.put(table, _history_line(line, found.pop(line["LineKey"], {})))
    for gone in found.values():
        company.store.put(table, gone | {"CancelledLine": "Y", "QuantityOrderedRevised": "0"})


def _history_line(line: Record, before: Record) -> Record:
    quantity, price = line.get("QuantityOrdered", "0"), line.get("UnitPrice", "0")
    record = {name: line.get(name, "") for name in _COPIED}
    return record | {
        "SalesOrderNo": line["SalesOrderNo"],
        "SequenceNo": line["LineSeqNo"],
        "UnitOfMeasure": line.get("UnitOfMeasure", ""),
        "QuantityOrderedOriginal": before.get("QuantityOrderedOriginal", quantity),
        "QuantityOrderedRevised": quantity,
        "QuantityShipped": line.get("QuantityShipped", "0"),
        "OriginalUnitPrice": before.get("OriginalUnitPrice", price),
        "LastUnitPrice": price,
        "LastExtensionAmt": line.get("ExtensionAmt", "0"),
        "CancelledLine": "N",
    }
