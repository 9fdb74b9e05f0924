"""One shop behind the port `Storefront`, with its buyers and clerks: fake, harness, simulated BigCommerce."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Protocol, cast

from sandbox.bigcommerce.clock import MovableClock
from sandbox.bigcommerce.spec import EditSpec, WebhookSpec
from tests.adapters.bigcommerce_shop import Credentials, RunningShop
from tests.adapters.harness_worlds import Driven, untroubled
from tests.faults import shop as harness
from tests.faults.wire import Wire
from tests.unit.orders import charge, order, standing
from tests.unit.ports import FakeClock, FakeStorefront
from tieout.adapters.bigcommerce import PAGE, BigCommerce
from tieout.domain.identity import OrderId
from tieout.domain.orders import Order, Standing
from tieout.ports import Storefront

FIRST = 100
EDITED_SHIPPING = "12.34"
STATUS_IDS = {
    Standing.NOT_YET: 7,
    Standing.IMPORTABLE: 11,
    Standing.FINISHED: 10,
    Standing.CANCELLED: 5,
    Standing.RETIRED: 4,
}


class StoreWorld(Protocol):
    """A shop whose time a test moves on. `page` is how many orders one page of a list has."""

    page: int

    @property
    def storefront(self) -> Storefront:
        """The port under test."""
        ...

    def now(self) -> datetime:
        """The shop's time."""
        ...

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        ...

    def sell(self) -> OrderId:
        """A buyer orders; ids rise."""
        ...

    def edit(self, order_id: OrderId) -> None:
        """A clerk changes what shipping costs to EDITED_SHIPPING."""
        ...

    def set(self, order_id: OrderId, stands: Standing) -> None:
        """A clerk moves an order to another stage."""
        ...


@dataclass
class FakeStoreWorld:
    """The fake that the flows are tested with."""

    clock: FakeClock = field(default_factory=FakeClock)
    page: int = 2

    def __post_init__(self) -> None:
        self.storefront = FakeStorefront(self.clock, page_size=self.page)
        self._next = FIRST

    def now(self) -> datetime:
        return self.clock.now()

    def wait(self, seconds: int) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    def sell(self) -> OrderId:
        self._next += 1
        sold = replace(order(self._next - 1), placed_at=self.now().replace(microsecond=0))
        return self.storefront.put(sold).order_id

    def edit(self, order_id: OrderId) -> None:
        self.storefront.put(edited(self.storefront.orders[order_id]))

    def set(self, order_id: OrderId, stands: Standing) -> None:
        self.storefront.put(standing(self.storefront.orders[order_id], stands))


@dataclass
class HarnessStoreWorld:
    """The shop of the fault harness, on a day without faults."""

    wire: Wire = field(default_factory=untroubled)
    page: int = harness.PAGE

    def __post_init__(self) -> None:
        scheduler = self.wire.scheduler
        self.shop = harness.Shop(scheduler.moment, lambda: scheduler.now)
        replicas = harness.Replicas(self.shop, self.wire, harness.Weather(scheduler.dice))
        self.storefront = cast("Storefront", Driven(replicas, scheduler))
        self._next = FIRST

    def now(self) -> datetime:
        return self.wire.scheduler.moment()

    def wait(self, seconds: int) -> None:
        self.wire.scheduler.run(self.wire.scheduler.now + seconds * 1_000)

    def sell(self) -> OrderId:
        self._next += 1
        sold = replace(order(self._next - 1), placed_at=self.now().replace(microsecond=0))
        self.shop.put(sold)
        return sold.key.order_id

    def edit(self, order_id: OrderId) -> None:
        self.shop.put(edited(self.shop.last(order_id)))

    def set(self, order_id: OrderId, stands: Standing) -> None:
        self.shop.set(order_id, stands)


@dataclass
class BigCommerceWorld:
    """The real client, over TLS, and the simulated shop."""

    running: RunningShop
    storefront: BigCommerce
    clock: MovableClock
    page: int = PAGE

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.now(), UTC)

    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    def sell(self) -> OrderId:
        return self.running.sell(line_count=1, status_id=STATUS_IDS[Standing.IMPORTABLE])

    def edit(self, order_id: OrderId) -> None:
        self.running.shop.edit(order_id, EditSpec(shipping=Decimal(EDITED_SHIPPING)))

    def set(self, order_id: OrderId, stands: Standing) -> None:
        self.running.shop.set_status(order_id, STATUS_IDS[stands], WebhookSpec())


def edited(found: Order) -> Order:
    """The same order with other shipping costs."""
    return replace(found, shipping=charge("shipping", EDITED_SHIPPING))


@contextmanager
def world_of_shop(running: RunningShop) -> Generator[BigCommerceWorld]:
    """The world of a running shop, on a clock of its own."""
    shop, own = running.shop, running.shop.clock
    # Whatever a test asks for: its time stands still, and with it the window of the quota.
    shop.settings.quota = 10_000
    clock = MovableClock()
    shop.clock = clock
    try:
        with closing(BigCommerce(running.store, Credentials(running.token))) as storefront:
            yield BigCommerceWorld(running, storefront, clock)
    finally:
        shop.clock = own
