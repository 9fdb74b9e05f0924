"""What a BigCommerce webhook points at. The payload is a pointer; nothing else in it is believed."""

import json
from typing import Any, cast

from tieout.domain.identity import LARGEST_ORDER_ID, OrderId

# The hook's own secret header, set when the hook is registered.
KEY_HEADER = "x-tieout-key"
MOST_ID_DIGITS = 10
# Scopes that tell of one order, so that one without it is no notice.
_ORDER_SCOPES = frozenset(
    f"store/order/{event}" for event in ("created", "updated", "statusUpdated", "archived")
)


class NotANoticeError(ValueError):
    """The body is no notice of this store."""


def order_of_notice(body: bytes, *, store_hash: str) -> OrderId | None:
    """The order that a notice is about; None for a notice about anything else.

    Shapes: BigCommerce docs, webhook events: `data.type` is `order` with `data.id`; shipments name
    `data.orderId`, transactions `data.order_id` (as text).

    Raises:
        NotANoticeError: not JSON, not an object, of another producer, or without a sound order id.
    """
    try:
        notice: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise NotANoticeError("not JSON") from None
    if not isinstance(notice, dict):
        raise NotANoticeError("not an object")
    fields = cast("dict[str, Any]", notice)
    if fields.get("producer") != f"stores/{store_hash}":
        raise NotANoticeError("of another producer")
    scope, data = fields.get("scope"), fields.get("data")
    if not isinstance(scope, str):
        raise NotANoticeError("without scope")
    # Notices about several price records carry a list; they are none of ours, and no forgery.
    return _order_id(scope, cast("dict[str, Any]", data if isinstance(data, dict) else {}))


def _order_id(scope: str, data: dict[str, Any]) -> OrderId | None:
    if data.get("type") == "order":
        return _sound(data.get("id"))
    if scope.startswith("store/shipment/"):
        return _sound(data.get("orderId"))
    if scope.startswith("store/order/transaction/"):
        return _sound(data.get("order_id"))
    if scope in _ORDER_SCOPES:
        raise NotANoticeError("of an order, without an order")
    return None


def _sound(value: object) -> OrderId:
    if (
        isinstance(value, str)
        and value.isascii()
        and value.isdecimal()
        and len(value) <= MOST_ID_DIGITS
    ):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise NotANoticeError("without an order id")
    if not 0 < value <= LARGEST_ORDER_ID:
        raise NotANoticeError("with an order id out of range")
    return OrderId(value)
