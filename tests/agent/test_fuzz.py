"""The whole API, fuzzed from its own description: never a 500, and never an answer it does not describe."""

import itertools
import os
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.sage100 import com
from tests.agent.harness import KEY, in_seconds, make_settings, order, seeded_home, sku
from tieout_agent.clock import SystemClock
from tieout_agent.server import create_app, make_owner

EXAMPLES = int(os.environ.get("TIEOUT_FUZZ", "10"))  # noqa: TID251 - no setting of the product
"""Requests of each kind to each call. `make fuzz` sends many more."""

CHECKS = [
    getattr(cast("Any", checks), name)
    for name in (
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    )
]
ORDER = "/v1/ABC/SO/SalesOrder/W000250"
CUSTOMER = "/v1/ABC/AR/Customer/00-WEB0001"
NEW_CUSTOMER = {"CustomerName": "A", "SalespersonDivisionNo": "00", "SalespersonNo": "0100"}
PROFILE = profile(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    phases=[Phase.explicit, Phase.generate],
)

Body = dict[str, Any]

KEYED = {"Authorization": f"Bearer {KEY}"}
MOSTLY, EVENLY = 0.8, 0.5
NUMBERS = ["W000250", "WEB0001", *(f"W00{number:04d}" for number in range(251, 255))]
BUYER = {"ARDivisionNo": "00", "CustomerNo": "BUY0001"}

WITHOUT_PARAMETERS = ["GET /v1/health", "GET /v1/capabilities", "GET /v1/openapi.json"]
CALLS = [
    "GET /v1/{company}/SO/SalesOrder/{no}",
    "PUT /v1/{company}/SO/SalesOrder/{no}",
    "PATCH /v1/{company}/SO/SalesOrder/{no}",
    "DELETE /v1/{company}/SO/SalesOrder/{no}",
    "GET /v1/{company}/SO/SalesOrder",
    "POST /v1/{company}/SO/SalesOrder/preview",
    "GET /v1/{company}/AR/Customer",
    "GET /v1/{company}/AR/Customer/{division}-{no}",
    "PUT /v1/{company}/AR/Customer/{division}-{no}",
    "PATCH /v1/{company}/AR/Customer/{division}-{no}",
    "GET /v1/{company}/CI/Item",
    "GET /v1/{company}/IM/ItemWarehouse",
    "GET /v1/{company}/IM/PriceCode",
    "GET /v1/{company}/SO/Shipment",
    "GET /v1/{company}/AR/Invoice",
]
REACHED = {
    "GET /v1/{company}/SO/SalesOrder/{no}": 200,
    "PUT /v1/{company}/SO/SalesOrder/{no}": 201,
    "POST /v1/{company}/SO/SalesOrder/preview": 200,
    "GET /v1/{company}/IM/ItemWarehouse": 200,
}
"""Statuses by which it shows that the fuzzing gets past the checks of form, into Sage."""


@dataclass
class Fuzzed:
    """The service without its sockets, and its calls as it describes them."""

    app: ASGIApp
    client: TestClient
    calls: dict[str, Any]
    revisions: Iterator[int] = field(default_factory=lambda: itertools.count(10))

    def stamp(self, path: str) -> str:
        """What a change of the document has to know of it."""
        return self.client.get(path).json().get("stamp", "0" * 32)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory, seeded: Path) -> Generator[Fuzzed]:
    folder = tmp_path_factory.mktemp("fuzzed")
    settings = make_settings(folder, seeded_home(folder, seeded))
    owner = make_owner(settings, com, SystemClock())
    app = _http_only(create_app(settings, owner, clock=SystemClock()))
    client = TestClient(app, headers=KEYED)
    # Without the key, which has tests of its own: wrong ones would soon have us locked out.
    description = client.get("/v1/openapi.json").json() | {"security": []}
    schema = cast("Any", schemathesis).openapi.from_dict(description)
    calls = {found.ok().label: found.ok() for found in schema.get_all_operations()}
    yield Fuzzed(app, client, calls)
    owner.stop()


def _http_only(app: ASGIApp) -> ASGIApp:
    """Keep the client's "the application starts" away from a service that has no such thing."""

    async def passing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await app(scope, receive, send)
            return
        for word in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{word}.complete"})

    return passing


def test_every_call_of_the_description_is_fuzzed(fuzzed: Fuzzed) -> None:
    assert sorted(fuzzed.calls) == sorted([*WITHOUT_PARAMETERS, *CALLS])


@pytest.mark.parametrize("call", WITHOUT_PARAMETERS)
def test_a_call_without_parameters_is_answered_as_described(fuzzed: Fuzzed, call: str) -> None:
    assert set(fuzz(fuzzed, call, GenerationMode.POSITIVE)) == {200}


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("call", CALLS)
def test_whatever_is_sent_is_answered_as_described(
    fuzzed: Fuzzed, call: str, mode: GenerationMode
) -> None:
    prepare(fuzzed)

    answered = fuzz(fuzzed, call, mode)

    assert answered.total() >= EXAMPLES / 2
    assert call not in REACHED or mode is GenerationMode.NEGATIVE or REACHED[call] in answered


def fuzz(fuzzed: Fuzzed, call: str, mode: GenerationMode) -> Counter[int]:
    """Send requests of one kind to one call; say how often each status came back."""
    answered = Counter[int]()

    @PROFILE
    @given(case=fuzzed.calls[call].as_strategy(generation_mode=mode), luck=st.randoms())
    def send(case: Any, luck: Random) -> None:
        aim(fuzzed, case, luck)
        answer = case.call_and_validate(app=fuzzed.app, headers=KEYED, checks=CHECKS)
        answered[answer.status_code] += 1

    send()
    return answered


def prepare(fuzzed: Fuzzed) -> None:
    """Let there be something to find and to change."""
    sent = {"If-None-Match": "*", "X-Not-After": in_seconds(60), "X-Rev": "1"}
    for path, body in ((ORDER, order()), (CUSTOMER, {"customer": NEW_CUSTOMER})):
        assert fuzzed.client.put(path, json=body, headers=sent).status_code in (201, 404, 412)


def aim(fuzzed: Fuzzed, case: Any, luck: Random) -> None:
    """Give most requests a target that is there, in time, and as the caller saw it."""
    if case.path_parameters and luck.random() < MOSTLY:
        known = {"company": "ABC", "no": luck.choice(NUMBERS), "division": "00"}
        case.path_parameters.update(
            {name: known[name] for name in case.path_parameters if luck.random() < MOSTLY}
        )
    if "X-Not-After" in case.headers and luck.random() < MOSTLY:
        case.headers.update(aimed_headers(fuzzed, case, luck))
    body: object = case.body
    if isinstance(body, dict) and luck.random() < MOSTLY:
        aim_body(cast("Body", body), luck)


def aimed_headers(fuzzed: Fuzzed, case: Any, luck: Random) -> dict[str, str]:
    """A create, or a change of what is there, at the newest revision."""
    usual = {"X-Not-After": in_seconds(60), "X-Rev": str(next(fuzzed.revisions))}
    if case.method == "PUT" and luck.random() < EVENLY:
        case.headers.pop("If-Match", None)
        return usual | {"If-None-Match": "*"}
    case.headers.pop("If-None-Match", None)
    return usual | {"If-Match": f'"{fuzzed.stamp(case.formatted_path)}"'}


def aim_body(body: Body, luck: Random) -> None:
    """Let an order be of a customer and of items that are there, and keep a few of its columns."""
    for name, needed in (("header", BUYER), ("customer", NEW_CUSTOMER)):
        if isinstance(body.get(name), dict):
            given = cast("Body", body[name])
            body[name] = dict(list(given.items())[: luck.randrange(3)]) | needed
    if isinstance(body.get("lines"), list) and luck.random() < MOSTLY:
        body["lines"] = [
            {"ItemCode": sku(luck.randrange(20)), "QuantityOrdered": str(luck.randrange(9))}
            for _ in cast("list[Any]", body["lines"])[:5]
        ]
