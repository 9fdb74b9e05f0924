"""Runs the real flows and adapters in a process of its own, and says what it cost."""

import importlib
import json
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.unit.ports import FakeCustomerLinks, FakeLedger, FakeNotes
from tieout.adapters.aws import client
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.clock import SystemClock
from tieout.adapters.sage_agent import SageAgent
from tieout.domain.identity import Company, Numbering, OrderId, OrderKey, StoreKey
from tieout.domain.mapping import SageDefaults
from tieout.domain.outcomes import Taken
from tieout.domain.webhooks import Delivery, verify
from tieout.flows.desk import Desk
from tieout.flows.take_order import take_order
from tieout.settings import Connection, Store

KEY = StoreKey("main")


@dataclass(frozen=True)
class Secret:
    access_token: str = ""
    api_key: str = ""


class Credentials:
    """A secret in memory."""

    def __init__(self, secret: Secret) -> None:
        self._secret = secret

    def current(self) -> Secret:
        return self._secret

    def refresh(self) -> Secret:
        return self._secret


class CountedSage:
    """The agent's client, counting its calls; each is one request."""

    def __init__(self, sage: SageAgent) -> None:
        self._sage = sage
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        self.calls += 1
        return getattr(self._sage, name)


def main(job: Mapping[str, Any]) -> dict[str, float]:
    """Do one of the jobs; says what it cost, with the peak of this process's memory."""
    work = {"orders": _take_all, "scan": _scan, "webhook": _check_largest}
    return work[job["kind"]](job) | {"peak_mb": _peak()}


def _peak() -> float:
    """Linux' own high-water mark: getrusage would count the parent's memory from before the exec."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    (kilobytes,) = re.findall(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    return int(kilobytes) / 1024


def _scan(job: Mapping[str, Any]) -> dict[str, float]:
    """List every order of the shop, as a backfill does."""
    pages = _desk(job, None).storefront.changed_since(datetime(2020, 1, 1, tzinfo=UTC))
    return {"orders": sum(len(page) for page in pages)}


def _check_largest(job: Mapping[str, Any]) -> dict[str, float]:
    """Check the largest body that isn't turned away by its size, with all that the function loads."""
    importlib.import_module("functions.receive_webhook")
    clients = [client(name) for name in ("sqs", "secretsmanager")]
    delivery = Delivery(headers=job["headers"], body=job["body"].encode())
    verify(delivery, secrets=("s" * 32,), now=SystemClock().now())
    return {"clients": len(clients)}


def _take_all(job: Mapping[str, Any]) -> dict[str, float]:
    """Take the job's orders; the first one warms connections up and is not counted."""
    sage = CountedSage(_sage(job))
    desk = _desk(job, sage)
    first, *rest = job["orders"]
    _take(desk, first)
    sage.calls = 0
    began = time.process_time()
    for order_id in rest:
        _take(desk, order_id)
    spent = time.process_time() - began
    return {"cpu_ms": 1000 * spent / len(rest), "agent_requests": sage.calls / len(rest)}


def _take(desk: Desk, order_id: int) -> None:
    stop_at = desk.clock.now() + timedelta(seconds=60)
    key = OrderKey(KEY, OrderId(order_id))
    outcome = take_order(key, desk=desk, owner=f"bench/{order_id}", stop_at=stop_at)
    if not isinstance(outcome, Taken):
        raise SystemExit(f"order {order_id} was not taken: {outcome}")


def _sage(job: Mapping[str, Any]) -> SageAgent:
    key = Credentials(Secret(api_key=job["agent"]["key"]))
    return SageAgent(_trusted(job["agent"]), Company("ABC"), key)


def _desk(job: Mapping[str, Any], sage: Any) -> Desk:
    store = Store(
        key=KEY,
        platform="bigcommerce",
        letter="W",
        store_hash="sandbox1",
        api=_trusted(job["shop"]),
        secret_arn="",
        import_statuses=frozenset({11}),
        companies={"USD": "ABC"},
        sage=SageDefaults(warehouse="001"),
    )
    token = Credentials(Secret(access_token=job["shop"]["key"]))
    clock = SystemClock()
    return Desk(
        ledger=FakeLedger(clock),
        storefront=BigCommerce(store, token),
        sage=lambda _: sage,
        links=FakeCustomerLinks(clock),
        notes=FakeNotes(),
        clock=clock,
        numbering=Numbering("W", "b0"),
        companies=store.companies,
        defaults=store.sage,
    )


def _trusted(server: Mapping[str, str]) -> Connection:
    return Connection(
        server["url"], "pin", (server["fingerprint"],), allow_networks=("127.0.0.1/32",)
    )


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(json.load(sys.stdin))))
