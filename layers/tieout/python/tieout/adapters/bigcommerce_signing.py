"""A notice as BigCommerce itself sends it: for our own test of the door, and for nothing else.

BigCommerce docs, webhooks overview; Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`
with the bytes of the client secret, base64. Written apart from `domain/webhooks.py`, which checks
what others signed: a mistake that both shared would pass unseen.
"""

import base64
import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from tieout.domain.identity import OrderId

# «Something changed, look again»: what BigCommerce sends after any change of an order.
SCOPE = "store/order/updated"


def notice_of(order_id: OrderId, *, store_hash: str, sent_at: datetime) -> bytes:
    """The body: a pointer to the order. Its `hash` is unkeyed and proves nothing, there as here."""
    document: dict[str, Any] = {
        "scope": SCOPE,
        "store_id": "0",
        "data": {"type": "order", "id": order_id},
        "created_at": int(sent_at.timestamp()),
        "producer": f"stores/{store_hash}",
    }
    digest = hashlib.sha1(_compact(document), usedforsecurity=False).hexdigest()
    return _compact({**document, "hash": digest})


def signed_headers(
    body: bytes, *, client_secret: str, message_id: str, sent_at: datetime
) -> dict[str, str]:
    """The three headers that make a body a genuine notice."""
    timestamp = str(int(sent_at.timestamp()))
    text = b".".join([message_id.encode(), timestamp.encode(), body])
    code = hmac.new(client_secret.encode(), text, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{base64.standard_b64encode(code).decode()}",
    }


def _compact(document: dict[str, Any]) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()
