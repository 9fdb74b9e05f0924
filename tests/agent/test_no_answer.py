"""A call to Sage that comes back with nothing at all: never taken for "no such record"."""

import pytest

from tests.agent.harness import in_seconds, order, running_agent
from tests.agent.tampering import TamperedCom, always
from tieout_agent.settings import Settings

ORDER = "SO_SalesOrder_bus"
CUSTOMER = "AR_Customer_bus"
ORDERS = "/ABC/SO/SalesOrder/W000250"
MARKED = f"{ORDERS}?marker=W-250-x7"
CUSTOMERS = "/ABC/AR/Customer/00-BUY0001"
READS = ("nSetKeyValue", "nFind", "nGetValue")


@pytest.mark.parametrize("method", READS)
@pytest.mark.parametrize(("name", "path"), [(ORDER, ORDERS), (CUSTOMER, CUSTOMERS)])
def test_a_look_up_without_an_answer_says_nothing_of_absence(
    settings: Settings, name: str, path: str, *, method: str
) -> None:
    with running_agent(settings) as agent:
        agent.create_order("W000250", order())

    with running_agent(settings, module=TamperedCom({(name, method): always(None)})) as agent:
        answer = agent.get(path)

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")
    assert f"{name}.{method} gave no answer" in answer.json()["detail"]


def test_a_history_without_an_answer_leaves_the_order_s_absence_open(settings: Settings) -> None:
    rules = {("SO_SalesOrderHistoryInquiry_bus", "nFind"): always(None)}

    with running_agent(settings, module=TamperedCom(rules)) as agent:
        looked_up = agent.get(ORDERS)
        created = agent.create_order("W000250", order())

    assert (looked_up.status_code, created.status_code) == (503, 503)


@pytest.mark.parametrize("method", ["nMoveFirst", "nMoveNext"])
def test_a_browse_without_an_answer_is_not_at_its_end(settings: Settings, method: str) -> None:
    with running_agent(settings) as agent:
        agent.create_order("W000250", order())

    with running_agent(settings, module=TamperedCom({(ORDER, method): always(None)})) as agent:
        answer = agent.client.get(f"/v1{MARKED}")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")


def test_a_customer_that_can_not_be_looked_for_is_not_made(settings: Settings) -> None:
    with running_agent(settings, module=TamperedCom({(CUSTOMER, "nFind"): always(None)})) as agent:
        answer = agent.create_customer("00-WEB0001", {"CustomerName": "Alpine Outfitters"})

    assert answer.status_code == 503


def test_a_write_without_an_answer_is_no_refusal(settings: Settings) -> None:
    with running_agent(settings, module=TamperedCom({(ORDER, "nWrite"): always(None)})) as agent:
        answer = agent.create_order("W000250", order(), X_Not_After=in_seconds(60))

    assert (answer.status_code, answer.json()["code"]) == (504, "SageTimeout")
