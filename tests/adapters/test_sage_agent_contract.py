"""Every request of our client is one that the agent describes, and so is every answer that it gets."""

import json
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from werkzeug.datastructures import Headers, ImmutableMultiDict

from sandbox.sage100 import seed
from tests.adapters.agent_calls import Keys
from tests.adapters.sage_worlds import Case, case_in, client_of, world_of
from tests.adapters.servers import connection
from tests.agent.harness import RunningAgent, make_settings, running_agent
from tieout.adapters.sage_door import AgentDoor
from tieout.domain.identity import Company, CustomerKey, SalesOrderNo
from tieout.errors import RejectedError, SetupError

HOST = "https://agent.example"
# What a buyer typed may be no e-mail address, or too long; then the agent has to say so.
FORM = (400, 422)
CUSTOMER = {
    "CustomerName": "Jane Doe",
    "EmailAddress": "jane.doe@example.com",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
    "TermsCode": "00",
}


@dataclass
class Exchange:
    """One request as it came in, and its answer as it went out."""

    method: str
    path: str
    query: str = ""
    headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    body: bytes = b""
    status: int = 0
    answer_headers: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    answer: bytes = b""


class Recorder:
    """Stands before the agent and writes down what passes."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.heard: list[Exchange] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        one = Exchange(
            scope["method"], scope["path"], scope["query_string"].decode(), _texts(scope["headers"])
        )
        self.heard.append(one)

        async def hear() -> Message:
            message = await receive()
            one.body += message.get("body", b"")
            return message

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start":
                one.status, one.answer_headers = message["status"], _texts(message["headers"])
            one.answer += message.get("body", b"")
            await send(message)

        await self.app(scope, hear, tell)


def _texts(headers: Any) -> list[tuple[str, str]]:
    return [(name.decode(), value.decode()) for name, value in headers]


class Request:
    """A request as openapi-core wants to see it."""

    def __init__(self, one: Exchange) -> None:
        self.host_url = HOST
        self.path = one.path
        self.method = one.method.lower()
        headers = Headers(one.headers)
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(one.query, keep_blank_values=True)), header=headers
        )
        self.content_type = headers.get("content-type", "")
        self.body = one.body or None


class Response:
    """An answer as openapi-core wants to see it."""

    def __init__(self, one: Exchange) -> None:
        self.data = one.answer
        self.status_code = one.status
        self.headers = Headers(one.answer_headers)
        self.content_type = self.headers.get("content-type", "")


class Description:
    """The agent's description, and what it finds wrong with what passed."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        known = Config(extra_media_type_deserializers={"application/problem+json": json.loads})
        self._api = OpenAPI.from_dict(document, config=known)

    def faults(self, one: Exchange) -> list[str]:
        try:
            if one.status not in FORM:
                self._api.validate_request(Request(one))
            self._api.validate_response(Request(one), Response(one))
        except OpenAPIError as error:
            return [f"{error}: {error.__cause__}"]
        return [f"unknown: {name}" for name in _asked(one) - self._known(one)]

    def _known(self, one: Exchange) -> set[str]:
        """The query parameters of a call; openapi-core itself lets unknown ones pass."""
        operation = self._document["paths"][_pattern(one.path)][one.method.lower()]
        rows = operation.get("parameters", [])
        return {row["name"] for row in rows if row.get("in") == "query"}


def _asked(one: Exchange) -> set[str]:
    return {name for name, _ in parse_qsl(one.query, keep_blank_values=True)}


def _pattern(path: str) -> str:
    parts = path.split("/")
    if len(parts) > 3:
        parts[2] = "{company}"
    if len(parts) > 5 and parts[5] != "preview":
        parts[5] = "{division}-{no}" if parts[4] == "Customer" else "{no}"
    return "/".join(parts)


@dataclass
class Recorded:
    """A running agent, what passed, and the agent's own description."""

    agent: RunningAgent
    heard: list[Exchange]
    description: Description

    def door(self, key: str | None = None) -> AgentDoor:
        to = connection(str(self.agent.client.base_url), self.agent.fingerprint)
        return AgentDoor(to, Keys(key, after_rotation=key) if key else Keys())


@pytest.fixture
def recorded(tmp_path: Path) -> Generator[Recorded]:
    seed.fill(tmp_path / "home")
    recorders: list[Recorder] = []

    def around(app: ASGIApp) -> ASGIApp:
        recorders.append(Recorder(app))
        return recorders[0]

    with running_agent(make_settings(tmp_path, tmp_path / "home"), around=around) as agent:
        description = Description(agent.get("/openapi.json").json())
        heard = recorders[0].heard
        heard.clear()
        yield Recorded(agent, heard, description)


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(seconds=20)  # noqa: TID251 - the agent's own clock


def every_kind_of_order_call(case: Case) -> None:
    """An order's whole life, with what is refused on the way."""
    sage = case.sage
    sage.look_up(case.number, marker=case.marker)
    case.create()
    case.create(rev=2)
    guard = case.guard()
    sage.replace(case.number, case.document(Comment="Leave at the door"), guard=guard)
    sage.replace(case.number, case.document(), guard=guard)
    sage.hold(case.number, on=True, comment="Cancelled", guard=case.guard(rev=3))
    sage.hold(case.number, on=False, comment="", guard=case.guard(rev=4))
    sage.delete(case.number, guard=case.guard(rev=5))
    sage.look_up(case.number, marker=case.marker)
    with pytest.raises(RejectedError):
        case_in(case.world).create(case.document({"ItemCode": "NO-SUCH-ITEM"}))


def every_kind_of_customer_call(recorded: Recorded) -> None:
    key = CustomerKey("00", "WEB0007")
    with closing(client_of(recorded.agent)) as sage:
        sage.read_customer(key)
        sage.create_customer(key, CUSTOMER, not_after=soon())
        sage.create_customer(key, CUSTOMER, not_after=soon() + timedelta(seconds=2))
        sage.read_customer(key)
        sage.find_customers(CUSTOMER["EmailAddress"])
        sage.find_customers("nobody@example.com")
        with pytest.raises(RejectedError):
            sage.find_customers("no-address")
        with pytest.raises(RejectedError):
            sage.create_customer(
                CustomerKey("00", "WEB0008"), {"CustomerName": "x" * 60}, not_after=soon()
            )


def every_kind_of_door_call(recorded: Recorded) -> None:
    with closing(recorded.door()) as door:
        door.health()
        door.promises()
        page = door.sales_orders(Company("ABC"), prefix="W", after="")
        door.sales_orders(Company("ABC"), prefix="W", after=str(page.next or "W000000"))
    with closing(recorded.door("tieout_wrong-key")) as door:
        door.health()
        with pytest.raises(SetupError):
            door.promises()


def test_every_request_and_every_answer_is_as_described(recorded: Recorded) -> None:
    with world_of(recorded.agent) as world:
        every_kind_of_order_call(case_in(world))
    every_kind_of_customer_call(recorded)
    every_kind_of_door_call(recorded)

    faults = {
        f"{one.method} {one.path}?{one.query} {one.status}": recorded.description.faults(one)
        for one in recorded.heard
    }

    assert {name: found for name, found in faults.items() if found} == {}
    seen = {(one.method, _pattern(one.path), one.status) for one in recorded.heard}
    assert {status for _, _, status in seen} >= {200, 201, 400, 401, 404, 412, 422}
    assert {(method, path) for method, path, _ in seen} == USED


USED = {
    ("GET", "/v1/health"),
    ("GET", "/v1/capabilities"),
    ("GET", "/v1/{company}/SO/SalesOrder/{no}"),
    ("PUT", "/v1/{company}/SO/SalesOrder/{no}"),
    ("PATCH", "/v1/{company}/SO/SalesOrder/{no}"),
    ("DELETE", "/v1/{company}/SO/SalesOrder/{no}"),
    ("GET", "/v1/{company}/SO/SalesOrder"),
    ("GET", "/v1/{company}/AR/Customer"),
    ("GET", "/v1/{company}/AR/Customer/{division}-{no}"),
    ("PUT", "/v1/{company}/AR/Customer/{division}-{no}"),
}


def good(recorded: Recorded) -> Exchange:
    """A look-up that is right in all."""
    with closing(client_of(recorded.agent)) as sage:
        sage.look_up(SalesOrderNo("W000999"), marker="W-999-x7")
    return recorded.heard[-1]


def test_the_description_passes_what_is_right(recorded: Recorded) -> None:
    assert recorded.description.faults(good(recorded)) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"path": "/v1/ABC/SO/SalesOrder/W00099"},
        {"path": "/v1/ABC/SO/SalesOrders/W000999"},
        {"query": "marker=W%22"},
        {"query": "mark=W-999-x7"},
        {"method": "POST"},
        {"headers": []},
        {"status": 418},
        {"answer": json.dumps({"code": "SalesOrderAbsent"}).encode()},
        {"answer_headers": [("content-type", "text/html")]},
    ],
    ids=str,
)
def test_the_description_notices_what_is_wrong(recorded: Recorded, wrong: dict[str, Any]) -> None:
    assert recorded.description.faults(replace(good(recorded), **wrong))


def test_a_write_without_its_headers_is_noticed(recorded: Recorded) -> None:
    with world_of(recorded.agent) as world:
        case_in(world).create()
    created = next(one for one in recorded.heard if one.method == "PUT")
    for name in ("x-not-after", "x-rev"):
        kept = [(key, value) for key, value in created.headers if key != name]

        assert recorded.description.faults(replace(created, headers=kept)), name
    assert recorded.description.faults(created) == []
