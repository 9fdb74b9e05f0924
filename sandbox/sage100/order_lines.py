"""Rules of sales order lines: which item, what it brings along, what may be changed on it."""

from collections.abc import Callable
from decimal import Decimal

from .company import Company
from .dictionary import Column, Record
from .errors import RefusedError
from .order_files import OrderDocument
from .prices import unit_price
from .tables_ar import AR_CUSTOMER
from .tables_ci import CI_ITEM
from .tables_so import SO_SALES_ORDER_DETAIL
from .totals import extension
from .values import number_of, text_of

OWNER = "SO_SalesOrderDetail_Bus"
INVENTORY, SPECIAL, CHARGE, COMMENT, MISCELLANEOUS = "1", "2", "3", "4", "5"
MAX_PERCENT = 100

_TEXTS = ("ItemCodeDesc", "CommentText")
_ALLOWED = {
    CHARGE: (*_TEXTS, "ExtensionAmt", "TaxClass", "Discount", "Commissionable"),
    COMMENT: _TEXTS,
}
"""What may be set on lines without a quantity; the other types take all but the extension."""

_SIGNED = ("QuantityOrdered", "UnitPrice")
_NEVER_NEGATIVE = ("ExtensionAmt", "UnitCost", "QuantityBackordered")


class OrderLines:
    """The rules for lines of the order that is open.

    Args:
        company: Whose order.
        opened: Gives the open order, or None.
    """

    def __init__(self, company: Company, opened: Callable[[], OrderDocument | None]) -> None:
        self._company = company
        self._opened = opened

    def start(self) -> Record:
        """Return a new line with the next line key.

        Raises:
            RefusedError: No order is open, or it has no customer yet.
        """
        document = self._document()
        if not document.header.get("CustomerNo"):
            raise RefusedError("SO_SalesOrder_Bus column CustomerNo$ is required before lines.")
        place = document.next_key()
        return SO_SALES_ORDER_DETAIL.blank() | {
            "SalesOrderNo": document.header["SalesOrderNo"],
            "LineKey": f"{place:06d}",
            "LineSeqNo": f"{place:014d}",
        }

    def change(self, line: Record, column: Column, value: str) -> None:
        """Set a column of a line.

        Raises:
            RefusedError: The item is unknown or inactive, or the column may not be set so.
        """
        name = column.name
        if name == "ItemCode":
            self._choose_item(line, value)
            return
        if not line.get("ItemCode"):
            raise RefusedError(f"{OWNER} column ItemCode$ must be set before {column.com_name}.")
        self._check(line, column, value)
        line[name] = value
        if name == "QuantityOrdered":
            self._price(line)
        elif name == "UnitPrice":
            line["PriceOverridden"] = "Y"
        line["ExtensionAmt"] = text_of(extension(line))

    def finish(self, line: Record) -> None:
        """Take a line into the open order.

        Raises:
            RefusedError: It has no item, or a special item no description.
        """
        if not line.get("ItemCode"):
            raise RefusedError(f"{OWNER} column ItemCode$ is required.")
        if not line.get("ItemCodeDesc") and line["ItemType"] != COMMENT:
            raise RefusedError(f"{OWNER} column ItemCodeDesc$ is required.")
        self._company.check_required(OWNER, SO_SALES_ORDER_DETAIL, line)
        self._document().put_line(dict(line))

    def remove(self, key: str) -> None:
        """Take a line out of the open order; a kit takes its components along.

        Raises:
            RefusedError: It has none with this key, something of it has been shipped, or it is
                part of a kit.
        """
        document = self._document()
        line = next((line for line in document.lines if line["LineKey"] == key), None)
        if line is None:
            raise RefusedError(f"Line {key} does not exist.")
        if number_of(line.get("QuantityShipped")):
            raise RefusedError(f"Line {key} cannot be deleted; it has been shipped.")
        if line.get("SalesKitLineKey"):
            raise RefusedError(f"Line {key} is a component of a sales kit.")
        parts = [other for other in document.lines if other.get("SalesKitLineKey") == key]
        document.take_out([key, *(part["LineKey"] for part in parts)])

    def _document(self) -> OrderDocument:
        document = self._opened()
        if document is None:
            raise RefusedError("The key has not been set.")
        return document

    def _choose_item(self, line: Record, code: str) -> None:
        if line.get("ItemCode"):
            raise RefusedError(f"{OWNER} column ItemCode$ is read only on a line that has an item.")
        if code.startswith("*") and len(code) > 1:
            line.update(ItemCode=code, ItemType=SPECIAL, TaxClass="TX", UnitOfMeasure="EACH")
            return
        item = self._company.find(CI_ITEM, code)
        if item is None:
            raise RefusedError(f"{OWNER} column ItemCode$: {code} is not on file (CI_Item).")
        if item["InactiveItem"] == "Y":
            raise RefusedError(f"{OWNER} column ItemCode$: {code} is inactive.")
        self._load_item(line, item)

    def _load_item(self, line: Record, item: Record) -> None:
        kind = item["ItemType"]
        counted = kind in (INVENTORY, MISCELLANEOUS)
        line.update(
            ItemCode=item["ItemCode"],
            ItemType=kind,
            ItemCodeDesc=item["ItemCodeDesc"],
            TaxClass=item["TaxClass"] if kind != COMMENT else "",
            Discount="Y" if kind == INVENTORY else "N",
            UnitOfMeasure=item["SalesUnitOfMeasure"] if counted else "",
            UnitOfMeasureConvFactor=item["SalesUMConvFctr"],
            StandardKitBill="Y" if item["ProductType"] == "K" else "N",
        )
        if kind == INVENTORY:
            header = self._document().header
            line["WarehouseCode"] = header.get("WarehouseCode") or item["DefaultWarehouseCode"]
            line["UnitCost"] = item.get("StandardUnitCost", "0")
        if counted:
            self._price(line)

    def _price(self, line: Record) -> None:
        item = self._company.find(CI_ITEM, line["ItemCode"])
        if item is None:
            return
        header = self._document().header
        customer = self._company.find(AR_CUSTOMER, header["ARDivisionNo"], header["CustomerNo"])
        quantity = number_of(line.get("QuantityOrdered"))
        line["UnitPrice"] = text_of(
            unit_price(self._company, item, customer or {}, quantity=quantity)
        )
        line["PriceLevel"] = (customer or {}).get("PriceLevel", "")
        line["PriceOverridden"] = "N"

    def _check(self, line: Record, column: Column, value: str) -> None:
        name, kind = column.name, line["ItemType"]
        where = f"{OWNER} column {column.com_name}"
        if not _settable(name, kind):
            raise RefusedError(f"{where} is read only for item type {kind}.")
        self._company.check_on_file(OWNER, name, value)
        if not column.text and _too_low(name, kind, number_of(value)):
            raise RefusedError(f"{where} must not be negative for item type {kind}.")
        if name == "LineDiscountPercent" and not 0 <= number_of(value) <= MAX_PERCENT:
            raise RefusedError(f"{where} must be from 0 to {MAX_PERCENT}.")
        if name == "UnitOfMeasure" and value != line.get("UnitOfMeasure"):
            raise RefusedError(f"{where}: {value} is not a unit of {line['ItemCode']}.")


def _settable(name: str, kind: str) -> bool:
    allowed = _ALLOWED.get(kind)
    return name in allowed if allowed is not None else name != "ExtensionAmt"


def _too_low(name: str, kind: str, number: Decimal) -> bool:
    signed = name in _SIGNED and kind != MISCELLANEOUS
    return number < 0 and (signed or name in _NEVER_NEGATIVE)
