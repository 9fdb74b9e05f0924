"""The agent client's guarded changes: what is sent, and what each answer means."""

import json
from decimal import Decimal

import pytest

from tests.adapters.agent_calls import (
    CHANGES,
    GUARD,
    NOON,
    NUMBER,
    ORDER,
    Call,
    Keys,
    delete,
    given,
    hold,
    look_up,
    problem,
    raised,
    replace,
    said,
)
from tests.adapters.conftest import Serve
from tests.adapters.servers import Server, answer, connection, replying, resetting, saying
from tieout.adapters.sage_agent import MOST_LINES, SageAgent
from tieout.domain.guarantees import ALL, NOTHING, Guarantees
from tieout.domain.identity import Company
from tieout.domain.sales_orders import Guard, SalesOrder
from tieout.errors import NotSentError, OutcomeUnknownError, RejectedError, SetupError
from tieout.ports import Changed

DELETED = {"where": "history", "stamp": ""}
YES: dict[Call, object] = {replace: ORDER, hold: ORDER, delete: DELETED}


def sent(server: Server) -> tuple[bytes, list[bytes], bytes]:
    """Request line, headers in small letters, body."""
    head, _, body = server.received[-1].partition(b"\r\n\r\n")
    line, *rows = head.split(b"\r\n")
    return line, [row.lower() for row in rows], body


def method_of(call: Call) -> bytes:
    methods: dict[Call, bytes] = {replace: b"PUT", hold: b"PATCH", delete: b"DELETE"}
    return methods[call]


@pytest.mark.parametrize("call", CHANGES)
def test_a_change_is_sent_under_its_guard(serve: Serve, call: Call) -> None:
    server = serve(replying(said(YES[call])))

    changed = given(server, call)

    line, rows, _ = sent(server)
    assert changed is Changed.YES
    assert line == method_of(call) + b" /v1/ABC/SO/SalesOrder/W000250 HTTP/1.1"
    assert {
        b'if-match: "' + b"0f" * 16 + b'"',
        b"x-not-after: 2026-11-21t12:00:20.500z",
        b"x-rev: 4",
        b"connection: close",
    } <= set(rows)
    assert not any(row.startswith(b"if-none-match") for row in rows)


def test_a_replacement_sends_all_columns_and_lines(serve: Serve) -> None:
    server = serve(replying(said(ORDER)))

    given(server, replace)

    body = json.loads(sent(server)[2])
    assert body["header"]["ShipToName"] == "Jane Doe"
    assert body["lines"] == [{"ItemCode": "A-1", "QuantityOrdered": "1", "UnitPrice": "1.00"}]


@pytest.mark.parametrize(("on", "status"), [(True, "H"), (False, "O")])
def test_a_hold_sends_status_and_comment_and_nothing_else(
    serve: Serve, *, on: bool, status: str
) -> None:
    server = serve(replying(said(ORDER)))
    guard = Guard("0f" * 16, NOON, 2)

    given(server, lambda sage: sage.hold(NUMBER, on=on, comment="Cancelled", guard=guard))

    body = json.loads(sent(server)[2])
    assert body == {"header": {"OrderStatus": status, "Comment": "Cancelled"}}


def test_a_deletion_sends_no_body(serve: Serve) -> None:
    server = serve(replying(said(DELETED)))

    given(server, delete)

    assert sent(server)[2] == b""


@pytest.mark.parametrize("where", ["history", "absent"])
def test_a_deleted_order_may_be_left_in_history_or_nowhere(serve: Serve, where: str) -> None:
    server = serve(replying(said({"where": where, "stamp": ""})))

    assert given(server, delete) is Changed.YES


@pytest.mark.parametrize(
    ("status", "code", "changed"),
    [
        (412, "SalesOrderChanged", Changed.MOVED_ON),
        (412, "RevisionNotNewer", Changed.MOVED_ON),
        (404, "SalesOrderAbsent", Changed.MOVED_ON),
        (412, "DeadlinePassed", Changed.TOO_LATE),
        (409, "SalesOrderClosed", Changed.CLOSED),
        (409, "CustomerDiffers", Changed.CLOSED),
    ],
)
@pytest.mark.parametrize("call", CHANGES)
def test_each_definite_no_has_a_meaning_of_its_own(
    serve: Serve, *, call: Call, status: int, code: str, changed: Changed
) -> None:
    assert given(serve(replying(problem(status, code))), call) is changed


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "DeadlinePassed"), (409, "SalesOrderChanged"), (412, "SalesOrderClosed"), (409, "Odd")],
)
@pytest.mark.parametrize("call", CHANGES)
def test_a_code_under_another_status_is_not_taken_for_it(
    serve: Serve, *, call: Call, status: int, code: str
) -> None:
    assert type(raised(serve(replying(problem(status, code))), call)) is SetupError


@pytest.mark.parametrize("call", CHANGES)
def test_a_change_that_sage_refused_parks_the_order(serve: Serve, call: Call) -> None:
    words = problem(422, "Refused", detail="Item A-1 is inactive.", column="ItemCode")

    error = raised(serve(replying(words)), call)

    assert isinstance(error, RejectedError)
    assert (error.reason, error.code) == (
        "Sage refused ItemCode: Item A-1 is inactive.",
        "ItemCode",
    )


def test_a_refused_replacement_does_not_name_the_buyer(serve: Serve) -> None:
    words = problem(422, "Refused", detail="Jane Doe is too long.", column="ShipToName")

    assert str(raised(serve(replying(words)), replace)) == "Sage refused ShipToName: … is too long."


@pytest.mark.parametrize("call", CHANGES)
def test_a_change_whose_answer_was_cut_off_has_an_unknown_outcome(serve: Serve, call: Call) -> None:
    whole = said(YES[call])
    servers = [
        serve(resetting),
        *(serve(saying(whole[:end])) for end in (0, 9, 40, len(whole) - 1)),
    ]

    assert {type(raised(server, call)) for server in servers} == {OutcomeUnknownError}
    assert [len(server.received) for server in servers] == [1] * 5


@pytest.mark.parametrize("call", CHANGES)
def test_a_change_that_met_no_server_was_not_sent(unused_port: int, call: Call) -> None:
    to = connection(f"https://127.0.0.1:{unused_port}", "a" * 64)
    sage = SageAgent(to, Company("ABC"), Keys())

    with pytest.raises(NotSentError):
        call(sage)

    sage.close()


@pytest.mark.parametrize("call", CHANGES)
def test_a_key_that_was_rotated_is_fetched_and_the_change_sent_once_more(
    serve: Serve, call: Call
) -> None:
    server = serve(replying(problem(401, "Unauthorized")), replying(said(YES[call])))
    keys = Keys("old-key", after_rotation="new-key")

    changed = given(server, call, keys)

    assert (changed, keys.refreshed) == (Changed.YES, 1)
    assert [
        b"Bearer " + key in text
        for key, text in zip((b"old-key", b"new-key"), server.received, strict=True)
    ] == [True, True]


@pytest.mark.parametrize("call", CHANGES)
def test_a_change_refused_with_both_keys_is_for_the_operator(serve: Serve, call: Call) -> None:
    server = serve(replying(problem(401, "Unauthorized")))

    error = raised(server, call)

    assert isinstance(error, SetupError)
    assert len(server.received) == 2


@pytest.mark.parametrize("call", CHANGES)
def test_a_gateways_401_is_no_reason_to_send_a_change_again(serve: Serve, call: Call) -> None:
    server = serve(replying(answer(401, b"{}")))

    assert type(raised(server, call)) is OutcomeUnknownError
    assert len(server.received) == 1


WORDS = "createOnly deadline barrier history invoiceHistory replace"


@pytest.mark.parametrize(
    ("words", "promised"),
    [
        (WORDS, ALL),
        ("  replace   createOnly ", Guarantees(create_only=True, replace=True)),
        ("deadline", Guarantees(deadline=True)),
        ("barrier", Guarantees(barrier=True)),
        ("history", Guarantees(history=True)),
        ("invoiceHistory", Guarantees(invoice_history=True)),
        ("createonly DEADLINE barrier,history", NOTHING),
        ("somethingNew", NOTHING),
        ("", NOTHING),
        (None, NOTHING),
    ],
)
@pytest.mark.parametrize("present", [True, False])
def test_only_what_a_look_up_names_is_promised(
    serve: Serve, *, words: str | None, promised: Guarantees, present: bool
) -> None:
    reply = said(ORDER) if present else problem(404, "SalesOrderAbsent")
    row = b"" if words is None else f"X-Tieout-Guarantees: {words}\r\n".encode()
    server = serve(replying(reply.replace(b"\r\nDate:", b"\r\n" + row + b"Date:")))

    answered = given(server, look_up)

    assert getattr(answered, "guarantees", None) == promised
    assert (getattr(answered, "found", None) is not None) == present


def test_more_lines_than_the_agent_takes_are_not_sent(serve: Serve) -> None:
    server = serve(replying(said(ORDER)))
    line = {"ItemCode": "A-1", "QuantityOrdered": "1", "UnitPrice": "1.00"}
    long = SalesOrder({}, (line,) * (MOST_LINES + 1), Decimal(MOST_LINES + 1))

    error = raised(server, lambda sage: sage.replace(NUMBER, long, guard=GUARD))

    assert isinstance(error, RejectedError)
    assert (error.code, server.received) == ("TooLarge", [])
