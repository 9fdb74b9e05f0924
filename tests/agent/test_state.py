from typing import Any

import pytest

from sandbox.sage100.faults import Fault
from tests.agent.harness import RunningAgent, running_agent
from tests.agent.tampering import TamperedCom
from tieout_agent import __version__
from tieout_agent.sage.session import cannot_open
from tieout_agent.settings import Settings


def test_health_of_an_agent_that_was_not_asked_yet(agent: RunningAgent) -> None:
    health = agent.get("/health").json()

    assert health.pop("time").endswith("+00:00")
    assert health == {
        "status": "ok",
        "version": __version__,
        "session": "closed",
        "queued": 0,
        "restarts": 0,
        "lastRestart": None,
    }


def test_health_says_that_a_session_is_open(agent: RunningAgent) -> None:
    agent.get("/ABC/AR/Customer/00-BUY0001")

    assert agent.get("/health").json()["session"] == "open"


def test_capabilities_name_companies_columns_and_guarantees(agent: RunningAgent) -> None:
    capabilities = agent.get("/capabilities").json()

    names = {company["code"]: company["name"] for company in capabilities["companies"]}
    first = capabilities["companies"][0]
    assert names == {"ABC": "Summit Outdoor Supply", "CAN": "Summit Outdoor Canada"}
    assert first["objects"]["SO_SalesOrder_bus"] is True
    assert first["columns"]["SO_SalesOrderHeader"]["SalesOrderNo"] == 7
    assert first["columns"]["SO_SalesOrderDetail"]["ItemCode"] == 30
    assert first["columns"]["AR_Customer"]["CustomerName"] == 50
    assert first["udfs"] == ["UDF_TIEOUT_MARKER", "UDF_TIEOUT_REV"]
    assert capabilities["guarantees"] == {
        "createOnly": True,
        "deadline": True,
        "barrier": True,
        "history": True,
        "invoiceHistory": True,
        "replace": True,
    }
    assert first["guarantees"] == capabilities["guarantees"]


def test_an_object_that_may_not_be_made_is_no_guarantee(agent: RunningAgent) -> None:
    agent.fault(Fault("no_right", count=None, object="AR_InvoiceHistoryInquiry_bus"))

    capabilities = agent.get("/capabilities").json()

    assert capabilities["companies"][0]["objects"]["AR_InvoiceHistoryInquiry_bus"] is False
    assert capabilities["guarantees"]["invoiceHistory"] is False
    assert capabilities["guarantees"]["history"] is True


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/v1/health", "get"),
        ("/v1/capabilities", "get"),
        ("/v1/{company}/SO/SalesOrder/{no}", "get"),
        ("/v1/{company}/SO/SalesOrder/{no}", "put"),
        ("/v1/{company}/SO/SalesOrder/{no}", "patch"),
        ("/v1/{company}/SO/SalesOrder/{no}", "delete"),
        ("/v1/{company}/SO/SalesOrder", "get"),
        ("/v1/{company}/AR/Customer", "get"),
        ("/v1/{company}/AR/Customer/{division}-{no}", "get"),
        ("/v1/{company}/AR/Customer/{division}-{no}", "put"),
        ("/v1/{company}/AR/Customer/{division}-{no}", "patch"),
        ("/v1/{company}/SO/SalesOrder/preview", "post"),
        ("/v1/{company}/CI/Item", "get"),
        ("/v1/openapi.json", "get"),
    ],
)
def test_every_call_is_in_the_description(agent: RunningAgent, path: str, method: str) -> None:
    description = agent.get("/openapi.json").json()

    assert description["openapi"].startswith("3.1")
    responses = description["paths"][path][method]["responses"]
    assert "application/problem+json" in responses["400"]["content"]


def test_the_name_of_another_company_is_no_name(settings: Settings) -> None:
    def next_one(real: Any, arguments: tuple[Any, ...]) -> int:
        code: int = real(*arguments)
        if arguments[0] == "CompanyCode$":
            arguments[1].value = "ZZZ"
        return code

    rules = {("SY_Company_svc", "nGetValue"): next_one}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        companies = agent.get("/capabilities").json()["companies"]

    assert {company["name"] for company in companies} == {""}


def test_a_reason_that_ends_with_a_full_stop_gets_no_second_one() -> None:
    detail = cannot_open("nSetUser", "The password is not valid.").problem.detail

    assert "The password is not valid. Nothing was stored." in detail
