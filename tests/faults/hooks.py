"""BigCommerce's webhooks: signed, sent again without a 2xx, sometimes lost, doubled or late.

BigCommerce docs, webhooks overview: a hook without 2xx is sent again after 60 s, 180 s and so on.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Any

from functions import receive_webhook
from tests.faults.cloud import RECEIVER_LIMIT, Cloud
from tests.faults.kinds import Fault
from tests.faults.scheduler import End
from tests.unit.orders import STORE
from tieout.adapters.bigcommerce_notices import KEY_HEADER, order_of_notice
from tieout.domain.identity import OrderId, StoreKey
from tieout.domain.webhooks import Delivery
from tieout.flows.accept_webhook import Gatekeeper, Verdict, accept_webhook

STORE_HASH = "sandbox1"
KEY = "hook-key"
AGAIN_AFTER = (60, 180, 180, 300, 600, 600, 900)
LATEST = 300_000
# How long a function remembers a secret.
CACHED_FOR = 300_000


@dataclass
class Secrets:
    """The client secret at the shop and in our store: they change apart."""

    signs: str = "secret 1"
    accepted: tuple[str, ...] = ("secret 1", "")


@dataclass
class Hooks:
    """The shop's hooks and our door. `rates` are the shares of lost, doubled and late ones."""

    cloud: Cloud
    dice: Random
    lost: float = 0
    twice: float = 0
    late: float = 0
    secrets: Secrets = field(default_factory=Secrets)
    receive: "Callable[[Hooks, StoreKey, Delivery], Verdict] | None" = None
    stopped: bool = False
    _sent: int = 0

    def tell(self, order_id: OrderId) -> None:
        """The shop has changed an order."""
        scheduler, wire = self.cloud.wire.scheduler, self.cloud.wire
        if self._happens(self.lost):
            wire.strike(Fault.HOOK_LOST, str(order_id))
            return
        late = self._happens(self.late)
        delay = 200 + self.dice.random() * (LATEST if late else 3_000)
        if late:
            wire.strike(Fault.HOOK_LATE, str(order_id))
        self._sent += 1
        body = _notice(order_id, self._sent)
        scheduler.after(delay, partial(self._send, body, self._sent, 0))
        if self._happens(self.twice):
            wire.strike(Fault.HOOK_TWICE, str(order_id))
            scheduler.after(delay + 2_000, partial(self._send, body, self._sent, 0))

    def _happens(self, rate: float) -> bool:
        return not self.stopped and self.dice.random() < rate

    def _send(self, body: str, number: int, tries: int) -> None:
        event = self._event(body, number)
        self.cloud.start(
            f"receiver {number}.{tries}",
            lambda _context: receive_webhook.answer(event, receive=self.accept),
            limit=RECEIVER_LIMIT,
            ended=lambda end, value: self._answered(body, number, tries, ok=_ok(end, value)),
        )

    def _answered(self, body: str, number: int, tries: int, *, ok: bool) -> None:
        self.cloud.wire.note(f"webhook {number} {'taken' if ok else 'not taken'}")
        if not ok and tries < len(AGAIN_AFTER):
            self.cloud.wire.strike(Fault.HOOK_REPEATED)
            again = partial(self._send, body, number, tries + 1)
            self.cloud.wire.scheduler.after(AGAIN_AFTER[tries] * 1_000, again)

    def accept(self, store: StoreKey, delivery: Delivery) -> Verdict:
        """What the function `receive_webhook` does with a delivery."""
        if self.receive:
            return self.receive(self, store, delivery)
        return accept_webhook(
            delivery,
            gatekeeper=self.gatekeeper(store),
            wakeups=self.cloud.wakeups,
            clock=self.cloud.clock,
        )

    def gatekeeper(self, store: StoreKey) -> Gatekeeper:
        """What deliveries are checked with at present."""
        return Gatekeeper(
            store=store,
            client_secrets=self.secrets.accepted,
            key_header=KEY_HEADER,
            keys=(KEY,),
            order_of=partial(order_of_notice, store_hash=STORE_HASH),
        )

    def _event(self, body: str, number: int) -> dict[str, Any]:
        stamp = str(int(self.cloud.wire.scheduler.moment().timestamp()))
        signed = f"msg_{number}.{stamp}.{body}".encode()
        code = hmac.new(self.secrets.signs.encode(), signed, hashlib.sha256).digest()
        headers = {
            "X-Tieout-Key": [KEY],
            "webhook-id": [f"msg_{number}"],
            "webhook-timestamp": [stamp],
            "webhook-signature": [f"v1,{base64.b64encode(code).decode()}"],
        }
        return {"pathParameters": {"store": STORE}, "multiValueHeaders": headers, "body": body}


def _ok(end: End, value: Any) -> bool:
    return end is End.RETURNED and 200 <= value["statusCode"] < 300


def _notice(order_id: OrderId, number: int) -> str:
    """The body; as in BigCommerce's own samples, `hash` tells nothing of what has changed."""
    scope = "store/order/created" if number == 1 else "store/order/updated"
    payload = json.dumps({"type": "order", "id": order_id})
    return json.dumps(
        {
            "scope": scope,
            "producer": f"stores/{STORE_HASH}",
            "hash": hashlib.sha1(payload.encode(), usedforsecurity=False).hexdigest(),
            "data": {"type": "order", "id": order_id},
        }
    )
