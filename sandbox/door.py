"""The edge of the local cloud: `python -m sandbox.door` ends TLS before its API, as a cloud's edge does."""

import argparse
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

ADDRESS = "127.0.0.1"
# A function that starts cold answers within ten; whoever knocks waits no longer than twice that.
ANSWER_SECONDS = 20.0
WELL = "/_well"
# What belongs to one connection and is not handed on (RFC 9110, 7.6.1).
HOP_BY_HOP = frozenset({"connection", "content-length", "host", "keep-alive", "transfer-encoding"})
BAD_GATEWAY = 502


def create_app(target: str, *, host: str) -> Starlette:
    """An application that hands every POST on to `target`, where the API is told apart by `host`."""
    # Proxies of this machine's user must not see, or break, loopback traffic.
    client = httpx.Client(base_url=target, timeout=ANSWER_SECONDS, trust_env=False)

    def well(_request: Request) -> Response:
        return Response()

    async def hand_on(request: Request) -> Response:
        kept = {k: v for k, v in request.headers.items() if k.lower() not in HOP_BY_HOP}
        body = await request.body()
        handed_on = client.build_request(
            "POST", request.url.path, headers=kept | {"Host": host}, content=body
        )
        return await run_in_threadpool(_answer_to, client, handed_on)

    return Starlette(routes=[Route(WELL, well), Route("/{path:path}", hand_on, methods=["POST"])])


def _answer_to(client: httpx.Client, request: httpx.Request) -> Response:
    try:
        answer = client.send(request)
    except httpx.HTTPError:
        return Response(status_code=BAD_GATEWAY)
    return Response(answer.content, answer.status_code)


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="sandbox.door", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--target", required=True, help="the local cloud")
    parser.add_argument("--host", required=True, help="the name by which it tells its APIs apart")
    options = parser.parse_args()
    uvicorn.run(
        create_app(options.target, host=options.host),
        host=ADDRESS,
        port=options.port,
        log_level="warning",
        access_log=False,
        ssl_certfile=str(options.certificate),
        ssl_keyfile=str(options.key),
    )


if __name__ == "__main__":
    main()
