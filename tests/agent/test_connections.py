import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress

import httpx
import pytest
import uvicorn
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from sandbox.sage100 import com
from tests.agent.harness import RunningAgent, wait_until
from tieout_agent.certificate import ensure_certificate
from tieout_agent.clock import SystemClock
from tieout_agent.connections import TimedConnection
from tieout_agent.server import MOST_CONNECTIONS, create_app, make_owner, make_server
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


class Narrow(TimedConnection):
    most = 2


async def at_once(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Strangers:
    """Callers who ask once and then keep their connection."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self.writers: list[asyncio.StreamWriter] = []

    async def come(self, count: int, *, at: str = "127.0.0.1") -> list[bool]:
        """Come one after the other; say who was answered."""
        return [await self._come(at) for _ in range(count)]

    async def _come(self, at: str) -> bool:
        reader, writer = await asyncio.open_connection(*self._address, local_addr=(at, 0))
        self.writers.append(writer)
        writer.write(REQUEST)
        try:
            return ANSWERED in await reader.readuntil(b"\r\n\r\n")
        except (ConnectionResetError, asyncio.IncompleteReadError):
            return False

    async def go(self, writers: list[asyncio.StreamWriter]) -> None:
        for writer in writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()


def with_strangers(visit: Callable[[Strangers], Awaitable[list[bool]]]) -> list[bool]:
    async def serve_and_visit() -> list[bool]:
        state = ServerState()
        config = uvicorn.Config(at_once, http=Narrow, ws="none", lifespan="off", log_config=None)
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Narrow(config, state, {}), host="127.0.0.1")
        async with server, asyncio.timeout(5):
            strangers = Strangers(server.sockets[0].getsockname())
            try:
                return await visit(strangers)
            finally:
                await strangers.go(strangers.writers)

    return asyncio.run(serve_and_visit())


def test_one_address_has_no_more_than_its_share_of_the_connections() -> None:
    async def visit(strangers: Strangers) -> list[bool]:
        return await strangers.come(Narrow.most + 2)

    assert with_strangers(visit) == [True, True, False, False]


def test_others_are_served_while_one_address_has_all_of_its_share() -> None:
    async def visit(strangers: Strangers) -> list[bool]:
        return [
            *await strangers.come(Narrow.most + 1),
            *await strangers.come(1, at="127.0.0.2"),
        ]

    assert with_strangers(visit) == [True, True, False, True]


def test_a_connection_that_ends_makes_room_for_the_next() -> None:
    async def visit(strangers: Strangers) -> list[bool]:
        first = await strangers.come(Narrow.most + 1)
        await strangers.go(strangers.writers[:1])
        await asyncio.sleep(0.1)
        return first + await strangers.come(2)

    assert with_strangers(visit) == [True, True, False, True, False]


def test_idle_strangers_of_one_address_are_cut_off_by_the_agent_itself(
    agent: RunningAgent,
) -> None:
    trust = ssl.create_default_context(cafile=agent.settings.certificate_file)
    address = ("127.0.0.1", agent.client.base_url.port or 0)

    with ExitStack() as stack:
        idle = [
            stack.enter_context(
                trust.wrap_socket(
                    stack.enter_context(socket.create_connection(address)),
                    server_hostname="127.0.0.1",
                )
            )
            for _ in range(TimedConnection.most)
        ]
        with pytest.raises(httpx.TransportError):
            agent.get("/health")
        idle[0].close()
        wait_until(lambda: answers(agent))

    assert len(idle) == TimedConnection.most


def answers(agent: RunningAgent) -> bool:
    try:
        return agent.get("/health").status_code == 200
    except httpx.TransportError:
        return False


def test_the_share_takes_the_whole_queue_and_leaves_room_for_others() -> None:
    assert TimedConnection.most >= Settings.model_fields["queue_limit"].default
    assert TimedConnection.most <= MOST_CONNECTIONS / 4


def test_the_agent_is_served_over_such_connections(settings: Settings) -> None:
    clock = SystemClock()
    ensure_certificate(settings, clock)
    owner = make_owner(settings, com, clock)

    server = make_server(settings, create_app(settings, owner, clock=clock))

    assert server.config.http_protocol_class is TimedConnection
