"""The ASGI application: the service at its two addresses, and the control API under `/_control/`."""

import asyncio
from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from .answers import CONTENT_TYPE, MAX_BODY, Answer, Counts, answer
from .contract import contract
from .control import Control
from .description import PAGE, published, types_alone
from .troubles import Trouble, Troubles

SERVICE = "/eBusinessWebServices/MasBasicService.svc"
UNAVAILABLE, BAD_GATEWAY, NOT_ALLOWED, NOT_FOUND = 503, 502, 405, 404

_HTML = "text/html; charset=utf-8"
_JUNK = b"<html><head><title>Sign in</title></head><body>Your session has ended.</body></html>"


def create_app(home: Path) -> Starlette:
    """Return the application over an installation that `sandbox.sage100.seed` has filled.

    What it counts and what it is told to do wrong are its `state.counts` and `state.troubles`.
    """
    troubles, counts = Troubles(), Counts()
    app = Starlette(
        routes=[
            Route(SERVICE, Service(home, troubles, counts)),
            Route(PAGE, _description),
            Mount("/_control", routes=Control(home, troubles, counts).routes()),
        ]
    )
    app.state.troubles, app.state.counts = troubles, counts
    return app


async def _description(request: Request) -> Response:
    query = request.url.query
    if query.startswith("wsdl"):
        return Response(published(), media_type=CONTENT_TYPE)
    if query == "xsd=xsd0":
        return Response(types_alone(), media_type=CONTENT_TYPE)
    return PlainTextResponse("", NOT_FOUND)


class Service:
    """The endpoint that takes envelopes.

    Args:
        home: Folder of the installation.
        troubles: What goes wrong on the way.
        counts: Where calls are counted.
    """

    def __init__(self, home: Path, troubles: Troubles, counts: Counts) -> None:
        self._home = home
        self._troubles = troubles
        self._counts = counts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or do to it what a standing trouble says."""
        request = Request(scope, receive)
        if request.method != "POST":
            await _greeting(request.method)(scope, receive, send)
            return
        action = request.headers.get("SOAPAction", "")
        trouble = self._troubles.take(_operation(action))
        try:
            body = await _body_of(request)
        except ClientDisconnect:
            return
        await _wait(trouble)
        kind = trouble.kind if trouble else ""
        if kind == "unavailable":
            await _send(send, Answer(UNAVAILABLE, b"Service Unavailable", _HTML))
        elif kind == "drop_request":
            await _send(send, Answer(200, b"-"), part=0)
        else:
            await _spoilt(send, await self._answer(request, body, action=action), kind)

    async def _answer(self, request: Request, body: bytes, *, action: str) -> Answer:
        return await run_in_threadpool(
            answer,
            self._home,
            self._counts,
            body,
            content_type=request.headers.get("Content-Type", ""),
            action=action,
        )


async def _body_of(request: Request) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk[: MAX_BODY + 1 - len(body)]
    return body


async def _wait(trouble: Trouble | None) -> None:
    if trouble is not None and trouble.kind == "delay":
        await asyncio.sleep(trouble.seconds)


async def _spoilt(send: Send, reply: Answer, kind: str) -> None:
    if kind == "bad_gateway":
        reply = Answer(BAD_GATEWAY, b"Bad Gateway", _HTML)
    elif kind == "garbage":
        reply = Answer(200, _JUNK, _HTML)
    part = {"drop_answer": 0, "cut_answer": len(reply.body) // 2}.get(kind)
    await _send(send, reply, part=part)


async def _send(send: Send, reply: Answer, *, part: int | None = None) -> None:
    """Send an answer, or only its first `part` bytes before the connection ends."""
    headers = [
        (b"content-type", reply.content_type.encode()),
        (b"content-length", str(len(reply.body)).encode()),
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    body = reply.body if part is None else reply.body[:part]
    await send({"type": "http.response.body", "body": body, "more_body": part is not None})


def _operation(action: str) -> str:
    name = action.strip().strip('"').rpartition("/")[2]
    return name if name in contract().operations else ""


def _greeting(method: str) -> Response:
    if method != "GET":
        return PlainTextResponse("", NOT_ALLOWED)
    return HTMLResponse("<html><body>MasBasicService: you have created a service.</body></html>")
