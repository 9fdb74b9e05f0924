"""Shipping: invoices that are not posted, packages, several orders on one, posting, late packages."""

from collections.abc import Generator
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100 import com
from sandbox.sage100.control import Control
from tests.sandbox.providex.client import ITEM, Sage, number, text

COMPANY = "/_control/companies/ABC"


@pytest.fixture
def control(sage: Sage) -> Generator[TestClient]:
    with TestClient(Control(sage.home).app()) as client:
        yield client


def ship(control: TestClient, *orders: str, tracking: tuple[str, ...] = ()) -> str:
    body = {"orders": list(orders), "tracking": list(tracking)}
    answer = control.post(f"{COMPANY}/shipments", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["invoiceNo"]


def post(control: TestClient, invoice: str) -> str:
    return control.post(f"{COMPANY}/invoices/{invoice}/post").json()["headerSeqNo"]


def rows(source: Any, expression: str) -> list[str]:
    values, keys = com.by_ref_string(), com.by_ref_string()
    assert source.nGetResultSets(expression, "InvoiceNo$", values, keys) == 1, source.sLastErrorMsg
    return values.value.split("Š")[:-1]


def test_a_shipped_order_is_on_an_invoice_that_is_not_posted(
    sage: Sage, control: TestClient
) -> None:
    sage.sell("W000250", marker="W-250-x7")

    invoice = ship(control, "W000250", tracking=("1Z1", "1Z2"))

    headers = sage.object("SO_Invoice_svc")
    assert headers.nFind(invoice) == 1
    assert (text(headers, "SalesOrderNo$"), text(headers, "ShipStatus$")) == ("W000250", "S")
    assert number(headers, "NumberofPackages") == 2.0
    packages = sage.object("SO_InvoiceTracking_svc")
    assert rows(packages, 'PackageNo$+"="+TrackingID$') == ["0001=1Z1", "0002=1Z2"]


def test_several_orders_of_a_customer_leave_on_one_invoice(sage: Sage, control: TestClient) -> None:
    sage.sell("W000250")
    sage.sell("W000251")

    invoice = ship(control, "W000250", "W000251")
    post(control, invoice)

    headers = sage.object("AR_InvoiceHistoryInquiry_bus")
    assert headers.nFind(invoice) == 1
    assert text(headers, "MultipleSalesOrdersApplied$") == "Y"
    details = sage.object("AR_InvoiceHistoryInquiryDetail_bus")
    assert rows(details, "AppliedSalesOrderNo$") == ["W000250", "W000251"]


def test_orders_of_two_customers_do_not_leave_on_one_invoice(
    sage: Sage, control: TestClient
) -> None:
    sage.sell("W000250", customer="BUY0001")
    sage.sell("W000251", customer="BUY0002")

    body = {"orders": ["W000250", "W000251"]}
    answer = control.post(f"{COMPANY}/shipments", json=body)

    assert answer.status_code == 422
    assert sage.object("SO_Invoice_svc").nGetRecordCount("MAIN") == 0


def test_posting_moves_packages_and_leaves_what_is_to_be_paid(
    sage: Sage, control: TestClient
) -> None:
    sage.sell("W000250")
    invoice = ship(control, "W000250", tracking=("1Z1",))

    assert post(control, invoice) == "000000"

    assert rows(sage.object("SO_InvoiceTracking_svc"), "PackageNo$") == []
    posted = sage.object("AR_InvoiceHistoryTracking_svc")
    assert rows(posted, 'HeaderSeqNo$+PackageNo$+"="+TrackingID$') == ["0000000001=1Z1"]
    due = sage.object("AR_OpenInvoice_svc")
    assert rows(due, 'InvoiceNo$+InvoiceType$+"="+STR(Balance)') == [f"{invoice}IN=217.69"]


def test_packages_come_later_without_any_trace_in_the_header(
    sage: Sage, control: TestClient
) -> None:
    sage.sell("W000250")
    invoice = ship(control, "W000250")
    tracking = f"{COMPANY}/invoices/{invoice}/tracking"
    control.post(tracking, json={"tracking": ["1Z1"]})
    post(control, invoice)
    headers = sage.object("AR_InvoiceHistoryInquiry_bus")
    headers.nFind(invoice)
    before = text(headers, "TimeUpdated$")

    control.post(tracking, json={"tracking": ["1Z2"]})

    headers.nFind(invoice)
    assert text(headers, "TimeUpdated$") == before
    posted = sage.object("AR_InvoiceHistoryTracking_svc")
    assert rows(posted, "TrackingID$") == ["1Z1", "1Z2"]


def test_a_credit_memo_is_an_invoice_of_its_own(sage: Sage, control: TestClient) -> None:
    sage.sell("W000250")
    invoice = ship(control, "W000250")
    post(control, invoice)

    answer = control.post(f"{COMPANY}/invoices/{invoice}/credit", json={"amount": "20.00"})

    headers = sage.object("AR_InvoiceHistoryInquiry_bus")
    assert headers.nFind(answer.json()["invoiceNo"]) == 1
    assert (text(headers, "InvoiceType$"), text(headers, "ApplyToInvoiceNo$")) == ("CM", invoice)
    assert number(headers, "NonTaxableSalesAmt") == -20.0


def test_an_invoice_is_posted_once(sage: Sage, control: TestClient) -> None:
    sage.sell("W000250")
    invoice = ship(control, "W000250")
    post(control, invoice)

    assert control.post(f"{COMPANY}/invoices/{invoice}/post").status_code == 422


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("shipments", {"orders": ["W999999"]}),
        ("invoices/0999999/tracking", {"tracking": ["1Z1"]}),
        ("invoices/0999999/credit", {"amount": "1.00"}),
    ],
)
def test_what_is_not_there_is_neither_shipped_packed_nor_credited(
    control: TestClient, path: str, body: dict[str, Any]
) -> None:
    assert control.post(f"{COMPANY}/{path}", json=body).status_code == 422


def test_stock_is_in_shipping_until_the_invoice_is_posted(sage: Sage, control: TestClient) -> None:
    sage.sell("W000250")
    stock = sage.object("IM_ItemWarehouse_svc")
    stock.nFind(ITEM)
    on_hand = number(stock, "QuantityOnHand")

    invoice = ship(control, "W000250")
    stock.nFind(ITEM)
    between = (number(stock, "QuantityInShipping"), number(stock, "QuantityOnHand"))
    post(control, invoice)
    stock.nFind(ITEM)

    assert between == (2.0, on_hand)
    assert (number(stock, "QuantityInShipping"), number(stock, "QuantityOnHand")) == (
        0.0,
        on_hand - 2.0,
    )
