"""What a load run sells: ordinary orders of many buyers, some guests, and a few that Sage must refuse."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from sandbox.demo.sales import FIRST_BUYER

# One order in ten is a guest's, who becomes a customer of his own in Sage.
GUESTS = 10
# One in a hundred holds an item that Sage lacks: it must be parked, and hold nobody up.
REFUSED = 100
MOST_LINES = 3
# So many accounts from the first one on are active (Sage's simulator: its seed).
BUYERS = 45
UNKNOWN_ITEM = {"sku": "SANDBOX-NO-SUCH", "quantity": 1, "price": "19.99", "custom": True}


class Counter(Protocol):
    """Where things are sold: the simulated shop."""

    def place(self, wish: Mapping[str, Any]) -> int:
        """Sell something; return the order's id."""
        ...


@dataclass(frozen=True)
class Ordered:
    """One order that the shop has taken; `refused` ones can't go into Sage and must be parked."""

    order_id: int
    refused: bool


def sell(shop: Counter, count: int) -> list[Ordered]:
    """Sell so many orders; the shop itself tells nobody of them."""
    return [_sell(shop, position) for position in range(count)]


class Till:
    """Sells one order after the other, each no sooner than somebody asks for it.

    Orders that wait to be announced would be found by the backfill, as if no webhook came.
    """

    def __init__(self, shop: Counter) -> None:
        self._shop = shop
        self._lock = threading.Lock()
        self.sold: list[Ordered] = []

    def order(self, position: int) -> int:
        """Return the id of the order of that position; it is sold now if it wasn't yet."""
        with self._lock:
            while len(self.sold) <= position:
                self.sold.append(_sell(self._shop, len(self.sold)))
            return self.sold[position].order_id


def _sell(shop: Counter, position: int) -> Ordered:
    return Ordered(shop.place(_wish(position)), _is_refused(position))


def _is_refused(position: int) -> bool:
    return position % REFUSED == REFUSED - 1


def _wish(position: int) -> Mapping[str, Any]:
    # BigCommerce sends a webhook by itself for each; here the load run does, and takes the time.
    wish: dict[str, Any] = {"webhook": "lost"}
    if _is_refused(position):
        wish |= {"lines": [UNKNOWN_ITEM | {"name": "Prototype tarp"}]}
    else:
        wish |= {"line_count": 1 + position % MOST_LINES, "shipping": "9.00"}
    if position % GUESTS == GUESTS - 2:
        return wish | {"guest": True}
    return wish | {"customer": {"id": FIRST_BUYER + position % BUYERS}}
