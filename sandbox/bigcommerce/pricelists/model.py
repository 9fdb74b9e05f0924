"""Price lists, their records, customer groups, and whose price is whose; nothing here knows of HTTP."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal, NamedTuple

from sandbox.bigcommerce.catalog.model import Variant
from sandbox.bigcommerce.catalog.shelf import ListPrice
from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.money import ZERO, finely

TierKind = Literal["price", "percent", "fixed"]
ONLY_CHANNEL = 1  # this shop's one storefront
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Tier:
    """A price for so many units (BigCommerce docs: bulk pricing tiers); `most` None is no bound."""

    least: int
    most: int | None
    kind: TierKind
    amount: Decimal

    def of(self, price: Decimal) -> Decimal:
        """What one unit costs: so much off, so many percent off, or exactly that."""
        if self.kind == "fixed":
            return self.amount
        off = self.amount if self.kind == "price" else price * self.amount / HUNDRED
        return finely(max(ZERO, price - off))

    def covers(self, quantity: int) -> bool:
        """Whether so many units get it."""
        return self.least <= quantity and (self.most is None or quantity <= self.most)


class Key(NamedTuple):
    """What a price record is found by; the currency in lower case."""

    list_id: int
    variant_id: int
    currency: str


@dataclass
class PriceRecord:
    """The price of one variant in one list and currency; `id` gives the order of pages."""

    id: int
    key: Key
    created: float
    modified: float
    prices: Json = field(default_factory=dict[str, object])
    tiers: tuple[Tier, ...] = ()

    @property
    def calculated(self) -> Decimal:
        """What one unit costs: the sale price if there is one."""
        return self.prices.get("sale_price") or self.prices.get("price") or ZERO

    def price_for(self, quantity: int) -> Decimal:
        """What one of so many units costs."""
        fitting = (tier for tier in self.tiers if tier.covers(quantity))
        tier = next(fitting, None)
        return self.calculated if tier is None else tier.of(self.calculated)


@dataclass
class PriceList:
    """A named set of records; one that is not active counts for nobody."""

    id: int
    name: str
    active: bool
    created: float
    modified: float
    records: dict[Key, PriceRecord] = field(default_factory=dict[Key, PriceRecord])


@dataclass(frozen=True)
class Assignment:
    """Who gets a list: a customer group, everybody in a channel, or a group in a channel."""

    id: int
    list_id: int
    group_id: int | None
    channel_id: int | None


@dataclass
class CustomerGroup:
    """A customer group of the V2 API; `list_id` is its `price_list` discount rule."""

    id: int
    name: str
    list_id: int | None = None
    discounts: list[Json] = field(default_factory=list[Json])


class PriceLists:
    """Every list by id, and everybody's claim to one."""

    def __init__(self) -> None:
        self.lists: dict[int, PriceList] = {}
        self.assignments: dict[int, Assignment] = {}
        self.groups: dict[int, CustomerGroup] = {}

    def named(self, name: str) -> PriceList | None:
        """The list of this name, upper and lower case the same."""
        return next(
            (one for one in self.lists.values() if one.name.casefold() == name.casefold()), None
        )

    def remove(self, number: int) -> None:
        """Delete a list with all that hangs on it."""
        del self.lists[number]
        self.assignments = {
            key: one for key, one in self.assignments.items() if one.list_id != number
        }
        for group in self.groups.values():
            group.list_id = None if group.list_id == number else group.list_id

    def price_for(self, group_id: int, currency: str) -> ListPrice:
        """The price list of a buyer: group and channel before group before channel."""
        lists = list(self._claims(group_id))

        def price(variant: Variant, quantity: int) -> Decimal | None:
            for one in lists:
                record = one.records.get(Key(one.id, variant.id, currency.lower()))
                if record is not None:
                    return record.price_for(quantity)
            return None

        return price

    def _claims(self, group_id: int) -> Iterator[PriceList]:
        """BigCommerce docs: the most specific assignment decides, and only that one."""
        group = self.groups.get(group_id)
        by_claim = {(one.group_id, one.channel_id): one.list_id for one in self._assigned()}
        candidates = [
            by_claim.get((group_id, ONLY_CHANNEL)) if group else None,
            by_claim.get((group_id, None)) if group else None,
            group.list_id if group else None,
            by_claim.get((None, ONLY_CHANNEL)),
        ]
        for number in candidates:
            if number is not None and self.lists[number].active:
                yield self.lists[number]
                return

    def _assigned(self) -> Iterator[Assignment]:
        return (one for one in self.assignments.values() if self.lists[one.list_id].active)
