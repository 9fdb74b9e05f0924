"""Rules of the sales order header: what a column may hold, what a customer brings along."""

from .business import BusinessObject
from .catalogue import ObjectInfo
from .company import Company
from .dictionary import Column, Record
from .editing import EXISTING, NEW
from .errors import RefusedError
from .lines import Lines
from .order_files import OrderDocument, OrderFiles
from .order_lines import OrderLines
from .order_number import check_order_number
from .session import Session, is_date
from .tables_ar import AR_CUSTOMER, AR_SALESPERSON, SO_SHIP_TO_ADDRESS
from .tables_so import SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER
from .values import number_of

OWNER = "SO_SalesOrder_Bus"
DEFAULT_WAREHOUSE = "001"
NOT_NEGATIVE = ("FreightAmt", "DiscountAmt", "DiscountRate", "DepositAmt", "Weight")
DATES = ("OrderDate", "ShipExpireDate")
MAX_RATE = 100

_FROM_CUSTOMER = {
    "TermsCode": "TermsCode",
    "TaxSchedule": "TaxSchedule",
    "TaxExemptNo": "TaxExemptNo",
    "SalespersonDivisionNo": "SalespersonDivisionNo",
    "SalespersonNo": "SalespersonNo",
    "ShipVia": "ShipMethod",
    "EmailAddress": "EmailAddress",
    "PaymentType": "DefaultPaymentType",
    "ResidentialAddress": "ResidentialAddress",
    "DiscountRate": "CustomerDiscountRate",
}
_ADDRESS = {
    "Name": "CustomerName",
    "Address1": "AddressLine1",
    "Address2": "AddressLine2",
    "Address3": "AddressLine3",
    "City": "City",
    "State": "State",
    "ZipCode": "ZipCode",
    "CountryCode": "CountryCode",
}


def new_order_object(info: ObjectInfo, session: Session) -> BusinessObject:
    """Return a new `SO_SalesOrder_bus` with its lines."""
    editor = OrderEditor(session.company())
    found = BusinessObject(info, session, editor)
    rules = OrderLines(editor.company, lambda: editor.document)

    def listed() -> list[Record]:
        if editor.document is not None:
            return editor.document.lines
        number = (found.browser.record or {}).get("SalesOrderNo")
        return editor.files.lines(number) if number else []

    found.lines = Lines(found, SO_SALES_ORDER_DETAIL, listed=listed, editor=rules)
    return found


class OrderEditor:
    """The order that is open, and the rules of its header.

    Args:
        company: Whose orders.
    """

    def __init__(self, company: Company) -> None:
        self.company = company
        self.files = OrderFiles(company)
        self.document: OrderDocument | None = None

    @property
    def record(self) -> Record | None:
        """The header that is open, or None."""
        return self.document.header if self.document else None

    def open(self, key: str) -> int:
        """Open an order, or begin one under a number that is free in the live files.

        Raises:
            RefusedError: The number is no order number.
        """
        number = check_order_number(key)
        self.document = self.files.load(number)
        if self.document is not None:
            return EXISTING
        header = SO_SALES_ORDER_HEADER.blank() | {
            "SalesOrderNo": number,
            "OrderDate": self.company.date,
        }
        self.document = OrderDocument(header, [], is_new=True)
        return NEW

    def change(self, column: Column, value: str) -> str:
        """Set a header column.

        Raises:
            RefusedError: The value is not on file, not a date, negative, or comes too early.
        """
        document = self._opened()
        name = column.name
        self._check(name, value, document)
        document.header[name] = value
        if name == "CustomerNo":
            self._load_customer(document.header)
        elif name == "ShipToCode" and value:
            self._load_ship_to(document.header)
        elif name == "DiscountAmt":
            document.header["DiscountRate"] = "0"
        self.files.recalculate(document)
        if name in ("CustomerPONo", "CustomerNo"):
            return self.files.duplicate_warning(document)
        return ""

    def write(self) -> str:
        """Store the order.

        Returns:
            A warning, or nothing.

        Raises:
            RefusedError: Customer or lines are missing, or the discount is too big.
        """
        document = self._opened()
        warning = self.files.save(document)
        self.document = None
        return warning

    def delete(self, key: str) -> None:
        """Delete an order; its history stays, with status X.

        Raises:
            RefusedError: There is no such open order, or an invoice holds it.
        """
        document = self.files.load(key)
        invoice = document.header.get("CurrentInvoiceNo") if document else ""
        if invoice:
            raise RefusedError(f"Sales order {key} is on invoice {invoice}.")
        self.files.remove(key, status="X")

    def abandon(self) -> None:
        """Forget the open order."""
        self.document = None

    def _opened(self) -> OrderDocument:
        if self.document is None:
            raise RefusedError("The key has not been set.")
        return self.document

    def _check(self, name: str, value: str, document: OrderDocument) -> None:
        self.company.check_on_file(OWNER, name, value)
        if name in DATES and value and not is_date(value):
            raise RefusedError(f"{OWNER} column {name}$: {value} is not a valid date.")
        if name == "OrderDate" and not value:
            raise RefusedError(f"{OWNER} column OrderDate$ is required.")
        if name in NOT_NEGATIVE and number_of(value) < 0:
            raise RefusedError(f"{OWNER} column {name} must not be negative.")
        if name == "DiscountRate" and number_of(value) > MAX_RATE:
            raise RefusedError(f"{OWNER} column DiscountRate is greater than {MAX_RATE}.")
        self._check_party(name, value, document)

    def _check_party(self, name: str, value: str, document: OrderDocument) -> None:
        header = document.header
        if name == "SalespersonNo":
            self._check_salesperson(header.get("SalespersonDivisionNo", ""), value)
        if name not in ("ARDivisionNo", "CustomerNo"):
            return
        if document.lines or not document.is_new:
            raise RefusedError(f"{OWNER} column {name}$ is read only once there are lines.")
        if name == "CustomerNo":
            self._check_customer(header.get("ARDivisionNo", ""), value)

    def _check_salesperson(self, division: str, number: str) -> None:
        if self.company.find(AR_SALESPERSON, division, number) is None:
            raise RefusedError(f"{OWNER} column SalespersonNo$: {number} is not on file.")

    def _check_customer(self, division: str, number: str) -> None:
        if not division:
            raise RefusedError(f"{OWNER} column ARDivisionNo$ must be set before CustomerNo$.")
        customer = self.company.find(AR_CUSTOMER, division, number)
        if customer is None:
            where = f"{OWNER} column CustomerNo$"
            raise RefusedError(f"{where}: {division}-{number} is not on file (AR_Customer).")
        if customer.get("CustomerStatus") == "I":
            raise RefusedError(f"{OWNER} column CustomerNo$: {division}-{number} is inactive.")

    def _load_customer(self, header: Record) -> None:
        customer = self.company.find(AR_CUSTOMER, header["ARDivisionNo"], header["CustomerNo"])
        if customer is None:
            return
        for ours, theirs in _FROM_CUSTOMER.items():
            header[ours] = customer.get(theirs, "")
        for ours, theirs in _ADDRESS.items():
            header[f"BillTo{ours}"] = header[f"ShipTo{ours}"] = customer.get(theirs, "")
        header.setdefault("WarehouseCode", DEFAULT_WAREHOUSE)
        primary = customer.get("PrimaryShipToCode", "")
        if primary:
            header["ShipToCode"] = primary
            self._load_ship_to(header)

    def _load_ship_to(self, header: Record) -> None:
        party = (header.get("ARDivisionNo", ""), header.get("CustomerNo", ""))
        found = self.company.find(SO_SHIP_TO_ADDRESS, *party, header["ShipToCode"])
        if found is None:
            code = header.pop("ShipToCode")
            raise RefusedError(f"{OWNER} column ShipToCode$: {code} is not on file.")
        for part in _ADDRESS:
            header[f"ShipTo{part}"] = found.get(f"ShipTo{part}", "")
