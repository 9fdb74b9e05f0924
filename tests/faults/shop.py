"""The web shop: every version that each order ever had, and the storefront that tells of them badly."""

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from random import Random

from tests.faults.kinds import Fault, Trouble
from tests.faults.scheduler import MILLISECOND
from tests.faults.wire import Wire, names
from tieout.domain.identity import OrderId
from tieout.domain.orders import Order, OrderStamp, Standing
from tieout.errors import RetryableError
from tieout.ports import FIRST_ID

EDGE = names(
    REQUEST_LOST=Fault.SHOP_REQUEST_LOST,
    ANSWER_LOST=Fault.SHOP_ANSWER_LOST,
    LATE=Fault.SHOP_LATE,
    PARTIAL_BODY=Fault.SHOP_PARTIAL,
    TWICE=Fault.SHOP_TWICE,
)
ANSWERS_WITHIN = 10_000
PAGE = 3
# The least that a storefront's second quota window asks for, and the most.
BUSY_SECONDS = (1, 30)


@dataclass(frozen=True)
class Version:
    """What an order was from `at` (milliseconds of the history) on."""

    at: int
    order: Order


@dataclass
class Shop:
    """The truth of the shop. `told` hears of each change, as webhooks do."""

    moment: Callable[[], datetime]
    now: Callable[[], int]
    versions: dict[OrderId, list[Version]] = field(default_factory=dict[OrderId, list[Version]])
    told: Callable[[OrderId], None] = lambda _order_id: None

    def put(self, order: Order) -> None:
        """Sell or change an order; its time of change has whole seconds, as the storefront's has."""
        changed = replace(order, modified_at=self.moment().replace(microsecond=0))
        self.versions.setdefault(order.key.order_id, []).append(Version(self.now(), changed))
        self.told(order.key.order_id)

    def last(self, order_id: OrderId) -> Order:
        """The order as it stands."""
        return self.versions[order_id][-1].order

    def set(self, order_id: OrderId, standing: Standing) -> None:
        """Change an order's status."""
        found = self.last(order_id)
        self.put(replace(found, standing=standing, status_name=standing.value))

    def seen(self, order_id: OrderId, at: int) -> Order | None:
        """The order as it was at a moment."""
        versions = self.versions.get(order_id, [])
        place = bisect_right(versions, at, key=lambda version: version.at)
        return versions[place - 1].order if place else None


@dataclass
class Weather:
    """How badly the storefront behaves: lags in milliseconds, storms as stretches of time."""

    dice: Random
    lag: int = 0
    lag_share: float = 0
    list_lag: int = 0
    storms: tuple[tuple[int, int], ...] = ()
    errors: float = 0
    stopped: bool = False

    def lags(self) -> bool:
        return not self.stopped and self.dice.random() < self.lag_share

    def busy(self, now: int) -> bool:
        return any(start <= now < end for start, end in self.storms)

    def fails(self) -> bool:
        return not self.stopped and self.dice.random() < self.errors


@dataclass
class Replicas:
    """The port Storefront, over replicas that lag and a network that fails."""

    shop: Shop
    wire: Wire
    weather: Weather

    def read_order(self, order_id: OrderId) -> Order | None:
        trouble = self._ask(f"shop reads {order_id}")
        now = self.wire.scheduler.now
        lag = int(self.weather.dice.random() * self.weather.lag) if self.weather.lags() else 0
        true, seen = self.shop.seen(order_id, now), self.shop.seen(order_id, now - lag)
        if seen is not true:
            self.wire.strike(Fault.REPLICA_LAG if seen else Fault.NOT_FOUND_YET, str(order_id))
        self.wire.end(trouble, seen.standing if seen else "404")
        return seen

    def changed_since(
        self, since: datetime, *, from_id: OrderId = FIRST_ID
    ) -> Iterator[tuple[OrderStamp, ...]]:
        yield from self._pages("changes", since, from_id)

    def orders_from(self, from_id: OrderId) -> Iterator[tuple[OrderStamp, ...]]:
        yield from self._pages("lists", None, from_id)

    def first_since(self, created: datetime) -> OrderId | None:
        self.wire.end(self._ask("shop's first order"))
        placed = (i for i, v in self.shop.versions.items() if v[0].order.placed_at >= created)
        return min(placed, default=None)

    def _pages(
        self, call: str, since: datetime | None, from_id: int
    ) -> Iterator[tuple[OrderStamp, ...]]:
        while True:
            trouble = self._ask(f"shop {call} from {from_id}")
            page = self._page(since, from_id)
            self.wire.end(trouble, " ".join(str(stamp.key.order_id) for stamp in page))
            if not page:
                return
            yield page
            from_id = page[-1].key.order_id + 1

    def _page(self, since: datetime | None, from_id: int) -> tuple[OrderStamp, ...]:
        now, lag = self.wire.scheduler.now, self.weather.list_lag
        ids = sorted(order_id for order_id in self.shop.versions if order_id >= from_id)
        known = [self.shop.seen(order_id, now - lag) for order_id in ids]
        if lag and any(k is not self.shop.seen(i, now) for i, k in zip(ids, known, strict=True)):
            self.wire.strike(Fault.LIST_LAG)
        rows = (o for o in known if o and (since is None or o.modified_at >= since - MILLISECOND))
        return tuple(OrderStamp(o.key, o.modified_at) for o in rows)[:PAGE]

    def _ask(self, call: str) -> Trouble | None:
        wire, weather = self.wire, self.weather
        trouble = wire.begin(call, EDGE, latency=120)
        if trouble is Trouble.TWICE:
            return None
        if trouble and trouble not in {Trouble.CRASH_AFTER, Trouble.ZOMBIE}:
            if trouble is not Trouble.PARTIAL_BODY:
                wire.scheduler.pause(ANSWERS_WITHIN)
            raise RetryableError("The storefront gave no whole answer.")
        if weather.busy(wire.scheduler.now):
            wire.strike(Fault.SHOP_BUSY)
            low, high = BUSY_SECONDS
            wait = low + int(weather.dice.random() * (high - low))
            raise RetryableError("The storefront has too many requests.", retry_after=wait)
        if weather.fails():
            wire.strike(Fault.SHOP_ERROR)
            raise RetryableError("The storefront has a passing fault.")
        return trouble
