"""What the agent's tests share: an agent served over TLS on loopback, over the simulated Sage."""

import shutil
import ssl
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from sandbox.sage100 import com, faults, seed
from sandbox.sage100.store import SYSTEM, Store, database
from tieout_agent.certificate import ensure_certificate
from tieout_agent.clock import Clock, SystemClock
from tieout_agent.sage.owner import Owner
from tieout_agent.sage.sessions import Sessions
from tieout_agent.seam import ComModule
from tieout_agent.security import key_hash
from tieout_agent.server import create_app, listen, make_owner, make_server
from tieout_agent.settings import ApiKey, Scope, Settings

KEY = "tieout_first-key-of-the-tests"
SECOND_KEY = "tieout_second-key-of-the-tests"
READ_KEY = "tieout_key-of-the-tests-that-only-reads"
PATIENCE = 5.0


class FakeClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.seconds

    def move(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.seconds += seconds


@dataclass
class RecordingCom:
    """The simulated ProvideX, with the thread of every use written down."""

    threads: set[int] = field(default_factory=set[int])
    dispatched: int = 0
    released: int = 0
    error: type[Exception] = com.error

    def dispatch(self, prog_id: str) -> Any:
        self.threads.add(threading.get_ident())
        self.dispatched += 1
        return com.dispatch(prog_id)

    def by_ref_string(self) -> Any:
        self.threads.add(threading.get_ident())
        return com.by_ref_string()

    def by_ref_number(self) -> Any:
        self.threads.add(threading.get_ident())
        return com.by_ref_number()

    def release(self) -> None:
        self.released += 1
        com.release()


@dataclass
class RunningAgent:
    """An agent that listens, and a client that trusts its certificate."""

    settings: Settings
    owner: Owner[Sessions]
    client: httpx.Client
    fingerprint: str

    def get(self, path: str, **params: str) -> httpx.Response:
        return self.client.get(f"/v1{path}", params=params)

    def create_order(
        self, number: str, order: dict[str, Any], *, company: str = "ABC", **headers: str
    ) -> httpx.Response:
        sent = {"If-None-Match": "*", "X-Not-After": in_seconds(60), "X-Rev": "1"}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        path = f"/v1/{company}/SO/SalesOrder/{number}"
        return self.client.put(path, json=order, headers=sent)

    def replace_order(
        self, number: str, order: dict[str, Any], *, company: str = "ABC", **headers: str
    ) -> httpx.Response:
        return self._change("PUT", number, {"json": order}, company=company, headers=headers)

    def patch_order(
        self, number: str, *, company: str = "ABC", columns: dict[str, str], **headers: str
    ) -> httpx.Response:
        sent = {"json": {"header": columns}}
        return self._change("PATCH", number, sent, company=company, headers=headers)

    def delete_order(self, number: str, *, company: str = "ABC", **headers: str) -> httpx.Response:
        return self._change("DELETE", number, {}, company=company, headers=headers)

    def create_customer(self, key: str, customer: dict[str, str], **headers: str) -> httpx.Response:
        sent = {"If-None-Match": "*", "X-Not-After": in_seconds(60)}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        path = f"/v1/ABC/AR/Customer/{key}"
        return self.client.put(path, json={"customer": customer}, headers=sent)

    def patch_customer(self, key: str, columns: dict[str, str], **headers: str) -> httpx.Response:
        """Send a patch of revision 2 under the stamp that the customer has, unless told otherwise."""
        path = f"/v1/ABC/AR/Customer/{key}"
        usual = {"X-Not-After": in_seconds(60), "X-Rev": "2"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if "If-Match" not in given:
            usual["If-Match"] = f'"{self.client.get(path).json().get("stamp", "0" * 32)}"'
        return self.client.patch(path, json={"customer": columns}, headers=usual | given)

    def _change(
        self,
        method: str,
        number: str,
        sent: dict[str, Any],
        *,
        company: str,
        headers: dict[str, str],
    ) -> httpx.Response:
        """Send a change of revision 2 under the stamp that the order has, unless told otherwise."""
        path = f"/v1/{company}/SO/SalesOrder/{number}"
        usual = {"X-Not-After": in_seconds(60), "X-Rev": "2"}
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if "If-Match" not in given:
            usual["If-Match"] = f'"{self.client.get(path).json().get("stamp", "0" * 32)}"'
        return self.client.request(method, path, headers=usual | given, **sent)

    def store(self, name: str = "ABC") -> Store:
        return Store(database(Path(self.settings.home), name))

    def fault(self, fault: faults.Fault) -> None:
        store = self.store(SYSTEM)
        faults.add(store, fault)
        store.close()


def in_seconds(seconds: float) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()  # noqa: TID251


def kept(key: str, scope: Scope = "write") -> ApiKey:
    """What the agent's settings keep of a key."""
    return ApiKey(sha256=key_hash(key.encode()), scope=scope)


def make_settings(folder: Path, home: Path, **changes: Any) -> Settings:
    values = {
        "host": "127.0.0.1",
        "port": 0,
        "home": str(home),
        "user": seed.USER,
        "password": seed.PASSWORD,
        "companies": ["ABC", "CAN"],
        "com": "sandbox.sage100.com",
        "certificate_names": ["localhost", "127.0.0.1"],
        "certificate_file": folder / "agent.crt",
        "key_file": folder / "agent.key",
        "pause_file": folder / "agent.paused",
        "api_keys": [kept(KEY), kept(SECOND_KEY), kept(READ_KEY, "read")],
    }
    return Settings.model_validate(values | changes)


def seeded_home(folder: Path, seeded: Path) -> Path:
    home = folder / "home"
    shutil.copytree(seeded, home)
    return home


def as_it_is(app: ASGIApp) -> ASGIApp:
    return app


@contextmanager
def running_agent(
    settings: Settings,
    *,
    module: ComModule = com,
    clock: Clock | None = None,
    around: Callable[[ASGIApp], ASGIApp] = as_it_is,
) -> Generator[RunningAgent]:
    clock = clock or SystemClock()
    owner = make_owner(settings, module, clock)
    fingerprint = ensure_certificate(settings, SystemClock())
    server = make_server(settings, around(create_app(settings, owner, clock=clock)))
    listener = listen(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    trust = ssl.create_default_context(cafile=settings.certificate_file)
    url = f"https://127.0.0.1:{listener.getsockname()[1]}"
    headers = {"Authorization": f"Bearer {KEY}"}
    try:
        with httpx.Client(base_url=url, headers=headers, verify=trust, timeout=30) as client:
            wait_until(lambda: server.started)
            yield RunningAgent(settings, owner, client, fingerprint)
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        owner.stop()
        listener.close()


def wait_until(happened: Any, seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


def order(**changes: Any) -> dict[str, Any]:
    """An order that Sage takes: two lines, our marker, a known customer."""
    header = {
        "ARDivisionNo": "00",
        "CustomerNo": "BUY0001",
        "OrderDate": "20261120",
        "CustomerPONo": "W-250-x7",
        "TaxSchedule": "NONTAX",
    }
    lines = [
        {"ItemCode": sku(0), "QuantityOrdered": "2", "UnitPrice": "19.99"},
        {"ItemCode": sku(1), "QuantityOrdered": "1", "UnitPrice": "5.01"},
    ]
    return {"header": header | changes.get("header", {}), "lines": changes.get("lines", lines)}


def sku(place: int) -> str:
    return seed.shop.items()[place].sku
