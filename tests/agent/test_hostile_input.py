"""Whatever bytes a caller with a key sends: a problem document, and nothing stored."""

import json
from typing import Any

import pytest

from tests.agent.harness import RunningAgent, in_seconds, order

PATH = "/v1/ABC/SO/SalesOrder/W000250"
PREVIEW = "/v1/ABC/SO/SalesOrder/preview"
GOOD = json.dumps(order())
NESTED = 100_000


def put(agent: RunningAgent, body: bytes, kind: str = "application/json") -> tuple[int, str]:
    headers = {
        "If-None-Match": "*",
        "X-Not-After": in_seconds(60),
        "X-Rev": "1",
        "Content-Type": kind,
    }
    answer = agent.client.put(PATH, content=body, headers=headers)
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return answer.status_code, answer.json()["code"]


def header(**columns: Any) -> bytes:
    """An order of which a header column is as given."""
    return json.dumps(order(header=columns)).encode()


def replaced(old: str, new: str) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * NESTED,
        b"{" * NESTED,
        b'{"header":' * NESTED,
        b'{"header":' + b"[" * 40 + b"]" * 40 + b"}",
        replaced('"2"', "NaN"),
        replaced('"2"', "-Infinity"),
        replaced('"2"', "1e"),
        replaced('"W-250-x7"', '"\\ud800"'),
        replaced('"W-250-x7"', '"x\\uDFFFy"'),
        replaced('"CustomerPONo"', '"\\ud800"'),
        replaced('"header": {', '"header": {"CustomerNo": "BUY0002", '),
        replaced('{"header"', '{"header": {}, "header"'),
        replaced('"lines": [{', '"lines": [{"ItemCode": "X", '),
        replaced('"W-250-x7"', '"tab\tinside"'),
        replaced('"W-250-x7"', '"\\x41"'),
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("utf-16"),
        GOOD.encode("utf-32"),
        GOOD.replace("W-250", "é").encode("latin-1"),
        replaced('"W-250-x7"', '"x').replace(b"}", b""),
        GOOD.encode() + b"{}",
        GOOD.encode() + b"\0",
        b"'" + GOOD.encode() + b"'",
        b"\0",
        b"/* */ {}",
    ],
)  # fmt: skip
def test_what_is_not_json_to_every_reader_is_refused(agent: RunningAgent, body: bytes) -> None:
    assert put(agent, body) == (400, "BadJson")


@pytest.mark.parametrize(
    "body",
    [
        replaced('"2"', "9" * 5000),
        replaced('"2"', "1e999999"),
        replaced('"2"', "-0"),
        replaced('"2"', "null"),
        replaced('"2"', "true"),
        replaced('"2"', "[]"),
        replaced('"2"', "{}"),
        replaced('"CustomerPONo"', '"' + "x" * 61 + '"'),
        replaced('"header"', '"__proto__"'),
        replaced('"header"', '"Header"'),
        b"null",
        b"1",
        b"[]",
        b'"text"',
        b"{}",
        b'{"header":{},"lines":{}}',
        b'{"header":{"ARDivisionNo":"00","CustomerNo":"BUY0001"},"lines":[]}',
        json.dumps(order(lines=[{"ItemCode": "A"}] * 1001)).encode(),
        header(**{f"UDF_{number}": "x" for number in range(201)}),
    ],
)
def test_json_of_another_shape_is_refused(agent: RunningAgent, body: bytes) -> None:
    assert put(agent, body) == (400, "BadRequest")


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("Comment", "\0"),
        ("Comment", "\x7f"),
        ("Comment", "\x85"),
        ("Comment", "\u2028"),
        ("Comment", "😀"),
        ("Comment", "e\u0301"),
        ("FreightAmt", "9" * 13),
        ("FreightAmt", "-1"),
        ("FreightAmt", "\u0663"),
        ("OrderDate", "20261332"),
        ("OrderDate", "today"),
        ("OrderStatus", "?"),
        ("CustomerNo", "'; DROP"),
        ("SalesOrderNo", "W000251"),
        ("__class__", "x"),
        ("", "x"),
        ("Comment$", "x"),
    ],
)
def test_values_that_no_column_takes_are_refused(
    agent: RunningAgent, column: str, value: str
) -> None:
    status, code = put(agent, header(**{column: value}))

    assert (status, code) == (422, "Refused")


@pytest.mark.parametrize("kind", ["text/plain", "", "application/xml", "multipart/form-data"])
def test_a_body_of_another_kind_is_refused(agent: RunningAgent, kind: str) -> None:
    assert put(agent, GOOD.encode(), kind) == (400, "BadRequest")


def test_a_body_that_ends_at_any_byte_stores_nothing(agent: RunningAgent) -> None:
    for length in range(1, len(GOOD)):
        assert put(agent, GOOD.encode()[:length]) == (400, "BadJson"), length

    assert agent.get("/ABC/SO/SalesOrder/W000250").status_code == 404


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-Not-After", "9999-12-31T23:59:59-23:59"),
        ("X-Not-After", "2026-02-30T00:00:00Z"),
        ("X-Not-After", "\u0661"),
        ("X-Not-After", ""),
        ("X-Rev", "9" * 30),
        ("X-Rev", "1.0"),
        ("X-Rev", "²"),
        ("X-Rev", ""),
        ("If-None-Match", '"*"'),
        ("If-None-Match", ""),
    ],
)
def test_headers_of_another_form_are_refused(agent: RunningAgent, name: str, value: str) -> None:
    headers = {"If-None-Match": "*", "X-Not-After": in_seconds(60), "X-Rev": "1", name: value}
    sent = [(key.encode(), text.encode()) for key, text in headers.items()]

    answer = agent.client.put(PATH, json=order(), headers=sent)

    assert (answer.status_code, answer.json()["code"]) == (400, "BadRequest")


def test_a_deadline_at_the_beginning_of_time_has_passed(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order(), X_Not_After="0001-01-01T00:00:00+23:59")

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/ABC/SO/SalesOrder/%00",
        "/v1/ABC/SO/SalesOrder/W00025%0A",
        "/v1/ABC/SO/SalesOrder/W000250%0A",
        "/v1/ABC/SO/SalesOrder/%F0%9F%98%80",
        "/v1/ABC/SO/SalesOrder/W000250%2F..",
        "/v1/%00/SO/SalesOrder/W000250",
        "/v1/ABC%0A/SO/SalesOrder/W000250",
        "/v1/ABC/AR/Customer/--",
        "/v1/ABC/AR/Customer/00-A-B",
        "/v1/ABC/AR/Customer?email=%00@x",
        "/v1/ABC/AR/Customer?name=%0A",
        "/v1/ABC/AR/Customer?name=a%0A",
        "/v1/ABC/AR/Customer?email=%FF@x.example%0A",
        "/v1/ABC/SO/SalesOrder?prefix=W%0A",
        "/v1/ABC/SO/SalesOrder?prefix=W&limit=1e3",
        "/v1/ABC/SO/SalesOrder?prefix=W&limit=99999999999999999999999",
        "/v1/ABC/SO/SalesOrder/W000250?marker=%0A",
        "/v1/" + "A" * 5000,
        "/v1/../../etc/passwd",
    ],
)
def test_paths_and_queries_of_another_form_are_refused(agent: RunningAgent, path: str) -> None:
    answer = agent.client.get(path)

    assert answer.status_code in (400, 404)
    assert answer.json()["code"] in ("BadRequest", "NotFound", "UnknownCompany")


def test_a_preview_takes_no_worse_input_than_an_order(agent: RunningAgent) -> None:
    answers = [
        agent.client.post(PREVIEW, content=body, headers={"Content-Type": "application/json"})
        for body in (b"[" * NESTED, replaced('"2"', "NaN"), b"{}", header(Comment="\0"))
    ]

    assert [answer.status_code for answer in answers] == [400, 400, 400, 422]
