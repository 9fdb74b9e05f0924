"""What `poll` is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from tieout.ports import Clock, Ledger, Storefront, Wakeups, Watermarks
from tieout.settings import PollSettings, Store, poll_settings

# A backfill leaves this share of the storefront's request quota to the reading of orders.
RESERVE_FOR_ORDERS = 0.3


@dataclass(frozen=True, slots=True)
class Edges:
    """The world as the sweepers see it, and each sweep set up for it."""

    stores: Mapping[StoreKey, Store]
    ledger: Ledger
    wakeups: Wakeups
    watermarks: Watermarks
    clock: Clock
    storefront: Callable[[StoreKey], Storefront]

    def wake_due(self, store: StoreKey) -> int:
        """Queue the store's due orders; returns how many."""
        return wake_due(store, ledger=self.ledger, wakeups=self.wakeups, clock=self.clock)

    def backfill(self, store: StoreKey) -> Scan:
        """Queue the store's orders that the ledger has not seen."""
        return backfill(
            store,
            storefront=self.storefront(store),
            ledger=self.ledger,
            wakeups=self.wakeups,
            watermarks=self.watermarks,
            clock=self.clock,
        )


@cache
def edges() -> Edges:
    """The real world; raises SetupError when the settings are wrong."""
    settings, clock = _settings(), SystemClock()
    table = Table(client("dynamodb"), settings.ledger_table)
    return Edges(
        stores=settings.stores,
        ledger=DynamoLedger(table, clock),
        wakeups=OrderQueue(client("sqs"), settings.order_queue_url),
        watermarks=DynamoWatermarks(table),
        clock=clock,
        storefront=_storefront,
    )


@cache
def _settings() -> PollSettings:
    return poll_settings()


@cache
def _storefront(store: StoreKey) -> BigCommerce:
    shop = _settings().stores[store]
    secret = Credentials(client("secretsmanager"), shop.secret_arn, StoreSecret)
    return BigCommerce(shop, secret, reserve=RESERVE_FOR_ORDERS)
