"""The sales order header: return codes, checks of columns, what a customer brings along."""

from typing import Any

import pytest

from sandbox.sage100 import com
from tests.sandbox.providex.client import CUSTOMER, ITEM, Sage, add_line, number, text

ON_HOLD, INACTIVE, TWINS = "BUY0039", "BUY0049", ("BUY0031", "BUY0032")


def test_a_new_number_gives_2_and_a_stored_one_1(sage: Sage) -> None:
    orders = sage.sell("W000250")

    assert orders.nSetKey("W000250") == 1
    assert orders.nSetKey("W000251") == 2


def test_the_key_can_come_part_by_part(sage: Sage) -> None:
    orders = sage.orders()

    assert orders.nSetKeyValue("SalesOrderNo$", "W000250") == 1
    assert orders.nSetKey() == 2


def test_a_key_that_was_not_set_is_refused(sage: Sage) -> None:
    orders = sage.orders()

    assert orders.nSetKey() == 0
    assert "SalesOrderNo$ is required" in orders.sLastErrorMsg


@pytest.mark.parametrize("key", ["w000250", "W-00250", "W00025", "W0002500"])
def test_a_key_that_is_no_order_number_is_refused(sage: Sage, key: str) -> None:
    assert sage.orders().nSetKey(key) == 0


def test_digits_alone_are_filled_with_zeros(sage: Sage) -> None:
    orders = sage.orders()

    orders.nSetKey("42")

    assert text(orders, "SalesOrderNo$") == "0000042"


def test_setting_a_value_without_a_key_is_refused(sage: Sage) -> None:
    assert sage.orders().nSetValue("Comment$", "x") == 0


def test_nothing_is_stored_before_the_header_is_written(sage: Sage) -> None:
    orders = sage.begin("W000250")
    add_line(orders, ITEM, quantity=1.0, price=10.0)

    orders.nClear()

    assert orders.nFind("W000250") == 0


def test_customer_data_fills_the_header(sage: Sage) -> None:
    orders = sage.begin()

    assert text(orders, "BillToName$") == "Cedar Outfitters"
    assert text(orders, "ShipToZipCode$") == "80202"
    assert text(orders, "TermsCode$") == "00"
    assert text(orders, "TaxSchedule$") == "CO"
    assert text(orders, "SalespersonNo$") == "0100"
    assert text(orders, "ShipVia$") == "UPS 2DAY"
    assert text(orders, "WarehouseCode$") == "001"
    assert text(orders, "OrderStatus$") == "N"


def test_the_order_date_is_the_session_s_date(sage: Sage) -> None:
    assert text(sage.begin(), "OrderDate$") == "20260302"


def test_the_customer_cannot_come_before_the_division(sage: Sage) -> None:
    orders = sage.orders()
    orders.nSetKey("W000250")

    assert orders.nSetValue("CustomerNo$", CUSTOMER) == 0


@pytest.mark.parametrize("customer", ["NOBODY", INACTIVE])
def test_an_unknown_or_inactive_customer_is_refused(sage: Sage, customer: str) -> None:
    orders = sage.orders()
    orders.nSetKey("W000250")
    orders.nSetValue("ARDivisionNo$", "00")

    assert orders.nSetValue("CustomerNo$", customer) == 0
    assert customer in orders.sLastErrorMsg


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("ShipToName$", "x" * 51, "ShipToName$ is greater than 50 character(s)"),
        ("Comment$", "x" * 31, "Comment$ is greater than 30 character(s)"),
        ("TaxableAmt", 1.0, "TaxableAmt is read only"),
        ("SalesTaxAmt", 1.0, "SalesTaxAmt is read only"),
        ("DateUpdated$", "20260101", "DateUpdated$ is read only"),
        ("SalesOrderNo$", "W000999", "SalesOrderNo$ is read only"),
        ("Nothing$", "x", "not a valid column"),
        ("Comment", "x", "not a valid column"),
        ("FreightAmt$", "5", "not a valid column"),
        ("FreightAmt", "5.00", "FreightAmt is numeric"),
        ("Comment$", 5.0, "Comment$ is a string"),
        ("FreightAmt", 1e9, "FreightAmt is greater than 9 digit(s)"),
        ("FreightAmt", -1.0, "must not be negative"),
        ("OrderType$", "Y", "failed validation on S,B,Q,M,R,P"),
        ("ShipToName$", "Łódź", "character that is not allowed (Ł)"),
        ("ShipToZipCode$", "00000", "00000 is not on file (SY_ZipCode)"),
        ("BillToZipCode$", "80302-1", "not on file"),
        ("ShipToCountryCode$", "ZZZ", "not on file"),
        ("ShipVia$", "PIGEON", "PIGEON is not on file"),
        ("WarehouseCode$", "999", "not on file"),
        ("TermsCode$", "99", "not on file"),
        ("TaxSchedule$", "MARS", "not on file"),
        ("TaxSchedule$", "", "not on file"),
        ("PaymentType$", "GOLD", "not on file"),
        ("SalespersonNo$", "9999", "not on file"),
        ("ShipToCode$", "9", "not on file"),
        ("OrderDate$", "20261301", "not a valid date"),
        ("OrderDate$", "", "OrderDate$ is required"),
        ("DiscountRate", 101.0, "greater than 100"),
    ],
)
def test_a_value_that_the_column_does_not_take_gives_0(
    sage: Sage, *, column: str, value: Any, message: str
) -> None:
    orders = sage.begin()

    assert orders.nSetValue(column, value) == 0
    assert message in orders.sLastErrorMsg
    assert message in sage.session.sLastErrorMsg


def test_a_refused_value_leaves_the_column_as_it_was(sage: Sage) -> None:
    orders = sage.begin()

    orders.nSetValue("ShipToZipCode$", "00000")

    assert text(orders, "ShipToZipCode$") == "80202"


def test_characters_of_the_code_page_survive(sage: Sage) -> None:
    orders = sage.begin()

    orders.nSetValue("ShipToName$", "Café Ñandú €5 Š")

    assert text(orders, "ShipToName$") == "Café Ñandú €5 Š"


def test_whole_numbers_are_taken_as_numbers(sage: Sage) -> None:
    orders = sage.begin()

    assert orders.nSetValue("FreightAmt", 5) == 1
    assert number(orders, "FreightAmt") == 5.0


@pytest.mark.parametrize("value", [True, None, b"5"])
def test_other_kinds_of_value_are_a_type_mismatch(sage: Sage, value: Any) -> None:
    orders = sage.begin()

    with pytest.raises(com.error, match="Type mismatch"):
        orders.nSetValue("FreightAmt", value)


def test_an_order_without_lines_is_not_written(sage: Sage) -> None:
    orders = sage.begin()

    assert orders.nWrite() == 0
    assert "no lines" in orders.sLastErrorMsg


def test_lines_need_a_customer_first(sage: Sage) -> None:
    orders = sage.orders()
    orders.nSetKey("W000250")

    assert orders.oLines.nAddLine() == 0
    assert "CustomerNo$ is required" in orders.oLines.sLastErrorMsg


def test_a_second_order_with_the_customer_s_po_number_gives_minus_1(sage: Sage) -> None:
    sage.sell("W000250", marker="W-250-x7")
    orders = sage.begin("W000251")

    code = orders.nSetValue("CustomerPONo$", "W-250-x7")

    assert code == -1
    assert "W-250-x7 is already used on order W000250" in orders.sLastErrorMsg


def test_an_order_written_with_a_repeated_po_number_gives_minus_1_and_is_stored(sage: Sage) -> None:
    sage.sell("W000250", marker="W-250-x7")
    orders = sage.begin("W000251")
    orders.nSetValue("CustomerPONo$", "W-250-x7")
    add_line(orders, ITEM, quantity=1.0, price=10.0)

    assert orders.nWrite() == -1
    assert orders.nFind("W000251") == 1


def test_another_customer_may_use_the_same_po_number(sage: Sage) -> None:
    sage.sell("W000250", marker="W-250-x7", customer=TWINS[0])
    orders = sage.begin("W000251", TWINS[1])

    assert orders.nSetValue("CustomerPONo$", "W-250-x7") == 1


def test_an_order_for_a_customer_on_credit_hold_is_stored_on_hold_with_minus_1(sage: Sage) -> None:
    orders = sage.begin(customer=ON_HOLD)
    add_line(orders, ITEM, quantity=1.0, price=10.0)

    assert orders.nWrite() == -1
    assert "credit hold" in orders.sLastErrorMsg
    orders.nFind("W000250")
    assert text(orders, "OrderStatus$") == "H"


def test_the_customer_cannot_change_once_there_are_lines(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=10.0)

    assert orders.nSetValue("CustomerNo$", "BUY0002") == 0


def test_next_numbers_are_burnt(sage: Sage) -> None:
    orders = sage.orders()
    first, second = com.by_ref_string(), com.by_ref_string()

    assert orders.nGetNextSalesOrderNo(first) == 1
    assert orders.nGetNextSalesOrderNo(second) == 1

    assert (first.value, second.value) == ("0000001", "0000002")


def test_our_own_columns_hold_marker_and_revision(sage: Sage) -> None:
    orders = sage.begin()

    assert orders.nSetValue("UDF_TIEOUT_MARKER$", "W-250-x7") == 1
    assert orders.nSetValue("UDF_TIEOUT_REV", 3) == 1

    assert number(orders, "UDF_TIEOUT_REV") == 3.0


def test_the_last_error_stays_after_a_success(sage: Sage) -> None:
    orders = sage.begin()
    orders.nSetValue("ShipVia$", "PIGEON")

    orders.nSetValue("Comment$", "fine")

    assert "PIGEON" in orders.sLastErrorMsg
