"""Webhooks on their way: genuine ones as the shop signs them, and what strangers send."""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sandbox.bigcommerce import signing
from sandbox.bigcommerce.courier import FORGER_SECRET
from sandbox.bigcommerce.events import Event, order_event, payload, status_event
from sandbox.description import ShopPart

JSON = {"Content-Type": "application/json"}
# No shop has sold so many orders yet: whatever the ledger knew of these came in without a signature.
STRANGERS_FROM = 900_000_000
PENDING, AWAITING_FULFILLMENT = 1, 11


@dataclass(frozen=True)
class Letter:
    """One request, ready to be sent now: its signature is only good for a while."""

    order_id: int
    body: bytes
    headers: Mapping[str, str]


Maker = Callable[[int], Letter]
"""Makes the letter of that position, at the moment at which it is sent."""


class Sender:
    """Makes genuine webhooks of one shop; their message ids never repeat."""

    def __init__(self, shop: ShopPart) -> None:
        self._shop = shop
        self._numbers = itertools.count(1)

    def created(self, order: Callable[[int], int]) -> Maker:
        """One webhook for each order: it was created. `order` gives the id of the order in turn."""

        def make(position: int) -> Letter:
            order_id = order(position)
            return self._signed(order_event("created", order_id), order_id)

        return make

    def lives(self, order: Callable[[int], int]) -> Maker:
        """Three webhooks for each order, one after the other: created, paid, updated."""

        def make(position: int) -> Letter:
            order_id = order(position // EVENTS)
            return self._signed(_life(order_id)[position % EVENTS], order_id)

        return make

    def _signed(self, event: Event, order_id: int) -> Letter:
        now = int(time.time())
        body = payload(event, store_hash=self._shop.store_hash, created_at=now)
        key = {self._shop.webhook_header: self._shop.webhook_key}
        message_id = f"msg_load_{next(self._numbers):08d}"
        signed = signing.headers(
            body, self._shop.client_secret, message_id=message_id, timestamp=now
        )
        return Letter(order_id, body, JSON | key | signed)


def _life(order_id: int) -> tuple[Event, ...]:
    return (
        order_event("created", order_id),
        status_event(order_id, PENDING, AWAITING_FULFILLMENT),
        order_event("updated", order_id),
    )


EVENTS = len(_life(0))


def strangers(shop: ShopPart) -> Maker:
    """What must be refused: not signed at all, or signed with a guess, without the key or with one."""

    def make(position: int) -> Letter:
        now, order_id = int(time.time()), STRANGERS_FROM + position
        body = payload(order_event("created", order_id), store_hash=shop.store_hash, created_at=now)
        message_id = f"msg_stranger_{position:08d}"
        guessed = signing.headers(body, FORGER_SECRET, message_id=message_id, timestamp=now)
        unsigned: dict[str, str] = {}
        kinds = (unsigned, guessed, guessed | {shop.webhook_header: "a-guess"})
        return Letter(order_id, body, JSON | kinds[position % len(kinds)])

    return make
