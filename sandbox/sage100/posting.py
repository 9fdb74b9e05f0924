"""What the staff does with an order later: shipping it, and posting its invoice."""

from collections.abc import Mapping
from decimal import Decimal

from .clock import stamp_date
from .company import Company
from .dictionary import Record
from .errors import RefusedError
from .order_files import OrderDocument, OrderFiles
from .tables_ar import (
    AR_INVOICE_HISTORY_DETAIL,
    AR_INVOICE_HISTORY_HEADER,
    AR_INVOICE_HISTORY_TRACKING,
)
from .tables_im import IM_ITEM_WAREHOUSE
from .tables_so import (
    SO_INVOICE_HEADER,
    SO_INVOICE_TRACKING,
    SO_SALES_ORDER_DETAIL,
    SO_SALES_ORDER_HEADER,
    SO_SALES_ORDER_HISTORY_HEADER,
)
from .totals import total
from .values import number_of, text_of

FIRST_INVOICE = 100_001
HEADER_SEQUENCE = "000000"

_COPIED_HEADER = [
    "SalesOrderNo",
    "OrderDate",
    "ARDivisionNo",
    "CustomerNo",
    "CustomerPONo",
    "ShipVia",
    "BillToName",
    "ShipToName",
    "ShipToCity",
    "ShipToState",
    "ShipToZipCode",
    "TermsCode",
    "TaxSchedule",
    "EmailAddress",
    "PaymentType",
    "FreightAmt",
    "SalesTaxAmt",
    "DiscountAmt",
    "DepositAmt",
]
_COPIED_LINE = [
    "ItemCode",
    "ItemType",
    "ItemCodeDesc",
    "CommentText",
    "WarehouseCode",
    "UnitOfMeasure",
    "QuantityOrdered",
    "UnitPrice",
    "ExtensionAmt",
    "TaxClass",
]


def mark(
    company: Company, number: str, *, header: Mapping[str, str], shipped: Mapping[str, Decimal]
) -> None:
    """Note on an open order what printing, picking and invoicing leave there.

    Args:
        company: Whose order.
        number: An open order.
        header: Header columns that only Sage 100 itself sets.
        shipped: Line key to the quantity that has left.

    Raises:
        RefusedError: There is no such open order, or no such line.
    """
    with company.store.transaction():
        document = _opened(company, number)
        lines = {line["LineKey"]: line for line in document.lines}
        for key, quantity in shipped.items():
            if key not in lines:
                raise RefusedError(f"Line {key} does not exist.")
            lines[key]["QuantityShipped"] = text_of(quantity)
            company.store.put(SO_SALES_ORDER_DETAIL, lines[key])
        document.header |= dict(header)
        company.stamp(document.header)
        company.store.put(SO_SALES_ORDER_HEADER, document.header)


def ship(company: Company, number: str, tracking: list[str]) -> str:
    """Ship all of an order: an unposted invoice with its packages; stock is in shipping.

    Args:
        company: Whose order.
        number: An open order.
        tracking: One tracking number per package.

    Returns:
        The invoice number.

    Raises:
        RefusedError: There is no such open order, or it is on hold or already shipped.
    """
    with company.store.transaction():
        document = _opened(company, number)
        if document.header.get("OrderStatus") == "H":
            raise RefusedError(f"Sales order {number} is on hold.")
        if document.header.get("CurrentInvoiceNo"):
            raise RefusedError(f"Sales order {number} has been shipped.")
        invoice = f"{company.store.next_number('SO_InvoiceHeader', FIRST_INVOICE):07d}"
        _put_invoice(company, document, invoice, tracking=tracking)
        _mark_shipped(company, document, invoice)
    return invoice


def post_invoice(company: Company, number: str) -> str:
    """Post the invoice of an order; an order that was not shipped is shipped first.

    Returns:
        The invoice number.

    Raises:
        RefusedError: There is no such open order, or it is on hold.
    """
    with company.store.transaction():
        document = _opened(company, number)
        invoice = document.header.get("CurrentInvoiceNo") or ship(company, number, [])
        document = _opened(company, number)
        _post_header(company, document, invoice)
        _post_lines(company, document, invoice)
        _post_tracking(company, invoice)
        _take_from_stock(company, document.lines)
        OrderFiles(company).remove(number, status="C")
        _complete_history(company, document, invoice)
    return invoice


def _opened(company: Company, number: str) -> OrderDocument:
    document = OrderFiles(company).load(number)
    if document is None:
        raise RefusedError(f"Sales order {number} is not on file.")
    return document


def _today(company: Company) -> str:
    return stamp_date(company.clock.now())


def _put_invoice(
    company: Company, document: OrderDocument, invoice: str, *, tracking: list[str]
) -> None:
    names = ("SalesOrderNo", "OrderType", "ARDivisionNo", "CustomerNo", "CustomerPONo", "ShipVia")
    header = SO_INVOICE_HEADER.blank() | {
        "InvoiceNo": invoice,
        "InvoiceDate": _today(company),
        "ShipDate": _today(company),
        "NumberOfPackages": str(len(tracking)),
    }
    header |= {name: document.header.get(name, "") for name in names}
    company.stamp(header)
    company.store.put(SO_INVOICE_HEADER, header)
    for place, code in enumerate(tracking, start=1):
        package = {"InvoiceNo": invoice, "PackageNo": f"{place:04d}", "TrackingID": code}
        company.store.put(SO_INVOICE_TRACKING, package)


def _mark_shipped(company: Company, document: OrderDocument, invoice: str) -> None:
    document.header |= {"OrderStatus": "O", "CurrentInvoiceNo": invoice}
    company.stamp(document.header)
    company.store.put(SO_SALES_ORDER_HEADER, document.header)
    for line in document.lines:
        line["QuantityShipped"] = line.get("QuantityOrdered", "0")
        company.store.put(SO_SALES_ORDER_DETAIL, line)
        _move_stock(company, line, {"QuantityInShipping": 1})


def _post_header(company: Company, document: OrderDocument, invoice: str) -> None:
    header = document.header
    unposted = company.store.get(SO_INVOICE_HEADER, invoice) or {}
    record = {name: header[name] for name in _COPIED_HEADER if name in header} | {
        "InvoiceNo": invoice,
        "HeaderSeqNo": HEADER_SEQUENCE,
        "ModuleCode": "S/O",
        "InvoiceType": "IN",
        "InvoiceDate": _today(company),
        "ShipDate": unposted.get("ShipDate", ""),
        "NumberOfPackages": unposted.get("NumberOfPackages", "0"),
        "TaxableSalesAmt": header.get("TaxableAmt", "0"),
        "NonTaxableSalesAmt": header.get("NonTaxableAmt", "0"),
        "MultipleSalesOrdersApplied": "N",
    }
    company.stamp(record)
    company.store.put(AR_INVOICE_HISTORY_HEADER, record)


def _post_lines(company: Company, document: OrderDocument, invoice: str) -> None:
    for place, line in enumerate(document.lines, start=1):
        record = {name: line[name] for name in _COPIED_LINE if name in line} | {
            "InvoiceNo": invoice,
            "HeaderSeqNo": HEADER_SEQUENCE,
            "DetailSeqNo": f"{place:06d}",
            "QuantityShipped": line.get("QuantityShipped", "0"),
            "AppliedSalesOrderNo": document.number,
        }
        company.store.put(AR_INVOICE_HISTORY_DETAIL, record)


def _post_tracking(company: Company, invoice: str) -> None:
    store = company.store
    for key, package in store.scan(SO_INVOICE_TRACKING, begin=invoice, end=invoice):
        store.put(AR_INVOICE_HISTORY_TRACKING, package | {"HeaderSeqNo": HEADER_SEQUENCE})
        store.delete(SO_INVOICE_TRACKING, key)
    store.delete(SO_INVOICE_HEADER, invoice)


def _take_from_stock(company: Company, lines: list[Record]) -> None:
    for line in lines:
        _move_stock(company, line, {"QuantityOnHand": -1, "QuantityInShipping": -1})


def _move_stock(company: Company, line: Record, signs: dict[str, int]) -> None:
    stock = company.find(IM_ITEM_WAREHOUSE, line["ItemCode"], line.get("WarehouseCode", ""))
    if stock is None:
        return
    for name, sign in signs.items():
        moved = sign * number_of(line.get("QuantityOrdered"))
        stock[name] = text_of(number_of(stock.get(name)) + Decimal(moved))
    company.store.put(IM_ITEM_WAREHOUSE, stock)


def _complete_history(company: Company, document: OrderDocument, invoice: str) -> None:
    history = company.store.get(SO_SALES_ORDER_HISTORY_HEADER, document.number) or {}
    history |= {
        "LastInvoiceNo": invoice,
        "LastInvoiceDate": _today(company),
        "InvoicedAmt": text_of(total(document.header)),
    }
    company.store.put(SO_SALES_ORDER_HISTORY_HEADER, history)
