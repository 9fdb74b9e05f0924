import asyncio
from collections.abc import Awaitable, Callable

import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from sandbox.sage100 import com
from tieout_agent.certificate import ensure_certificate
from tieout_agent.clock import SystemClock
from tieout_agent.connections import TimedConnection
from tieout_agent.server import create_app, make_owner, make_server
from tieout_agent.settings import Settings

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
ANSWERED = b"204"
Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[bytes]]


class Hasty(TimedConnection):
    seconds = 0.1


async def slow_app(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answers, but only after a connection that waits would have been closed."""
    await asyncio.sleep(Hasty.seconds * 3)
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def over_a_connection(talk: Talk, *, stopped_after: float = 5) -> bytes:
    """What a caller hears from the server in the end; told to stop, that shuts its connections."""
    state = ServerState()

    def stop() -> None:
        for connection in list(state.connections):
            connection.shutdown()

    async def serve_and_talk() -> bytes:
        config = uvicorn.Config(slow_app, http=Hasty, ws="none", lifespan="off", log_config=None)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Hasty(config, state, {}), host="127.0.0.1")
        loop.call_later(stopped_after, stop)
        async with server, asyncio.timeout(5):
            address = server.sockets[0].getsockname()
            reader, writer = await asyncio.open_connection(*address)
            try:
                return await talk(reader, writer)
            finally:
                writer.close()

    return asyncio.run(serve_and_talk())


async def until_closed(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionResetError:
        return b""


@pytest.mark.parametrize("begun", [b"", REQUEST[:-4]])
def test_a_connection_that_asks_for_nothing_is_closed(begun: bytes) -> None:
    async def say_little(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(begun)
        return await until_closed(reader)

    assert over_a_connection(say_little) == b""


def test_a_header_now_and_then_does_not_hold_a_connection() -> None:
    async def trickle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(REQUEST[:-2])
        closed = asyncio.create_task(until_closed(reader))
        while not closed.done():
            writer.write(b"X-More: x\r\n")
            await asyncio.sleep(Hasty.seconds / 5)
        return await closed

    assert over_a_connection(trickle) == b""


def test_a_second_request_that_is_never_finished_does_not_hold_it_either() -> None:
    async def ask_twice(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(REQUEST)
        await reader.readuntil(b"\r\n\r\n")
        writer.write(REQUEST[:-4])
        return await until_closed(reader)

    assert over_a_connection(ask_twice) == b""


def test_a_request_that_takes_long_to_answer_is_answered() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(REQUEST)
        return await reader.readuntil(b"\r\n\r\n")

    assert ANSWERED in over_a_connection(ask)


def test_stopping_cuts_a_connection_on_which_nothing_was_asked() -> None:
    async def wait(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> bytes:
        async with asyncio.timeout(Hasty.seconds / 2):
            return await until_closed(reader)

    assert over_a_connection(wait, stopped_after=Hasty.seconds / 10) == b""


def test_stopping_lets_the_request_that_is_under_way_be_answered() -> None:
    async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        writer.write(REQUEST)
        return await until_closed(reader)

    assert ANSWERED in over_a_connection(ask, stopped_after=Hasty.seconds)


def test_the_agent_is_served_over_such_connections(settings: Settings) -> None:
    clock = SystemClock()
    ensure_certificate(settings, clock)
    owner = make_owner(settings, com, clock)

    server = make_server(settings, create_app(settings, owner, clock=clock))

    assert server.config.http_protocol_class is TimedConnection
