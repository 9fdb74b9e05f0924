"""Sales order lines: the item comes first, quantities re-price, the cursor moves after a write."""

from contextlib import closing
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from sandbox.sage100.store import Store, database
from sandbox.sage100.tables_so import SO_SALES_ORDER_DETAIL
from tests.sandbox.providex.client import (
    INACTIVE_ITEM,
    ITEM,
    OTHER_ITEM,
    Sage,
    add_line,
    all_lines,
    number,
    text,
)

ORDERS = "/_control/companies/ABC/sales-orders"


def begin_line(sage: Sage, item: str, *, customer: str = "BUY0001", division: str = "00") -> Any:
    lines = sage.begin(customer=customer, division=division).oLines
    lines.nAddLine()
    assert lines.nSetValue("ItemCode$", item) == 1, lines.sLastErrorMsg
    return lines


def test_beginning_a_line_gives_2(sage: Sage) -> None:
    assert sage.begin().oLines.nAddLine() == 2


@pytest.mark.parametrize(("column", "value"), [("QuantityOrdered", 1.0), ("UnitPrice", 1.0)])
def test_the_item_must_come_first(sage: Sage, column: str, value: float) -> None:
    lines = sage.begin().oLines
    lines.nAddLine()

    assert lines.nSetValue(column, value) == 0
    assert "ItemCode$ must be set before" in lines.sLastErrorMsg


@pytest.mark.parametrize("item", ["NO-SUCH", INACTIVE_ITEM, f"{ITEM} ", ITEM.lower(), "", "*"])
def test_an_item_that_is_unknown_or_inactive_is_refused(sage: Sage, item: str) -> None:
    lines = sage.begin().oLines
    lines.nAddLine()

    assert lines.nSetValue("ItemCode$", item) == 0


def test_a_refusal_on_a_line_is_on_the_lines_and_the_session_only(sage: Sage) -> None:
    orders = sage.begin()
    orders.oLines.nAddLine()

    orders.oLines.nSetValue("ItemCode$", "NO-SUCH")

    assert "NO-SUCH" in orders.oLines.sLastErrorMsg
    assert "NO-SUCH" in sage.session.sLastErrorMsg
    assert orders.sLastErrorMsg == ""


def test_an_item_brings_description_price_unit_and_warehouse(sage: Sage) -> None:
    lines = begin_line(sage, ITEM)

    assert text(lines, "ItemCodeDesc$") == "Ridge Tent 1P"
    assert text(lines, "ItemType$") == "1"
    assert text(lines, "UnitOfMeasure$") == "EACH"
    assert text(lines, "WarehouseCode$") == "001"
    assert text(lines, "TaxClass$") == "TX"
    assert text(lines, "LineKey$") == "000001"
    assert number(lines, "UnitPrice") == 177.66


def test_a_quantity_set_after_the_price_prices_anew(sage: Sage) -> None:
    lines = begin_line(sage, ITEM)

    lines.nSetValue("UnitPrice", 1.0)
    lines.nSetValue("QuantityOrdered", 2.0)

    assert number(lines, "UnitPrice") == 177.66
    assert text(lines, "PriceOverridden$") == "N"


def test_a_price_set_after_the_quantity_stays(sage: Sage) -> None:
    lines = begin_line(sage, ITEM)

    lines.nSetValue("QuantityOrdered", 3.0)
    lines.nSetValue("UnitPrice", 19.99)

    assert number(lines, "ExtensionAmt") == 59.97
    assert text(lines, "PriceOverridden$") == "Y"


def test_a_larger_quantity_has_a_lower_price(sage: Sage) -> None:
    lines = begin_line(sage, ITEM)

    lines.nSetValue("QuantityOrdered", 12.0)

    assert number(lines, "UnitPrice") == 168.777


def test_a_customer_s_price_level_counts(sage: Sage) -> None:
    lines = begin_line(sage, ITEM, customer="BUY0005", division="01")

    assert number(lines, "UnitPrice") == 156.3408


@pytest.mark.parametrize(
    ("quantity", "price", "extension"),
    [(1.0, 0.005, 0.01), (3.0, 0.335, 1.01), (7.0, 0.385, 2.7), (0.5, 0.01, 0.01)],
)
def test_an_extension_is_rounded_half_up(
    sage: Sage, *, quantity: float, price: float, extension: float
) -> None:
    lines = begin_line(sage, "CRD-RDG-3MM")

    lines.nSetValue("QuantityOrdered", quantity)
    lines.nSetValue("UnitPrice", price)

    assert number(lines, "ExtensionAmt") == extension


def test_a_price_keeps_six_decimals(sage: Sage) -> None:
    lines = begin_line(sage, ITEM)

    lines.nSetValue("UnitPrice", 1.23456789)

    assert number(lines, "UnitPrice") == 1.234568


def test_a_line_discount_lowers_the_extension(sage: Sage) -> None:
    lines = begin_line(sage, ITEM)
    lines.nSetValue("QuantityOrdered", 1.0)
    lines.nSetValue("UnitPrice", 100.0)

    assert lines.nSetValue("LineDiscountPercent", 12.5) == 1
    assert lines.nSetValue("LineDiscountPercent", 120.0) == 0
    assert number(lines, "ExtensionAmt") == 87.5


def test_after_a_line_is_written_everything_reads_blank(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=2.0, price=10.0)

    assert text(orders.oLines, "LineKey$") == ""
    assert number(orders.oLines, "UnitPrice") == 0.0


def test_a_line_that_was_not_written_is_lost(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=10.0)
    orders.oLines.nAddLine()
    orders.oLines.nSetValue("ItemCode$", OTHER_ITEM)

    orders.nWrite()

    orders.nFind("W000250")
    assert all_lines(orders, "ItemCode$") == [ITEM]


def test_lines_added_to_a_stored_order_come_on_top(sage: Sage) -> None:
    orders = sage.sell("W000250")
    assert orders.nSetKey("W000250") == 1

    add_line(orders, OTHER_ITEM, quantity=1.0, price=10.0)
    assert orders.nWrite() == 1

    orders.nFind("W000250")
    assert all_lines(orders, "ItemCode$") == [ITEM, OTHER_ITEM]
    assert all_lines(orders, "LineKey$") == ["000001", "000002"]
    assert number(orders, "TaxableAmt") == 210.0


def test_a_stored_line_can_be_edited(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    lines = orders.oLines

    assert lines.nEditLine("000001") == 1
    assert lines.nSetValue("UnitPrice", 50.0) == 1
    lines.nWrite()
    orders.nWrite()

    orders.nFind("W000250")
    assert number(orders, "TaxableAmt") == 100.0


def test_a_stored_line_can_be_deleted(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    add_line(orders, OTHER_ITEM, quantity=1.0, price=10.0)

    assert orders.oLines.nDeleteLine("000001") == 1
    assert orders.oLines.nDeleteLine("000009") == 0
    orders.nWrite()

    orders.nFind("W000250")
    assert all_lines(orders, "ItemCode$") == [OTHER_ITEM]


def test_the_key_of_a_deleted_line_does_not_come_back(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")

    orders.oLines.nDeleteLine("000001")
    add_line(orders, OTHER_ITEM, quantity=1.0, price=10.0)
    orders.nWrite()

    orders.nFind("W000250")
    assert all_lines(orders, "LineKey$") == ["000002"]


def test_a_line_that_has_shipped_cannot_be_deleted(sage: Sage) -> None:
    orders = sage.sell("W000250")
    with TestClient(Control(sage.home).app()) as control:
        control.post(f"{ORDERS}/W000250/mark", json={"shipped": {"000001": "1"}})
    orders.nSetKey("W000250")

    assert orders.oLines.nDeleteLine("000001") == 0
    assert "has been shipped" in orders.oLines.sLastErrorMsg


def test_a_kit_takes_its_components_along_and_they_do_not_go_alone(sage: Sage) -> None:
    orders = sage.sell("W000250")
    explode(sage, "W000250", "000001")
    orders.nSetKey("W000250")

    alone = orders.oLines.nDeleteLine("000002")
    with_the_kit = orders.oLines.nDeleteLine("000001")

    assert (alone, with_the_kit) == (0, 1)
    assert all_lines(orders, "LineKey$") == []


def explode(sage: Sage, number: str, kit: str) -> None:
    """Put a component under a line, as Sage does when a sales kit is exploded."""
    with closing(Store(database(sage.home, "ABC"))) as store:
        line = store.get(SO_SALES_ORDER_DETAIL, number + kit) or {}
        part = {"LineKey": "000002", "LineSeqNo": "00000000000002", "SalesKitLineKey": kit}
        store.put(SO_SALES_ORDER_DETAIL, line | part)


def test_a_line_that_was_only_moved_to_cannot_be_changed(sage: Sage) -> None:
    orders = sage.sell("W000250")
    orders.nSetKey("W000250")
    orders.oLines.nMoveFirst()

    assert orders.oLines.nSetValue("UnitPrice", 1.0) == 0


@pytest.mark.parametrize("column", ["QuantityOrdered", "UnitPrice"])
def test_goods_cannot_be_negative(sage: Sage, column: str) -> None:
    assert begin_line(sage, ITEM).nSetValue(column, -1.0) == 0


def test_a_miscellaneous_item_may_be_negative(sage: Sage) -> None:
    lines = begin_line(sage, "/DISC")

    assert lines.nSetValue("QuantityOrdered", 1.0) == 1
    assert lines.nSetValue("UnitPrice", -5.25) == 1
    assert number(lines, "ExtensionAmt") == -5.25
    assert text(lines, "ItemType$") == "5"


def test_a_charge_takes_an_amount_and_no_quantity(sage: Sage) -> None:
    lines = begin_line(sage, "/RUSH")

    assert lines.nSetValue("QuantityOrdered", 1.0) == 0
    assert lines.nSetValue("ExtensionAmt", -1.0) == 0
    assert lines.nSetValue("ExtensionAmt", 12.5) == 1
    assert number(lines, "ExtensionAmt") == 12.5


def test_the_extension_of_goods_cannot_be_set(sage: Sage) -> None:
    assert begin_line(sage, ITEM).nSetValue("ExtensionAmt", 5.0) == 0


def test_a_comment_takes_text_only(sage: Sage) -> None:
    lines = begin_line(sage, "/C")

    assert lines.nSetValue("CommentText$", "Leave at the back door") == 1
    assert lines.nSetValue("UnitPrice", 1.0) == 0
    assert lines.nWrite() == 1


def test_a_special_item_needs_a_description(sage: Sage) -> None:
    lines = begin_line(sage, "*ODD")

    assert lines.nWrite() == 0
    assert lines.nSetValue("ItemCodeDesc$", "Something odd") == 1
    assert lines.nWrite() == 1


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("WarehouseCode$", "999", "not on file"),
        ("UnitOfMeasure$", "TON", "is not a unit of"),
        ("ItemCodeDesc$", "x" * 31, "greater than 30 character(s)"),
        ("LineKey$", "000009", "read only"),
        ("ItemCode$", OTHER_ITEM, "read only"),
        ("TaxClass$", "ZZ", "failed validation"),
        ("Nothing$", "x", "not a valid column"),
        ("QuantityOrdered", "1", "numeric"),
    ],
)
def test_a_line_s_column_refuses_what_it_does_not_take(
    sage: Sage, *, column: str, value: Any, message: str
) -> None:
    lines = begin_line(sage, ITEM)

    assert lines.nSetValue(column, value) == 0
    assert message in lines.sLastErrorMsg
