"""What `poll` is made of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from tieout.adapters.aws import client
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.queues import OrderQueue
from tieout.adapters.sage_door import AgentDoor
from tieout.adapters.secrets import AgentSecret, Credentials, StoreSecret
from tieout.domain.identity import Numbering, OrderId, StoreKey
from tieout.domain.sweeps import Tally
from tieout.flows.backfill import Scan, backfill
from tieout.flows.note_promises import note_promises
from tieout.flows.recount import Books, recount
from tieout.flows.rounds import Round
from tieout.flows.sweep_gaps import Gaps, sweep_gaps
from tieout.flows.wake_due import Woken, wake_due
from tieout.ports import Clock, Ledger, Notes, SageDoor, Storefront, Wakeups, Watermarks
from tieout.settings import Door, PollSettings, Store, poll_settings

if TYPE_CHECKING:
    from tieout.adapters.ebws_door import EbwsDoor

# A scan leaves this share of the storefront's request quota to the reading of orders.
RESERVE_FOR_ORDERS = 0.3


@dataclass(frozen=True, slots=True)
class Edges:
    """The world as the sweepers see it, and each sweep set up for it.

    `time_left` is what a sweep may take; one that is cut off goes on with its next run.
    """

    stack_tag: str
    stores: Mapping[StoreKey, Store]
    ledger: Ledger
    wakeups: Wakeups
    watermarks: Watermarks
    notes: Notes
    door: SageDoor
    clock: Clock
    storefront: Callable[[StoreKey], Storefront]

    def wake_due(self, stores: Sequence[StoreKey]) -> Woken:
        """Queue due orders, as many as get through to Sage."""
        return wake_due(
            stores,
            ledger=self.ledger,
            wakeups=self.wakeups,
            door=self.door,
            notes=self.notes,
            clock=self.clock,
        )

    def backfill(self, store: StoreKey, *, time_left: timedelta) -> Scan:
        """Queue the store's orders that the ledger has not seen in their present form."""
        return backfill(self._round(store, time_left))

    def sweep_gaps(self, store: StoreKey, *, time_left: timedelta) -> Gaps:
        """Make due the store's orders that the ledger has never heard of."""
        return sweep_gaps(self._round(store, time_left))

    def recount(
        self,
        store: StoreKey,
        *,
        time_left: timedelta,
        begin_after: timedelta | None,
        thorough: bool = False,
    ) -> Tally | None:
        """Count the store's orders against the ledger and Sage; see the flow for the arguments."""
        shop = self.stores[store]
        books = Books(
            door=self.door,
            numbering=Numbering(shop.letter, self.stack_tag, shop.overflow_letter),
            companies=frozenset(shop.companies.values()),
            days=shop.recount_days,
        )
        round_ = self._round(store, time_left)
        return recount(round_, books, begin_after=begin_after, thorough=thorough)

    def note_promises(self) -> bool:
        """Write down what the agent promises, at most once an hour."""
        return note_promises(self.door, self.notes, self.clock)

    def _round(self, store: StoreKey, time_left: timedelta) -> Round:
        return Round(
            store=store,
            storefront=self.storefront(store),
            ledger=self.ledger,
            wakeups=self.wakeups,
            watermarks=self.watermarks,
            notes=self.notes,
            clock=self.clock,
            stop_at=self.clock.now() + time_left,
            first_order_id=OrderId(self.stores[store].first_order_id),
        )


@cache
def edges() -> Edges:
    """The real world; raises SetupError when the settings are wrong."""
    settings, clock = read_settings(), SystemClock()
    table = Table(client("dynamodb"), settings.ledger_table)
    return Edges(
        stack_tag=settings.stack_tag,
        stores=settings.stores,
        ledger=DynamoLedger(table, clock),
        wakeups=OrderQueue(client("sqs"), settings.order_queue_url),
        watermarks=DynamoWatermarks(table),
        notes=DynamoNotes(table),
        door=_door(),
        clock=clock,
        storefront=_storefront,
    )


@cache
def read_settings() -> PollSettings:
    """What this function was told; raises SetupError when it is wrong."""
    return poll_settings()


@cache
def _door() -> "AgentDoor | EbwsDoor":
    settings = read_settings()
    way = settings.sage
    if way.door is Door.AGENT:
        key = Credentials(client("secretsmanager"), way.secret_arn, AgentSecret)
        return AgentDoor(way.connection, key)
    # It brings zeep, which takes 0.3 s to import: nobody else shall pay for it.
    from tieout.adapters.ebws_door import EbwsDoor  # noqa: PLC0415

    companies = {code for shop in settings.stores.values() for code in shop.companies.values()}
    return EbwsDoor(way.connection, companies)


@cache
def _storefront(store: StoreKey) -> BigCommerce:
    shop = read_settings().stores[store]
    secret = Credentials(client("secretsmanager"), shop.secret_arn, StoreSecret)
    return BigCommerce(shop, secret, reserve=RESERVE_FOR_ORDERS)
