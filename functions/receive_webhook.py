"""HTTP: verify a storefront's webhook, queue a wake-up, answer with an empty body."""

import base64
from collections.abc import Callable

from tieout.domain.identity import StoreKey
from tieout.domain.webhooks import Delivery
from tieout.entry import Event, count, logger, metrics
from tieout.errors import SetupError
from tieout.flows.accept_webhook import REFUSED, Verdict, status_of
from tieout.wiring.receiving import receive

UNAVAILABLE = 503
COUNTED = {
    Verdict.QUEUED: ("WebhooksAccepted",),
    Verdict.QUEUED_STALE: ("WebhooksAccepted", "StaleSignatures"),
    Verdict.IGNORED: ("WebhooksAccepted",),
    Verdict.WRONG_SIGNATURE: ("WebhooksRefused", "WrongSignatures"),
}


@metrics.log_metrics
def handler(event: Event, _context: object) -> Event:
    """Answer 200, 401 or 413; 503 when the notice can't be made durable, so that it is sent again."""
    return answer(event, receive=receive)


def answer(event: Event, *, receive: Callable[[StoreKey, Delivery], Verdict]) -> Event:
    """Do the work of `handler`, with the way to accept a delivery that is handed in."""
    try:
        store, delivery = StoreKey(str(event["pathParameters"]["store"])), _delivery(event)
    except (AttributeError, KeyError, TypeError, ValueError):
        count("WebhooksRefused")
        return _answer(REFUSED, "malformed_request")
    try:
        verdict = receive(store, delivery)
    except Exception as error:  # noqa: BLE001 - the entry: whatever it was, it must be sent again
        count("SetupErrors" if isinstance(error, SetupError) else "WebhooksFailed")
        logger.exception("webhook_not_queued", store=store)
        return _answer(UNAVAILABLE, "unavailable")
    for name in COUNTED.get(verdict, ("WebhooksRefused",)):
        count(name)
    return _answer(status_of(verdict), verdict)


def _delivery(event: Event) -> Delivery:
    body = event.get("body") or ""
    exact = base64.b64decode(body, validate=True) if event.get("isBase64Encoded") else body.encode()
    return Delivery(headers=_single_headers(event), body=exact)


def _single_headers(event: Event) -> dict[str, str]:
    """Headers by lower-case name; one that came twice is no header that can be trusted."""
    many: dict[str, list[str]] = event.get("multiValueHeaders") or {}
    once: dict[str, str] = event.get("headers") or {}
    found: dict[str, list[str]] = {}
    for name, values in (many or {name: [value] for name, value in once.items()}).items():
        found.setdefault(name.lower(), []).extend(values)
    return {name: str(values[0]) for name, values in found.items() if len(values) == 1}


def _answer(status: int, why: str) -> Event:
    logger.info("webhook", status=status, verdict=str(why))
    return {"statusCode": status, "headers": {}, "body": ""}
