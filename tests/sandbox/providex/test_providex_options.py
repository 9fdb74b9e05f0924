"""What an administrator sets up: required fields, locked users, whether deleted orders stay."""

from collections.abc import Generator
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100 import seed
from sandbox.sage100.control import Control
from tests.sandbox.providex.client import ITEM, Sage, add_line

OPTIONS = "/_control/companies/{company}/sales-order-options"


@pytest.fixture
def control(sage: Sage) -> Generator[TestClient]:
    with TestClient(Control(sage.home).app()) as client:
        yield client


def require(control: TestClient, file: str, field: str, *, required: bool = True) -> int:
    body = {"file": file, "field": field, "required": required}
    return control.post("/_control/required-fields", json=body).status_code


def ready(sage: Sage) -> Any:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=10.0)
    return orders


def test_a_required_field_rejects_the_save(sage: Sage, control: TestClient) -> None:
    require(control, "SO_SalesOrderHeader", "UDF_TIEOUT_MARKER")
    orders = ready(sage)

    refused = orders.nWrite()
    message = orders.sLastErrorMsg
    orders.nSetValue("UDF_TIEOUT_MARKER$", "W-250-x7")

    assert (refused, orders.nWrite()) == (0, 1)
    assert message == "SO_SalesOrder_Bus column UDF_TIEOUT_MARKER$ is required."


def test_a_required_field_of_a_line_rejects_the_line(sage: Sage, control: TestClient) -> None:
    require(control, "SO_SalesOrderDetail", "WarrantyCode")
    lines = sage.begin().oLines
    lines.nAddLine()
    lines.nSetValue("ItemCode$", ITEM)

    assert lines.nWrite() == 0
    assert "WarrantyCode$ is required" in lines.sLastErrorMsg


def test_a_required_field_of_a_customer_rejects_the_customer(
    sage: Sage, control: TestClient
) -> None:
    require(control, "AR_Customer", "TelephoneNo")
    customers = sage.object("AR_Customer_bus")
    customers.nSetKey("00NEW0001")
    for column, value in {
        "CustomerName$": "New",
        "SalespersonDivisionNo$": "00",
        "SalespersonNo$": "0100",
    }.items():
        customers.nSetValue(column, value)

    assert customers.nWrite() == 0
    assert "TelephoneNo$ is required" in customers.sLastErrorMsg


def test_a_field_that_is_not_required_any_more_may_be_blank(
    sage: Sage, control: TestClient
) -> None:
    require(control, "SO_SalesOrderHeader", "UDF_TIEOUT_MARKER")
    require(control, "SO_SalesOrderHeader", "UDF_TIEOUT_MARKER", required=False)

    assert ready(sage).nWrite() == 1


def test_a_field_that_no_file_has_cannot_be_required(control: TestClient) -> None:
    assert require(control, "SO_SalesOrderHeader", "UDF_NOWHERE") == 400
    assert require(control, "SO_Nothing", "Comment") == 400


def test_a_locked_user_does_not_get_in(sage: Sage, control: TestClient) -> None:
    session = sage.dispatch().NewObject("SY_Session")

    control.post("/_control/user", json={"locked": True})
    refused = session.nSetUser(seed.USER, seed.PASSWORD)
    control.post("/_control/user", json={"locked": False})

    assert (refused, session.nSetUser(seed.USER, seed.PASSWORD)) == (0, 1)


@pytest.mark.parametrize(("kept", "found"), [("Y", 1), ("N", 0)])
def test_a_deleted_order_stays_in_history_only_where_it_is_retained(
    sage: Sage, control: TestClient, *, kept: str, found: int
) -> None:
    path = OPTIONS.format(company="ABC")
    assert control.post(path, json={"RetainDeletedOrders": kept}).status_code == 200
    orders = sage.sell("W000250")

    orders.nDelete("W000250")

    assert sage.object("SO_SalesOrderHistoryInquiry_bus").nFind("W000250") == found


def test_a_company_that_does_not_exist_has_no_options(control: TestClient) -> None:
    path = OPTIONS.format(company="XYZ")

    assert control.post(path, json={"RetainDeletedOrders": "N"}).status_code == 404
