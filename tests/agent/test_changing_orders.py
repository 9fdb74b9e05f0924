from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from sandbox.sage100.faults import Fault
from sandbox.sage100.tables_so import SO_SALES_ORDER_DETAIL
from tests.agent.harness import RunningAgent, in_seconds, order, sku

NUMBER = "W000250"
ORDER = f"/_control/companies/ABC/sales-orders/{NUMBER}"
PATH = f"/ABC/SO/SalesOrder/{NUMBER}"
STALE = f'"{"0" * 32}"'

EDITED: dict[str, Any] = {
    "header": {"Comment": "edited", "ShipToCity": "Denver"},
    "lines": [
        {"ItemCode": sku(2), "QuantityOrdered": "3", "UnitPrice": "7.00"},
        {"ItemCode": sku(0), "QuantityOrdered": "1", "UnitPrice": "19.99"},
        {"ItemCode": sku(0), "QuantityOrdered": "5", "UnitPrice": "18.50"},
    ],
}


@pytest.fixture
def staff(agent: RunningAgent) -> TestClient:
    """The people at Sage's screens, with one order of ours before them."""
    agent.create_order(NUMBER, order())
    return TestClient(Control(Path(agent.settings.home)).app())


def lines_of(answer: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [
        (line["ItemCode"], line["QuantityOrdered"], line["UnitPrice"])
        for line in answer["salesOrder"]["Lines"]
    ]


def edited(**header: str) -> dict[str, Any]:
    return order(header={**EDITED["header"], **header}, lines=EDITED["lines"])


@pytest.mark.usefixtures("staff")
def test_a_replaced_order_has_exactly_the_given_lines_in_their_order(agent: RunningAgent) -> None:
    answer = agent.replace_order(NUMBER, edited())

    stored = answer.json()
    assert answer.status_code == 200
    assert (stored["where"], stored["rev"], stored["warnings"]) == ("open", 2, [])
    assert lines_of(stored) == [
        (sku(2), "3.000000", "7.000000"),
        (sku(0), "1.000000", "19.990000"),
        (sku(0), "5.000000", "18.500000"),
    ]
    assert stored["salesOrder"]["NonTaxableAmt"] == "133.49"
    assert (stored["salesOrder"]["Comment"], stored["salesOrder"]["ShipToCity"]) == (
        "edited",
        "Denver",
    )
    found = agent.get(PATH, marker="W-250-x7").json()
    assert (found["stamp"], found["rev"]) == (stored["stamp"], 2)
    assert found["markerMatches"] == [NUMBER]


@pytest.mark.usefixtures("staff")
def test_a_replaced_order_is_the_same_as_one_created_so(agent: RunningAgent) -> None:
    agent.replace_order(NUMBER, edited())
    agent.create_order("W000777", edited(CustomerPONo="W-777-x7"), X_Rev="2")

    replaced = agent.get(PATH).json()["salesOrder"]
    created = agent.get("/ABC/SO/SalesOrder/W000777").json()["salesOrder"]

    differ = {name for name in created if created[name] != replaced[name]}
    assert differ <= {
        *("SalesOrderNo", "CustomerPONo", "UDF_TIEOUT_MARKER", "Lines"),
        *("TimeCreated", "TimeUpdated", "DateCreated", "DateUpdated"),
    }
    assert [without_keys(line) for line in created["Lines"]] == [
        without_keys(line) for line in replaced["Lines"]
    ]


def without_keys(line: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in line.items() if name not in ("LineKey", "LineSeqNo")}


def test_stock_is_committed_for_the_new_lines_only(agent: RunningAgent, staff: TestClient) -> None:
    agent.replace_order(NUMBER, edited())
    agent.delete_order(NUMBER, X_Rev="3")

    history = staff.get(ORDER).json()["history"]

    assert [line["CancelledLine"] for line in history["lines"]] == ["Y", "Y", "N", "N", "N"]
    assert lines_of({"salesOrder": agent.get(PATH).json()["salesOrder"]})[0][0] == sku(0)


def test_an_order_in_history_shows_no_line_that_it_had_lost_before(
    agent: RunningAgent, staff: TestClient
) -> None:
    agent.replace_order(NUMBER, edited())

    staff.post(f"{ORDER}/invoice")

    found = agent.get(PATH).json()
    assert found["where"] == "history"
    assert [line["ItemCode"] for line in found["salesOrder"]["Lines"]] == [sku(2), sku(0), sku(0)]


@pytest.mark.usefixtures("staff")
def test_amounts_and_address_lines_that_a_replaced_order_has_no_more_are_gone(
    agent: RunningAgent,
) -> None:
    whole = {"FreightAmt": "7.50", "DiscountAmt": "4.00", "ShipToAddress1": "1 A St"}
    agent.replace_order(NUMBER, edited(**whole, ShipToAddress2="Suite 5", ShipToAddress3="Dock"))

    less = agent.replace_order(NUMBER, edited(ShipToAddress1="2 B St"), X_Rev="3").json()

    order_now = less["salesOrder"]
    assert (order_now["FreightAmt"], order_now["DiscountAmt"]) == ("0.00", "0.00")
    assert [order_now[f"ShipToAddress{line}"] for line in "123"] == ["2 B St", "", ""]


@pytest.mark.usefixtures("staff")
def test_a_discount_by_rate_stays_a_rate(agent: RunningAgent) -> None:
    by_rate = agent.replace_order(NUMBER, edited(DiscountRate="10")).json()["salesOrder"]

    again = agent.replace_order(NUMBER, edited(Comment="later"), X_Rev="3").json()["salesOrder"]

    for stored in (by_rate, again):
        assert (stored["DiscountRate"], stored["DiscountAmt"]) == ("10.000", "13.35")


def test_a_kit_s_components_are_neither_doubled_nor_left_over(
    agent: RunningAgent, staff: TestClient
) -> None:
    explode(agent, "000001")

    answer = agent.replace_order(NUMBER, order())

    assert answer.status_code == 200
    keys = [line["LineKey"] for line in staff.get(ORDER).json()["open"]["lines"]]
    assert len(keys) == 2


def explode(agent: RunningAgent, kit: str) -> None:
    """Put a component under a line, as Sage does when a sales kit is exploded."""
    store = agent.store()
    line = store.get(SO_SALES_ORDER_DETAIL, NUMBER + kit) or {}
    part = {"LineKey": "000009", "LineSeqNo": "00000000000009", "SalesKitLineKey": kit}
    store.put(SO_SALES_ORDER_DETAIL, line | part)
    store.close()


def test_an_order_can_be_held_and_released(agent: RunningAgent, staff: TestClient) -> None:
    held = agent.patch_order(NUMBER, columns={"OrderStatus": "H", "Comment": "Web cancelled"})
    released = agent.patch_order(NUMBER, columns={"OrderStatus": "O", "Comment": ""}, X_Rev="3")

    assert (held.status_code, released.status_code) == (200, 200)
    assert held.json()["salesOrder"]["OrderStatus"] == "H"
    assert held.json()["salesOrder"]["Comment"] == "Web cancelled"
    assert lines_of(held.json()) == lines_of(released.json())
    assert (released.json()["rev"], released.json()["salesOrder"]["OrderStatus"]) == (3, "O")
    assert staff.get(ORDER).json()["open"]["header"]["Comment"] == ""


@pytest.mark.usefixtures("staff")
def test_money_of_an_order_can_be_set_alone(agent: RunningAgent) -> None:
    answer = agent.patch_order(NUMBER, columns={"FreightAmt": "3.00", "CustomerNo": "BUY0001"})

    assert answer.json()["salesOrder"]["FreightAmt"] == "3.00"
    assert len(answer.json()["salesOrder"]["Lines"]) == 2


@pytest.mark.usefixtures("staff")
def test_a_deleted_order_stays_in_history(agent: RunningAgent) -> None:
    answer = agent.delete_order(NUMBER)

    assert answer.status_code == 200
    assert answer.json() == {"where": "history", "stamp": "", "warnings": []}
    found = agent.get(PATH).json()
    assert (found["where"], found["salesOrder"]["OrderStatus"]) == ("history", "X")
    assert len(found["salesOrder"]["Lines"]) == 2


CALLS = ("replace", "patch", "delete")


def change(agent: RunningAgent, call: str, number: str = NUMBER, **headers: str) -> Any:
    if call == "replace":
        return agent.replace_order(number, edited(), **headers)
    if call == "patch":
        return agent.patch_order(number, columns={"ShipVia": "UPS GROUND"}, **headers)
    return agent.delete_order(number, **headers)


@pytest.mark.parametrize("call", CALLS)
def test_an_order_that_was_changed_meanwhile_is_left_alone(
    agent: RunningAgent, staff: TestClient, call: str
) -> None:
    seen = agent.get(PATH).json()["stamp"]
    staff.post(f"{ORDER}/hand-edit", json={"header": {"Comment": "by hand"}})

    answer = change(agent, call, If_Match=f'"{seen}"')

    assert (answer.status_code, answer.json()["code"]) == (412, "SalesOrderChanged")
    kept = agent.get(PATH).json()["salesOrder"]
    assert (kept["Comment"], len(kept["Lines"]), kept["UDF_TIEOUT_REV"]) == ("by hand", 2, "1")


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("rev", ["0", "1"])
def test_a_revision_that_is_not_newer_is_refused(agent: RunningAgent, call: str, rev: str) -> None:
    answer = change(agent, call, X_Rev=rev)

    assert (answer.status_code, answer.json()["code"]) == (412, "RevisionNotNewer")
    assert agent.get(PATH).json()["rev"] == 1


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("call", CALLS)
def test_nothing_is_changed_after_the_deadline(agent: RunningAgent, call: str) -> None:
    before = agent.get(PATH).json()

    answer = change(agent, call, X_Not_After=in_seconds(-1))

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")
    assert agent.get(PATH).json() == before


@pytest.mark.parametrize("call", CALLS)
def test_an_order_that_is_not_there_is_a_404(agent: RunningAgent, call: str) -> None:
    answer = change(agent, call, If_Match=STALE)

    assert (answer.status_code, answer.json()["code"]) == (404, "SalesOrderAbsent")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("work", "body"),
    [
        ("invoice", {}),
        ("delete", {}),
        ("ship", {}),
        ("mark", {"header": {"OrderStatus": "C"}}),
        ("mark", {"header": {"CurrentInvoiceNo": "0100001"}}),
        ("mark", {"header": {"PickingSheetPrinted": "Y"}}),
        ("mark", {"shipped": {"000002": "0.5"}}),
    ],
)
def test_an_order_on_its_way_is_not_changed_any_more(
    agent: RunningAgent, staff: TestClient, *, call: str, work: str, body: dict[str, Any]
) -> None:
    staff.post(f"{ORDER}/{work}", json=body)
    before = agent.get(PATH).json()

    answer = change(agent, call)

    assert (answer.status_code, answer.json()["code"]) == (409, "SalesOrderClosed")
    assert agent.get(PATH).json() == before


@pytest.mark.parametrize(
    "marks", [{"header": {"PickingSheetPrinted": "Y"}}, {"shipped": {"000001": "1"}}]
)
def test_an_order_that_is_being_picked_can_still_be_held(
    agent: RunningAgent, staff: TestClient, marks: dict[str, Any]
) -> None:
    staff.post(f"{ORDER}/mark", json=marks)

    answer = agent.patch_order(NUMBER, columns={"OrderStatus": "H", "Comment": "stop"})

    assert answer.status_code == 200
    assert answer.json()["salesOrder"]["OrderStatus"] == "H"


@pytest.mark.parametrize("marks", [{"CurrentInvoiceNo": "0100001"}, {"OrderStatus": "C"}])
def test_an_order_that_is_being_invoiced_can_not_be_held(
    agent: RunningAgent, staff: TestClient, marks: dict[str, str]
) -> None:
    staff.post(f"{ORDER}/mark", json={"header": marks})

    answer = agent.patch_order(NUMBER, columns={"OrderStatus": "H"})

    assert (answer.status_code, answer.json()["code"]) == (409, "SalesOrderClosed")


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("column", [{"CustomerNo": "BUY0002"}, {"ARDivisionNo": "01"}])
def test_an_order_never_moves_to_another_customer(
    agent: RunningAgent, column: dict[str, str]
) -> None:
    replaced = agent.replace_order(NUMBER, edited(**column))
    patched = agent.patch_order(NUMBER, columns=column)

    for answer in (replaced, patched):
        assert (answer.status_code, answer.json()["code"]) == (409, "CustomerDiffers")
    assert agent.get(PATH).json()["salesOrder"]["CustomerNo"] == "BUY0001"


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"header": {"ShipToZipCode": "99999"}}, "ShipToZipCode"),
        ({"lines": [*EDITED["lines"], {"ItemCode": "NO-SUCH"}]}, "ItemCode"),
        ({"header": {"DiscountAmt": "9999.00"}}, None),
    ],
)
def test_what_sage_refuses_leaves_the_order_as_it_was(
    agent: RunningAgent, changes: dict[str, Any], column: str | None
) -> None:
    before = agent.get(PATH).json()

    refused = agent.replace_order(NUMBER, order(**changes))
    after = agent.get(PATH).json()
    good = agent.replace_order(NUMBER, edited())

    assert (refused.status_code, refused.json()["code"]) == (422, "Refused")
    assert refused.json()["column"] == column
    assert after == before
    assert (good.status_code, len(good.json()["salesOrder"]["Lines"])) == (200, 3)


@pytest.mark.usefixtures("staff")
def test_a_column_of_the_company_s_own_can_be_set(agent: RunningAgent) -> None:
    answer = agent.patch_order(NUMBER, columns={"UDF_TIEOUT_MARKER": "W-250-y8"})

    assert answer.json()["salesOrder"]["UDF_TIEOUT_MARKER"] == "W-250-y8"


@pytest.mark.usefixtures("staff")
def test_a_patch_that_sage_refuses_names_its_column(agent: RunningAgent) -> None:
    answer = agent.patch_order(NUMBER, columns={"OrderStatus": "Q"})

    assert (answer.status_code, answer.json()["code"]) == (422, "Refused")
    assert answer.json()["column"] == "OrderStatus"


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize("call", CALLS)
def test_an_order_that_a_person_has_open_is_a_503_and_is_changed_later(
    agent: RunningAgent, call: str
) -> None:
    agent.fault(Fault("record_lock", object=NUMBER))

    locked = change(agent, call)
    after = change(agent, call)

    assert (locked.status_code, locked.json()["code"]) == (503, "Locked")
    assert after.status_code == 200


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"header": {}}, "header"),
        ({"header": {"Comment": "x"}, "lines": []}, "lines"),
    ],
)
def test_a_patch_of_a_wrong_form_is_a_bad_request(
    agent: RunningAgent, body: dict[str, Any], named: str
) -> None:
    headers = {"If-Match": STALE, "X-Not-After": in_seconds(60), "X-Rev": "2"}

    answer = agent.client.patch(f"/v1{PATH}", json=body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")
    assert named in answer.json()["detail"]


def test_a_held_order_can_be_replaced_and_stays_held(agent: RunningAgent) -> None:
    agent.create_order(NUMBER, order())
    agent.patch_order(NUMBER, columns={"OrderStatus": "H"})

    answer = agent.replace_order(NUMBER, edited(), X_Rev="3")

    assert answer.json()["salesOrder"]["OrderStatus"] == "H"


def test_a_hand_made_order_without_a_revision_can_be_changed(agent: RunningAgent) -> None:
    staff = TestClient(Control(Path(agent.settings.home)).app())
    by_hand = {
        "SalesOrderNo": NUMBER,
        "header": {"ARDivisionNo": "00", "CustomerNo": "BUY0001"},
        "lines": [{"ItemCode": sku(0), "QuantityOrdered": "1"}],
    }
    staff.post("/_control/companies/ABC/sales-orders", json=by_hand)

    before = agent.get(PATH).json()["rev"]
    answer = agent.replace_order(NUMBER, edited(), X_Rev="1")

    assert (before, answer.json()["rev"]) == (0, 1)
