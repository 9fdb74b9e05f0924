"""Standard Webhooks signatures as BigCommerce makes them (BigCommerce docs: webhooks overview)."""

import base64
import hashlib
import hmac


def signature(body: bytes, client_secret: str, *, message_id: str, timestamp: int) -> str:
    """The `webhook-signature` header for one attempt.

    HMAC-SHA256 over `id.timestamp.body`, base64. The key is the UTF-8 bytes of the client secret
    of the API account that made the hook; it has no `whsec_` prefix and is not base64.
    """
    signed = f"{message_id}.{timestamp}.".encode() + body
    digest = hmac.new(client_secret.encode(), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def headers(body: bytes, client_secret: str, *, message_id: str, timestamp: int) -> dict[str, str]:
    """The three headers of a signed delivery."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": signature(
            body, client_secret, message_id=message_id, timestamp=timestamp
        ),
    }
