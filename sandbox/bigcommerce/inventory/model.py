"""Stock by item and location, and adjustments on their way; nothing here knows of HTTP."""

import heapq
import random
import sys
from collections import Counter, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Literal

from sandbox.bigcommerce.catalog.model import CatalogProduct, Variant
from sandbox.bigcommerce.inventory.places import Item, Place
from sandbox.bigcommerce.model import Settings

DEFAULT_LOCATION = 1  # BigCommerce docs: locations, the store's own
NEVER = sys.maxsize
REMEMBERED_CHANGES = 100_000  # the log is for tests; older entries are forgotten


@dataclass(slots=True)
class Location:
    """Where stock lies (BigCommerce docs: locations)."""

    id: int
    code: str
    label: str
    enabled: bool = True
    physical: bool = True
    external: bool = False
    visible: bool = True
    created: float = 0


@dataclass(slots=True)
class Stock:
    """One item at one location.

    Attributes:
        in_stock: The merchant's switch: off, nothing is sold whatever the quantity.
        counted: Whether an absolute adjustment has ever been made here.
    """

    onhand: int = 0
    safety: int = 0
    in_stock: bool = True
    warning: int = 0
    bin: str = ""
    counted: bool = False

    @property
    def available(self) -> int:
        """Units on hand minus safety stock (BigCommerce docs: available to sell)."""
        return max(0, self.onhand - self.safety)


@dataclass(slots=True)
class Adjustment:
    """One change on its way; a relative one adds `quantity`, an absolute one sets it."""

    place: Place
    quantity: int
    absolute: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One level that changed, and why."""

    at: float
    place: Place
    before: int
    after: int
    cause: Literal["absolute", "relative", "order"]


class Inventory:
    """Levels, what is on its way to them, and what went wrong with both.

    Attributes:
        conflicts: Absolute adjustments of a place that were sent at the same time as another,
            or twice in one batch.
        mixed: Writes of stock and of the catalogue that were under way together.
        ungrouped: Batches whose items were not grouped by location.
        oversold: Units that orders took and that were not there.
    """

    def __init__(self, settings: Settings, *, seed: int = 1) -> None:
        self.locations = {
            DEFAULT_LOCATION: Location(DEFAULT_LOCATION, "BC-LOCATION-1", "Default location")
        }
        self.stocks: dict[Place, Stock] = {}
        self.log: deque[Change] = deque(maxlen=REMEMBERED_CHANGES)
        self.conflicts = self.mixed = self.ungrouped = self.oversold = 0
        self._settings = settings
        self.ticks = 0
        self._waiting: list[tuple[float, int, Adjustment]] = []
        self._on_the_way: Counter[Place] = Counter()
        self._falling: Counter[Place] = Counter()
        self._last: dict[Place, tuple[int, int]] = {}
        self._turn = count()
        self._dice = random.Random(seed)

    def stock(self, place: Place) -> Stock:
        """The stock of a place, made on the spot if there was never any."""
        return self.stocks.setdefault(place, Stock())

    def selling_locations(self) -> list[int]:
        """Whose stock the storefront sells: the default's alone, or every enabled one's."""
        if not self._settings.aggregated_stock:
            return [DEFAULT_LOCATION]
        return [one.id for one in self.locations.values() if one.enabled]

    def sellable(self, item: Item) -> int:
        """How many of an item the storefront can sell."""
        found = (self.stocks.get(Place(item, number)) for number in self.selling_locations())
        return sum(one.available for one in found if one is not None and one.in_stock)

    def level(self, product: CatalogProduct, variant: Variant | None) -> int:
        """The catalogue's `inventory_level`: 0 when not tracked, the variants' sum where they are."""
        if product.tracking == "variant" and variant is None:
            return sum(self.sellable(Item("variant", number)) for number in product.variant_ids)
        item = item_of(product, variant)
        return 0 if item is None else self.sellable(item)

    def in_flight(self, place: Place) -> bool:
        """Whether an absolute adjustment is on its way there."""
        return self._on_the_way[place] > 0

    @property
    def waiting(self) -> int:
        """How many adjustments are on their way."""
        return len(self._waiting)

    def falling(self, place: Place) -> int:
        """Units that relative adjustments on their way will take from, or add to, a place."""
        return self._falling[place]

    def book(self, adjustments: Sequence[Adjustment], now: float, *, began: int = NEVER) -> None:
        """Accept adjustments; they apply when the setting's delay is over, in this order.

        `began` is what `ticks` showed when the request came in: whatever was booked since then
        was sent at the same time.
        """
        due = now + self._settings.inventory_delay_seconds
        for one in adjustments:
            if one.absolute:
                self._note_absolute(one, began)
            else:
                self._falling[one.place] += one.quantity
            heapq.heappush(self._waiting, (due, next(self._turn), one))
        self.ticks += 1

    def _note_absolute(self, one: Adjustment, began: int) -> None:
        tick, quantity = self._last.get(one.place, (-1, 0))
        if tick >= began:
            self.conflicts += 1
            if self._older_wins():
                one.quantity = quantity
        self._last[one.place] = (self.ticks, one.quantity)
        self._on_the_way[one.place] += 1

    def settle(self, now: float) -> list[Change]:
        """Apply what is due; tells what changed."""
        changes: list[Change] = []
        while self._waiting and self._waiting[0][0] <= now:
            due, _, one = heapq.heappop(self._waiting)
            if one.absolute:
                self._on_the_way[one.place] -= 1
            else:
                self._falling[one.place] -= one.quantity
            changes += self._apply(one, due)
        return changes

    def move(self, place: Place, units: int, now: float) -> list[Change]:
        """An order takes units (or gives them back, negative), at once; never below zero."""
        stock = self.stock(place)
        self.oversold += max(0, units - stock.onhand)
        return self._set(place, max(0, stock.onhand - units), now, cause="order")

    def count(self, place: Place, onhand: int, now: float) -> list[Change]:
        """Somebody counts a place by hand, at once."""
        self.stock(place).counted = True
        return self._set(place, onhand, now, cause="absolute")

    def _apply(self, one: Adjustment, now: float) -> list[Change]:
        stock = self.stock(one.place)
        if one.absolute:
            stock.counted = True
            return self._set(one.place, one.quantity, now, cause="absolute")
        return self._set(one.place, max(0, stock.onhand + one.quantity), now, cause="relative")

    def _set(
        self,
        place: Place,
        level: int,
        now: float,
        *,
        cause: Literal["absolute", "relative", "order"],
    ) -> list[Change]:
        stock = self.stock(place)
        change = Change(now, place, stock.onhand, level, cause)
        stock.onhand = level
        if change.before == change.after:
            return []
        self.log.append(change)
        return [change]

    def _older_wins(self) -> bool:
        wish = self._settings.absolute_conflict
        return wish == "first" or (wish == "dice" and self._dice.random() < 0.5)  # noqa: PLR2004 - a fair coin


def item_of(product: CatalogProduct, variant: Variant | None) -> Item | None:
    """What the stock of a sellable thing is counted by; None when nobody counts it."""
    if product.tracking == "none":
        return None
    if product.tracking == "product":
        return Item("product", product.id)
    return None if variant is None else Item("variant", variant.id)


def grouped(location_ids: Iterable[int]) -> bool:
    """Whether every location's items stand together."""
    seen: list[int] = []
    for number in location_ids:
        if not seen or seen[-1] != number:
            seen.append(number)
    return len(seen) == len(set(seen))
