"""HTTPS calls with every limit and every failure sorted: proven unsent, unknown, or to be retried."""

import logging
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import httpcore
import httpx

from tieout import __version__
from tieout.adapters.answers import Answer
from tieout.adapters.network import Deadline, GuardedBackend, Resolver, allowed_networks, resolve
from tieout.adapters.trust import trust_of
from tieout.errors import NotSentError, OutcomeUnknownError, RetryableError, SetupError
from tieout.settings import Connection

# An order list of 250 is about 0.8 MB.
LARGEST_BODY = 2_000_000
LARGEST_PORT = 65_535
JSON = "application/json"
# Seconds that a read's connection is kept for the next one: less than servers keep theirs, and a
# function that was frozen in between opens a new one.
KEEP_ALIVE = 4
# httpx logs each URL at INFO, and the search for a customer has an e-mail address in its URL.
logging.getLogger("httpx").setLevel(logging.WARNING)

# Nothing of the request can have arrived: it never had a connection.
_NOT_SENT = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout)
# The request may have arrived, whole, whatever became of the answer.
_UNKNOWN = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.RemoteProtocolError)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one call may take, in seconds.

    `total` bounds the whole call, from name to last byte. `retry_waits` are the pauses before a
    read's second and third attempt, which are made only while the first is less than
    `retry_within` ago: a function that waits costs money and holds an order.
    """

    read: float
    total: float
    connect: float = 5
    pool: float = 5
    retry_waits: tuple[float, ...] = (0.2, 0.6)
    retry_within: float = 4


class Https:
    """One HTTPS server. Redirects aren't followed, cookies aren't kept, no proxy is taken.

    `peer` is what messages call the server. `retry_statuses` are answers to a read that are worth a
    quick second try; `heed` sees every answer to a read before it is judged.

    Raises:
        SetupError: the connection's settings are wrong.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        peer: str,
        patience: Patience,
        retry_statuses: frozenset[int] = frozenset(),
        heed: Callable[[Answer], None] = lambda _: None,
        resolver: Resolver = resolve,
    ) -> None:
        check_url(connection.url)
        self._peer = peer
        self._patience = patience
        self._retry_statuses = retry_statuses
        self._heed = heed
        self._deadline = Deadline()
        trust = trust_of(connection)
        backend = GuardedBackend(
            trust,
            allowed_networks(connection.allow_networks),
            deadline=self._deadline,
            resolver=resolver,
        )
        self._reader = _client(
            connection.url,
            httpcore.ConnectionPool(
                trust.context, network_backend=backend, keepalive_expiry=KEEP_ALIVE
            ),
            patience,
        )
        # A write never meets a connection that has been lying about: it might be dead by now.
        self._writer = _client(
            connection.url,
            httpcore.ConnectionPool(
                trust.context, network_backend=backend, max_keepalive_connections=0
            ),
            patience,
        )

    def close(self) -> None:
        """Close all connections."""
        self._reader.close()
        self._writer.close()

    def read(
        self,
        path: str,
        *,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
    ) -> Answer:
        """GET; repeated at most twice, and only within a few seconds.

        Raises:
            RetryableError: no answer, or none that can be taken.
            SetupError: the certificate isn't trusted or the address not allowed.
        """
        return self._read(
            lambda: self._reader.build_request("GET", path, headers=dict(headers), params=params)
        )

    def ask(
        self, path: str, *, headers: Mapping[str, str], body: bytes, kind: str = JSON
    ) -> Answer:
        """POST a question that changes nothing; repeated, and raising, as `read` is and does."""
        final = {**headers, "Content-Type": kind}
        return self._read(
            lambda: self._reader.build_request("POST", path, headers=final, content=body)
        )

    def write(
        self,
        path: str,
        *,
        headers: Mapping[str, str],
        body: bytes,
        method: str = "PUT",
        kind: str = JSON,
    ) -> Answer:
        """PUT (or another method that changes something), once, over a connection of its own.

        `kind` is the body's media type.

        Raises:
            NotSentError: nothing of it arrived.
            OutcomeUnknownError: it left, and no answer came that can be taken.
            SetupError: the certificate isn't trusted or the address not allowed; nothing was sent.
        """
        final = {**headers, "Connection": "close", "Content-Type": kind}
        request = self._writer.build_request(method, path, headers=final, content=body)
        return self._send(self._writer, request, writing=True)

    def _read(self, build: Callable[[], httpx.Request]) -> Answer:
        began = time.monotonic()
        for wait in self._patience.retry_waits:
            try:
                answer = self._read_once(build())
                if answer.status not in self._retry_statuses:
                    return answer
            except TooLargeError:
                raise
            except RetryableError:
                if time.monotonic() - began > self._patience.retry_within:
                    raise
            time.sleep(wait * random.uniform(0.5, 1.5))  # noqa: S311 - jitter
        return self._read_once(build())

    def _read_once(self, request: httpx.Request) -> Answer:
        answer = self._send(self._reader, request, writing=False)
        self._heed(answer)
        return answer

    def _send(self, client: httpx.Client, request: httpx.Request, *, writing: bool) -> Answer:
        self._deadline.start(self._patience.total)
        try:
            response = client.send(request)
        except httpcore.LocalProtocolError:
            # Its text may quote a header, and ours hold a secret.
            raise SetupError(f"The request to {self._peer} is not valid HTTP.") from None
        except _NOT_SENT as error:
            raise NotSentError(f"{self._peer} could not be reached.") from error
        except (*_UNKNOWN, _RefusedAnswerError) as error:
            if isinstance(error, _TooLargeError) and not writing:
                raise TooLargeError(f"{self._peer} gave an answer larger than 2 MB.") from error
            kind = OutcomeUnknownError if writing else RetryableError
            raise kind(f"{self._peer} gave no complete answer.") from error
        return Answer(self._peer, writing, response.status_code, response.headers, response.content)


def check_url(url: str) -> None:
    """Refuse what isn't a plain https address; raises SetupError."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise SetupError("A connection's url is not a valid address.") from error
    port = 443 if parts.port is None else parts.port
    if parts.scheme != "https" or not parts.host or not 0 < port <= LARGEST_PORT:
        raise SetupError("A connection's url must begin with https:// and name a host.")
    if "@" in url:
        raise SetupError("A connection's url must not hold credentials: they belong in the secret.")
    if "?" in url or "#" in url:
        raise SetupError("A connection's url must have neither query nor fragment.")


def _client(url: str, pool: httpcore.ConnectionPool, patience: Patience) -> httpx.Client:
    return httpx.Client(
        base_url=url,
        transport=_Transport(pool),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(patience.read, connect=patience.connect, pool=patience.pool),
        headers={
            "User-Agent": f"Tieout/{__version__}",
            "Accept": JSON,
            # A compressed body could be small here and huge once unpacked.
            "Accept-Encoding": "identity",
        },
    )


class TooLargeError(RetryableError):
    """A read's answer is larger than `LARGEST_BODY`: a smaller page may be taken instead."""


class _RefusedAnswerError(Exception):
    """An answer that is compressed although we forbade it, or (the subclass) too large."""


class _TooLargeError(_RefusedAnswerError):
    pass


class _Transport(httpx.BaseTransport):
    """The guarded pool under httpx. It reads the answer to its end, so all faults come up here."""

    def __init__(self, pool: httpcore.ConnectionPool) -> None:
        self._pool = pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request and read the answer; raises httpcore's errors."""
        url = httpcore.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        with self._pool.stream(
            request.method,
            url,
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        ) as answer:
            headers = [(name, value) for name, value in answer.headers if not _is_cookie(name)]
            body = b"".join(_limited(answer))
        return httpx.Response(answer.status, headers=headers, content=body)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def _is_cookie(name: bytes) -> bool:
    return name.lower() == b"set-cookie"


def _limited(answer: httpcore.Response) -> Iterator[bytes]:
    headers = httpx.Headers(answer.headers)
    if headers.get("content-encoding", "identity").lower() != "identity":
        raise _RefusedAnswerError("compressed")
    size = 0
    for piece in answer.iter_stream():
        size += len(piece)
        if size > LARGEST_BODY:
            raise _TooLargeError
        yield piece
