"""Customers and their contacts over the simulated eBusiness Web Services."""

import pytest

from tests.sandbox.ebws.client import Soap, members, text

KEY = "<arDivisionNo>00</arDivisionNo><customerNo>WEB0001</customerNo>"
CONTACT_KEY = f"{KEY}<contactCode>JANE</contactCode>"
CUSTOMER = {
    "ARDivisionNo": "00",
    "CustomerNo": "WEB0001",
    "CustomerName": "Jane Doe",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
    "TermsCode": "00",
    "EmailAddress": "jane@example.com",
}
CONTACT = {
    "ARDivisionNo": "00",
    "CustomerNo": "WEB0001",
    "ContactCode": "JANE",
    "ContactName": "Jane Doe",
}


def customer(**values: str) -> str:
    return f"<customer>{members(CUSTOMER | values)}</customer>"


def contact(**values: str) -> str:
    return f"<customerContact>{members(CONTACT | values)}</customerContact>"


def test_a_customer_that_was_created_is_read_back(soap: Soap) -> None:
    soap.result("CreateCustomer", customer())

    found = soap.result("GetCustomer", KEY)

    assert text(found, "CustomerName") == "Jane Doe"
    assert text(found, "CustomerStatus") == "A"
    assert text(found, "DateTimeCreated")[:3] == "202"


def test_a_customer_number_that_is_in_use_already_exists(soap: Soap) -> None:
    soap.result("CreateCustomer", customer())

    assert soap.fault("CreateCustomer", customer()).mas == "WS_AlreadyExists"


@pytest.mark.parametrize(
    ("operation", "inner"),
    [("GetCustomer", KEY), ("UpdateCustomer", customer()), ("DeleteCustomer", KEY)],
)
def test_a_customer_who_is_not_there_is_told(soap: Soap, *, operation: str, inner: str) -> None:
    assert soap.fault(operation, inner).mas == "CI_NoKey"


def test_an_update_changes_what_it_names(soap: Soap) -> None:
    soap.result("CreateCustomer", customer(Comment="kept"))
    part = {"ARDivisionNo": "00", "CustomerNo": "WEB0001", "CustomerName": "Jane Roe"}

    soap.result("UpdateCustomer", f"<customer>{members(part)}</customer>")

    found = soap.result("GetCustomer", KEY)
    assert (text(found, "CustomerName"), text(found, "Comment")) == ("Jane Roe", "kept")


def test_a_customers_balance_is_read_only(soap: Soap) -> None:
    fault = soap.fault("CreateCustomer", customer(CurrentBalance="1"))

    assert fault.text == "Could not set AR_Customer_Bus column CurrentBalance is read only."


def test_a_customer_needs_a_sales_person_on_file(soap: Soap) -> None:
    assert soap.fault("CreateCustomer", customer(SalespersonNo="9999")).mas == "CI_NOF"


def test_a_deleted_customer_is_gone(soap: Soap) -> None:
    soap.result("CreateCustomer", customer())

    soap.result("DeleteCustomer", KEY)

    assert soap.fault("GetCustomer", KEY).mas == "CI_NoKey"


def test_a_customer_with_open_orders_cannot_be_deleted(soap: Soap) -> None:
    soap.result("CreateSalesOrder", soap.create())
    key = "<arDivisionNo>00</arDivisionNo><customerNo>BUY0001</customerNo>"

    assert "open orders" in soap.fault("DeleteCustomer", key).text


def test_customer_numbers_are_burnt_too(soap: Soap) -> None:
    assert soap.result("GetNextCustomerNo").text < soap.result("GetNextCustomerNo").text


def test_a_contact_is_stored_changed_and_deleted(soap: Soap) -> None:
    soap.result("CreateCustomer", customer())
    soap.result("CreateCustomerContact", contact())
    soap.result("UpdateCustomerContact", contact(ContactTitle="Buyer"))

    found = soap.result("GetCustomerContact", CONTACT_KEY)
    soap.result("DeleteCustomerContact", CONTACT_KEY)

    assert (text(found, "ContactName"), text(found, "ContactTitle")) == ("Jane Doe", "Buyer")
    assert soap.fault("GetCustomerContact", CONTACT_KEY).mas == "CI_NoKey"


def test_a_contact_needs_its_customer(soap: Soap) -> None:
    assert soap.fault("CreateCustomerContact", contact()).mas == "CI_NoKey"
