"""Webhooks that no shop would send: forged, unsigned, oversized, garbled, or for another store."""

import json
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from sandbox.bigcommerce import signing
from sandbox.bigcommerce.courier import FORGER_SECRET
from sandbox.bigcommerce.events import order_event, payload
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.spec import Strict

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

OVERSIZED = 300_000  # bytes; more than any queue message or thin payload may have
STALE_SECONDS = 3600  # far outside the five minutes of Standard Webhooks

Kind = Literal[
    "forged", "unsigned", "oversized", "not_utf8", "not_json", "wrong_store", "stale", "genuine"
]


class ForgeSpec(Strict):
    """What to send where.

    `forged` is signed with a wrong secret and `unsigned` not at all; all others carry a right
    signature. `headers` are sent too, for instance the hook's own secret header.
    """

    destination: str
    kind: Kind = "forged"
    order_id: int = Field(default=100, ge=0)
    scope: Literal["created", "updated"] = "created"
    size: int = Field(default=OVERSIZED, ge=1, le=20_000_000)
    headers: dict[str, str] = Field(default_factory=dict)
    message_id: str | None = None


def forge(shop: "Shop", spec: ForgeSpec) -> Json:
    """Send it at once; tells the receiver's answer."""
    with shop.lock:
        body = _body(shop, spec)
        number = shop.composer.numbers.next("forgery")
        message_id = spec.message_id or f"msg_forged_{number:04d}"
        now = int(shop.clock.now()) - (STALE_SECONDS if spec.kind == "stale" else 0)
    secret = FORGER_SECRET if spec.kind == "forged" else shop.account.client_secret
    signed = signing.headers(body, secret, message_id=message_id, timestamp=now)
    headers = {"Content-Type": "application/json"} | spec.headers
    if spec.kind != "unsigned":
        headers |= signed
    outcome = shop.courier.post.send(spec.destination, body, headers)
    return {"kind": spec.kind, "status": outcome.status, "error": outcome.error}


def _body(shop: "Shop", spec: ForgeSpec) -> bytes:
    store_hash = "another1" if spec.kind == "wrong_store" else shop.settings.store_hash
    event = order_event(spec.scope, spec.order_id)
    body = payload(event, store_hash=store_hash, created_at=int(shop.clock.now()))
    match spec.kind:
        case "oversized":
            return json.dumps(json.loads(body) | {"padding": "x" * spec.size}).encode()
        case "not_utf8":
            return body[:-1] + b',"note":"\xff\xfe\x80"}'
        case "not_json":
            return b"order=" + str(spec.order_id).encode()
        case _:
            return body
