"""What `receive_webhook` is made of. It starts cold while a storefront waits, so it imports little."""

from functools import cache, partial

from tieout.adapters.aws import client
from tieout.adapters.bigcommerce_notices import KEY_HEADER, order_of_notice
from tieout.adapters.clock import SystemClock
from tieout.adapters.queues import OrderQueue
from tieout.adapters.secrets import Credentials, StoreSecret
from tieout.domain.identity import StoreKey
from tieout.domain.webhooks import Delivery
from tieout.flows.accept_webhook import Gatekeeper, Verdict, accept_webhook
from tieout.settings import ReceiveWebhookSettings, receive_webhook_settings


def receive(store: StoreKey, delivery: Delivery) -> Verdict:
    """Take one delivery for a store; a store that isn't ours is answered like a forgery.

    Raises:
        RetryableError: it could not be queued, or the secret could not be read just now.
        SetupError: the function is not set up.
    """
    if store not in _settings().stores:
        return Verdict.MALFORMED
    return accept_webhook(
        delivery, gatekeeper=_gatekeeper(store), wakeups=_queue(), clock=SystemClock()
    )


def _gatekeeper(store: StoreKey) -> Gatekeeper:
    shop = _settings().stores[store]
    secret = _credentials(store).current()
    return Gatekeeper(
        store=store,
        client_secrets=(secret.client_secret, secret.client_secret_previous),
        key_header=KEY_HEADER,
        keys=(secret.webhook_key, secret.webhook_key_previous),
        order_of=partial(order_of_notice, store_hash=shop.store_hash),
    )


@cache
def _settings() -> ReceiveWebhookSettings:
    return receive_webhook_settings()


@cache
def _queue() -> OrderQueue:
    return OrderQueue(client("sqs"), _settings().order_queue_url)


@cache
def _credentials(store: StoreKey) -> Credentials[StoreSecret]:
    arn = _settings().stores[store].secret_arn
    return Credentials(client("secretsmanager"), arn, StoreSecret)
