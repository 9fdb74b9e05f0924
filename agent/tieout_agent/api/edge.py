"""The outermost layer of the service: keys, limits on bodies, headers of every answer, one log line."""

import asyncio
import hashlib
import re
from collections.abc import Callable, MutableMapping
from email.utils import format_datetime
from typing import Any, cast

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tieout_agent import __version__
from tieout_agent.api.answers import internal, problem_response
from tieout_agent.api.json_bodies import check_json
from tieout_agent.clock import Clock
from tieout_agent.logs import log_event
from tieout_agent.problems import ProblemError, problem
from tieout_agent.security import Gatekeeper, check_scope

MOST_BODY_BYTES = 2 * 1024 * 1024
"""A sales order of 1,000 lines is about 300 kB."""

BODY_SECONDS = 10
"""A caller that needs longer to send its body is stuck or means harm."""

_LENGTH = re.compile(rb"[0-9]{1,19}")
_ID = re.compile(r"[0-9A-Z]{1,20}")
_OUR_HEADERS = [
    (b"x-tieout-agent", __version__.encode()),
    (b"cache-control", b"no-store"),
]


class Edge:
    """Wraps the application: what fails here never reaches it.

    An entry point: whatever goes wrong inside ends here as a problem document, and its text, which
    may hold personal data, ends nowhere.
    """

    def __init__(
        self,
        app: ASGIApp,
        gatekeeper: Gatekeeper,
        *,
        clock: Clock,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._app = app
        self._body_seconds = body_seconds
        self._gatekeeper = gatekeeper
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one call; the server is set up to send nothing but HTTP here."""
        scope.setdefault("state", {})
        began = self._clock.monotonic()

        def log(status: int) -> None:
            self._log(scope, status, milliseconds=self._since(began))

        exchange = _Exchange(send, log, self._clock)
        try:
            await self._serve(scope, receive, exchange)
        except ProblemError as error:
            await problem_response(error, Request(scope))(scope, receive, exchange.send)
        except Exception as error:  # noqa: BLE001 - the entry point of every call
            await self._fail(scope, receive, exchange=exchange, error=error)

    async def _serve(self, scope: Scope, receive: Receive, exchange: "_Exchange") -> None:
        headers = dict(cast("list[tuple[bytes, bytes]]", scope["headers"]))
        granted = self._gatekeeper.admit(_peer(scope), headers.get(b"authorization"))
        check_scope(granted, scope["method"], scope["path"])
        body = await self._read_body(headers, receive)
        if body is None:
            return
        if body:
            check_json(body)
        # The journal knows a request by it; the text itself may be personal data.
        scope["state"]["body_hash"] = hashlib.sha256(body).hexdigest()
        await self._app(scope, _replay(body, receive), exchange.send)

    async def _read_body(self, headers: dict[bytes, bytes], receive: Receive) -> bytes | None:
        """Read the whole body, or None when the caller went away."""
        declared = headers.get(b"content-length", b"0")
        if not _LENGTH.fullmatch(declared) or int(declared) > MOST_BODY_BYTES:
            raise _too_large()
        try:
            async with asyncio.timeout(self._body_seconds):
                return await _collect(receive)
        except TimeoutError:
            raise problem(
                408, "BodyTooSlow", "The request's body did not arrive in time. Send it again."
            ) from None

    async def _fail(
        self, scope: Scope, receive: Receive, *, exchange: "_Exchange", error: Exception
    ) -> None:
        log_event("failed", at=self._clock.now(), error=type(error).__name__, place=_place(error))
        if exchange.status is None:
            await problem_response(internal(), Request(scope))(scope, receive, exchange.send)

    def _since(self, began: float) -> int:
        return round((self._clock.monotonic() - began) * 1000)

    def _log(self, scope: Scope, status: int, *, milliseconds: int) -> None:
        route = getattr(scope.get("route"), "path", None)
        given: dict[str, Any] = scope.get("path_params") or {}
        ids = {name: str(value) for name, value in given.items() if _ID.fullmatch(str(value))}
        log_event(
            "call",
            at=self._clock.now(),
            method=str(scope["method"]),
            route=route,
            status=status,
            ms=milliseconds,
            code=scope["state"].get("code"),
            **ids,
        )


class _Exchange:
    """The way back to the caller: adds our headers, and logs the call before its answer leaves."""

    def __init__(self, send: Send, log: Callable[[int], None], clock: Clock) -> None:
        self._send = send
        self._log = log
        self._clock = clock
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._log(message["status"])
            date = format_datetime(self._clock.now(), usegmt=True)
            ours = [*_OUR_HEADERS, (b"date", date.encode())]
            message["headers"] = [*message.get("headers", []), *ours]
        await self._send(message)


async def _collect(receive: Receive) -> bytes | None:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MOST_BODY_BYTES:
            raise _too_large()
        more = message.get("more_body", False)
    return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    pending = [body]

    async def replay() -> MutableMapping[str, Any]:
        if pending:
            return {"type": "http.request", "body": pending.pop(), "more_body": False}
        return await receive()

    return replay


def _peer(scope: Scope) -> str:
    client = scope.get("client")
    return str(client[0]) if client else ""


def _place(error: Exception) -> str:
    """Name file and line where an error arose: enough to find it, without its text."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_qualname}:{trace.tb_lineno}" if trace else ""


def _too_large() -> ProblemError:
    return problem(
        413,
        "BodyTooLarge",
        f"The request's body is larger than {MOST_BODY_BYTES} bytes. Send fewer lines at once.",
    )
