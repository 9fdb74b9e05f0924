"""Customers and items: creating with what is mandatory, checks, and who may not be deleted."""

from typing import Any

import pytest

from sandbox.sage100 import com
from tests.sandbox.providex.client import Sage, text

NEW = {
    "CustomerName$": "Hilltop Huts",
    "AddressLine1$": "1 Main St",
    "ZipCode$": "80301",
    "TaxSchedule$": "NONTAX",
    "SalespersonDivisionNo$": "00",
    "SalespersonNo$": "0100",
    "EmailAddress$": "huts@example.com",
}


def open_customer(sage: Sage, number: str, division: str = "00") -> Any:
    customers = sage.object("AR_Customer_bus")
    assert customers.nSetKeyValue("ARDivisionNo$", division) == 1
    assert customers.nSetKeyValue("CustomerNo$", number) == 1
    return customers


def test_a_customer_is_created_and_found(sage: Sage) -> None:
    customers = open_customer(sage, "HUTS001")

    assert customers.nSetKey() == 2
    assert [customers.nSetValue(column, value) for column, value in NEW.items()] == [1] * 7
    assert customers.nWrite() == 1

    customers.nSetKeyValue("ARDivisionNo$", "00")
    assert customers.nFind("HUTS001") == 1
    assert text(customers, "City$") == "Boulder"
    assert text(customers, "TermsCode$") == "00"
    assert text(customers, "CustomerStatus$") == "A"


@pytest.mark.parametrize("left_out", ["CustomerName$", "SalespersonNo$"])
def test_what_is_mandatory_must_be_there(sage: Sage, left_out: str) -> None:
    customers = open_customer(sage, "HUTS001")
    customers.nSetKey()
    for column in NEW.keys() - {left_out}:
        customers.nSetValue(column, NEW[column])
    customers.nSetValue("SalespersonNo$", NEW.get("SalespersonNo$") if not left_out else "")

    assert customers.nWrite() == 0
    assert "is required" in customers.sLastErrorMsg


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ZipCode$", "00000"),
        ("TaxSchedule$", "MARS"),
        ("TermsCode$", "99"),
        ("SalespersonNo$", "9999"),
        ("ShipMethod$", "PIGEON"),
        ("CustomerStatus$", "Z"),
        ("CustomerName$", ""),
        ("CurrentBalance", 5.0),
    ],
)
def test_a_wrong_value_is_refused(sage: Sage, column: str, value: Any) -> None:
    customers = open_customer(sage, "BUY0001")
    assert customers.nSetKey() == 1

    assert customers.nSetValue(column, value) == 0


def test_a_division_that_does_not_exist_is_refused(sage: Sage) -> None:
    assert open_customer(sage, "HUTS001", division="77").nSetKey() == 0


def test_a_lower_case_customer_number_is_refused(sage: Sage) -> None:
    assert open_customer(sage, "huts001").nSetKey() == 0


def test_two_customers_share_an_e_mail(sage: Sage) -> None:
    customers = sage.object("AR_Customer_svc")
    values, keys = com.by_ref_string(), com.by_ref_string()
    filter_ = 'UCS(EmailAddress$)="BUYER031@EXAMPLE.COM"'

    assert customers.nGetResultSets("CustomerNo$", "CustomerNo$", values, keys, filter_) == 1

    assert values.value == "BUY0031ŠBUY0032Š"


def test_a_customer_with_open_orders_stays(sage: Sage) -> None:
    sage.sell()
    customers = open_customer(sage, "BUY0001")

    assert customers.nDelete() == 0
    customers.nSetKeyValue("CustomerNo$", "BUY0002")
    assert customers.nDelete() == 1


def test_next_customer_numbers_are_burnt(sage: Sage) -> None:
    customers = sage.object("AR_Customer_bus")
    number = com.by_ref_string()

    customers.nGetNextCustomerNo(number)
    customers.nGetNextCustomerNo(number)

    assert number.value == "0000002"


def test_an_order_number_cannot_be_asked_of_customers(sage: Sage) -> None:
    customers = sage.object("AR_Customer_bus")

    with pytest.raises(com.error):
        customers.nGetNextSalesOrderNo(com.by_ref_string())


def test_an_item_can_be_changed(sage: Sage) -> None:
    items = sage.object("CI_ItemCode_bus")
    assert items.nSetKey("TNT-RDG-1P") == 1

    assert items.nSetValue("InactiveItem$", "Y") == 1
    assert items.nWrite() == 1

    items.nFind("TNT-RDG-1P")
    assert text(items, "InactiveItem$") == "Y"


def test_the_canadian_company_has_its_own_customers(sage: Sage) -> None:
    sage.log_on("CAN")
    customers = sage.object("AR_Customer_svc")
    customers.nSetKeyValue("ARDivisionNo$", "00")

    assert customers.nFind("BUY0001") == 0
    assert customers.nFind("BUY0201") == 1
    assert text(customers, "CountryCode$") == "CAN"
