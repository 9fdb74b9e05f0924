"""The agent's health, promises and lists: from its real code, and from servers that misbehave."""

import json
from collections.abc import Callable, Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100 import seed
from tests.adapters.agent_calls import AGENT, Keys, problem
from tests.adapters.conftest import Serve
from tests.adapters.servers import Server, answer, connection, replying, resetting, silent
from tests.agent.harness import RunningAgent, make_settings, order, running_agent
from tieout.adapters.http import Patience
from tieout.adapters.sage_door import AgentDoor
from tieout.domain.agents import Health, Listed, ListPage
from tieout.domain.identity import Company, SalesOrderNo
from tieout.errors import RetryableError, SetupError

ABC = Company("ABC")
WELL = Health(ready=True)
QUICK = Patience(read=0.3, total=0.3, retry_waits=())
FULL_PROMISE = {
    "createOnly", "deadline", "barrier", "history", "invoiceHistory", "replace",
}  # fmt: skip
Call = Callable[[AgentDoor], object]


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningAgent]:
    folder = tmp_path_factory.mktemp("agent")
    seed.fill(folder / "home")
    with running_agent(make_settings(folder, folder / "home")) as running:
        for number in ("W000250", "W000251", "W000260"):
            sold = order()
            sold["header"]["CustomerPONo"] = f"W-{int(number[1:])}-x7"
            running.create_order(number, sold)
        yield running


@pytest.fixture
def door(agent: RunningAgent) -> Generator[AgentDoor]:
    to = connection(str(agent.client.base_url), agent.fingerprint)
    with closing(AgentDoor(to, Keys())) as made:
        yield made


def asking(server: Server, call: Call, keys: Keys | None = None) -> object:
    """What a call to this server returns."""
    door = AgentDoor(server.pinned(), keys or Keys(), health_patience=QUICK, list_patience=QUICK)
    with closing(door):
        return call(door)


def health(door: AgentDoor) -> object:
    return door.health()


def promises(door: AgentDoor) -> object:
    return door.promises()


def listing(door: AgentDoor) -> object:
    return door.sales_orders(ABC, prefix="W", after="W000100")


def said(document: Any, status: int = 200) -> bytes:
    return answer(status, json.dumps(document).encode(), AGENT)


def page(*numbers: str, following: object = None) -> bytes:
    rows = [{"number": n, "where": "open", "status": "O", "marker": "m"} for n in numbers]
    return said({"asOf": "2026-11-21T12:00:00Z", "orders": rows, "next": following})


def test_an_agent_that_runs_is_ready(door: AgentDoor) -> None:
    assert door.health() == WELL


def test_an_agent_that_is_paused_is_not_ready(agent: RunningAgent, door: AgentDoor) -> None:
    Path(agent.settings.pause_file).touch()
    found = door.health()
    Path(agent.settings.pause_file).unlink()

    assert found == Health(ready=False, reason="The Sage agent is paused.")
    assert door.health() == WELL


def test_the_agent_tells_what_it_promises_for_each_company(door: AgentDoor) -> None:
    found = door.promises()

    assert set(found) == {"ABC", "CAN"}
    assert found[ABC] == FULL_PROMISE


def test_sales_orders_are_listed_by_rising_number_from_a_number_on(door: AgentDoor) -> None:
    found = door.sales_orders(ABC, prefix="W", after="W000250")

    assert found == ListPage(
        (
            Listed(SalesOrderNo("W000251"), "W-251-x7"),
            Listed(SalesOrderNo("W000260"), "W-260-x7"),
        ),
        None,
    )


def test_a_list_begins_at_its_start_without_a_number(door: AgentDoor) -> None:
    numbers = [one.number for one in door.sales_orders(ABC, prefix="W", after="").orders]

    assert numbers == ["W000250", "W000251", "W000260"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("paused", "The Sage agent is paused."),
        ("degraded", "The Sage agent runs, and its session in Sage is broken."),
        ("new word", "The Sage agent says that it is not well."),
        (None, "The Sage agent says that it is not well."),
    ],
)
def test_whatever_is_not_ok_is_not_ready(serve: Serve, status: str | None, reason: str) -> None:
    server = serve(replying(said({"status": status})))

    assert asking(server, health) == Health(ready=False, reason=reason)


@pytest.mark.parametrize(
    "act",
    [
        silent,
        resetting,
        replying(answer(200, b'{"status":"ok"}')),  # not the agent's own
        replying(answer(503, b"{}")),
        replying(problem(401, "Unauthorized")),
        replying(problem(429, "LockedOut")),
        replying(problem(503, "Busy")),
        replying(said([])),
        replying(said({"status": "ok"}, 500)),
        replying(answer(200, b"ok", AGENT, kind="text/plain")),
    ],
    ids=["silent", "resets", "stranger", "gateway", "key", "locked", "busy", "list", "500", "text"],
)
def test_an_agent_that_does_not_say_that_it_is_well_is_not_ready(
    serve: Serve, act: Callable[..., None]
) -> None:
    found = asking(serve(act), health)

    assert isinstance(found, Health)
    assert not found.ready
    assert found.reason


def test_an_agent_out_of_reach_is_not_ready(unused_port: int) -> None:
    to = connection(f"https://127.0.0.1:{unused_port}", "00" * 32)
    with closing(AgentDoor(to, Keys())) as door:
        assert door.health() == Health(ready=False, reason="The Sage agent could not be reached.")


@pytest.mark.parametrize("call", [health, promises, listing])
def test_a_key_that_was_changed_is_read_anew_once(serve: Serve, call: Call) -> None:
    told: dict[str, Any] = {"status": "ok", "companies": [], "orders": [], "next": None}
    server = serve(replying(problem(401, "Unauthorized"), said(told)))
    keys = Keys("old")

    assert asking(server, call, keys) in (WELL, {}, ListPage((), None))
    assert keys.refreshed == 1


@pytest.mark.parametrize("call", [promises, listing])
def test_a_list_that_can_not_be_had_is_for_later(serve: Serve, call: Call) -> None:
    for act in (silent, resetting, replying(problem(503, "Busy")), replying(said({}))):
        with pytest.raises(RetryableError):
            asking(serve(act), call)


@pytest.mark.parametrize("call", [promises, listing])
@pytest.mark.parametrize("status", [401, 404])
def test_a_call_that_is_refused_as_such_is_for_the_operator(
    serve: Serve, call: Call, status: int
) -> None:
    with pytest.raises(SetupError):
        asking(serve(replying(problem(status, "NoSuchThing"))), call)


@pytest.mark.parametrize(
    "told",
    [
        page("W000252", "W000251"),
        page("W000251", "W000251"),
        page("W000100"),
        page("W000251", following="W000250"),
        page(following="W000100"),
        page("W000251", following=5),
        said({"orders": None, "next": None}),
        said({"orders": ["W000251"], "next": None}),
        said({"orders": [{"where": "open"}], "next": None}),
        said({"orders": [{"number": 5}], "next": None}),
    ],
)
def test_a_list_that_could_skip_or_never_end_is_not_used(serve: Serve, told: bytes) -> None:
    with pytest.raises(RetryableError):
        asking(serve(replying(told)), listing)


def test_a_list_says_where_it_goes_on_and_what_a_person_deleted(serve: Serve) -> None:
    rows = [
        {"number": "W000251", "where": "history", "status": "X", "marker": None},
        {"number": "W000252", "where": "open", "status": "X", "marker": "m"},
    ]
    server = serve(replying(said({"orders": rows, "next": "W000252"})))

    found = asking(server, listing)

    assert found == ListPage(
        (
            Listed(SalesOrderNo("W000251"), "", deleted=True),
            Listed(SalesOrderNo("W000252"), "m"),
        ),
        SalesOrderNo("W000252"),
    )
    assert b"GET /v1/ABC/SO/SalesOrder?prefix=W&limit=500&after=W000100 " in server.received[0]


@pytest.mark.parametrize("row", [{"code": "ABC"}, {"code": "ABC", "guarantees": ["deadline"]}])
def test_a_company_without_promises_is_not_understood(serve: Serve, row: dict[str, Any]) -> None:
    with pytest.raises(RetryableError):
        asking(serve(replying(said({"companies": [row]}))), promises)


def test_only_what_holds_is_promised(serve: Serve) -> None:
    told = {"createOnly": True, "deadline": False, "barrier": "yes"}
    server = serve(replying(said({"companies": [{"code": "ABC", "guarantees": told}]})))

    assert asking(server, promises) == {ABC: frozenset({"createOnly"})}
