"""Calls of eBusiness Web Services over TLS: what is sent, and what each kind of failure proves."""

from collections.abc import Callable
from contextlib import closing

import pytest

from sandbox.certificates import Identity
from tests.adapters.conftest import Serve
from tests.adapters.ebws_answers import (
    CREATED,
    KIND,
    fault,
    sales_order,
    sent,
)
from tests.adapters.ebws_calls import (
    IMPATIENT,
    PASSWORD,
    Call,
    client,
    create,
    each_call,
    each_write,
    logons,
    look_up,
    told,
)
from tests.adapters.ebws_service import Logons, Secret
from tests.adapters.servers import answer, connection, replying, resetting, saying, silent
from tieout.adapters.ebws_calls import USUAL_PATH
from tieout.adapters.ebws_door import EbwsDoor
from tieout.errors import (
    NotSentError,
    OutcomeUnknownError,
    SetupError,
)
from tieout.ports import Created
from tieout.settings import Connection


def test_an_order_is_asked_for_by_a_post_with_its_action(serve: Serve) -> None:
    server = serve(replying(sent(sales_order())))

    told(server, look_up)

    head, _, body = server.received[0].partition(b"\r\n\r\n")
    rows = head.decode().split("\r\n")
    assert rows[0] == f"POST {USUAL_PATH} HTTP/1.1"
    fields = {name.lower(): value for name, _, value in (row.partition(": ") for row in rows[1:])}
    assert fields["soapaction"] == '"http://mas90.sage.com/ws/IMasService/GetSalesOrder"'
    assert (fields["content-type"], fields["accept"]) == (KIND, "text/xml")
    assert b">ABC<" in body
    assert b">W000250<" in body


@pytest.mark.parametrize(
    ("path", "asked"), [("", USUAL_PATH), ("/", USUAL_PATH), ("/other/Mas.svc", "/other/Mas.svc")]
)
def test_the_address_may_name_the_server_alone_or_another_path(
    serve: Serve, path: str, asked: str
) -> None:
    server = serve(replying(sent(sales_order())))
    way = connection(server.url + path, server.identity.fingerprint)

    with closing(client(way)) as sage:
        look_up(sage)

    assert server.received[0].startswith(f"POST {asked} HTTP/1.1".encode())


@pytest.mark.parametrize("url", ["https://h/x.svc?wsdl", "http://h/x.svc", "https://u:p@h/x.svc"])
def test_an_address_that_is_no_plain_one_is_refused(url: str) -> None:
    with pytest.raises(SetupError, match="url must"):
        client(Connection(url))


@pytest.mark.parametrize("company", ["", "AB", "ABCD"])
def test_a_company_code_has_three_characters(company: str) -> None:
    with pytest.raises(SetupError, match="three characters"):
        client(Connection("https://sage.example"), company=company)


def test_a_yes_is_an_empty_answer(serve: Serve) -> None:
    server = serve(replying(sent(CREATED)))

    assert told(server, create) is Created.YES


@each_write
def test_a_key_that_is_taken_is_told_as_such(serve: Serve, call: Call) -> None:
    server = serve(replying(sent(fault("WS_AlreadyExists", "Record already exists."))))

    assert told(server, call) is Created.EXISTS


@each_write
@pytest.mark.parametrize(
    "spoken",
    [
        sent(sales_order()),
        sent(CREATED, status=500),
        sent(fault("X", "An exception occurred.")),
        sent(fault("InternalServiceFault", "Sorry.", mas=False)),
        answer(200, b"<html/>", kind="text/html"),
        answer(404, b"Not Found", kind="text/html"),
        answer(401, b"", kind="text/html"),
        answer(502, b"Bad Gateway", kind="text/html"),
        answer(503, b"Service Unavailable", kind="text/html"),
        sent(CREATED)[:-10],
    ],
)
def test_whatever_else_answers_a_write_leaves_open_what_happened(
    serve: Serve, call: Call, spoken: bytes
) -> None:
    server = serve(saying(spoken))

    with pytest.raises(OutcomeUnknownError):
        told(server, call)


@each_write
@pytest.mark.parametrize("act", [resetting, silent])
def test_a_write_without_an_answer_may_have_been_carried_out(
    serve: Serve, call: Call, act: Callable[..., None]
) -> None:
    server = serve(act)

    with (
        closing(client(server.pinned(), patience=IMPATIENT)) as sage,
        pytest.raises(OutcomeUnknownError),
    ):
        call(sage)

    assert len(server.received) == 1


@each_write
def test_a_write_that_reached_nobody_was_not_sent(unused_port: int, call: Call) -> None:
    way = connection(f"https://127.0.0.1:{unused_port}", "ab" * 32)

    with closing(client(way)) as sage, pytest.raises(NotSentError):
        call(sage)


@each_write
def test_a_write_for_which_sage_has_no_licence_was_not_begun(serve: Serve, call: Call) -> None:
    text = "The maximum number of users has been reached."
    server = serve(replying(sent(fault("X", text))))

    with pytest.raises(NotSentError):
        told(server, call)


@each_call
def test_somebody_else_with_the_address_gets_neither_password_nor_order(
    serve: Serve, other_identity: Identity, call: Call
) -> None:
    server = serve(replying(sent(CREATED)), by=other_identity)
    way = connection(server.url, "ab" * 32)

    with closing(client(way)) as sage, pytest.raises(SetupError, match="nothing was sent"):
        call(sage)

    assert b"".join(server.received) == b""


def test_a_question_is_asked_again_when_its_answer_was_lost(serve: Serve) -> None:
    server = serve(resetting, replying(sent(sales_order())))

    told(server, look_up)

    assert len(server.received) == 2


@each_call
def test_a_password_that_was_changed_is_read_anew_and_tried_once_more(
    serve: Serve, call: Call
) -> None:
    refused = sent(fault("X", "The user logon or password is invalid."))
    server = serve(replying(refused))
    keys = logons()

    with pytest.raises(SetupError, match="user name and password"):
        told(server, call, keys)

    assert keys.refreshed == 1
    said = b"".join(server.received)
    assert said.count(PASSWORD.encode()) == said.count(b"the-new-one") == 1


@each_call
def test_a_password_that_is_still_the_same_is_not_tried_again(serve: Serve, call: Call) -> None:
    server = serve(replying(sent(fault("X", "The user logon or password is invalid."))))

    with pytest.raises(SetupError, match="user name and password"):
        told(server, call, Logons(Secret("tieout", PASSWORD)))

    assert b"".join(server.received).count(PASSWORD.encode()) == 1


def test_a_write_goes_through_with_the_new_password(serve: Serve) -> None:
    refused = sent(fault("X", "The user logon or password is invalid."))
    server = serve(saying(refused), saying(sent(CREATED)))

    assert told(server, create) is Created.YES


@each_call
@pytest.mark.parametrize("secret", [Secret("", "x"), Secret("x", ""), Secret("x", "a\x00b")])
def test_a_secret_that_is_none_is_the_operators_and_is_not_shown(
    serve: Serve, call: Call, secret: Secret
) -> None:
    server = serve(replying(sent(CREATED)))

    with pytest.raises(SetupError, match="secret") as caught:
        told(server, call, Logons(secret))

    assert "a\x00b" not in str(caught.value)
    assert server.received == []


def test_a_service_that_answers_with_a_fault_is_not_well(serve: Serve) -> None:
    server = serve(replying(sent(fault("Server", "An exception occurred.", mas=False))))

    with closing(EbwsDoor(server.pinned(), ["ABC"])) as door:
        found = door.health()

    assert not found.ready
    assert "exception" in found.reason
