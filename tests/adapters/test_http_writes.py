"""The exception table for writes, by method: which failure proves that nothing was sent, over real TLS."""

import os
import socket
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace

import httpcore
import pytest

from sandbox.certificates import Identity
from tests.adapters.conftest import Serve
from tests.adapters.servers import (
    Act,
    Visit,
    answer,
    connection,
    dripping,
    no_handshake,
    replying,
    resetting,
    saying,
    silent,
)
from tieout.adapters.http import Https, Patience
from tieout.adapters.network import Resolver, resolve
from tieout.errors import NotSentError, OutcomeUnknownError, SetupError
from tieout.settings import Connection

STEADY = Patience(connect=5, read=5, total=5)
SOON_OVER = replace(STEADY, read=0.25, total=0.5)
METHODS = ["PUT", "PATCH", "DELETE"]
BODY = b'{"total":"1.00"}'
# More than the buffers between two sockets hold, so that a server which doesn't read is felt.
FLOOD = b" " * 32_000_000

per_method = pytest.mark.parametrize("method", METHODS)


@contextmanager
def caller(
    to: Connection, patience: Patience = STEADY, resolver: Resolver = resolve
) -> Generator[Https]:
    https = Https(to, peer="The server", patience=patience, resolver=resolver)
    try:
        yield https
    finally:
        https.close()


def failure(
    to: Connection, method: str, *, patience: Patience = STEADY, body: bytes = BODY
) -> BaseException:
    """What a write raises."""
    with caller(to, patience) as https, pytest.raises(Exception) as caught:  # noqa: PT011
        https.write("/order", method=method, headers={}, body=body)
    return caught.value


def half_heard(visit: Visit) -> None:
    """Hear the beginning of a request and break off."""
    visit.stream.recv(100)
    visit.stream.close()


def deaf(visit: Visit) -> None:
    """Never read a byte of what is sent."""
    visit.server.ended.wait(5)


def breaking_tls(visit: Visit) -> None:
    """Hear the request, and say something beneath TLS that is none."""
    visit.request()
    with socket.socket(fileno=os.dup(visit.stream.fileno())) as beneath:
        beneath.sendall(b"no record of TLS begins like this")


LEFT: dict[str, tuple[Act, type[Exception]]] = {
    "silence": (silent, httpcore.ReadTimeout),
    "a letter at a time": (dripping, httpcore.ReadTimeout),
    "reset": (resetting, httpcore.ReadError),
    "TLS broken": (breaking_tls, httpcore.ReadError),
    "closed without a word": (saying(b""), httpcore.RemoteProtocolError),
    "closed in the status line": (saying(b"HTTP/1.1 2"), httpcore.RemoteProtocolError),
    "closed in the body": (
        saying(answer(headers={"Content-Length": "9"})),
        httpcore.RemoteProtocolError,
    ),
    "no HTTP at all": (saying(b"220 smtp.example ESMTP\r\n"), httpcore.RemoteProtocolError),
}


@per_method
@pytest.mark.parametrize(("act", "named"), LEFT.values(), ids=LEFT)
def test_a_write_that_left_and_was_not_answered_has_an_unknown_outcome(
    serve: Serve, *, method: str, act: Act, named: type[Exception]
) -> None:
    server = serve(act)

    error = failure(server.pinned(), method, patience=SOON_OVER)

    assert type(error) is OutcomeUnknownError
    assert isinstance(error.__cause__, named)
    assert [text.split()[0] for text in server.received] == [method.encode()]


@per_method
def test_a_write_that_broke_off_on_its_way_has_an_unknown_outcome(
    serve: Serve, method: str
) -> None:
    server = serve(half_heard)

    error = failure(server.pinned(), method, body=FLOOD)

    assert type(error) is OutcomeUnknownError
    # After a WriteError httpcore still looks for an answer, so that what comes up is how that ended.
    assert isinstance(error.__cause__, httpcore.NetworkError | httpcore.RemoteProtocolError)
    assert len(server.received) == 1


@per_method
def test_a_write_that_nobody_reads_has_an_unknown_outcome(serve: Serve, method: str) -> None:
    server = serve(deaf)

    error = failure(server.pinned(), method, patience=SOON_OVER, body=FLOOD)

    assert type(error) is OutcomeUnknownError
    assert isinstance(error.__cause__, httpcore.WriteTimeout)


@per_method
def test_a_refused_connection_proves_that_nothing_was_sent(unused_port: int, method: str) -> None:
    error = failure(connection(f"https://127.0.0.1:{unused_port}", "a" * 64), method)

    assert type(error) is NotSentError
    assert isinstance(error.__cause__, httpcore.ConnectError)


@per_method
def test_a_name_without_an_address_proves_that_nothing_was_sent(method: str) -> None:
    def nowhere(host: str, _port: int) -> list[str]:
        raise httpcore.ConnectError(f"the name {host} has no address")

    to = connection("https://agent.example", "a" * 64)
    with caller(to, resolver=nowhere) as https, pytest.raises(NotSentError):
        https.write("/order", method=method, headers={}, body=BODY)


@per_method
def test_a_handshake_that_never_begins_proves_that_nothing_was_sent(
    serve: Serve, method: str
) -> None:
    server = serve(no_handshake)

    error = failure(server.pinned(), method, patience=replace(STEADY, connect=0.2))

    assert type(error) is NotSentError
    assert isinstance(error.__cause__, httpcore.ConnectTimeout)
    assert server.received == [b""]


@per_method
def test_a_handshake_that_breaks_off_proves_that_nothing_was_sent(method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, ThreadPoolExecutor(1) as pool:
        heard = pool.submit(_hear_and_hang_up, listener)
        to = connection(f"https://127.0.0.1:{listener.getsockname()[1]}", "a" * 64)

        error = failure(to, method)

        assert type(error) is NotSentError
        assert isinstance(error.__cause__, httpcore.ConnectError)
        assert method.encode() not in heard.result()


def _hear_and_hang_up(listener: socket.socket) -> bytes:
    client, _ = listener.accept()
    with client:
        client.settimeout(2)
        return client.recv(65_536)


@per_method
def test_waiting_for_a_free_connection_in_vain_proves_that_nothing_was_sent(
    serve: Serve, method: str
) -> None:
    server = serve(silent)
    patience = replace(STEADY, read=0.6, total=0.6, pool=0.1)

    with caller(server.pinned(), patience) as https, ThreadPoolExecutor(11) as pool:
        calls = [
            pool.submit(https.write, "/order", method=method, headers={}, body=BODY)
            for _ in range(11)
        ]
        errors = [call.exception() for call in calls]

    not_sent = [error for error in errors if isinstance(error, NotSentError)]
    assert [type(error.__cause__) for error in not_sent] == [httpcore.PoolTimeout]
    assert len(server.received) == 10


@per_method
@pytest.mark.parametrize("trust", ["pin", "own_ca", "public"])
def test_a_certificate_that_is_not_trusted_gets_no_byte_of_a_write(
    serve: Serve, other_identity: Identity, *, method: str, trust: str
) -> None:
    server = serve(replying(answer()))
    own_ca = other_identity.certificate.read_text()
    to = server.pinned(pins=(other_identity.fingerprint,), trust=trust, ca_pem=own_ca)

    error = failure(to, method)

    assert type(error) is SetupError
    server.settle()
    assert server.received == [b""]


@per_method
def test_an_address_that_is_not_allowed_is_not_even_connected_to(serve: Serve, method: str) -> None:
    server = serve(replying(answer()))

    error = failure(server.pinned(allow_networks=()), method)

    assert type(error) is SetupError
    assert server.received == []


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
@per_method
def test_no_status_makes_a_write_go_out_a_second_time(
    serve: Serve, *, method: str, status: int
) -> None:
    server = serve(replying(answer(status)))

    with caller(server.pinned()) as https:
        got = https.write("/order", method=method, headers={}, body=BODY)

    assert (got.status, got.writing) == (status, True)
    assert [text.count(b" HTTP/1.1\r\n") for text in server.received] == [1]


@per_method
def test_a_write_never_meets_a_connection_that_was_used_before(serve: Serve, method: str) -> None:
    server = serve(replying(answer()))
    order: list[Callable[[Https], object]] = [
        lambda https: https.read("/order", headers={}),
        lambda https: https.write("/order", method=method, headers={}, body=BODY),
    ]

    with caller(server.pinned()) as https:
        for call in (order[0], order[1], order[1], order[0], order[1]):
            call(https)

    server.settle()
    lines = [[row for row in text.split(b"\r\n") if b" /order " in row] for text in server.received]
    write = [f"{method} /order HTTP/1.1".encode()]
    assert lines == [[b"GET /order HTTP/1.1"] * 2, write, write, write]
    closing = [b"connection: close" in text.lower() for text in server.received]
    assert closing == [False, True, True, True]
