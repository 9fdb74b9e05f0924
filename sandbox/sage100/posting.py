"""What the office does with an order later: notes its progress, posts its invoice, credits it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from .clock import stamp_date
from .company import Company
from .dictionary import Record
from .errors import RefusedError
from .order_files import OrderFiles
from .shipping import FIRST_INVOICE, ship
from .stock import move_stock
from .tables_ar import AR_INVOICE_HISTORY_DETAIL, AR_INVOICE_HISTORY_HEADER
from .tables_shipping import (
    AR_INVOICE_HISTORY_TRACKING,
    AR_OPEN_INVOICE,
    SO_INVOICE_DETAIL,
    SO_INVOICE_HEADER,
    SO_INVOICE_TRACKING,
)
from .tables_so import (
    SO_SALES_ORDER_DETAIL,
    SO_SALES_ORDER_HEADER,
    SO_SALES_ORDER_HISTORY_HEADER,
)
from .totals import total
from .values import number_of, text_of

FIRST_SEQUENCE = "000000"
TERMS_DAYS = {"01": 30, "02": 60}

_SALES = {"TaxableAmt": "TaxableSalesAmt", "NonTaxableAmt": "NonTaxableSalesAmt"}


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
        document = OrderFiles(company).load(number)
        if document is None:
            raise RefusedError(f"Sales order {number} is not on file.")
        lines = {line["LineKey"]: line for line in document.lines}
        for key, quantity in shipped.items():
            if key not in lines:
                raise RefusedError(f"Line {key} does not exist.")
            lines[key]["QuantityShipped"] = text_of(quantity)
            company.store.put(SO_SALES_ORDER_DETAIL, lines[key])
        document.header |= dict(header)
        company.stamp(document.header)
        company.store.put(SO_SALES_ORDER_HEADER, document.header)


def post_invoice(company: Company, number: str) -> str:
    """Post the invoice of an order; an order that was not shipped is shipped first.

    Returns:
        The invoice number.

    Raises:
        RefusedError: There is no such open order, or it is on hold.
    """
    with company.store.transaction():
        document = OrderFiles(company).load(number)
        held = document.header.get("CurrentInvoiceNo") if document else ""
        invoice = held or ship(company, [number], [])
        post(company, invoice)
    return invoice


def post(company: Company, invoice: str) -> str:
    """Post an invoice with all orders on it, as the sales journal's update does.

    Returns:
        The header's sequence number: more than nought where the number was used before.

    Raises:
        RefusedError: There is no such invoice that is not posted.
    """
    store = company.store
    with store.transaction():
        header = store.get(SO_INVOICE_HEADER, invoice)
        if header is None:
            raise RefusedError(f"Invoice {invoice} is not on file, or is posted.")
        lines = [line for _, line in store.scan(SO_INVOICE_DETAIL, begin=invoice, end=invoice)]
        sequence = _sequence(company, invoice)
        posted = _post_header(company, header, sequence)
        _open(company, posted)
        _post_lines(company, lines, sequence)
        _post_tracking(company, invoice, sequence)
        for line in lines:
            move_stock(company, line, {"QuantityOnHand": -1, "QuantityInShipping": -1})
        for number in sorted({line["AppliedSalesOrderNo"] for line in lines}):
            _complete(company, number, invoice)
        store.delete(SO_INVOICE_HEADER, invoice)
    return sequence


def credit(company: Company, invoice: str, amount: Decimal) -> str:
    """Post a credit memo over an amount of a posted invoice.

    Returns:
        The memo's number.

    Raises:
        RefusedError: There is no such posted invoice, or the amount is not above nought.
    """
    store = company.store
    with store.transaction():
        posted = store.scan(AR_INVOICE_HISTORY_HEADER, begin=invoice, end=invoice)
        if not posted or amount <= 0:
            raise RefusedError(f"Invoice {invoice} is not posted, or there is nothing to credit.")
        kept = ("ARDivisionNo", "CustomerNo", "SalesOrderNo", "CustomerPONo", "TermsCode")
        memo = {name: posted[-1][1].get(name, "") for name in kept} | {
            "InvoiceNo": f"{store.next_number('SO_InvoiceHeader', FIRST_INVOICE):07d}",
            "HeaderSeqNo": FIRST_SEQUENCE,
            "ModuleCode": "S/O",
            "InvoiceType": "CM",
            "InvoiceDate": _today(company),
            "ApplyToInvoiceNo": invoice,
            "NonTaxableSalesAmt": text_of(-amount),
        }
        company.stamp(memo)
        store.put(AR_INVOICE_HISTORY_HEADER, memo)
        _open(company, memo)
    return memo["InvoiceNo"]


def _today(company: Company) -> str:
    return stamp_date(company.clock.now())


def _sequence(company: Company, invoice: str) -> str:
    """Return the next sequence of an invoice number, which may have been used before."""
    used = company.store.scan(AR_INVOICE_HISTORY_HEADER, begin=invoice, end=invoice)
    return f"{int(used[-1][1]['HeaderSeqNo']) + 1:06d}" if used else FIRST_SEQUENCE


def _post_header(company: Company, header: Record, sequence: str) -> Record:
    names = AR_INVOICE_HISTORY_HEADER.columns
    record = {name: text for name, text in header.items() if name in names}
    for name in ("DateCreated", "TimeCreated", "UserCreatedKey"):
        record.pop(name, None)
    record |= {ours: header.get(theirs, "0") for theirs, ours in _SALES.items()}
    record |= {
        "HeaderSeqNo": sequence,
        "ModuleCode": "S/O",
        "InvoiceDate": _today(company),
        "NumberOfPackages": header.get("NumberofPackages", "0"),
    }
    company.stamp(record)
    company.store.put(AR_INVOICE_HISTORY_HEADER, record)
    return record


def _open(company: Company, posted: Record) -> None:
    """Leave what is still to be paid: what a deposit has paid already is not."""
    amounts = posted | {theirs: posted.get(ours, "0") for theirs, ours in _SALES.items()}
    due = company.clock.now() + timedelta(days=TERMS_DAYS.get(posted.get("TermsCode", ""), 0))
    record = {name: text for name, text in posted.items() if name in AR_OPEN_INVOICE.columns} | {
        "InvoiceHistoryHeaderSeqNo": posted["HeaderSeqNo"],
        "InvoiceDueDate": stamp_date(due),
        "PostingDate": _today(company),
        "CreditMemoInvoiceReference": posted.get("ApplyToInvoiceNo", ""),
        "Balance": text_of(total(amounts) - number_of(posted.get("DepositAmt"))),
    }
    company.store.put(AR_OPEN_INVOICE, record)


def _post_lines(company: Company, lines: list[Record], sequence: str) -> None:
    for line in lines:
        columns = AR_INVOICE_HISTORY_DETAIL.columns
        record = {name: text for name, text in line.items() if name in columns}
        key = {"HeaderSeqNo": sequence, "DetailSeqNo": line["LineKey"]}
        company.store.put(AR_INVOICE_HISTORY_DETAIL, record | key)
        company.store.delete(SO_INVOICE_DETAIL, SO_INVOICE_DETAIL.key_of(line))


def _post_tracking(company: Company, invoice: str, sequence: str) -> None:
    store = company.store
    for key, package in store.scan(SO_INVOICE_TRACKING, begin=invoice, end=invoice):
        store.put(AR_INVOICE_HISTORY_TRACKING, package | {"HeaderSeqNo": sequence})
        store.delete(SO_INVOICE_TRACKING, key)


def _complete(company: Company, number: str, invoice: str) -> None:
    files = OrderFiles(company)
    document = files.load(number)
    if document is None:
        return
    files.remove(number, status="C")
    history = company.store.get(SO_SALES_ORDER_HISTORY_HEADER, number) or {}
    history |= {
        "LastInvoiceNo": invoice,
        "LastInvoiceDate": _today(company),
        "InvoicedAmt": text_of(total(document.header)),
    }
    company.store.put(SO_SALES_ORDER_HISTORY_HEADER, history)
