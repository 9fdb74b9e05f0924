"""Accept one webhook: verify it, queue a wake-up, and answer; nothing that can fail for business."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.webhooks import MOST_BODY_BYTES, Delivery, Signature, knows_key, verify
from tieout.ports import Clock, Wakeups


class Verdict(StrEnum):
    """How a delivery was taken."""

    QUEUED = "queued"
    QUEUED_STALE = "queued_stale"
    IGNORED = "ignored"  # genuine, and about something that no flow here needs
    TOO_LARGE = "too_large"
    WRONG_KEY = "wrong_key"
    WRONG_SIGNATURE = "wrong_signature"
    MALFORMED = "malformed"


_STATUS = {
    Verdict.QUEUED: 200,
    Verdict.QUEUED_STALE: 200,
    Verdict.IGNORED: 200,
    Verdict.TOO_LARGE: 413,
}
_QUEUED = {Signature.FRESH: Verdict.QUEUED, Signature.STALE: Verdict.QUEUED_STALE}
REFUSED = 401


@dataclass(frozen=True, slots=True)
class Gatekeeper:
    """What a store's deliveries are checked with.

    `order_of` reads the order id out of a verified body: None when it is about something else,
    ValueError when it is no notice of this store.
    """

    store: StoreKey
    client_secrets: Iterable[str]
    key_header: str
    keys: Iterable[str]
    order_of: Callable[[bytes], OrderId | None]


def accept_webhook(
    delivery: Delivery, *, gatekeeper: Gatekeeper, wakeups: Wakeups, clock: Clock
) -> Verdict:
    """Queue the order that a genuine delivery points at; raises RetryableError if it can't be queued.

    A late but signed delivery is queued as well: storefronts retry for two days, and all that a
    wake-up does is to make us read the order.
    """
    if len(delivery.body) > MOST_BODY_BYTES:
        return Verdict.TOO_LARGE
    if not knows_key(delivery, header=gatekeeper.key_header, keys=gatekeeper.keys):
        return Verdict.WRONG_KEY
    signature = verify(delivery, secrets=gatekeeper.client_secrets, now=clock.now())
    if signature not in _QUEUED:
        return Verdict.WRONG_SIGNATURE if signature is Signature.WRONG else Verdict.MALFORMED
    try:
        order_id = gatekeeper.order_of(delivery.body)
    except ValueError:
        return Verdict.MALFORMED
    if order_id is None:
        return Verdict.IGNORED
    wakeups.wake([OrderKey(gatekeeper.store, order_id)])
    return _QUEUED[signature]


def status_of(verdict: Verdict) -> int:
    """The HTTP status that a verdict is answered with; the body is always empty."""
    return _STATUS.get(verdict, REFUSED)
