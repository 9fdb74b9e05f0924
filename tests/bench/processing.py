"""What an order costs in processor time, requests and memory."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any

from sandbox.certificates import make_identity
from sandbox.sage100 import seed as sage_seed
from tests.adapters.bigcommerce_shop import RunningShop, running_shop
from tests.agent.harness import KEY, RunningAgent, make_settings, running_agent, sku
from tests.bench.figures import Figure
from tests.bench.imports import ROOT, RUNTIME, environment
from tieout.adapters.clock import SystemClock
from tieout.domain.webhooks import MOST_BODY_BYTES

ORDERS = 60
LONG_ORDER = 500
SCANNED = 1000


def figures() -> Iterator[Figure]:
    """Everything that needs the real code to run."""
    # The agent's log lines are no figures.
    with tempfile.TemporaryDirectory() as folder, redirect_stderr(StringIO()):
        rows = list(_orders(Path(folder)))
    yield from rows


def _orders(folder: Path) -> Iterator[Figure]:
    identity = make_identity(folder, "shop", now=SystemClock().now())
    home = folder / "home"
    sage_seed.fill(home)
    settings = make_settings(folder, home)
    with running_shop(identity) as shop, running_agent(settings) as agent:
        shop.shop.settings.quota = 1_000_000
        # One buyer, so that all but the first order are a known customer's.
        buyer = {"lines": [{"sku": sku(3), "quantity": 2}, {"sku": sku(5)}], "customer": {"id": 7}}
        ids = [shop.sell(**buyer) for _ in range(ORDERS)]
        yield from _ordinary(shop, agent, ids)
        long = {**buyer, "lines": [{"sku": sku(n % 50)} for n in range(LONG_ORDER)]}
        cost = _work(shop, agent, kind="orders", orders=[shop.sell(**buyer), shop.sell(**long)])
        yield Figure("CPU of an order of 500 lines", cost["cpu_ms"], "ms")
        yield Figure("peak memory of take_orders, 500 lines", cost["peak_mb"], "MB")
        for _ in range(SCANNED - len(ids)):
            shop.sell(**buyer)
        cost = _work(shop, agent, kind="scan")
        yield Figure(f"peak memory of poll, {SCANNED} changed orders", cost["peak_mb"], "MB")
        headers = {"webhook-id": "m", "webhook-timestamp": "1", "webhook-signature": "v1,"}
        cost = _work(shop, agent, kind="webhook", headers=headers, body="x" * MOST_BODY_BYTES)
        yield Figure("peak memory of receive_webhook, 8 KB", cost["peak_mb"], "MB")


def _ordinary(shop: RunningShop, agent: RunningAgent, ids: list[Any]) -> Iterator[Figure]:
    shop.heard.clear()
    cost = _work(shop, agent, kind="orders", orders=ids)
    yield Figure("CPU per order in take_orders, loopback TLS included", cost["cpu_ms"], "ms", 15)
    yield Figure("storefront requests per ordinary order", len(shop.heard) / len(ids), "", 3)
    yield Figure("agent requests per order of a known customer", cost["agent_requests"], "", 3)
    yield Figure("peak memory of take_orders, ordinary orders", cost["peak_mb"], "MB")


def _work(shop: RunningShop, agent: RunningAgent, **wanted: Any) -> dict[str, float]:
    job = wanted | {
        "shop": {"url": shop.url, "fingerprint": shop.fingerprint, "key": shop.token},
        "agent": {
            "url": str(agent.client.base_url),
            "fingerprint": agent.fingerprint,
            "key": KEY,
        },
    }
    done = subprocess.run(
        [RUNTIME, "-m", "tests.bench.worker"],
        check=True, input=json.dumps(job), stdout=subprocess.PIPE, text=True,
        cwd=ROOT, env=environment(),
    )  # fmt: skip
    return json.loads(done.stdout)
