"""Standard Webhooks: is this delivery signed by somebody who knows the secret?

Specification: Standard Webhooks 1.0.0 (signed text `id.timestamp.body`, HMAC-SHA256, base64).
BigCommerce docs, HTTPS webhooks: the key is the UTF-8 bytes of the API account's client secret.
"""

import base64
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

# WAF reads 8 KB; a genuine BigCommerce notice has about 250 bytes.
MOST_BODY_BYTES = 8 * 1024
TOLERANCE = timedelta(minutes=5)
MOST_SIGNATURES = 8
_ID = re.compile(r"[!-\-/-~]{1,256}")  # printable, no blank, no full stop
_TIMESTAMP = re.compile(r"[0-9]{10}")
_SIGNATURE_BYTES = 32


class Signature(Enum):
    """What verifying found."""

    FRESH = "fresh"
    STALE = "stale"  # signed, and too old or too new: good for a hint, since a hint only reads
    WRONG = "wrong"
    MALFORMED = "malformed"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One HTTP request: header names in lower case, each with its one value, and the exact body."""

    headers: Mapping[str, str]
    body: bytes


def verify(delivery: Delivery, *, secrets: Iterable[str], now: datetime) -> Signature:
    """Check the signature over the exact bytes; any of `secrets` may have made it, blank ones can't."""
    webhook_id = delivery.headers.get("webhook-id", "")
    timestamp = delivery.headers.get("webhook-timestamp", "")
    given = _signatures(delivery.headers.get("webhook-signature", ""))
    if not (_ID.fullmatch(webhook_id) and _TIMESTAMP.fullmatch(timestamp) and given):
        return Signature.MALFORMED
    signed = f"{webhook_id}.{timestamp}.".encode() + delivery.body
    # Every pair is compared, so that the time taken tells nothing of which one matched.
    matches = [
        hmac.compare_digest(hmac.digest(secret.encode(), signed, "sha256"), signature)
        for secret in secrets
        if secret
        for signature in given
    ]
    if not any(matches):
        return Signature.WRONG
    age = abs(now.timestamp() - int(timestamp))
    return Signature.FRESH if age <= TOLERANCE.total_seconds() else Signature.STALE


def knows_key(delivery: Delivery, *, header: str, keys: Iterable[str]) -> bool:
    """Whether the hook's own secret header carries one of `keys`."""
    given = delivery.headers.get(header, "").encode(errors="surrogatepass")
    matches = [hmac.compare_digest(key.encode(), given) for key in keys if key]
    return any(matches)


def _signatures(header: str) -> tuple[bytes, ...]:
    """The `v1` signatures; empty if the list is too long or one of them isn't canonical base64."""
    entries = header.split(" ")
    if len(entries) > MOST_SIGNATURES:
        return ()
    found: list[bytes] = []
    for entry in entries:
        version, _, text = entry.partition(",")
        if version != "v1":
            continue
        try:
            signature = base64.b64decode(text.encode(), validate=True)
        except ValueError:  # not base64, or not even encodable
            return ()
        if len(signature) != _SIGNATURE_BYTES:
            return ()
        found.append(signature)
    return tuple(found)
