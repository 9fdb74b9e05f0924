import socket
from collections.abc import Callable, Generator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest

from sandbox.certificates import Identity, make_identity
from tests.adapters.bigcommerce_shop import RunningShop, running_shop
from tests.adapters.servers import Act, Server, serving

NOW = datetime.now(UTC)  # noqa: TID251 - certificates are judged by the real clock

Serve = Callable[..., Server]


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("genuine"), "genuine", now=NOW)


@pytest.fixture(scope="session")
def other_identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    return make_identity(tmp_path_factory.mktemp("other"), "other", now=NOW)


@pytest.fixture(scope="session")
def expired_identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    return make_identity(tmp_path_factory.mktemp("expired"), "expired", now=long_ago)


@pytest.fixture
def serve(identity: Identity) -> Generator[Serve]:
    """Start servers that play acts; they end with the test."""
    with ExitStack() as stack:

        def start(*acts: Act, by: Identity = identity) -> Server:
            return stack.enter_context(serving(by, *acts))

        yield start


@pytest.fixture
def unused_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def _running_shop(identity: Identity) -> Generator[RunningShop]:
    with running_shop(identity) as running:
        yield running


@pytest.fixture
def shop(_running_shop: RunningShop) -> RunningShop:
    """The simulated BigCommerce, as on its first day."""
    _running_shop.start_anew()
    return _running_shop
