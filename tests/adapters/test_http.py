"""What a failed call proves: the exception table of exactly-once, with real sockets and TLS."""

import logging
import socket
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import pytest

from tests.adapters.conftest import Serve
from tests.adapters.servers import (
    Act,
    answer,
    connection,
    dripping,
    no_handshake,
    replying,
    resetting,
    saying,
    silent,
)
from tieout import __version__
from tieout.adapters.answers import Answer
from tieout.adapters.http import LARGEST_BODY, Https, Patience, TooLargeError, check_url
from tieout.errors import NotSentError, OutcomeUnknownError, RetryableError, SetupError
from tieout.settings import Connection

STEADY = Patience(connect=5, read=5, total=5, retry_waits=(0.01, 0.01))
SOON_OVER = replace(STEADY, read=0.25, total=0.5)
CHUNKED = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\nContent-Type: application/json\r\n\r\n"
HUGE_CHUNK = b"%x\r\n" % (LARGEST_BODY + 1) + b" " * (LARGEST_BODY + 1) + b"\r\n0\r\n\r\n"

# The request arrived, or may have; what came back tells nothing for certain.
LOST_ANSWERS: dict[str, Act] = {
    "reset": resetting,
    "closed without a word": saying(b""),
    "closed in the status line": saying(b"HTTP/1.1 2"),
    "closed in the headers": saying(b"HTTP/1.1 200 OK\r\nContent-Le"),
    "closed in the body": saying(answer(body=b"{}", headers={"Content-Length": "9"})),
    "closed in a chunk": saying(CHUNKED + b"9\r\n{"),
    "silence": silent,
    "a letter at a time": dripping,
    "no HTTP at all": saying(b"220 smtp.example ESMTP\r\n"),
    "compressed": replying(answer(headers={"Content-Encoding": "gzip"})),
}
TOO_LARGE: dict[str, Act] = {
    "too large": replying(answer(body=b" " * (LARGEST_BODY + 1))),
    "too large in chunks": replying(CHUNKED + HUGE_CHUNK),
}


@contextmanager
def caller(to: Connection, patience: Patience = STEADY) -> Generator[Https]:
    https = Https(to, peer="The server", patience=patience)
    try:
        yield https
    finally:
        https.close()


def write(https: Https) -> Answer:
    return https.write("/order", headers={}, body=b'{"total":"1.00"}')


def read(https: Https) -> Answer:
    return https.read("/order", headers={})


@pytest.mark.parametrize("act", (LOST_ANSWERS | TOO_LARGE).values(), ids=LOST_ANSWERS | TOO_LARGE)
def test_a_write_without_a_whole_answer_has_an_unknown_outcome(serve: Serve, act: Act) -> None:
    server = serve(act)

    with caller(server.pinned(), SOON_OVER) as https, pytest.raises(OutcomeUnknownError):
        write(https)

    assert b"PUT /order" in server.received[0]


@pytest.mark.parametrize("act", LOST_ANSWERS.values(), ids=LOST_ANSWERS)
def test_a_write_is_sent_once_whatever_becomes_of_it(serve: Serve, act: Act) -> None:
    server = serve(act)

    with caller(server.pinned(), SOON_OVER) as https, pytest.raises(OutcomeUnknownError):
        write(https)

    assert len(server.received) == 1


@pytest.mark.parametrize("act", LOST_ANSWERS.values(), ids=LOST_ANSWERS)
def test_a_read_without_a_whole_answer_can_be_repeated(serve: Serve, act: Act) -> None:
    server = serve(act)

    with caller(server.pinned(), SOON_OVER) as https, pytest.raises(RetryableError) as caught:
        read(https)

    assert type(caught.value) is RetryableError


@pytest.mark.parametrize("act", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_read_that_brings_too_much_is_told_apart(serve: Serve, act: Act) -> None:
    server = serve(act)

    with caller(server.pinned()) as https, pytest.raises(TooLargeError):
        read(https)


def test_an_answer_of_the_largest_size_is_taken(serve: Serve) -> None:
    server = serve(replying(answer(body=b" " * LARGEST_BODY)))

    with caller(server.pinned(), Patience(read=5, total=5)) as https:
        got = read(https)

    assert len(got.body) == LARGEST_BODY


@pytest.mark.parametrize("call", [read, write])
def test_a_refused_connection_proves_that_nothing_was_sent(
    unused_port: int, call: Callable[[Https], Answer]
) -> None:
    to = connection(f"https://127.0.0.1:{unused_port}", "a" * 64)

    with caller(to) as https, pytest.raises(NotSentError):
        call(https)


@pytest.mark.parametrize("call", [read, write])
def test_a_handshake_that_never_begins_proves_that_nothing_was_sent(
    serve: Serve, call: Callable[[Https], Answer]
) -> None:
    server = serve(no_handshake)

    with (
        caller(server.pinned(), replace(STEADY, connect=0.2)) as https,
        pytest.raises(NotSentError),
    ):
        call(https)

    assert set(server.received) == {b""}


def test_a_server_that_speaks_no_tls_proves_that_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        heard = pool.submit(_hear_and_say, listener, b"HTTP/1.1 400 X\r\n\r\n")
        to = connection(f"https://127.0.0.1:{listener.getsockname()[1]}", "a" * 64)

        with caller(to) as https, pytest.raises(NotSentError):
            write(https)

        assert b"PUT" not in heard.result()


def _hear_and_say(listener: socket.socket, words: bytes) -> bytes:
    client, _ = listener.accept()
    with client:
        client.settimeout(2)
        heard = client.recv(65_536)
        client.sendall(words)
    return heard


def test_waiting_for_a_free_connection_in_vain_proves_that_nothing_was_sent(serve: Serve) -> None:
    server = serve(silent)
    patience = replace(STEADY, read=0.6, total=0.6, pool=0.1)

    with caller(server.pinned(), patience) as https, ThreadPoolExecutor(11) as pool:
        calls = [pool.submit(write, https) for _ in range(11)]
        kinds = sorted(type(call.exception()).__name__ for call in calls)

    assert kinds == ["NotSentError", *["OutcomeUnknownError"] * 10]


def test_a_call_ends_in_time_though_each_letter_came_quickly(serve: Serve) -> None:
    server = serve(dripping)
    began = time.monotonic()

    with caller(server.pinned(), SOON_OVER) as https, pytest.raises(OutcomeUnknownError):
        write(https)

    assert time.monotonic() - began < SOON_OVER.total + 1


def test_a_read_is_tried_three_times_at_most(serve: Serve) -> None:
    server = serve(saying(b""))

    with caller(server.pinned()) as https, pytest.raises(RetryableError):
        read(https)

    assert len(server.received) == 3


def test_a_read_that_succeeds_the_third_time_is_a_success(serve: Serve) -> None:
    server = serve(saying(b""), saying(b""), replying(answer(body=b"[1]")))

    with caller(server.pinned()) as https:
        got = read(https)

    assert got.json() == [1]


def test_a_slow_read_is_not_tried_again(serve: Serve) -> None:
    server = serve(silent)
    patience = replace(STEADY, read=0.3, retry_within=0.1)

    with caller(server.pinned(), patience) as https, pytest.raises(RetryableError):
        read(https)

    assert len(server.received) == 1


def test_a_connection_that_died_at_rest_is_replaced(serve: Serve) -> None:
    server = serve(saying(answer()), replying(answer(body=b"[2]")))

    with caller(server.pinned()) as https:
        read(https)
        server.settle()
        got = read(https)

    assert got.json() == [2]


def test_reads_share_a_connection_and_a_write_has_its_own(serve: Serve) -> None:
    server = serve(replying(answer()))

    with caller(server.pinned()) as https:
        for call in (read, write, read, write):
            call(https)

    server.settle()
    assert [text.count(b" HTTP/1.1\r\n") for text in server.received] == [2, 1, 1]
    assert [b"connection: close" in text.lower() for text in server.received] == [False, True, True]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(serve: Serve, status: int) -> None:
    server = serve(replying(answer(status, headers={"Location": "https://169.254.169.254/latest"})))

    with caller(server.pinned()) as https:
        got = read(https)

    assert got.status == status
    assert server.received[0].count(b"GET ") == 1


def test_a_cookie_is_not_brought_back(serve: Serve) -> None:
    server = serve(replying(answer(headers={"Set-Cookie": "session=1"})))

    with caller(server.pinned()) as https:
        read(https)
        read(https)

    assert b"cookie" not in server.received[0].lower()


def test_the_environment_names_no_proxy_to_us(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{unused_port}")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere")
    server = serve(replying(answer()))

    with caller(server.pinned()) as https:
        got = read(https)

    assert got.status == 200


def test_every_request_says_who_asks_and_wants_json_as_it_is(serve: Serve) -> None:
    server = serve(replying(answer()))

    with caller(server.pinned()) as https:
        read(https)

    heard = server.received[0].lower()
    assert f"user-agent: tieout/{__version__}".encode() in heard
    assert b"accept: application/json\r\n" in heard
    assert b"accept-encoding: identity\r\n" in heard


def test_no_url_is_written_to_the_log(serve: Serve, caplog: pytest.LogCaptureFixture) -> None:
    server = serve(replying(answer()))
    caplog.set_level(logging.INFO)

    with caller(server.pinned()) as https:
        https.read("/customers", headers={}, params={"email": "jane@example.com"})

    assert caplog.text == ""


def test_a_header_that_http_forbids_is_not_quoted(serve: Serve) -> None:
    server = serve(replying(answer()))

    with caller(server.pinned()) as https, pytest.raises(SetupError) as caught:
        https.read("/", headers={"X-Key": "secret\r\nX-Other: 1"})

    assert "secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_no_message_quotes_what_the_other_side_said(serve: Serve) -> None:
    server = serve(saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\njane@example.com"))

    with caller(server.pinned()) as https, pytest.raises(OutcomeUnknownError) as caught:
        write(https)

    assert str(caught.value) == "The server gave no complete answer."


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example", "shop.example", "https://", "https:///v2", "ftp://shop.example",
        "https://user@shop.example", "https://user:word@shop.example", "https://:@shop.example",
        "https://shop.example#part", "https://shop.example/#", "https://shop.example?x=1", "",
        "https://@shop.example", "https://shop.example?", "https://[::1", "https://shop.example:0",
        "https://shop.example:99999", "https://0177.0.0.1",
    ],
)  # fmt: skip
def test_what_is_no_plain_https_address_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(SetupError):
        check_url(url)


@pytest.mark.parametrize("url", ["https://shop.example", "https://10.0.0.1:8443/", "https://[::1]"])
def test_a_plain_https_address_is_taken(url: str) -> None:
    check_url(url)
