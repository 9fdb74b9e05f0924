"""The sandbox as a load run needs it: sell, post, wait until all has settled, read both sides."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.aws import Cloud
from sandbox.demo.books import Books
from sandbox.demo.ledger import CREATED, PARKED, Entry, Ledger
from sandbox.health import client
from sandbox.load.goods import Ordered, Till, sell
from sandbox.load.judge import Evidence
from sandbox.load.letters import Sender
from sandbox.load.post import Post
from sandbox.load.sizes import Sizes
from sandbox.progress import Steps
from sandbox.shop import Shop
from sandbox.stacks import depth
from sandbox.start import Running

# The ledger of thousands of orders is read whole, by the same machine that does the work.
PAUSE_SECONDS = 3.0
# An order that waits for the agent is tried after ten minutes at the latest.
STANDSTILL_SECONDS = 900.0
SETTLED = frozenset({CREATED, PARKED})


@dataclass
class Scene:
    """One sandbox that is up, and all that was sold in it so far."""

    running: Running
    shop: Shop
    steps: Steps
    sizes: Sizes
    orders: list[Ordered] = field(default_factory=list[Ordered])
    stopped: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        told = self.running.description
        self.cloud = Cloud(told.cloud.endpoint)
        self.sender = Sender(told.bigcommerce)
        self.books = Books(told.sage100.control, list(told.sage100.companies.values()))
        self._ledger = Ledger(self.cloud, told.cloud.tables["ledger"], store=told.bigcommerce.store)

    def sell(self, count: int) -> list[Ordered]:
        """Sell so many orders, of which nobody is told."""
        self.steps.begin(f"Selling {count} orders")
        sold = sell(self.shop, count)
        self.orders += sold
        return sold

    def close(self, till: Till) -> list[Ordered]:
        """Count in what was sold at a till; nothing more is sold there."""
        self.orders += till.sold
        return till.sold

    def post(self, connections: int) -> Post:
        """A way to the public door."""
        return Post(self.running.description.cloud.webhook_url, connections, stopped=self.stopped)

    def ledger(self) -> Mapping[int, Entry]:
        """What Tieout has written down by now."""
        return self._ledger.entries()

    def settle(self, orders: Sequence[Ordered]) -> None:
        """Wait until all these are in Sage or parked, or until nothing has moved for long.

        Raises:
            ProcessError: a part of the sandbox has ended.
        """
        best, since = -1, time.monotonic()
        while (count := self.settled(orders)) < len(orders):
            self.steps.reached(count)
            self.running.children.check()
            if count > best:
                best, since = count, time.monotonic()
            if time.monotonic() - since > STANDSTILL_SECONDS:
                return
            time.sleep(PAUSE_SECONDS)
        self.steps.reached(count)

    def settled(self, orders: Sequence[Ordered]) -> int:
        """How many of these are in Sage or parked by now."""
        found = self.ledger()
        entries = (found.get(one.order_id) for one in orders)
        return sum(1 for entry in entries if entry and entry.state in SETTLED)

    def evidence(self, orders: Sequence[Ordered]) -> Evidence:
        """Read both sides and the ledger."""
        headers = {int(one["id"]): one for one in self.shop.summaries()}
        return Evidence(orders, headers, self.books.entered(), self.ledger())

    def dead_letters(self) -> Mapping[str, int]:
        """How many messages were given up, by queue."""
        queues = self.running.description.cloud.queues
        return {name: depth(self.cloud, queues[name]) for name in queues if "dead" in name}

    def trouble_sage(self, **fault: Any) -> None:
        """Make Sage do something wrong; see the simulator's control API."""
        with client() as http:
            http.post(f"{self._sage}/faults", json=fault).raise_for_status()

    def heal_sage(self) -> None:
        """Let Sage work as it should."""
        with client() as http:
            http.delete(f"{self._sage}/faults").raise_for_status()

    @property
    def _sage(self) -> str:
        return self.running.description.sage100.control
