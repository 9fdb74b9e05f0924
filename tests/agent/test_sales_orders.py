import pytest

from sandbox.sage100.faults import Fault
from sandbox.sage100.tables_ar import AR_INVOICE_HISTORY_HEADER
from sandbox.sage100.tables_so import SO_SALES_ORDER_HEADER, SO_SALES_ORDER_HISTORY_HEADER
from tests.agent.harness import RunningAgent, in_seconds, order, sku


def test_a_new_order_is_created_and_read_back(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order())

    stored = answer.json()
    assert answer.status_code == 201
    assert (stored["where"], stored["rev"], stored["warnings"]) == ("open", 1, [])
    assert stored["salesOrder"]["SalesOrderNo"] == "W000250"
    assert stored["salesOrder"]["CustomerPONo"] == "W-250-x7"
    assert stored["salesOrder"]["UDF_TIEOUT_MARKER"] == "W-250-x7"
    assert stored["salesOrder"]["NonTaxableAmt"] == "44.99"
    assert [line["ExtensionAmt"] for line in stored["salesOrder"]["Lines"]] == ["39.98", "5.01"]
    assert [line["LineKey"] for line in stored["salesOrder"]["Lines"]] == ["000001", "000002"]


def test_a_created_order_is_found_by_number_and_by_marker(agent: RunningAgent) -> None:
    created = agent.create_order("W000250", order()).json()

    found = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")

    assert found.status_code == 200
    assert found.json()["stamp"] == created["stamp"]
    assert found.json()["markerMatches"] == ["W000250"]


@pytest.mark.parametrize(("changes", "rev"), [({}, "2"), ({"header": {"Comment": "another"}}, "1")])
def test_another_order_of_the_same_number_is_refused(
    agent: RunningAgent, changes: dict[str, object], rev: str
) -> None:
    agent.create_order("W000250", order())

    again = agent.create_order("W000250", order(**changes), X_Rev=rev)

    assert again.status_code == 412
    assert again.json()["code"] == "SalesOrderExists"


def test_an_absent_order_is_a_404_of_its_own_code(agent: RunningAgent) -> None:
    agent.create_order("W000251", order())

    answer = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x8")

    assert answer.status_code == 404
    assert answer.json()["code"] == "SalesOrderAbsent"


def test_an_order_with_our_marker_under_another_number_is_found(agent: RunningAgent) -> None:
    agent.create_order("W000999", order())

    answer = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")

    assert answer.json()["salesOrder"]["SalesOrderNo"] == "W000999"
    assert answer.json()["markerMatches"] == ["W000999"]


def test_a_marker_that_only_begins_alike_is_no_match(agent: RunningAgent) -> None:
    agent.create_order("W000251", order(header={"CustomerPONo": "W-250-x7b"}))

    answer = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")

    assert answer.status_code == 404


def test_two_orders_with_one_marker_are_both_named(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())
    second = agent.create_order("W000777", order())

    answer = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")

    assert second.json()["warnings"], "Sage warns of a second order with this purchase order number"
    assert answer.json()["markerMatches"] == ["W000250", "W000777"]


def test_a_warning_of_sage_comes_back_with_object_and_column(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())

    answer = agent.create_order("W000777", order())

    warning = answer.json()["warnings"][0]
    assert answer.status_code == 201
    assert warning["object"] == "SO_SalesOrder_bus"
    assert warning["column"] == "CustomerPONo"
    assert "W-250-x7" in warning["message"]


def test_an_order_in_history_is_found_and_blocks_its_number(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())
    move_to_history(agent, "W000250")

    found = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")
    again = agent.create_order("W000250", order(), X_Rev="2")

    assert found.json()["where"] == "history"
    assert found.json()["rev"] == 1
    assert found.json()["markerMatches"] == ["W000250"]
    assert [line["UnitPrice"] for line in found.json()["salesOrder"]["Lines"]] == [
        "19.990000",
        "5.010000",
    ]
    assert (again.status_code, again.json()["code"]) == (412, "SalesOrderExists")


def test_an_order_in_invoice_history_is_found_and_blocks_its_number(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())
    move_to_history(agent, "W000250")
    move_to_invoice_history(agent, "W000250")

    found = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")
    again = agent.create_order("W000250", order(), X_Rev="2")

    assert found.json()["where"] == "invoiceHistory"
    assert found.json()["salesOrder"]["InvoiceNo"] == "0100001"
    assert found.json()["markerMatches"] == ["W000250"]
    assert (again.status_code, again.json()["code"]) == (412, "SalesOrderExists")


def test_a_deadline_that_has_passed_stores_nothing(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order(), X_Not_After=in_seconds(-1))

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")
    assert agent.get("/ABC/SO/SalesOrder/W000250").status_code == 404


def test_a_deadline_that_passes_inside_the_lock_stores_nothing(agent: RunningAgent) -> None:
    # Sage answers slowly, so the time runs out after the write has begun and before its commit.
    agent.fault(Fault("slow", count=8, seconds=0.1))

    answer = agent.create_order("W000250", order(), X_Not_After=in_seconds(0.3))

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")
    assert agent.get("/ABC/SO/SalesOrder/W000250").status_code == 404


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"header": {"ShipToZipCode": "99999"}}, ("SO_SalesOrder_bus", "ShipToZipCode")),
        ({"header": {"ShipToName": "x" * 51}}, ("SO_SalesOrder_bus", "ShipToName")),
        ({"header": {"ShipToName": "Łódź"}}, ("SO_SalesOrder_bus", "ShipToName")),
        ({"header": {"CustomerNo": "NOBODY"}}, ("SO_SalesOrder_bus", "CustomerNo")),
        ({"header": {"UDF_NOT_THERE": "1"}}, ("SO_SalesOrder_bus", "UDF_NOT_THERE")),
        ({"lines": [{"ItemCode": "NO-SUCH"}]}, ("SO_SalesOrder_bus.oLines", "ItemCode")),
    ],
)
def test_what_sage_refuses_is_named_and_nothing_is_stored(
    agent: RunningAgent, changes: dict[str, object], named: tuple[str, str]
) -> None:
    answer = agent.create_order("W000250", order(**changes))

    problem = answer.json()
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert (problem["code"], problem["retryable"]) == ("Refused", False)
    assert (problem["object"], problem["column"]) == named
    assert agent.get("/ABC/SO/SalesOrder/W000250").status_code == 404


def test_an_order_refused_in_its_middle_leaves_nothing_for_the_next(agent: RunningAgent) -> None:
    half = order(lines=[*order()["lines"], {"ItemCode": "NO-SUCH"}])
    agent.create_order("W000250", half)

    answer = agent.create_order("W000251", order())

    assert answer.status_code == 201
    assert len(answer.json()["salesOrder"]["Lines"]) == 2


def test_a_header_that_sage_will_not_write_is_refused_with_its_words(agent: RunningAgent) -> None:
    agent.fault(Fault("refuse_write", text="The order may not be saved."))

    answer = agent.create_order("W000250", order())

    assert answer.status_code == 422
    assert "The order may not be saved." in answer.json()["detail"]
    assert answer.json()["column"] is None


def test_money_after_the_lines_reaches_the_header(agent: RunningAgent) -> None:
    amounts = {"FreightAmt": "7.50", "DiscountAmt": "4.00"}

    stored = agent.create_order("W000250", order(header=amounts)).json()["salesOrder"]

    assert (stored["FreightAmt"], stored["DiscountAmt"]) == ("7.50", "4.00")


def test_the_shops_price_wins_over_sages_own(agent: RunningAgent) -> None:
    line = {"UnitPrice": "0.37", "QuantityOrdered": "60", "ItemCode": sku(0)}

    stored = agent.create_order("W000250", order(lines=[line])).json()["salesOrder"]

    assert stored["Lines"][0]["UnitPrice"] == "0.370000"
    assert stored["Lines"][0]["ExtensionAmt"] == "22.20"


def test_the_revision_is_kept_in_the_order(agent: RunningAgent) -> None:
    agent.create_order("W000250", order(), X_Rev="7")

    assert agent.get("/ABC/SO/SalesOrder/W000250").json()["rev"] == 7


def test_companies_are_kept_apart(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())

    assert agent.get("/CAN/SO/SalesOrder/W000250").status_code == 404
    assert agent.get("/ABC/SO/SalesOrder/W000250").status_code == 200


def move_to_history(agent: RunningAgent, number: str) -> None:
    store = agent.store()
    store.delete(SO_SALES_ORDER_HEADER, number)
    store.close()


def move_to_invoice_history(agent: RunningAgent, number: str) -> None:
    store = agent.store()
    store.delete(SO_SALES_ORDER_HISTORY_HEADER, number)
    key = {"InvoiceNo": "0100001", "HeaderSeqNo": "000000"}
    source = {"SalesOrderNo": number, "CustomerPONo": "W-250-x7"}
    store.put(AR_INVOICE_HISTORY_HEADER, key | source)
    store.close()
