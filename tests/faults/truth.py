"""What should be in Sage, by the harness's own reckoning from what the shop sold."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from tests.faults.company import OFFICE, PLACES, US, WAREHOUSE, Columns, Deed, Document
from tests.faults.shop import Version
from tests.faults.world import World
from tests.unit.orders import STORE
from tieout.domain.identity import OrderId
from tieout.domain.orders import Order, Standing

_CENT = Decimal("0.01")
Content = tuple[object, ...]
LONGEST_RUN = 60_000


def sold(order: Order) -> Content:
    """Goods, money and address of a web order, as they should be found in Sage."""
    lines = sorted((x.sku, str(x.quantity), _cents(x.total)) for x in order.lines)
    street = order.ship_to.street_1 if order.ship_to else ""
    return tuple(lines), _cents(order.totals.total), street


def held(document: Document) -> Content:
    """The same of a sales order."""
    lines = sorted(
        (x["ItemCode"], str(Decimal(x["QuantityOrdered"])), _cents(_extension(x)))
        for x in document.lines
    )
    return tuple(lines), _cents(document.total), document.header.get("ShipToAddress1", "")


@dataclass(frozen=True)
class Case:
    """All that is known of one web order at the end of a history, and when we last looked at it."""

    order_id: OrderId
    versions: tuple[Version, ...]
    deeds: tuple[Deed, ...]
    documents: tuple[Document, ...]
    marked: tuple[Document, ...]
    looked_at: int

    @classmethod
    def of(cls, world: World, order_id: OrderId) -> "Case":
        number, marker = f"W{order_id:06d}", f"W-{order_id}-x7"
        company = world.company
        return cls(
            order_id,
            tuple(world.shop.versions[order_id]),
            tuple(deed for deed in company.deeds if deed.number == number),
            tuple(d for place in PLACES if (d := company.tables[place].get(number))),
            tuple(company.marked(marker)),
            _looked_at(world, order_id),
        )

    @property
    def number(self) -> str:
        return f"W{self.order_id:06d}"

    @property
    def numbers(self) -> tuple[str, str]:
        """Our number, and the one under which a person enters this web order."""
        return self.number, hand_number(self.order_id)

    @property
    def final(self) -> Order:
        return self.versions[-1].order

    @property
    def wanted(self) -> Content:
        return sold(self.final)

    @property
    def standings(self) -> set[Standing]:
        return {version.order.standing for version in self.versions}

    @property
    def document(self) -> Document | None:
        """Our document, if there is just one under number or marker."""
        return self.ours[0] if self.ours else None

    @property
    def ours(self) -> tuple[Document, ...]:
        """What we entered under the order's number."""
        return tuple(one for one in self.documents if one.author == US)

    @property
    def by_hand(self) -> tuple[Document, ...]:
        """What a person entered for this web order under a number of his own."""
        return tuple(d for d in self.marked if d.author == OFFICE)

    @property
    def foreign(self) -> bool:
        """Whether somebody else's order stands under our number."""
        return any(one.author == OFFICE for one in self.documents)

    def did(self, who: str, *whats: str) -> list[Deed]:
        """What somebody did to the order under our number; all deeds if none is named."""
        return [d for d in self.deeds if d.who == who and (not whats or d.what in whats)]

    @property
    def written(self) -> Content | None:
        """What we last wrote into Sage, whatever a person made of it afterwards."""
        last = [deed.after for deed in self.did(US, "entered", "changed") if deed.after]
        return held(last[-1]) if last else None

    def as_of(self, at: int) -> Content:
        """What the shop sold at a moment after the order was placed."""
        known = [version for version in self.versions if version.at <= at]
        return sold((known or self.versions)[-1].order)

    @property
    def out_of_hand(self) -> bool:
        """Whether the warehouse had begun with it by the time of our last look."""
        return any(deed.at <= self.looked_at for deed in self.did(WAREHOUSE))


def hand_number(order_id: int) -> str:
    """The number that the office gives to a web order which it enters itself."""
    return f"0{order_id:06d}"


def one_of(versions: Iterable[Version], content: Content) -> bool:
    """Whether the order ever was so."""
    return any(sold(version.order) == content for version in versions)


def _looked_at(world: World, order_id: int) -> int:
    """When a worker last came to an end with the order, at the latest: it had read the shop before."""
    row = world.dynamo.tables.get("ledger", {}).get(f"{STORE}#{order_id}", {})
    if "read_at" not in row:
        return 0
    seconds = Decimal(row["read_at"]["N"]) - Decimal(world.scheduler.start.timestamp())
    return int(seconds * 1000) + LONGEST_RUN


def _extension(line: Columns) -> Decimal:
    return Decimal(line["QuantityOrdered"]) * Decimal(line["UnitPrice"])


def _cents(amount: Decimal) -> str:
    return str(amount.quantize(_CENT, ROUND_HALF_UP))
