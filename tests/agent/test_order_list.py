from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from sandbox.sage100.faults import Fault
from tests.agent.harness import RunningAgent, order, running_agent
from tests.agent.tampering import TamperedCom, always, without_columns
from tieout_agent.settings import Settings

LIST = "/ABC/SO/SalesOrder"
HISTORY = "SO_SalesOrderHistoryInquiry_bus"


def enter(agent: RunningAgent, *numbers: int) -> None:
    for number in numbers:
        header = {"CustomerPONo": f"W-{number}-x7", "FreightAmt": "3.00", "DiscountAmt": "1.50"}
        agent.create_order(f"W{number:06d}", order(header=header))


def listed(agent: RunningAgent, **params: str) -> dict[str, Any]:
    answer = agent.get(LIST, prefix="W", **params)
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def numbers(page: dict[str, Any]) -> list[str]:
    return [each["number"] for each in page["orders"]]


def test_orders_are_listed_by_rising_number_wherever_they_are(agent: RunningAgent) -> None:
    enter(agent, 252, 250, 251, 253)
    staff = TestClient(Control(Path(agent.settings.home)).app())
    staff.post("/_control/companies/ABC/sales-orders/W000251/invoice")
    agent.delete_order("W000252")

    page = listed(agent)

    assert page["next"] is None
    assert page["asOf"].endswith("+00:00")
    assert page["orders"] == [
        {
            "number": f"W000{number}",
            "where": where,
            "status": status,
            "marker": f"W-{number}-x7",
            "total": "46.49",
        }
        for number, where, status in [
            (250, "open", "N"),
            (251, "history", "C"),
            (252, "history", "X"),
            (253, "open", "N"),
        ]
    ]


def test_pages_meet_every_order_once(agent: RunningAgent) -> None:
    enter(agent, *range(250, 257))

    first = listed(agent, limit="3")
    second = listed(agent, limit="3", after=first["next"])
    third = listed(agent, limit="3", after=second["next"])

    assert [first["next"], second["next"], third["next"]] == ["W000252", "W000255", None]
    assert numbers(first) + numbers(second) + numbers(third) == [
        f"W000{number}" for number in range(250, 257)
    ]


def test_the_list_begins_where_it_is_told(agent: RunningAgent) -> None:
    enter(agent, 250, 251)

    assert numbers(listed(agent, after="W000250")) == ["W000251"]
    assert numbers(listed(agent, after="A")) == ["W000250", "W000251"]
    assert numbers(listed(agent, after="W000251")) == []


def test_orders_of_others_are_not_in_the_list(agent: RunningAgent) -> None:
    enter(agent, 250)
    for number in ("V999999", "X000001", "0001234"):
        agent.create_order(number, order())

    assert numbers(listed(agent)) == ["W000250"]


def test_a_list_tells_which_places_it_covers(agent: RunningAgent) -> None:
    enter(agent, 250, 251)
    whole = agent.get(LIST, prefix="W").headers["X-Tieout-Guarantees"]
    agent.delete_order("W000250")

    with running_agent(agent.settings) as restarted:
        restarted.fault(Fault("no_right", count=None, object=HISTORY))
        answer = restarted.get(LIST, prefix="W")

    assert numbers(answer.json()) == ["W000251"]
    assert whole == "createOnly deadline barrier history invoiceHistory replace"
    assert answer.headers["X-Tieout-Guarantees"] == (
        "createOnly deadline barrier invoiceHistory replace"
    )


def test_an_order_whose_amounts_history_lacks_has_no_total(settings: Settings) -> None:
    rules = {(HISTORY, "sGetColumns"): without_columns("TaxableAmt")}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        enter(agent, 250, 251)
        agent.delete_order("W000250")

        page = listed(agent)

    assert [each["total"] for each in page["orders"]] == [None, "46.49"]


def test_an_order_that_vanishes_while_the_list_is_read_is_left_out(settings: Settings) -> None:
    def hide(real: Any, arguments: tuple[Any, ...]) -> int:
        code: int = real(*arguments)
        if "OrderStatus$" in arguments[0]:
            arguments[2].value = arguments[3].value = ""
        return code

    rules = {(name, "nGetResultSets"): hide for name in (HISTORY, "SO_SalesOrder_bus")}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        enter(agent, 250)

        assert numbers(listed(agent)) == []


def test_a_list_that_sage_refuses_to_read_is_no_empty_list(settings: Settings) -> None:
    rules = {(HISTORY, "nGetResultSets"): always(0)}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.get(LIST, prefix="W")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"prefix": ""},
        {"prefix": "w"},
        {"prefix": 'W"'},
        {"prefix": "W", "after": "W00025000"},
        {"prefix": "W", "limit": "0"},
        {"prefix": "W", "limit": "2001"},
        {"prefix": "W", "marker": "W-250-x7"},
        {"marker": "W-250-x7", "since": "2026-11-20T12:00:00Z"},
        {"marker": 'W"'},
        {"prefix": "W", "since": "yesterday"},
    ],
)
def test_a_list_of_a_wrong_form_is_a_bad_request(
    agent: RunningAgent, params: dict[str, str]
) -> None:
    answer = agent.get(LIST, **params)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_orders_are_found_by_marker_wherever_they_are(agent: RunningAgent) -> None:
    enter(agent, 250, 251, 252)
    for number in ("X000001", "X000002"):
        agent.create_order(number, order(header={"CustomerPONo": "W-251-x7"}))
    agent.delete_order("W000251")

    page = agent.get(LIST, marker="W-251-x7").json()

    assert [(each["number"], each["where"]) for each in page["orders"]] == [
        ("W000251", "history"),
        ("X000001", "open"),
        ("X000002", "open"),
    ]
    assert {each["marker"] for each in page["orders"]} == {"W-251-x7"}
    assert page["orders"][0]["total"] == "46.49"
    assert page["next"] is None


def test_orders_with_one_marker_come_in_pages(agent: RunningAgent) -> None:
    for number in ("X000001", "X000002", "X000003"):
        agent.create_order(number, order(header={"CustomerPONo": "VERBAL"}))

    first = agent.get(LIST, marker="VERBAL", limit="2").json()
    second = agent.get(LIST, marker="VERBAL", limit="2", after=first["next"]).json()

    assert numbers(first) == ["X000001", "X000002"]
    assert (numbers(second), second["next"]) == (["X000003"], None)


def test_a_marker_that_nobody_bears_finds_nothing(agent: RunningAgent) -> None:
    enter(agent, 250)

    answer = agent.get(LIST, marker="W-999-x7")

    assert (answer.status_code, answer.json()["orders"]) == (200, [])


def test_only_orders_that_may_have_changed_are_listed(agent: RunningAgent) -> None:
    enter(agent, 250, 251)

    before, after = (
        numbers(listed(agent, since=moment))
        for moment in ("2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z")
    )

    assert (before, after) == (["W000250", "W000251"], [])


def test_an_order_that_changed_in_history_alone_is_told_as_the_open_one_it_is(
    settings: Settings,
) -> None:
    def old(real: Any, arguments: tuple[Any, ...]) -> int:
        code: int = real(*arguments)
        if "DateUpdated" in arguments[4]:
            arguments[2].value = arguments[3].value = ""
        return code

    with running_agent(
        settings, module=TamperedCom({("SO_SalesOrder_bus", "nGetResultSets"): old})
    ) as agent:
        enter(agent, 250, 251)
        agent.delete_order("W000251")

        page = listed(agent, since="2020-01-01T00:00:00Z")

    assert [(each["number"], each["where"]) for each in page["orders"]] == [
        ("W000250", "open"),
        ("W000251", "history"),
    ]


def test_each_page_reads_about_as_much_as_it_tells(settings: Settings) -> None:
    read: list[int] = []

    def counted(real: Any, arguments: tuple[Any, ...]) -> int:
        code: int = real(*arguments)
        read.append(arguments[2].value.count("["))
        return code

    rules = {(name, "nGetResultSets"): counted for name in (HISTORY, "SO_SalesOrder_bus")}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        enter(agent, *range(250, 290))
        read.clear()

        told, after = 0, ""
        while after is not None:
            page = listed(agent, limit="4", after=after)
            told, after = told + len(page["orders"]), page["next"]

    assert told == 40
    assert sum(read) < 5 * 2 * 40
