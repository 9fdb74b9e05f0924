"""Storing a sales order: the live files, the history that mirrors them, and committed stock."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from .company import Company
from .dictionary import Record
from .errors import RefusedError
from .order_history import DELETED, forget, mirror
from .stock import move_stock
from .tables_ar import AR_CUSTOMER
from .tables_so import (
    SO_OPTIONS,
    SO_SALES_ORDER_DETAIL,
    SO_SALES_ORDER_HEADER,
    SO_SALES_ORDER_HISTORY_HEADER,
)
from .tables_sy import SY_TAX_SCHEDULE
from .totals import recalculate
from .values import number_of

OWNER = "SO_SalesOrder_Bus"


@dataclass
class OrderDocument:
    """An order that is open: its header, its written lines, and whether it is new."""

    header: Record
    lines: list[Record]
    is_new: bool = False
    last_key: int = 0

    @property
    def number(self) -> str:
        """The sales order number."""
        return self.header["SalesOrderNo"]

    def next_key(self) -> int:
        """Return the number of the next line; that of a line taken out does not come back."""
        self.last_key = max([self.last_key, *(int(line["LineKey"]) for line in self.lines)])
        return self.last_key + 1

    def take_out(self, keys: Collection[str]) -> None:
        """Take lines out."""
        self.next_key()
        self.lines = [line for line in self.lines if line["LineKey"] not in keys]

    def put_line(self, line: Record) -> None:
        """Take a line in, in place of the one with the same key."""
        others = [other for other in self.lines if other["LineKey"] != line["LineKey"]]
        self.lines = sorted([*others, line], key=lambda one: one["LineSeqNo"])


class OrderFiles:
    """The sales order files of one company.

    Args:
        company: Whose.
    """

    def __init__(self, company: Company) -> None:
        self._company = company
        self._store = company.store

    def load(self, number: str) -> OrderDocument | None:
        """Return the open order with this number, or None."""
        header = self._store.get(SO_SALES_ORDER_HEADER, number)
        return OrderDocument(header, self.lines(number)) if header else None

    def lines(self, number: str) -> list[Record]:
        """Return the stored lines of an open order, in order."""
        found = self._store.scan(SO_SALES_ORDER_DETAIL, begin=number, end=number)
        return [line for _, line in found]

    def recalculate(self, document: OrderDocument) -> None:
        """Fill the header's amounts from its lines and tax schedule."""
        schedule = self._company.find(SY_TAX_SCHEDULE, document.header.get("TaxSchedule", ""))
        rate = number_of(schedule["TaxRate"]) if schedule else Decimal(0)
        recalculate(document.header, document.lines, rate)

    def duplicate_warning(self, document: OrderDocument) -> str:
        """Return a warning when the customer's PO number is on another order, or nothing."""
        header = document.header
        purchase_order = header.get("CustomerPONo", "")
        if not purchase_order or not header.get("CustomerNo"):
            return ""
        for table in (SO_SALES_ORDER_HEADER, SO_SALES_ORDER_HISTORY_HEADER):
            whole = table.index_key("KDUPLICATEPO", header).removesuffix(table.key_of(header))
            for _, other in self._store.scan(table, index="KDUPLICATEPO", begin=whole, end=whole):
                number = other["SalesOrderNo"]
                if number != document.number:
                    return f"Customer PO number {purchase_order} is already used on order {number}."
        return ""

    def save(self, document: OrderDocument) -> str:
        """Store an order and everything that follows from it, or nothing.

        Returns:
            A warning, or nothing.

        Raises:
            RefusedError: Something required is missing, or the number was taken meanwhile.
        """
        self._check(document)
        warnings = [self.duplicate_warning(document)] if document.is_new else []
        warnings.append(self._hold(document))
        with self._store.transaction():
            before = self.load(document.number)
            if document.is_new and before is not None:
                raise RefusedError(f"Sales order {document.number} already exists.")
            if not document.is_new and before is None:
                raise RefusedError(f"Sales order {document.number} is no longer on file.")
            self._store_all(document, before.lines if before else [])
        return " ".join(warning for warning in warnings if warning)

    def remove(self, number: str, *, status: str) -> None:
        """Take an order out of the live files; its history keeps it with this status.

        The history of a deleted order goes too where the company does not retain deleted orders.

        Raises:
            RefusedError: There is no such open order.
        """
        with self._store.transaction():
            document = self.load(number)
            if document is None:
                raise RefusedError(f"Sales order {number} is not on file.")
            self._delete_lines(document.lines)
            self._commit_stock(document.lines, sign=-1)
            self._store.delete(SO_SALES_ORDER_HEADER, number)
            mirror(self._company, document.header, document.lines, status=status)
            if status == DELETED and not self._keeps_deleted():
                forget(self._company, number)

    def _keeps_deleted(self) -> bool:
        options = self._company.find(SO_OPTIONS, "S/O") or {}
        return options.get("RetainDeletedOrders", "Y") == "Y"

    def _check(self, document: OrderDocument) -> None:
        header = document.header
        for name in ("ARDivisionNo", "CustomerNo", "OrderDate"):
            if not header.get(name):
                raise RefusedError(f"{OWNER} column {name}$ is required.")
        self._company.check_required(OWNER, SO_SALES_ORDER_HEADER, header)
        if not document.lines:
            raise RefusedError("The sales order has no lines.")
        self.recalculate(document)
        amounts = (number_of(line.get("ExtensionAmt")) for line in document.lines)
        if number_of(header.get("DiscountAmt")) > max(sum(amounts, Decimal(0)), Decimal(0)):
            raise RefusedError(f"{OWNER} column DiscountAmt is greater than the lines together.")
        if number_of(header.get("DepositAmt")) and not header.get("PaymentType"):
            raise RefusedError(f"{OWNER} column PaymentType$ is required for a deposit.")

    def _hold(self, document: OrderDocument) -> str:
        header = document.header
        customer = self._company.find(AR_CUSTOMER, header["ARDivisionNo"], header["CustomerNo"])
        if customer is None or customer.get("CreditHold") != "Y":
            return ""
        header["OrderStatus"] = "H"
        name = f"{header['ARDivisionNo']}-{header['CustomerNo']}"
        return f"Customer {name} is on credit hold; the order was placed on hold."

    def _store_all(self, document: OrderDocument, before: list[Record]) -> None:
        self._delete_lines(before)
        self._commit_stock(before, sign=-1)
        self._commit_stock(document.lines, sign=1)
        self._company.stamp(document.header)
        self._store.put(SO_SALES_ORDER_HEADER, document.header)
        for line in document.lines:
            self._store.put(SO_SALES_ORDER_DETAIL, line)
        mirror(self._company, document.header, document.lines, status="A")

    def _delete_lines(self, lines: list[Record]) -> None:
        for line in lines:
            self._store.delete(SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_DETAIL.key_of(line))

    def _commit_stock(self, lines: list[Record], *, sign: int) -> None:
        for line in lines:
            move_stock(self._company, line, {"QuantityOnSalesOrder": sign})
