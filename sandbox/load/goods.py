"""What a load run sells: ordinary orders of many buyers, some guests, and a few that Sage must refuse."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.demo.sales import FIRST_BUYER
from sandbox.shop import Shop

# One order in ten is a guest's, who becomes a customer of his own in Sage.
GUESTS = 10
# One in a hundred holds an item that Sage lacks: it must be parked, and hold nobody up.
REFUSED = 100
MOST_LINES = 3
# So many accounts from the first one on are active (Sage's simulator: its seed).
BUYERS = 45
UNKNOWN_ITEM = {"sku": "SANDBOX-NO-SUCH", "quantity": 1, "price": "19.99", "custom": True}


@dataclass(frozen=True)
class Ordered:
    """One order that the shop has taken; `refused` ones can't go into Sage and must be parked."""

    order_id: int
    refused: bool


def sell(shop: Shop, count: int) -> list[Ordered]:
    """Sell so many orders; the shop itself tells nobody of them."""
    return [Ordered(shop.place(_wish(n)), _is_refused(n)) for n in range(count)]


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
