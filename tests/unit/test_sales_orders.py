"""A sales order as asked for and as found: its total, its fate, and each point that differs."""

from dataclasses import replace
from decimal import Decimal

import pytest

from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.domain.sales_orders import (
    FoundSalesOrder,
    SalesOrder,
    Where,
    differences,
    finished_differences,
)

WANTED = SalesOrder(
    header={"CustomerPONo": "W-250-x7", "ShipToName": "Ada Lovelace", "FreightAmt": "8.00"},
    lines=(
        {"ItemCode": "TENT-2", "QuantityOrdered": "2", "UnitPrice": "30.000000"},
        {"ItemCode": "/C", "CommentText": "Colour: red"},
    ),
    total=Decimal("68.00"),
)
FOUND = FoundSalesOrder(
    number=SalesOrderNo("W000250"),
    where=Where.OPEN,
    stamp="s",
    rev=1,
    header={
        **WANTED.header,
        "ARDivisionNo": "00",
        "CustomerNo": "W123456",
        "FreightAmt": "8",
        "NonTaxableAmt": "60",
        "TermsCode": "00",
    },
    lines=({**WANTED.lines[0], "UnitPrice": "30"}, {**WANTED.lines[1], "ItemCodeDesc": "Comment"}),
)
CUSTOMER = CustomerKey("00", "W123456")


def header(**columns: str) -> FoundSalesOrder:
    return replace(FOUND, header={**FOUND.header, **columns})


def test_what_sage_adds_of_its_own_is_no_difference() -> None:
    assert differences(WANTED, FOUND, CUSTOMER) == ()


def test_blanks_around_a_text_are_no_difference() -> None:
    assert differences(WANTED, header(ShipToName=" Ada Lovelace ")) == ()


def test_another_customer_is_told_when_the_customer_is_known() -> None:
    other = CustomerKey("00", "W999999")

    assert differences(WANTED, FOUND, other) == (
        "customer: 00-W999999 expected, Sage has 00-W123456",
    )
    assert differences(WANTED, FOUND) == ()


def test_another_amount_is_told_with_both_figures_and_moves_the_total() -> None:
    assert differences(WANTED, header(FreightAmt="9.50")) == (
        "total: 68.00 expected, Sage has 69.50",
        "FreightAmt: 8.00 expected, Sage has 9.50",
    )


@pytest.mark.parametrize("theirs", ["Bob Cratchit", ""])
def test_another_text_is_told_without_quoting_it(theirs: str) -> None:
    told = differences(WANTED, header(ShipToName=theirs))

    assert told == ("ShipToName differs",)


def test_a_missing_line_is_told_by_the_count_and_the_total() -> None:
    told = differences(WANTED, replace(FOUND, lines=FOUND.lines[:1]))

    assert told == ("number of lines: 2 expected, Sage has 1",)


def test_another_item_quantity_or_price_is_told_with_its_line() -> None:
    changed = {"ItemCode": "TENT-3", "QuantityOrdered": "3", "UnitPrice": "20"}

    told = differences(WANTED, replace(FOUND, lines=(changed, FOUND.lines[1])))

    assert told == (
        "ItemCode on line 1: TENT-2 expected, Sage has TENT-3",
        "QuantityOrdered on line 1: 2 expected, Sage has 3",
        "UnitPrice on line 1: 30.000000 expected, Sage has 20",
    )


def test_another_comment_is_told_without_quoting_it() -> None:
    lines = (FOUND.lines[0], {"ItemCode": "/C", "CommentText": "For Ada"})

    assert differences(WANTED, replace(FOUND, lines=lines)) == ("CommentText on line 2 differs",)


def test_a_total_is_taxed_and_untaxed_and_tax_and_freight_less_discount() -> None:
    found = header(
        TaxableAmt="10.10",
        NonTaxableAmt="20.20",
        SalesTaxAmt="1.01",
        FreightAmt="5",
        DiscountAmt="0.31",
    )

    assert found.total == Decimal("36.00")


def test_a_total_of_blank_columns_is_nothing() -> None:
    assert replace(FOUND, header={"TaxableAmt": ""}).total == 0


@pytest.mark.parametrize(
    ("where", "status", "deleted"),
    [
        (Where.HISTORY, "X", True),
        (Where.HISTORY, "C", False),
        (Where.OPEN, "X", False),
        (Where.INVOICE_HISTORY, "X", False),
    ],
)
def test_only_the_history_remembers_a_deleted_sales_order(
    where: Where, status: str, *, deleted: bool
) -> None:
    found = replace(header(OrderStatus=status), where=where)

    assert found.deleted is deleted


def test_the_marker_is_what_stands_in_the_customer_po() -> None:
    assert FOUND.marker == "W-250-x7"
    assert replace(FOUND, header={}).marker == ""


def test_a_setting_that_was_changed_since_is_no_difference_of_an_older_order() -> None:
    moved = header(WarehouseCode="002", TaxSchedule="NV", OrderDate="20260101")

    assert differences(WANTED, moved, just_written=False) == ()


def test_what_a_finished_document_still_shows_is_compared_and_nothing_else() -> None:
    shown = {"NonTaxableAmt": "60", "FreightAmt": "8", "ShipToName": "Somebody Else"}
    finished = replace(FOUND, where=Where.INVOICE_HISTORY, header=shown, lines=())

    assert finished_differences(WANTED, finished) == ("ShipToName differs",)
    assert finished_differences(WANTED, replace(FOUND, lines=FOUND.lines[:1])) == (
        "number of lines: 2 expected, Sage has 1",
    )


def test_the_total_of_a_posted_invoice_is_told_by_its_own_columns() -> None:
    shown = {"TaxableSalesAmt": "10", "NonTaxableSalesAmt": "50", "SalesTaxAmt": "1"}
    posted = replace(FOUND, where=Where.INVOICE_HISTORY, header={**shown, "DiscountAmt": "2"})

    assert posted.total == Decimal(59)
