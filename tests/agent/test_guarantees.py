from typing import Any

import pytest

from sandbox.sage100.faults import Fault
from tests.agent.harness import FakeClock, RunningAgent, order, running_agent
from tests.agent.tampering import TamperedCom
from tieout_agent.sage.grants import REMEMBERED_SECONDS
from tieout_agent.settings import Settings

HEADER = "X-Tieout-Guarantees"
ALL = "createOnly deadline barrier history invoiceHistory replace"
HISTORY = "SO_SalesOrderHistoryInquiry_bus"
INVOICES = "AR_InvoiceHistoryInquiry_bus"


def test_a_look_up_tells_what_holds_whether_it_finds_the_order_or_not(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())

    found = agent.get("/ABC/SO/SalesOrder/W000250")
    absent = agent.get("/ABC/SO/SalesOrder/W000251")

    assert (found.status_code, found.headers[HEADER]) == (200, ALL)
    assert (absent.status_code, absent.headers[HEADER]) == (404, ALL)


@pytest.mark.parametrize(
    ("withheld", "words"),
    [
        ([HISTORY], "createOnly deadline barrier invoiceHistory replace"),
        ([INVOICES], "createOnly deadline barrier history replace"),
        ([HISTORY, INVOICES], "createOnly deadline barrier replace"),
    ],
)
def test_a_place_that_the_user_may_not_read_is_left_out_and_not_promised(
    agent: RunningAgent, withheld: list[str], words: str
) -> None:
    for name in withheld:
        agent.fault(Fault("no_right", count=None, object=name))

    absent = agent.get("/ABC/SO/SalesOrder/W000250")
    created = agent.create_order("W000250", order())
    found = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")

    assert (absent.status_code, absent.headers[HEADER]) == (404, words)
    assert created.status_code == 201
    assert (found.status_code, found.headers[HEADER]) == (200, words)
    capabilities = agent.get("/capabilities").json()
    told = {word for word, holds in capabilities["companies"][0]["guarantees"].items() if holds}
    assert told == set(words.split())


def test_a_task_that_the_user_s_role_lacks_leaves_its_place_out(settings: Settings) -> None:
    def lacking(real: Any, arguments: tuple[Any, ...]) -> int:
        name = arguments[0]
        return 0 if name == "AR_InvoiceHistoryInquiry_ui" else real(*arguments)

    rules = {("SY_Session", "nLookupTask"): lacking}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert answer.status_code == 404
    assert answer.headers[HEADER] == "createOnly deadline barrier history replace"


@pytest.mark.parametrize("name", [HISTORY, INVOICES])
def test_a_place_refused_once_is_tried_again_and_looked_through(
    agent: RunningAgent, name: str
) -> None:
    agent.fault(Fault("no_right", count=1, object=name))

    answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.headers[HEADER]) == (404, ALL)


def test_a_place_that_was_open_before_is_never_left_out(agent: RunningAgent) -> None:
    agent.get("/ABC/SO/SalesOrder/W000250")
    agent.fault(Fault("poison"))
    agent.get("/ABC/SO/SalesOrder/W000250")
    agent.fault(Fault("no_right", count=5, object=INVOICES))

    answers = [agent.get("/ABC/SO/SalesOrder/W000250") for _ in range(5)]
    after = agent.get("/ABC/SO/SalesOrder/W000250")

    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {
        (503, "SessionFailed")
    }
    assert "AR_InvoiceHistoryInquiry_ui" in answers[0].json()["detail"]
    assert (after.status_code, after.headers[HEADER]) == (404, ALL)


def test_no_place_is_left_out_while_sage_gives_out_nothing_at_all(agent: RunningAgent) -> None:
    agent.fault(Fault("no_object_licence", count=5))

    answers = [agent.get("/ABC/SO/SalesOrder/W000250") for _ in range(5)]
    after = agent.get("/ABC/SO/SalesOrder/W000250")

    assert {answer.status_code for answer in answers} == {503}
    assert (after.status_code, after.headers[HEADER]) == (404, ALL)


def test_what_a_company_withholds_is_found_out_once(settings: Settings) -> None:
    tried: list[str] = []

    def withhold(real: Any, arguments: tuple[Any, ...]) -> Any:
        tried.append(arguments[0])
        return None if arguments[0] == INVOICES else real(*arguments)

    rules = {("ProvideX.Script", "NewObject"): withhold}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        agent.get("/ABC/SO/SalesOrder/W000250")
        agent.get("/CAN/SO/SalesOrder/W000250")
        agent.get("/ABC/SO/SalesOrder/W000250")

    assert tried.count(INVOICES) == 4, "twice for each company"


def test_a_right_that_was_granted_meanwhile_is_noticed(
    settings: Settings, clock: FakeClock
) -> None:
    with running_agent(settings, clock=clock) as agent:
        agent.fault(Fault("no_right", count=2, object=INVOICES))
        before = agent.get("/ABC/SO/SalesOrder/W000250")
        clock.move(REMEMBERED_SECONDS + 1)
        after = agent.get("/ABC/SO/SalesOrder/W000250")

    assert before.headers[HEADER] == "createOnly deadline barrier history replace"
    assert after.headers[HEADER] == ALL


def test_open_orders_that_may_not_be_read_are_no_answer_at_all(settings: Settings) -> None:
    def withhold(real: Any, arguments: tuple[Any, ...]) -> Any:
        return None if arguments[0] == "SO_SalesOrder_bus" else real(*arguments)

    rules = {("ProvideX.Script", "NewObject"): withhold}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answers = [agent.get("/ABC/SO/SalesOrder/W000250") for _ in range(4)]

    assert {answer.status_code for answer in answers} == {503}
    assert all(HEADER not in answer.headers for answer in answers)
