"""What the warehouse does: puts orders on an invoice that is not posted yet, and packs them."""

from .clock import stamp_date
from .company import Company
from .dictionary import Record
from .errors import RefusedError
from .order_files import OrderDocument, OrderFiles
from .stock import move_stock
from .tables_ar import AR_INVOICE_HISTORY_HEADER
from .tables_shipping import (
    AR_INVOICE_HISTORY_TRACKING,
    SO_INVOICE_DETAIL,
    SO_INVOICE_HEADER,
    SO_INVOICE_TRACKING,
)
from .tables_so import SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER
from .values import number_of, text_of

FIRST_INVOICE = 100_001
MOST_PACKAGES = 9_999
"""`PackageNo` has four digits."""

AMOUNTS = ("TaxableAmt", "NonTaxableAmt", "SalesTaxAmt", "DiscountAmt", "FreightAmt", "DepositAmt")
_COPIED_LINE = (
    "ItemCode",
    "ItemType",
    "ItemCodeDesc",
    "CommentText",
    "WarehouseCode",
    "UnitOfMeasure",
    "TaxClass",
    "QuantityOrdered",
    "UnitPrice",
    "ExtensionAmt",
)


def ship(company: Company, numbers: list[str], tracking: list[str]) -> str:
    """Ship all of one order, or of several orders of one customer, on one invoice.

    Args:
        company: Whose orders.
        numbers: Open orders.
        tracking: One tracking number per package.

    Returns:
        The invoice number.

    Raises:
        RefusedError: One is no open order, is on hold or shipped already, or another customer's.
    """
    with company.store.transaction():
        documents = [_shippable(company, number) for number in numbers]
        buyers = {(one.header["ARDivisionNo"], one.header["CustomerNo"]) for one in documents}
        if len(buyers) != 1:
            raise RefusedError("An invoice is for orders of one customer.")
        invoice = f"{company.store.next_number('SO_InvoiceHeader', FIRST_INVOICE):07d}"
        _put_header(company, documents, invoice, packages=len(tracking))
        _put_lines(company, documents, invoice)
        for document in documents:
            _mark_shipped(company, document, invoice)
        _put_packages(company, invoice, tracking)
    return invoice


def add_tracking(company: Company, invoice: str, tracking: list[str]) -> None:
    """Note packages on an invoice, posted or not; the header is not touched.

    Raises:
        RefusedError: There is no such invoice.
    """
    store = company.store
    with store.transaction():
        if store.get(SO_INVOICE_HEADER, invoice) is not None:
            _put_packages(company, invoice, tracking)
            return
        posted = store.scan(AR_INVOICE_HISTORY_HEADER, begin=invoice, end=invoice)
        if not posted:
            raise RefusedError(f"Invoice {invoice} is not on file.")
        sequence = posted[-1][1]["HeaderSeqNo"]
        begin = invoice + sequence
        packed = len(store.scan(AR_INVOICE_HISTORY_TRACKING, begin=begin, end=begin))
        for package in _packages(tracking, packed):
            key = {"InvoiceNo": invoice, "HeaderSeqNo": sequence}
            store.put(AR_INVOICE_HISTORY_TRACKING, key | package)


def _shippable(company: Company, number: str) -> OrderDocument:
    document = OrderFiles(company).load(number)
    if document is None:
        raise RefusedError(f"Sales order {number} is not on file.")
    if document.header.get("OrderStatus") == "H":
        raise RefusedError(f"Sales order {number} is on hold.")
    if document.header.get("CurrentInvoiceNo"):
        raise RefusedError(f"Sales order {number} has been shipped.")
    return document


def _put_header(
    company: Company, documents: list[OrderDocument], invoice: str, *, packages: int
) -> None:
    first = documents[0].header
    today = stamp_date(company.clock.now())
    copied = {name: first[name] for name in SO_INVOICE_HEADER.columns if name in first}
    header = SO_INVOICE_HEADER.blank() | copied
    for name in ("DateCreated", "TimeCreated", "UserCreatedKey"):
        header.pop(name, None)
    header |= {
        "InvoiceNo": invoice,
        "InvoiceDate": today,
        "ShipDate": today,
        "NumberofPackages": str(packages),
        "MultipleSalesOrdersApplied": "Y" if len(documents) > 1 else "N",
    }
    for name in AMOUNTS:
        amounts = (number_of(document.header.get(name)) for document in documents)
        header[name] = text_of(sum(amounts, number_of(None)))
    company.stamp(header)
    company.store.put(SO_INVOICE_HEADER, header)


def _put_lines(company: Company, documents: list[OrderDocument], invoice: str) -> None:
    lines = [(document, line) for document in documents for line in document.lines]
    for place, (document, line) in enumerate(lines, start=1):
        record = {name: line[name] for name in _COPIED_LINE if name in line} | {
            "InvoiceNo": invoice,
            "LineKey": f"{place:06d}",
            "LineSeqNo": f"{place:014d}",
            "OrderLineKey": line["LineKey"],
            "QuantityShipped": line.get("QuantityOrdered", "0"),
            "AppliedSalesOrderNo": document.number,
            "AppliedCustomerPONo": document.header.get("CustomerPONo", ""),
        }
        company.store.put(SO_INVOICE_DETAIL, record)


def _mark_shipped(company: Company, document: OrderDocument, invoice: str) -> None:
    document.header |= {"OrderStatus": "O", "CurrentInvoiceNo": invoice}
    company.stamp(document.header)
    company.store.put(SO_SALES_ORDER_HEADER, document.header)
    for line in document.lines:
        line["QuantityShipped"] = line.get("QuantityOrdered", "0")
        company.store.put(SO_SALES_ORDER_DETAIL, line)
        move_stock(company, line, {"QuantityInShipping": 1})


def _put_packages(company: Company, invoice: str, tracking: list[str]) -> None:
    store = company.store
    packed = len(store.scan(SO_INVOICE_TRACKING, begin=invoice, end=invoice))
    for package in _packages(tracking, packed):
        store.put(SO_INVOICE_TRACKING, {"InvoiceNo": invoice} | package)


def _packages(tracking: list[str], packed: int) -> list[Record]:
    if packed + len(tracking) > MOST_PACKAGES:
        raise RefusedError(f"An invoice has at most {MOST_PACKAGES} packages.")
    return [
        {"PackageNo": f"{place:04d}", "TrackingID": code, "StarshipShipVia": ""}
        for place, code in enumerate(tracking, start=packed + 1)
    ]
