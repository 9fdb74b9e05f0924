"""Webhook events: their scopes, their data, and the payload that carries them."""

import hashlib
import json
from dataclasses import dataclass

from sandbox.bigcommerce.model import Json

STORE_ID = "1025646"

CHANGES = ("created", "updated", "deleted")

# BigCommerce docs: webhook events. Those of a shop that sells, ships and registers buyers.
SCOPES = frozenset(
    [f"store/order/{x}" for x in ("*", "created", "updated", "statusUpdated", "archived")]
    + ["store/order/refund/created", "store/order/message/created"]
    + [f"store/order/transaction/{x}" for x in ("created", "updated")]
    + [
        f"store/{kind}/{x}"
        for kind in ("shipment", "customer", "product", "sku")
        for x in ("*", "created", "updated", "deleted")
    ]
    + [f"store/{kind}/inventory/{x}updated" for kind in ("product", "sku") for x in ("", "order/")]
    + [
        f"store/channel/*/inventory/product/{x}"
        for x in ("stock_changed", "low_stock_reached", "out_of_stock_reached", "settings_changed")
    ]
    + [f"store/inventory/location/{x}" for x in ("created", "updated")]
    + [
        f"store/priceList/{x}"
        for x in ("created", "updated", "activated", "deactivated", "deleted")
    ]
    + [f"store/priceList/{kind}/{x}" for kind in ("record", "records") for x in CHANGES]
    + ["store/priceList/assignment/updated", "store/priceList/assignment/deleted"]
    + ["store/information/updated", "store/app/uninstalled", "store/hook/deliveryException"]
)
DELIVERY_EXCEPTION = "store/hook/deliveryException"


@dataclass(frozen=True)
class Event:
    """Something that happened."""

    scope: str
    data: Json | list[Json]

    def concerns(self, hook_scope: str) -> bool:
        """Whether a hook of this scope hears of it."""
        if hook_scope.endswith("*"):
            return self.scope.startswith(hook_scope[:-1])
        return self.scope == hook_scope


def order_event(kind: str, order_id: int, **more: object) -> Event:
    """An event about an order; `kind` is what follows `store/order/`."""
    return Event(f"store/order/{kind}", {"type": "order", "id": order_id} | more)


def status_event(order_id: int, before: int, after: int) -> Event:
    """A change of status; BigCommerce sends it only when there was one."""
    change = {"previous_status_id": before, "new_status_id": after}
    return order_event("statusUpdated", order_id, status=change)


def shipment_event(shipment_id: int, order_id: int) -> Event:
    """A new shipment (BigCommerce docs: here, and only here, it is `orderId`)."""
    data = {"type": "shipment", "id": shipment_id, "orderId": order_id}
    return Event("store/shipment/created", data)


def payload(event: Event, *, store_hash: str, created_at: int) -> bytes:
    """The body of a delivery, compact; `hash` is an unkeyed SHA-1 that proves nothing."""
    document = {
        "producer": f"stores/{store_hash}",
        "created_at": created_at,
        "store_id": STORE_ID,
        "scope": event.scope,
        "data": event.data,
    }
    digest = hashlib.sha1(_compact(document), usedforsecurity=False).hexdigest()
    return _compact({"producer": document["producer"], "hash": digest} | document)


def _compact(document: Json) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
