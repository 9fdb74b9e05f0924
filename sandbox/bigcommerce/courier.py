"""Delivers webhooks in background threads: signs, retries, gives up, and keeps the books."""

import heapq
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Literal

from sandbox.bigcommerce import signing
from sandbox.bigcommerce.blocklist import BlockList
from sandbox.bigcommerce.clock import Clock
from sandbox.bigcommerce.model import Json, Settings
from sandbox.bigcommerce.post import Outcome, Post, origin_of

# BigCommerce docs, webhooks overview: waits before each retry; after the last one the hook is off.
RETRY_SECONDS = (60, 180, 300, 600, 900, 1800, 3600, 7200, 21600, 50400, 86400)
WORKERS = 4
FORGER_SECRET = "what-a-stranger-would-guess"  # noqa: S105 - it is wrong on purpose

State = Literal["pending", "delivered", "failed", "dropped", "lost"]


@dataclass
class Delivery:
    """One event on its way to one destination.

    Attributes:
        hook_id: None when no hook stands behind it.
        secret: What its signature is made with.
        forged: Forgers don't try again.
        attempts: (Unix seconds, outcome), oldest first.
    """

    id: int
    hook_id: int | None
    destination: str
    scope: str
    body: bytes
    message_id: str
    secret: str
    due: float
    headers: dict[str, str] = field(default_factory=dict[str, str])
    forged: bool = False
    state: State = "pending"
    stamped: int | None = None
    attempts: list[tuple[float, Outcome]] = field(default_factory=list[tuple[float, Outcome]])

    def listed(self) -> Json:
        """As the control API shows it."""
        return {
            "id": self.id,
            "hook_id": self.hook_id,
            "destination": self.destination,
            "scope": self.scope,
            "webhook_id": self.message_id,
            "body": self.body.decode(errors="replace"),
            "forged": self.forged,
            "state": self.state,
            "next_at": self.due if self.state == "pending" else None,
            "attempts": [
                {"at": at, "status": outcome.status, "error": outcome.error}
                for at, outcome in self.attempts
            ],
        }


class Courier:
    """Holds every delivery; its threads start with the first one.

    `active` asks whether a hook is still to be served; `trouble` hears of failures as
    (delivery, error code), with BigCommerce's codes 90001 will retry, 90002 switched off,
    90003 domain blocked.
    """

    def __init__(
        self,
        clock: Clock,
        settings: Settings,
        *,
        active: Callable[[int], bool],
        trouble: Callable[[Delivery, int], None],
    ) -> None:
        self.post = Post()
        self.blocklist = BlockList()
        self.deliveries: list[Delivery] = []
        self.background = True
        self._clock = clock
        self._settings = settings
        self._active = active
        self._trouble = trouble
        self._heap: list[tuple[float, int, Delivery]] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread: threading.Thread | None = None
        self._workers: ThreadPoolExecutor | None = None

    def add(self, delivery: Delivery) -> None:
        """Book a delivery, and send it when it is due."""
        with self._changed:
            self.deliveries.append(delivery)
            if delivery.state == "pending":
                self._schedule(delivery)

    def deliver_due(self) -> int:
        """Send what is due, here and now; for tests that want no threads. Tells how many."""
        sent = 0
        while (delivery := self._pop_due()) is not None:
            self.attempt(delivery)
            sent += 1
        return sent

    def forget(self) -> None:
        """Drop every delivery and everything learnt about destinations."""
        with self._changed:
            self.deliveries.clear()
            self._heap.clear()
            self.blocklist = BlockList()

    def close(self) -> None:
        """End the threads."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join()
        if self._workers is not None:
            self._workers.shutdown(cancel_futures=True)
        self.post.close()

    def attempt(self, delivery: Delivery) -> None:
        """One try, and what follows from its outcome."""
        if delivery.hook_id is not None and not self._active(delivery.hook_id):
            delivery.state = "dropped"
            return
        now = self._clock.now()
        outcome = self._try(delivery, now)
        with self._changed:
            delivery.attempts.append((now, outcome))
            if outcome.accepted:
                delivery.state = "delivered"
                return
        self._fail(delivery, now)

    def _try(self, delivery: Delivery, now: float) -> Outcome:
        domain = origin_of(delivery.destination)
        if self.blocklist.seconds_left(domain, now):
            return Outcome(None, "the domain is blocked")
        outcome = self.post.send(
            delivery.destination, delivery.body, delivery.headers | self._signed(delivery, now)
        )
        if delivery.hook_id is not None:
            with self._changed:
                blocked = self.blocklist.record(
                    domain,
                    accepted=outcome.accepted,
                    now=now,
                    factor=self._settings.retry_factor,
                )
            if blocked:
                self._trouble(delivery, 90003)
        return outcome

    def _signed(self, delivery: Delivery, now: float) -> dict[str, str]:
        if delivery.stamped is None or self._settings.restamp_retries:
            delivery.stamped = int(now)
        return {"Content-Type": "application/json"} | signing.headers(
            delivery.body,
            delivery.secret,
            message_id=delivery.message_id,
            timestamp=delivery.stamped,
        )

    def _fail(self, delivery: Delivery, now: float) -> None:
        tries = len(delivery.attempts)
        if delivery.forged or tries > len(RETRY_SECONDS):
            delivery.state = "failed"
            if not delivery.forged:
                self._trouble(delivery, 90002)
            return
        with self._changed:
            delivery.due = now + RETRY_SECONDS[tries - 1] * self._settings.retry_factor
            self._schedule(delivery)
        self._trouble(delivery, 90001)

    def _schedule(self, delivery: Delivery) -> None:
        heapq.heappush(self._heap, (delivery.due, delivery.id, delivery))
        if self.background and self._thread is None and not self._closed:
            self._workers = ThreadPoolExecutor(WORKERS, "webhook")
            self._thread = threading.Thread(target=self._run, name="courier", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _pop_due(self) -> Delivery | None:
        with self._changed:
            if self._heap and self._heap[0][0] <= self._clock.now():
                return heapq.heappop(self._heap)[2]
            return None

    def _run(self) -> None:
        while not self._closed:
            delivery = self._pop_due()
            if delivery is not None and self._workers is not None:
                self._workers.submit(self.attempt, delivery)
                continue
            with self._changed:
                if self._closed:
                    return
                wait = self._heap[0][0] - self._clock.now() if self._heap else None
                if wait is None or wait > 0:
                    self._changed.wait(wait)
