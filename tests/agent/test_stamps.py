from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from tests.agent.harness import RunningAgent, order, sku
from tieout_agent.sage.stamps import content_stamp

ORDER = "/_control/companies/ABC/sales-orders/W000250"


@pytest.fixture
def staff(agent: RunningAgent) -> TestClient:
    """The people at Sage's screens, with one order of ours before them."""
    agent.create_order("W000250", order())
    return TestClient(Control(Path(agent.settings.home)).app())


def stamp(agent: RunningAgent) -> str:
    return agent.get("/ABC/SO/SalesOrder/W000250").json()["stamp"]


@pytest.mark.parametrize(
    "marks",
    [
        {"SalesOrderPrinted": "Y"},
        {"PickingSheetPrinted": "Y"},
        {"OrderStatus": "O"},
        {},
    ],
)
def test_printing_and_storing_unchanged_leave_the_stamp(
    agent: RunningAgent, staff: TestClient, marks: dict[str, str]
) -> None:
    before = stamp(agent)

    staff.post(f"{ORDER}/mark", json={"header": marks})

    assert stamp(agent) == before


@pytest.mark.parametrize(
    ("call", "body"),
    [
        ("mark", {"header": {"OrderStatus": "H"}}),
        ("mark", {"header": {"OrderStatus": "C"}}),
        ("mark", {"header": {"CurrentInvoiceNo": "0100001"}}),
        ("mark", {"shipped": {"000001": "1"}}),
        ("hand-edit", {"header": {"Comment": "call first"}}),
        ("hand-edit", {"header": {"ShipToAddress1": "9 Other Road"}}),
        ("hand-edit", {"change": {"000001": {"QuantityOrdered": "3"}}}),
        ("hand-edit", {"change": {"000001": {"UnitPrice": "19.98"}}}),
        ("hand-edit", {"add": [{"ItemCode": sku(2), "QuantityOrdered": "1"}]}),
        ("hand-edit", {"remove": ["000002"]}),
        ("invoice", {}),
        ("delete", {}),
    ],
)
def test_any_other_change_changes_the_stamp(
    agent: RunningAgent, staff: TestClient, *, call: str, body: dict[str, Any]
) -> None:
    before = stamp(agent)

    done = staff.post(f"{ORDER}/{call}", json=body)

    assert done.is_success, done.text
    assert stamp(agent) != before


def test_two_orders_of_one_content_and_one_number_have_one_stamp() -> None:
    one: dict[str, Any] = {
        "SalesOrderNo": "W000250",
        "DateUpdated": "20261120",
        "UserUpdatedKey": "1",
        "Lines": [],
    }
    other: dict[str, Any] = {"Lines": [], "TimeUpdated": "9.5", "PrintPickingSheets": "N", **one}

    assert content_stamp(one) == content_stamp(other)
    assert content_stamp(one) != content_stamp(one | {"UDF_PRINTED": "Y"})
