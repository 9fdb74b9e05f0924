"""The simulated eBusiness Web Services over TLS on loopback, and our client of it."""

import socket
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.testclient import TestClient

from sandbox.certificates import Identity
from sandbox.ebws.app import SERVICE, create_app
from sandbox.sage100 import seed
from sandbox.sage100.control import Control
from sandbox.sage100.store import Store, database
from tests.adapters.sage_worlds import AgentWorld
from tests.adapters.servers import connection
from tests.agent.harness import wait_until
from tieout.adapters.clock import SystemClock
from tieout.adapters.ebws import PATIENCE, EbwsSage
from tieout.adapters.http import Patience
from tieout.domain.identity import Company
from tieout.settings import Connection

STOPS_WITHIN = 5.0


@dataclass
class Secret:
    username: str
    password: str


class Logons:
    """A user in memory; each refresh finds the next one, and the last one for ever."""

    def __init__(self, *secrets: Secret) -> None:
        self._secrets = secrets or (Secret(seed.USER, seed.PASSWORD),)
        self.refreshed = 0

    def current(self) -> Secret:
        return self._secrets[min(self.refreshed, len(self._secrets) - 1)]

    def refresh(self) -> Secret:
        self.refreshed += 1
        return self.current()


@dataclass
class RunningEbws:
    """A service that listens."""

    url: str
    fingerprint: str
    home: Path
    control: TestClient

    def pinned(self) -> Connection:
        return connection(f"{self.url}{SERVICE}", self.fingerprint)

    def client(
        self,
        logons: Logons | None = None,
        *,
        company: str = "ABC",
        patience: Patience = PATIENCE,
    ) -> EbwsSage:
        return EbwsSage(
            self.pinned(),
            Company(company),
            logons or Logons(),
            clock=SystemClock(),
            patience=patience,
        )

    def trouble(self, kind: str, **more: Any) -> None:
        """Let something go wrong on the way to the service."""
        done = self.control.post("/_control/faults", json={"kind": kind, **more})
        assert done.is_success, done.text

    def switch(self, level: str, name: str = "1", *, enabled: bool) -> None:
        """Enable or disable Web Services on one level."""
        wanted = {"level": level, "name": name, "enabled": enabled}
        done = self.control.post("/_control/web-services", json=wanted)
        assert done.is_success, done.text

    def state(self) -> dict[str, Any]:
        """How often each operation was called, and which elements came out of order."""
        return self.control.get("/_control/state").json()

    def start_anew(self) -> None:
        """Forget troubles and counts; the books stay."""
        self.control.delete("/_control/faults")
        self.control.delete("/_control/state")


@contextmanager
def running_ebws(identity: Identity, home: Path) -> Generator[RunningEbws]:
    """Serve an installation that is seeded already."""
    app = create_app(home)
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(
        uvicorn.Config(
            app,
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
    url = f"https://127.0.0.1:{listener.getsockname()[1]}"
    try:
        wait_until(lambda: server.started)
        yield RunningEbws(url, identity.fingerprint, home, TestClient(app))
    finally:
        server.should_exit = True
        thread.join(STOPS_WITHIN)
        listener.close()


@contextmanager
def ebws_world(running: RunningEbws) -> Generator[AgentWorld]:
    """The world of a running service: the staff is the same as before the agent."""
    books = Store(database(running.home, "ABC"))
    with closing(running.client()) as sage, closing(books):
        yield AgentWorld(sage, TestClient(Control(running.home).app()), books)
