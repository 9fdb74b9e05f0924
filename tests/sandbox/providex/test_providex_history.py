"""Orders move: live, completed in history with a posted invoice, or deleted but remembered."""

from contextlib import closing
from typing import Any

import pytest

from sandbox.sage100 import com
from sandbox.sage100.clock import WorkstationClock
from sandbox.sage100.company import Company
from sandbox.sage100.errors import RefusedError
from sandbox.sage100.posting import post_invoice
from sandbox.sage100.shipping import ship
from sandbox.sage100.store import SYSTEM, Store, database
from tests.sandbox.providex.client import ITEM, Sage, all_lines, number, text

HISTORY, INVOICES = "SO_SalesOrderHistoryInquiry_bus", "AR_InvoiceHistoryInquiry_bus"


def post(sage: Sage, order: str) -> str:
    with (
        closing(Store(database(sage.home, SYSTEM))) as system,
        closing(Store(database(sage.home, "ABC"))) as store,
    ):
        clock = WorkstationClock()
        company = Company("ABC", store, system, clock=clock, user="STAFF", date="20260302")
        return post_invoice(company, order)


def history(sage: Sage, order: str) -> Any:
    inquiry = sage.object(HISTORY)
    assert inquiry.nFind(order) == 1, inquiry.sLastErrorMsg
    return inquiry


def test_an_order_has_an_active_history_as_soon_as_it_is_written(sage: Sage) -> None:
    sage.sell("W000250", marker="W-250-x7")

    past = history(sage, "W000250")

    assert text(past, "OrderStatus$") == "A"
    assert text(past, "CustomerPONo$") == "W-250-x7"
    assert all_lines(past, "ItemCode$") == [ITEM]


def test_a_quote_has_a_history_status_of_its_own(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    orders.nSetValue("OrderType$", "Q")
    orders.nWrite()

    assert text(history(sage, "W000250"), "OrderStatus$") == "Q"


def test_history_keeps_the_first_quantity(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    orders.oLines.nEditLine("000001")
    orders.oLines.nSetValue("QuantityOrdered", 5.0)
    orders.oLines.nWrite()
    orders.nWrite()

    lines = history(sage, "W000250").oLines
    lines.nMoveFirst()

    assert number(lines, "QuantityOrderedOriginal") == 2.0
    assert number(lines, "QuantityOrderedRevised") == 5.0


def test_a_posted_order_leaves_the_live_files(sage: Sage) -> None:
    orders = sage.sell("W000250")

    invoice = post(sage, "W000250")

    assert orders.nFind("W000250") == 0
    past = history(sage, "W000250")
    assert text(past, "OrderStatus$") == "C"
    assert text(past, "LastInvoiceNo$") == invoice
    assert number(past, "InvoicedAmt") == 217.69


def test_a_posted_invoice_names_its_order(sage: Sage) -> None:
    sage.sell("W000250")
    invoice = post(sage, "W000250")
    inquiry = sage.object(INVOICES)
    values, keys = com.by_ref_string(), com.by_ref_string()

    inquiry.nGetResultSets("InvoiceNo$", "InvoiceNo$", values, keys, 'SalesOrderNo$="W000250"')

    assert values.value == f"{invoice}Š"
    assert inquiry.nFind(invoice) == 1
    assert number(inquiry, "SalesTaxAmt") == 17.69
    assert all_lines(inquiry, "AppliedSalesOrderNo$") == ["W000250"]


def test_a_deleted_order_is_remembered(sage: Sage) -> None:
    orders = sage.sell("W000250")

    assert orders.nDelete("W000250") == 1

    assert orders.nFind("W000250") == 0
    assert text(history(sage, "W000250"), "OrderStatus$") == "X"
    assert orders.nDelete("W000250") == 0


def test_a_number_that_only_history_has_counts_as_new(sage: Sage) -> None:
    orders = sage.sell("W000250")
    post(sage, "W000250")

    assert orders.nSetKey("W000250") == 2


def test_inquiries_do_not_write(sage: Sage) -> None:
    sage.sell("W000250")
    past = history(sage, "W000250")

    assert past.nSetKey("W000250") == 1
    assert past.nSetKey("W000251") == 0
    with pytest.raises(com.error):
        past.oLines.nAddLine()


def test_orders_commit_stock_and_posting_takes_it(sage: Sage) -> None:
    stock = sage.object("IM_ItemWarehouse_svc")
    stock.nFind(ITEM)
    on_hand = number(stock, "QuantityOnHand")
    sage.sell("W000250")
    stock.nFind(ITEM)
    committed = number(stock, "QuantityOnSalesOrder")

    post(sage, "W000250")
    stock.nFind(ITEM)

    assert committed == 2.0
    assert number(stock, "QuantityOnSalesOrder") == 0.0
    assert number(stock, "QuantityOnHand") == on_hand - 2.0


def test_an_order_is_shipped_once(sage: Sage) -> None:
    sage.sell("W000250")
    with (
        closing(Store(database(sage.home, SYSTEM))) as system,
        closing(Store(database(sage.home, "ABC"))) as store,
    ):
        clock = WorkstationClock()
        company = Company("ABC", store, system, clock=clock, user="STAFF", date="20260302")
        ship(company, ["W000250"], ["1Z999"])

        with pytest.raises(RefusedError):
            ship(company, ["W000250"], [])
