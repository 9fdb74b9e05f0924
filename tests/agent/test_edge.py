import asyncio
import json

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.agent.harness import KEY, FakeClock, RunningAgent, in_seconds, kept, order
from tieout_agent import __version__
from tieout_agent.api.edge import MOST_BODY_BYTES, Edge
from tieout_agent.api.json_bodies import DEEPEST_JSON, check_depth
from tieout_agent.problems import ProblemError
from tieout_agent.security import Gatekeeper

PATH = "/v1/ABC/SO/SalesOrder/W000250"


def put(agent: RunningAgent, body: bytes, path: str = PATH) -> tuple[int, str, str]:
    headers = {
        "If-None-Match": "*",
        "X-Not-After": in_seconds(60),
        "X-Rev": "1",
        "Content-Type": "application/json",
    }
    answer = agent.client.put(path, content=body, headers=headers)
    return answer.status_code, answer.json()["code"], answer.json()["detail"]


def test_every_answer_carries_date_version_and_no_store(agent: RunningAgent) -> None:
    answers = [
        agent.get("/health"),
        agent.get("/nothing-here"),
        agent.client.get("/v1/health", headers={"Authorization": ""}),
        agent.get("/XYZ/SO/SalesOrder/W000250"),
    ]

    for answer in answers:
        assert answer.headers["Date"].endswith("GMT")
        assert answer.headers["X-Tieout-Agent"] == __version__
        assert answer.headers["Cache-Control"] == "no-store"
        assert "server" not in answer.headers


def test_a_body_over_two_megabytes_is_refused(agent: RunningAgent) -> None:
    status, code, _ = put(agent, b" " * (MOST_BODY_BYTES + 1))

    assert (status, code) == (413, "BodyTooLarge")


def test_a_body_without_a_length_is_cut_off_at_the_limit(agent: RunningAgent) -> None:
    chunks = (b" " * 1024 * 1024 for _ in range(3))

    answer = agent.client.put(PATH, content=chunks)

    assert (answer.status_code, answer.json()["code"]) == (413, "BodyTooLarge")


def test_json_nested_too_deep_is_refused(agent: RunningAgent) -> None:
    status, code, _ = put(agent, b'{"header":' + b"[" * DEEPEST_JSON + b"]" * DEEPEST_JSON + b"}")

    assert (status, code) == (400, "BadJson")


def test_a_hundred_thousand_levels_are_refused_quickly() -> None:
    with pytest.raises(ProblemError):
        check_depth(b"[" * 100_000)


def test_brackets_inside_text_are_no_levels() -> None:
    check_depth(json.dumps({"Comment": '[{"' * 1000 + "\\"}).encode())


def test_text_that_never_ends_is_scanned_in_one_pass() -> None:
    check_depth(b'"' + b'\\"' * (MOST_BODY_BYTES // 2 - 1))


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"nonsense", b'"text"', b"[]"])
def test_a_body_that_is_no_order_is_a_bad_request(agent: RunningAgent, body: bytes) -> None:
    status, code, _ = put(agent, body)

    assert status == 400
    assert code in ("BadJson", "BadRequest")


def test_an_unknown_field_is_named(agent: RunningAgent) -> None:
    status, code, detail = put(agent, json.dumps({**order(), "surprise": 1}).encode())

    assert (status, code) == (400, "BadRequest")
    assert "surprise" in detail


def test_a_number_where_text_is_due_is_named_without_its_value(agent: RunningAgent) -> None:
    body = json.dumps(order(header={"FreightAmt": 7.25})).encode()

    status, code, detail = put(agent, body)

    assert (status, code) == (400, "BadRequest")
    assert "FreightAmt" in detail
    assert "7.25" not in detail


@pytest.mark.parametrize(
    "path",
    [
        "/v1/ABC/SO/SalesOrder/W00025",
        "/v1/ABC/SO/SalesOrder/w000250",
        "/v1/ABC/SO/SalesOrder/W000%22%22",
        "/v1/ABC/AR/Customer/0-1",
        "/v1/ABC/AR/Customer/00-lower",
        "/v1/ABC/SO/SalesOrder/W000250?marker=W%22OR%22",
        "/v1/ABC/CI/Item?changedSince=yesterday",
        "/v1/ABC/CI/Item?limit=2001",
    ],
)
def test_keys_of_a_wrong_form_are_bad_requests(agent: RunningAgent, path: str) -> None:
    answer = agent.client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


@pytest.mark.parametrize("company", ["XYZ", "abc", "ABCD", "%22"])
def test_an_unknown_company_is_a_404_of_its_own_code(agent: RunningAgent, company: str) -> None:
    answer = agent.get(f"/{company}/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (404, "UnknownCompany")


def test_an_unknown_call_is_a_problem_document(agent: RunningAgent) -> None:
    answer = agent.get("/ABC/GL/Account")

    assert (answer.status_code, answer.json()["code"]) == (404, "NotFound")


def test_a_call_with_a_wrong_method_is_a_problem_document(agent: RunningAgent) -> None:
    answer = agent.client.post(PATH)

    assert (answer.status_code, answer.json()["code"]) == (405, "MethodNotAllowed")


SOON = "2026-01-01T00:00:00Z"
STAMP = f'"{"0" * 32}"'


@pytest.mark.parametrize(
    ("headers", "refusal"),
    [
        ({"X-Not-After": SOON, "X-Rev": "1"}, (428, "PreconditionRequired")),
        ({"If-None-Match": "*", "X-Rev": "1"}, (428, "PreconditionRequired")),
        ({"If-None-Match": "*", "X-Not-After": SOON}, (428, "PreconditionRequired")),
        ({"If-Match": STAMP, "X-Rev": "1"}, (428, "PreconditionRequired")),
        ({"If-Match": STAMP, "X-Not-After": SOON}, (428, "PreconditionRequired")),
        ({"If-None-Match": '"abc"', "X-Not-After": SOON}, (400, "BadRequest")),
        ({"If-None-Match": "*", "If-Match": STAMP}, (400, "BadRequest")),
        ({"If-Match": '"abc"'}, (400, "BadRequest")),
        ({"If-Match": "*"}, (400, "BadRequest")),
        ({"If-None-Match": "*", "X-Rev": "1", "X-Not-After": "soon"}, (400, "BadRequest")),
        (
            {"If-None-Match": "*", "X-Rev": "1", "X-Not-After": "2026-11-20T12:00:00"},
            (400, "BadRequest"),
        ),
        (
            {"If-None-Match": "*", "X-Rev": "1", "X-Not-After": "2999-01-01T00:00:00Z"},
            (400, "BadRequest"),
        ),
        ({"If-None-Match": "*", "X-Rev": "-1", "X-Not-After": SOON}, (400, "BadRequest")),
    ],
)
def test_a_put_needs_its_preconditions(
    agent: RunningAgent, headers: dict[str, str], refusal: tuple[int, str]
) -> None:
    answer = agent.client.put(PATH, json=order(), headers=headers)

    assert (answer.status_code, answer.json()["code"]) == refusal


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("missing", ["If-Match", "X-Not-After", "X-Rev"])
def test_a_change_needs_its_preconditions(agent: RunningAgent, method: str, missing: str) -> None:
    headers = {"If-Match": STAMP, "X-Not-After": SOON, "X-Rev": "2"}
    del headers[missing]

    answer = agent.client.request(method, PATH, json={"header": {"Comment": "x"}}, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (428, "PreconditionRequired")
    assert missing in answer.json()["detail"]


def test_a_deadline_that_passed_long_ago_has_passed(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order(), X_Not_After="2001-01-01T00:00:00Z")

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")


def test_a_deadline_of_eleven_minutes_is_a_wrong_clock(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order(), X_Not_After=in_seconds(11 * 60))

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_a_caller_that_goes_away_while_sending_is_let_go(clock: FakeClock) -> None:
    sent = exchange(clock, [{"type": "http.request", "more_body": True}, GONE])

    assert sent == []


def test_a_body_that_does_not_arrive_in_time_is_refused(clock: FakeClock) -> None:
    sent = exchange(clock, [{"type": "http.request", "more_body": True}])

    assert sent[0]["status"] == 408


def test_a_length_that_is_no_number_is_refused(clock: FakeClock) -> None:
    sent = exchange(clock, [], length=b"many")

    assert sent[0]["status"] == 413


def test_a_fault_after_the_answer_began_does_not_begin_another(clock: FakeClock) -> None:
    async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200})
        raise ZeroDivisionError

    sent = exchange(clock, [{"type": "http.request"}], app=app)

    assert [message["status"] for message in sent] == [200]


GONE: Message = {"type": "http.disconnect"}


async def unused(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise AssertionError("the application is not to be reached")


def exchange(
    clock: FakeClock, messages: list[Message], *, app: ASGIApp = unused, length: bytes = b"10"
) -> list[Message]:
    """Let one call, given as plain messages, pass the edge."""
    key = (b"authorization", f"Bearer {KEY}".encode())
    scope: Scope = {
        "type": "http",
        "method": "PUT",
        "path": PATH,
        "headers": [key, (b"content-length", length)],
    }
    sent: list[Message] = []

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    gate = Gatekeeper((kept(KEY),), clock)
    asyncio.run(Edge(app, gate, clock=clock, body_seconds=0.05)(scope, receive, send))
    return sent


def test_log_lines_hold_ids_and_no_personal_data(
    agent: RunningAgent, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = "canary.person@example.com"

    agent.get("/ABC/AR/Customer", email=canary)
    agent.create_order("W000250", order(header={"ShipToName": canary, "ShipToZipCode": "99999"}))
    agent.get(f"/ABC/SO/SalesOrder/{canary}")

    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["call"] * 3
    assert (lines[1]["company"], lines[1]["no"], lines[1]["code"]) == ("ABC", "W000250", "Refused")
    assert "canary" not in json.dumps(lines)
