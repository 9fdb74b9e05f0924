"""What the agent makes of answers that the simulator gives only when told to."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agent.harness import order, running_agent
from tests.agent.tampering import (
    Answer,
    Rules,
    TamperedCom,
    after,
    always,
    ignoring,
    remarking,
    without_columns,
)
from tieout_agent.sage.doubles import as_text, from_double, to_double
from tieout_agent.sage.session import Logon
from tieout_agent.settings import Settings

ORDER = "SO_SalesOrder_bus"
LINES = "SO_SalesOrder_bus.oLines"
CUSTOMER = "AR_Customer_bus"
NEW_CUSTOMER = {
    "CustomerName": "Alpine Outfitters",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
}


def create_order(settings: Settings, rules: Rules) -> tuple[int, dict[str, Any]]:
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.create_order("W000250", order())
        return answer.status_code, answer.json()


def create_customer(settings: Settings, rules: Rules) -> tuple[int, dict[str, Any]]:
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.create_customer("00-WEB0001", NEW_CUSTOMER)
        return answer.status_code, answer.json()


def stored(settings: Settings) -> bool:
    with running_agent(settings) as agent:
        return agent.get("/ABC/SO/SalesOrder/W000250").status_code == 200


def test_a_number_that_was_taken_meanwhile_is_not_written(settings: Settings) -> None:
    status, problem = create_order(settings, {(ORDER, "nSetKey"): always(1)})

    assert (status, problem["code"]) == (412, "SalesOrderExists")
    assert not stored(settings)


def test_a_set_key_that_opens_nothing_stores_nothing(settings: Settings) -> None:
    status, problem = create_order(settings, {(ORDER, "nSetKey"): always(-1)})

    assert (status, problem["code"]) == (422, "Refused")
    assert not stored(settings)


def test_a_price_that_sage_does_not_take_stops_the_order(settings: Settings) -> None:
    rules: Rules = {(LINES, "nSetValue"): ignoring("UnitPrice")}

    status, problem = create_order(settings, rules)

    assert (status, problem["code"], problem["column"]) == (422, "Refused", "UnitPrice")
    assert not stored(settings)


def test_a_price_that_sage_takes_at_the_second_try_is_good(settings: Settings) -> None:
    def once(real: Any, arguments: tuple[Any, ...]) -> int:
        if arguments[0] == "UnitPrice" and not ignored:
            ignored.append(1)
            return 1
        return real(*arguments)

    ignored: list[int] = []

    status, created = create_order(settings, {(LINES, "nSetValue"): once})

    assert status == 201
    assert created["salesOrder"]["Lines"][0]["UnitPrice"] == "19.990000"


def test_a_line_without_a_key_stops_the_order(settings: Settings) -> None:
    rules: Rules = {(LINES, "nGetValue"): ignoring("LineKey$")}

    status, problem = create_order(settings, rules)

    assert (status, problem["column"]) == (422, "LineKey")
    assert not stored(settings)


def test_a_line_that_answers_1_is_as_good_as_one_that_answers_2(settings: Settings) -> None:
    def one(real: Any, arguments: Any) -> int:
        real(*arguments)
        return 1

    status, _ = create_order(settings, {(LINES, "nAddLine"): one})

    assert status == 201


def test_an_order_that_is_gone_right_after_its_commit_is_unknown(settings: Settings) -> None:
    status, problem = create_order(settings, {(ORDER, "nFind"): always(0), **NO_HISTORY})

    assert (status, problem["code"]) == (504, "SageTimeout")
    assert stored(settings)


def test_an_order_that_cannot_be_read_back_is_unknown_and_never_called_not_stored(
    settings: Settings,
) -> None:
    refused_later: Rules = {(ORDER, "nFind"): after(2, 0)}

    status, problem = create_order(settings, refused_later)

    assert (status, problem["code"]) == (504, "SageTimeout")
    assert stored(settings)


NO_HISTORY: Rules = {("SO_SalesOrderHistoryInquiry_bus", "nFind"): always(0)}


def test_an_order_that_moves_while_it_is_read_is_asked_for_again(settings: Settings) -> None:
    create_order(settings, {})
    rules: Rules = {(ORDER, "nFind"): after(1, 0)}

    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "Busy")


def test_a_company_without_our_columns_still_takes_orders(settings: Settings) -> None:
    hidden = without_columns("UDF_TIEOUT_REV", "UDF_TIEOUT_MARKER$")

    status, created = create_order(settings, {(ORDER, "sGetColumns"): hidden})

    assert (status, created["rev"]) == (201, 1), "the journal knows it"
    assert "UDF_TIEOUT_MARKER" not in created["salesOrder"]


def test_a_company_without_the_revision_column_keeps_the_marker(settings: Settings) -> None:
    hidden = without_columns("UDF_TIEOUT_REV")

    _, created = create_order(settings, {(ORDER, "sGetColumns"): hidden})

    assert created["salesOrder"]["UDF_TIEOUT_MARKER"] == "W-250-x7"


def test_an_order_without_a_marker_is_taken(settings: Settings) -> None:
    unmarked = order()
    del unmarked["header"]["CustomerPONo"]

    with running_agent(settings) as agent:
        answer = agent.create_order("W000250", unmarked)

    assert answer.status_code == 201
    assert answer.json()["salesOrder"]["CustomerPONo"] == ""


def test_invoice_history_without_our_marker_column_is_searched_by_number_alone(
    settings: Settings,
) -> None:
    rules: Rules = {("AR_InvoiceHistoryInquiry_bus", "sGetColumns"): without_columns(*PO_COLUMN)}

    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")

    assert answer.status_code == 404


PO_COLUMN = ("CustomerPONo$",)


def test_a_search_that_sage_refuses_never_counts_as_absent(settings: Settings) -> None:
    rules: Rules = {("AR_InvoiceHistoryInquiry_bus", "nGetResultSets"): always(0)}

    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")


def test_a_number_that_sage_will_not_look_for_never_counts_as_absent(settings: Settings) -> None:
    with running_agent(settings, module=TamperedCom({(ORDER, "nSetKeyValue"): always(0)})) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")


@pytest.mark.parametrize("on", ["nSetIndex", "nSetBrowseFilter"])
def test_a_marker_is_found_even_without_its_index(settings: Settings, on: str) -> None:
    create_order(settings, {})

    with running_agent(settings, module=TamperedCom({(ORDER, on): always(0)})) as agent:
        found = agent.get("/ABC/SO/SalesOrder/W000251", marker="W-250-x7").json()

    assert found["markerMatches"] == ["W000250"]


@pytest.mark.parametrize("code", [1, -1])
def test_nothing_is_stored_in_another_company_than_the_one_asked_for(
    settings: Settings, code: int
) -> None:
    def opening_another(real: Callable[..., Any], _: tuple[Any, ...]) -> int:
        return code if real("CAN") else 0

    status, problem = create_order(settings, {("SY_Session", "nSetCompany"): opening_another})

    assert (status, problem["code"]) == (503, "SessionFailed")
    assert "company CAN" in problem["detail"]
    with running_agent(settings) as agent:
        assert agent.get("/CAN/SO/SalesOrder/W000250").status_code == 404


def test_a_date_that_sage_does_not_take_is_no_open_session(settings: Settings) -> None:
    rules: Rules = {("SY_Session", "nSetDate"): always(0)}

    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")
    assert "nSetDate" in answer.json()["detail"]


@pytest.mark.parametrize(
    "on",
    [(ORDER, "nSetKeyValue"), (ORDER, "nSetKey"), (ORDER, "nWrite"), (LINES, "nAddLine"),
     (LINES, "nSetValue"), (LINES, "nWrite"), (ORDER, "nSetValue")],
)  # fmt: skip
def test_a_remark_is_a_warning_and_the_order_is_stored(
    settings: Settings, on: tuple[str, str]
) -> None:
    status, created = create_order(settings, {on: remarking})

    assert status == 201
    assert {warned["object"] for warned in created["warnings"]} == {on[0]}


@pytest.mark.parametrize("step", ["nSetUser", "nSetCompany", "nSetDate", "nSetModule"])
def test_a_remark_on_opening_sage_is_told_in_the_log(
    settings: Settings, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    status, _ = create_order(settings, {("SY_Session", step): remarking})

    assert status == 201
    assert f'"event": "sage_remarked", "step": "{step}"' in capsys.readouterr().err


@pytest.mark.parametrize("on", ["nSetKey", "nDelete", "nSetKeyValue"])
def test_a_remark_on_a_deletion_is_a_warning(settings: Settings, on: str) -> None:
    create_order(settings, {})

    with running_agent(settings, module=TamperedCom({(ORDER, on): remarking})) as agent:
        answer = agent.delete_order("W000250")

    assert (answer.status_code, len(answer.json()["warnings"])) == (200, 1)


@pytest.mark.parametrize("on", [(ORDER, "nSetKey"), (LINES, "nDeleteLine"), (ORDER, "nWrite")])
def test_a_remark_on_a_change_is_a_warning(settings: Settings, on: tuple[str, str]) -> None:
    create_order(settings, {})

    with running_agent(settings, module=TamperedCom({on: remarking})) as agent:
        answer = agent.replace_order("W000250", order())

    assert answer.status_code == 200
    assert {warned["object"] for warned in answer.json()["warnings"]} == {on[0]}


def test_a_remark_on_a_key_that_exists_does_not_open_another_order(settings: Settings) -> None:
    create_order(settings, {})
    hidden: Rules = {(ORDER, "nSetKey"): remarking, (ORDER, "nFind"): always(0)}

    with running_agent(settings, module=TamperedCom(hidden | NO_HISTORY)) as agent:
        answer = agent.create_order("W000250", order(), X_Rev="2")

    assert (answer.status_code, answer.json()["code"]) == (412, "SalesOrderExists")


@pytest.mark.parametrize(
    ("on", "rule"),
    [
        (("SY_Session", "nLookupTask"), always(0)),
        (("SY_Session", "nSetProgram"), always(0)),
        (("SY_Session", "nSetModule"), always(0)),
        (("ProvideX.Script", "NewObject"), after(1, None)),
    ],
)
def test_an_object_that_is_not_granted_is_named(
    settings: Settings, on: tuple[str, str], rule: Answer
) -> None:
    with running_agent(settings, module=TamperedCom({on: rule})) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")
    assert "SO_SalesOrder_ui" in answer.json()["detail"]


def test_capabilities_of_a_company_that_grants_nothing(settings: Settings) -> None:
    rules: Rules = {("ProvideX.Script", "NewObject"): only_session}

    with running_agent(settings, module=TamperedCom(rules)) as agent:
        company = agent.get("/capabilities").json()["companies"][0]

    assert set(company["objects"].values()) == {False}
    assert (company["name"], company["columns"], company["udfs"]) == ("", {}, [])


def only_session(real: Any, arguments: Any) -> Any:
    return real(*arguments) if arguments[0] == "SY_Session" else None


def test_a_company_that_is_not_on_file_has_no_name(settings: Settings) -> None:
    rules: Rules = {("SY_Company_svc", "nFind"): always(0)}

    with running_agent(settings, module=TamperedCom(rules)) as agent:
        company = agent.get("/capabilities").json()["companies"][0]

    assert company["name"] == ""


def test_a_customer_number_that_was_taken_meanwhile_is_not_written(settings: Settings) -> None:
    status, problem = create_customer(settings, {(CUSTOMER, "nSetKey"): always(1)})

    assert (status, problem["code"]) == (412, "CustomerExists")


def test_a_customer_key_that_sage_refuses_is_refused(settings: Settings) -> None:
    status, problem = create_customer(settings, {(CUSTOMER, "nSetKey"): always(0)})

    assert (status, problem["code"]) == (422, "Refused")


def test_a_customer_that_is_gone_right_after_its_commit_is_unknown(settings: Settings) -> None:
    status, problem = create_customer(settings, {(CUSTOMER, "nFind"): always(0)})

    assert (status, problem["code"]) == (504, "SageTimeout")


def test_a_method_that_an_object_lacks_breaks_the_session(settings: Settings) -> None:
    def missing(_real: Any, _arguments: Any) -> Any:
        raise AttributeError("nFind")

    with running_agent(settings, module=TamperedCom({(ORDER, "nFind"): missing})) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")


def test_a_fault_of_our_own_is_a_500_without_its_text(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(_real: Any, _arguments: Any) -> Any:
        raise ZeroDivisionError("canary.person@example.com")

    with running_agent(settings, module=TamperedCom({(ORDER, "nFind"): fail})) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    logged = capsys.readouterr().err  # complete: the server has ended
    assert (answer.status_code, answer.json()["code"]) == (500, "Internal")
    assert answer.headers["X-Tieout-Agent"]
    assert "ZeroDivisionError" in logged
    assert "canary" not in answer.text + logged


def test_a_logon_never_shows_its_password() -> None:
    assert "secret" not in repr(Logon("tieout", "secret"))


@given(st.decimals(min_value="-99999999", max_value="99999999", places=6))
def test_a_decimal_survives_the_way_through_a_double(value: Decimal) -> None:
    assert from_double(to_double(value), 6) == value


@pytest.mark.parametrize(
    ("double", "text"), [(0.1 + 0.2, "0.30"), (2.675, "2.68"), (1e-9, "0.00"), (3, "3.00")]
)
def test_what_binary_arithmetic_left_behind_is_rounded_away(double: float, text: str) -> None:
    assert as_text(from_double(double, 2)) == text
