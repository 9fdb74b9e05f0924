"""The control API: what it shows, what it does, what it refuses."""

from collections.abc import Generator
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100 import com
from sandbox.sage100.control import Control
from sandbox.sage100.faults import KINDS
from tests.sandbox.providex.client import ITEM, Sage

ORDERS = "/_control/companies/ABC/sales-orders"
SHIP = "/_control/companies/{company}/sales-orders/{number}/ship"
BY_HAND: dict[str, Any] = {
    "SalesOrderNo": "W000250",
    "header": {"ARDivisionNo": "00", "CustomerNo": "BUY0001", "CustomerPONo": "theirs"},
    "lines": [{"ItemCode": ITEM, "QuantityOrdered": "2", "UnitPrice": "100.00"}],
}


@pytest.fixture
def control(sage: Sage) -> Generator[TestClient]:
    with TestClient(Control(sage.home).app()) as client:
        yield client


def test_it_is_well(control: TestClient) -> None:
    assert control.get("/_control/health").json() == {"status": "ok"}


def test_the_api_tells_its_calls(control: TestClient) -> None:
    calls = control.get("/_control").json()["calls"]

    assert {"method": "POST", "path": SHIP, "does": "Ship an open order."} in calls
    assert all(call["does"] for call in calls)


def test_the_state_counts_records_and_shows_sessions(control: TestClient, sage: Sage) -> None:
    sage.sell()

    state = control.get("/_control/state").json()

    assert state["companies"]["ABC"]["counts"]["SO_SalesOrderHeader"] == 1
    assert state["companies"]["CAN"]["currency"] == "CAD"
    assert [session["user"] for session in state["sessions"]] == ["tieout"]


def test_an_order_shows_everything_with_a_total(control: TestClient, sage: Sage) -> None:
    sage.sell("W000250", marker="W-250-x7")

    order = control.get(f"{ORDERS}/W000250").json()

    assert (order["where"], order["total"]) == ("open", "217.69")
    assert order["open"]["header"]["CustomerPONo"] == "W-250-x7"
    assert order["open"]["lines"][0]["ExtensionAmt"] == "200.00"
    assert order["history"]["header"]["OrderStatus"] == "A"
    assert order["invoices"] == []


def test_orders_are_listed_by_prefix_wherever_they_are(control: TestClient, sage: Sage) -> None:
    for number in ("W000250", "W000251", "X000001"):
        sage.sell(number)
    control.post(f"{ORDERS}/W000250/invoice")

    listed = control.get(ORDERS, params={"prefix": "W"}).json()["salesOrders"]

    assert [order["salesOrderNo"] for order in listed] == ["W000250", "W000251"]
    assert [order["where"] for order in listed] == ["history", "open"]
    assert [order["total"] for order in listed] == ["217.69", "217.69"]


def test_an_order_is_made_by_hand_under_a_given_number(control: TestClient, sage: Sage) -> None:
    made = control.post(ORDERS, json=BY_HAND)

    assert made.status_code == 201
    assert made.json()["salesOrder"]["total"] == "217.69"
    assert sage.orders().nSetKey("W000250") == 1


def test_a_hand_made_order_keeps_the_rules(control: TestClient) -> None:
    control.post(ORDERS, json=BY_HAND)

    again = control.post(ORDERS, json=BY_HAND)
    wrong = control.post(ORDERS, json={**BY_HAND, "SalesOrderNo": "nope"})

    assert (again.status_code, wrong.status_code) == (422, 422)
    assert "already exists" in again.json()["error"]


def test_an_order_is_edited_by_hand(control: TestClient) -> None:
    control.post(ORDERS, json=BY_HAND)
    change: dict[str, Any] = {
        "header": {"Comment": "by hand", "FreightAmt": "5.00"},
        "change": {"000001": {"QuantityOrdered": "1", "UnitPrice": "50.00"}},
        "add": [{"ItemCode": "/FEE", "QuantityOrdered": "1", "UnitPrice": "2.00"}],
    }

    edited = control.post(f"{ORDERS}/W000250/hand-edit", json=change).json()["salesOrder"]

    assert edited["open"]["header"]["Comment"] == "by hand"
    assert edited["total"] == "61.42"


def test_shipping_and_invoicing_move_an_order(control: TestClient) -> None:
    control.post(ORDERS, json=BY_HAND)

    shipped = control.post(f"{ORDERS}/W000250/ship", json={"tracking": ["1Z1", "1Z2"]}).json()
    between = control.get(f"{ORDERS}/W000250").json()
    posted = control.post(f"{ORDERS}/W000250/invoice").json()
    after = control.get(f"{ORDERS}/W000250").json()

    assert between["tracking"] == ["1Z1", "1Z2"]
    assert shipped == posted
    assert (after["open"], after["where"], after["total"]) == (None, "history", "217.69")
    assert after["invoices"][0]["tracking"] == ["1Z1", "1Z2"]
    assert after["invoices"][0]["total"] == "217.69"


def test_what_the_staff_s_work_leaves_on_an_order_is_marked(control: TestClient) -> None:
    control.post(ORDERS, json=BY_HAND)
    marks = {
        "header": {"PickingSheetPrinted": "Y", "CurrentInvoiceNo": "0100009", "OrderStatus": "O"},
        "shipped": {"000001": "1"},
    }

    marked = control.post(f"{ORDERS}/W000250/mark", json=marks).json()["salesOrder"]["open"]

    assert {name: marked["header"][name] for name in marks["header"]} == marks["header"]
    assert marked["header"]["SalesOrderPrinted"] == "N"
    assert marked["lines"][0]["QuantityShipped"] == "1"


def test_a_line_that_is_not_there_is_not_marked(control: TestClient) -> None:
    control.post(ORDERS, json=BY_HAND)

    answer = control.post(f"{ORDERS}/W000250/mark", json={"shipped": {"000009": "1"}})

    assert answer.status_code == 422


def test_an_order_on_an_invoice_cannot_be_deleted(control: TestClient, sage: Sage) -> None:
    control.post(ORDERS, json=BY_HAND)
    control.post(f"{ORDERS}/W000250/ship")
    orders = sage.orders()

    assert orders.nDelete("W000250") == 0
    assert "is on invoice" in orders.sLastErrorMsg


def test_a_deleted_order_stays_in_history(control: TestClient) -> None:
    control.post(ORDERS, json=BY_HAND)

    assert control.post(f"{ORDERS}/W000250/delete").status_code == 204
    assert control.get(f"{ORDERS}/W000250").json()["history"]["header"]["OrderStatus"] == "X"
    assert control.post(f"{ORDERS}/W000250/delete").status_code == 422


def test_customers_are_found_by_e_mail(control: TestClient) -> None:
    found = control.get(
        "/_control/companies/ABC/customers", params={"email": "BUYER031@example.com"}
    )

    numbers = [customer["CustomerNo"] for customer in found.json()["customers"]]
    assert numbers == ["BUY0031", "BUY0032"]


def test_a_fault_told_here_happens_there(control: TestClient, sage: Sage) -> None:
    orders = sage.begin()
    control.post("/_control/faults", json={"kind": "poison"})

    with pytest.raises(com.error):
        orders.nClear()


@pytest.mark.parametrize("kind", KINDS)
def test_faults_are_listed_and_taken_away(control: TestClient, kind: str) -> None:
    control.post("/_control/faults", json={"kind": kind, "count": None, "seconds": "0.5"})

    listed = control.get("/_control/faults").json()["faults"]
    control.delete("/_control/faults")

    assert [fault["kind"] for fault in listed] == [kind]
    assert control.get("/_control/faults").json()["faults"] == []


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/_control/faults", {"kind": "earthquake"}),
        ("/_control/faults", {"kind": "slow", "delay": 1}),
        ("/_control/faults", {"kind": "slow", "seconds": "601"}),
        ("/_control/reset", {"sed": 1}),
        (ORDERS, {**BY_HAND, "extra": 1}),
        (f"{ORDERS}/W000250/ship", {"trackings": []}),
        (f"{ORDERS}/W000250/invoice", {"x": 1}),
        (f"{ORDERS}/W000250/hand-edit", {"headers": {}}),
        (f"{ORDERS}/W000250/mark", {"header": {"Comment": "x"}}),
        (f"{ORDERS}/W000250/mark", {"shipped": {"000001": "-1"}}),
    ],
)
def test_a_field_that_it_does_not_know_is_400(control: TestClient, path: str, body: Any) -> None:
    assert control.post(path, json=body).status_code == 400


def test_a_parameter_that_it_does_not_know_is_400(control: TestClient) -> None:
    assert control.get(ORDERS, params={"begins": "W"}).status_code == 400


def test_what_is_absent_is_404(control: TestClient) -> None:
    assert control.get(f"{ORDERS}/W999999").status_code == 404
    assert control.get("/_control/companies/XYZ/sales-orders").status_code == 404


def test_a_reset_brings_the_first_day_back(control: TestClient, sage: Sage) -> None:
    sage.sell()

    control.post("/_control/reset", json={"seed": 2})

    assert control.get(ORDERS).json() == {"salesOrders": []}
    assert sage.orders().nSetKey("W000250") == 2
