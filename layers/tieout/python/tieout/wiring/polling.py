"""What `poll` is made of."""

from functools import cache

from tieout.adapters.aws import client
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.queues import OrderQueue
from tieout.adapters.secrets import Credentials, StoreSecret
from tieout.domain.identity import StoreKey
from tieout.flows.backfill import Scan, backfill
from tieout.flows.wake_due import wake_due
from tieout.settings import PollSettings, poll_settings

# A backfill leaves this share of the storefront's request quota to the reading of orders.
RESERVE_FOR_ORDERS = 0.3


def stores() -> tuple[StoreKey, ...]:
    """The stores of this deployment."""
    return tuple(_settings().stores)


def wake_due_orders(store: StoreKey) -> int:
    """Queue the store's due orders; returns how many."""
    return wake_due(store, ledger=_ledger(), wakeups=_queue(), clock=SystemClock())


def backfill_orders(store: StoreKey) -> Scan:
    """Queue the store's orders that the ledger has not seen."""
    return backfill(
        store,
        storefront=_storefront(store),
        ledger=_ledger(),
        wakeups=_queue(),
        watermarks=DynamoWatermarks(_table()),
        clock=SystemClock(),
    )


@cache
def _settings() -> PollSettings:
    return poll_settings()


@cache
def _table() -> Table:
    return Table(client("dynamodb"), _settings().ledger_table)


@cache
def _ledger() -> DynamoLedger:
    return DynamoLedger(_table(), SystemClock())


@cache
def _queue() -> OrderQueue:
    return OrderQueue(client("sqs"), _settings().order_queue_url)


@cache
def _storefront(store: StoreKey) -> BigCommerce:
    shop = _settings().stores[store]
    secret = Credentials(client("secretsmanager"), shop.secret_arn, StoreSecret)
    return BigCommerce(shop, secret, reserve=RESERVE_FOR_ORDERS)
