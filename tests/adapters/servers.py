"""Loopback TLS servers that behave as badly as a test asks, and count what they are told."""

import contextlib
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager

from sandbox.certificates import Identity
from tieout.settings import Connection

LOOPBACK = ("127.0.0.0/8", "::1/128")
WAIT = 5.0


class Server:
    """Accepts connections and plays one act on each; the last act is repeated for ever.

    `received` has the bytes of HTTP that each connection brought, in the order of connecting.
    """

    def __init__(self, identity: Identity, *acts: "Act") -> None:
        self.identity = identity
        self.received: list[bytes] = []
        self.ended = threading.Event()
        self._acts = acts
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(identity.certificate, identity.key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._workers: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept)
        self._acceptor.start()

    @property
    def port(self) -> int:
        return self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def pinned(self, **changes: object) -> Connection:
        return connection(self.url, self.identity.fingerprint, **changes)

    def close(self) -> None:
        self.ended.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._acceptor.join(WAIT)
        for worker in self._workers:
            worker.join(WAIT)

    def settle(self) -> None:
        """Wait until all connections so far are over, so that `received` is complete."""
        for worker in list(self._workers):
            worker.join(WAIT)

    def _accept(self) -> None:
        while True:
            try:
                plain, _ = self._socket.accept()
            except OSError:
                return
            place = len(self.received)
            self.received.append(b"")
            act = self._acts[min(place, len(self._acts) - 1)]
            worker = threading.Thread(target=self._serve, args=(plain, act, place))
            self._workers.append(worker)
            worker.start()

    def _serve(self, plain: socket.socket, act: "Act", place: int) -> None:
        plain.settimeout(WAIT)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError), contextlib.closing(plain):
            if act is no_handshake:
                self.ended.wait(WAIT)
                return
            with self._context.wrap_socket(plain, server_side=True) as secured:
                visit = Visit(self, secured, place)
                act(visit)


class Visit:
    """One connection, seen from the server."""

    def __init__(self, server: Server, stream: ssl.SSLSocket, place: int) -> None:
        self.server = server
        self.stream = stream
        self._place = place

    def request(self) -> bytes:
        """Read one whole request; b"" when the client went away."""
        text = b""
        while not _is_whole(text):
            piece = self.stream.recv(65_536)
            if not piece:
                return b""
            text += piece
            self.server.received[self._place] += piece
        return text


Act = Callable[[Visit], None]


def _is_whole(request: bytes) -> bool:
    head, end, body = request.partition(b"\r\n\r\n")
    sizes = [row for row in head.lower().split(b"\r\n") if row.startswith(b"content-length:")]
    return bool(end) and len(body) >= (int(sizes[0].partition(b":")[2]) if sizes else 0)


def answer(
    status: int = 200,
    body: bytes = b"{}",
    headers: Mapping[str, str] | None = None,
    *,
    kind: str = "application/json",
) -> bytes:
    """One HTTP answer as bytes."""
    rows = {"Content-Length": str(len(body)), "Content-Type": kind, **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in rows.items() if value)
    return f"HTTP/1.1 {status} X\r\n{head}\r\n".encode() + body


def replying(*answers: bytes) -> Act:
    """Give these answers on one connection, then close it; the last one is repeated."""

    def act(visit: Visit) -> None:
        turn = 0
        while visit.request():
            visit.stream.sendall(answers[min(turn, len(answers) - 1)])
            turn += 1

    return act


def saying(raw: bytes) -> Act:
    """Hear the request, say some bytes, and close."""

    def act(visit: Visit) -> None:
        visit.request()
        visit.stream.sendall(raw)

    return act


def resetting(visit: Visit) -> None:
    """Hear the request and break the connection off."""
    visit.request()
    linger = struct.pack("ii", 1, 0)
    visit.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def silent(visit: Visit) -> None:
    """Hear the request and never say a word."""
    visit.request()
    visit.server.ended.wait(WAIT)


def dripping(visit: Visit) -> None:
    """Answer a letter at a time, each well within any read timeout."""
    visit.request()
    for letter in answer(body=b"{" + b" " * 10_000 + b"}"):
        if visit.server.ended.wait(0.02):
            return
        visit.stream.sendall(bytes([letter]))


def no_handshake(_: Visit) -> None:
    """Accept the connection and never begin TLS, which the server itself sees to."""


def connection(url: str, *pins: str, **changes: object) -> Connection:
    """A pinned connection that may go to loopback."""
    values: dict[str, object] = {"trust": "pin", "pins": pins, "allow_networks": LOOPBACK}
    return Connection(url, **(values | changes))  # pyright: ignore[reportArgumentType]


@contextmanager
def serving(identity: Identity, *acts: Act) -> Generator[Server]:
    """A server for the length of a test."""
    server = Server(identity, *acts)
    try:
        yield server
    finally:
        server.close()
