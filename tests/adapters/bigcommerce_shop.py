"""The simulated BigCommerce behind real TLS, in this process, with every request written down."""

import socket
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.bigcommerce import Shop, create_app
from sandbox.bigcommerce.faults import FaultSpec
from sandbox.bigcommerce.model import Settings as ShopSettings
from sandbox.bigcommerce.spec import OrderSpec
from sandbox.certificates import Identity
from tests.adapters.servers import connection
from tieout.domain.identity import OrderId, StoreKey
from tieout.settings import Store

IMPORT_STATUSES = frozenset({11, 9, 8, 3})
PATIENCE = 5.0


@dataclass(frozen=True)
class Heard:
    """One request as it arrived."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]


@dataclass
class Secret:
    """An API account's token."""

    access_token: str


class Credentials:
    """A secret in memory; `after_rotation` is what a refresh finds."""

    def __init__(self, token: str, *, after_rotation: str | None = None) -> None:
        self._tokens = [token, token if after_rotation is None else after_rotation]
        self.refreshed = 0

    def current(self) -> Secret:
        return Secret(self._tokens[min(self.refreshed, 1)])

    def refresh(self) -> Secret:
        self.refreshed += 1
        return self.current()


@dataclass
class RunningShop:
    """A shop that listens."""

    shop: Shop
    url: str
    fingerprint: str
    heard: list[Heard] = field(default_factory=list[Heard])

    @property
    def store(self) -> Store:
        return Store(
            key=StoreKey("main"),
            platform="bigcommerce",
            letter="W",
            store_hash="sandbox1",
            api=connection(self.url, self.fingerprint),
            secret_arn="arn:aws:secretsmanager:us-east-1:000000000000:secret:store",
            import_statuses=IMPORT_STATUSES,
            companies={"USD": "ABC"},
        )

    @property
    def token(self) -> str:
        return self.shop.account.access_token

    def sell(self, **wishes: Any) -> OrderId:
        """Place an order; returns its id."""
        return OrderId(self.shop.place(OrderSpec.model_validate(wishes)).id)

    def break_down(self, path: str, **trouble: Any) -> None:
        """Let requests to a path fail as the trouble says."""
        self.shop.faults.add(FaultSpec.model_validate({"path": path, **trouble}))

    def start_anew(self) -> None:
        """Forget orders, faults and settings."""
        self.shop.reset()
        for one in fields(ShopSettings):
            setattr(self.shop.settings, one.name, getattr(ShopSettings(), one.name))
        self.heard.clear()


@contextmanager
def running_shop(identity: Identity) -> Generator[RunningShop]:
    """Serve a shop over TLS on loopback."""
    shop = Shop()
    shop.courier.background = False
    # The protocol must be named: asyncio turns Nagle's delay off only where it sees TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    running = RunningShop(
        shop, f"https://127.0.0.1:{listener.getsockname()[1]}", identity.fingerprint
    )
    server = uvicorn.Server(
        uvicorn.Config(
            _noting(create_app(shop), running.heard),
            ssl_certfile=str(identity.certificate),
            ssl_keyfile=str(identity.key),
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    end = time.monotonic() + PATIENCE
    while not server.started and time.monotonic() < end:
        time.sleep(0.01)
    try:
        yield running
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
        shop.close()


def _noting(app: ASGIApp, heard: list[Heard]) -> ASGIApp:
    async def noting(scope: Scope, receive: Receive, send: Send) -> None:
        rows = {name.decode(): value.decode() for name, value in scope["headers"]}
        path = scope["path"].removeprefix("/stores/sandbox1")
        heard.append(Heard(scope["method"], path, scope["query_string"].decode(), rows))
        await app(scope, receive, send)

    return noting
