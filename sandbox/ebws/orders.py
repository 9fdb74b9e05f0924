"""The operations on sales orders, over the same business object that COM callers use."""

from typing import Any

from sandbox.sage100.com import by_ref_string
from sandbox.sage100.order_lines import OWNER as LINE_OWNER
from sandbox.sage100.orders import OWNER
from sandbox.sage100.tables_so import SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER

from .columns import (
    given,
    read_members,
    set_members,
    set_other_fields,
    text_member,
)
from .contract import contract
from .desk import Desk, done
from .documents import Document, Value
from .refusals import MasFaultError, absent, taken

OBJECT = "SO_SalesOrder_bus"
EXISTING = 1
NEVER_WRITTEN = "ZZZZZZZ"
"""Key under which orders are previewed that have no number; no counter ever gets there."""

_HEADER_FIRST = ("ARDivisionNo", "CustomerNo", "ShipToCode")
_LINE_FIRST = ("ItemCode", "WarehouseCode", "QuantityOrdered")
_NO_CARDS = "Credit card processing is not set up."


def get(desk: Desk, parameters: Document) -> Value:
    """Return an open order; one that is completed or deleted is not found any more."""
    number = text_member(parameters, "salesOrderNo")
    orders = _existing(desk, number)
    return _shown(orders)


def template(desk: Desk, parameters: Document) -> Value:
    """Return an order without lines as a customer's defaults fill it; nothing is stored."""
    orders = _begun(desk, NEVER_WRITTEN)
    header = contract().shapes["SalesOrder"]
    party: Document = {
        "ARDivisionNo": text_member(parameters, "arDivisionNo"),
        "CustomerNo": text_member(parameters, "customerNo"),
    }
    values = given(party, header, first=_HEADER_FIRST, skip=())
    set_members(orders, OWNER, SO_SALES_ORDER_HEADER, values=values)
    return {**_shown(orders), "SalesOrderNo": "", "Lines": None}


def next_number(desk: Desk, _: Document) -> Value:
    """Return the next order number, which is burnt by it."""
    orders, target = desk.open(OBJECT), by_ref_string()
    done(orders, orders.nGetNextSalesOrderNo(target))
    return target.value


def preview(desk: Desk, parameters: Document) -> Value:
    """Return an order as it would be stored; nothing is, and no number is used up."""
    document = _order(parameters)
    number = text_member(document, "SalesOrderNo")
    orders = _begun(desk, number or NEVER_WRITTEN)
    _fill(orders, document)
    return _shown(orders) | {"SalesOrderNo": number}


def create(desk: Desk, parameters: Document) -> Value:
    """Store a new order under its own number, or the next one; a warning is not told."""
    document = _order(parameters)
    number = text_member(document, "SalesOrderNo") or str(next_number(desk, {}))
    orders = _begun(desk, number)
    _fill(orders, document)
    done(orders, orders.nWrite())
    return None


def update(desk: Desk, parameters: Document) -> Value:
    """Change an open order; a list of lines is the whole list, the others are taken out."""
    document = _order(parameters)
    orders = _existing(desk, text_member(document, "SalesOrderNo"))
    _fill(orders, document)
    done(orders, orders.nWrite())
    return None


def delete(desk: Desk, parameters: Document) -> Value:
    """Delete an open order."""
    number = text_member(parameters, "salesOrderNo")
    orders = _existing(desk, number)
    orders.nClear()
    done(orders, orders.nDelete(number))
    return None


def no_cards(_: Desk, __: Document) -> Value:
    """Refuse: this installation has no card processing."""
    raise MasFaultError("WS_CreditCard", _NO_CARDS)


def _order(parameters: Document) -> Document:
    document = parameters.get("salesOrder")
    if not isinstance(document, dict):
        raise MasFaultError("WS_Required", "salesOrder is required.")
    if document.get("Payments"):
        raise MasFaultError("WS_CreditCard", _NO_CARDS)
    return document


def _begun(desk: Desk, number: str) -> Any:
    orders = desk.open(OBJECT)
    if done(orders, orders.nSetKey(number)) == EXISTING:
        raise taken(f"Sales order {number}")
    return orders


def _existing(desk: Desk, number: str) -> Any:
    orders = desk.open(OBJECT)
    if not number or done(orders, orders.nSetKey(number)) != EXISTING:
        raise absent(f"Sales order {number}")
    return orders


def _fill(orders: Any, document: Document) -> None:
    shape = contract().shapes["SalesOrder"]
    values = given(document, shape, first=_HEADER_FIRST, skip=("SalesOrderNo",))
    set_members(orders, OWNER, SO_SALES_ORDER_HEADER, values=values)
    set_other_fields(orders, OWNER, SO_SALES_ORDER_HEADER, fields=document.get("OtherFields"))
    lines = document.get("Lines")
    if isinstance(lines, list):
        _take_out_others(orders.oLines, {text_member(line, "LineKey") for line in lines})
        for line in lines:
            _put_line(orders.oLines, line)


def _take_out_others(lines: Any, kept: set[str]) -> None:
    for key in [text_member(line, "LineKey") for line in _listed(lines)]:
        if key not in kept:
            done(lines, lines.nDeleteLine(key))


def _put_line(lines: Any, document: Document) -> None:
    key = text_member(document, "LineKey")
    done(lines, lines.nEditLine(key) if key else lines.nAddLine())
    shape = contract().shapes["SalesOrderLine"]
    # The contract's order has the price after the quantity, which may price the line anew.
    values = given(document, shape, first=_LINE_FIRST, skip=("LineKey",))
    set_members(lines, LINE_OWNER, SO_SALES_ORDER_DETAIL, values=values)
    set_other_fields(lines, LINE_OWNER, SO_SALES_ORDER_DETAIL, fields=document.get("OtherFields"))
    done(lines, lines.nWrite())


def _shown(orders: Any) -> Document:
    header = read_members(orders, SO_SALES_ORDER_HEADER, contract().shapes["SalesOrder"])
    return header | {"Lines": _listed(orders.oLines), "Payments": []}


def _listed(lines: Any) -> list[Document]:
    shape = contract().shapes["SalesOrderLine"]
    found: list[Document] = []
    lines.nMoveFirst()
    while not lines.nEOF:
        found.append(read_members(lines, SO_SALES_ORDER_DETAIL, shape))
        lines.nMoveNext()
    return found
