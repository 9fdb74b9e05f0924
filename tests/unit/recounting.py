"""What the recount's tests share: recounts over one world, orders sold in it, and orders lost."""

from dataclasses import replace
from datetime import timedelta

from tests.unit.orders import STORE, order
from tests.unit.ports import FakeNotes
from tests.unit.sage import FakeSage
from tests.unit.sweeping import NUMBERING, PLENTY, FakeDoor, round_of
from tests.unit.world import World
from tieout.domain.identity import Company, OrderId, OrderKey
from tieout.domain.sales_orders import Where
from tieout.domain.sweeps import Tally
from tieout.flows.recount import AT_ONCE, Books, recount

ABC, CAN = Company("ABC"), Company("CAN")
DAYS = 45


class Recounter:
    """The poll function's part: recounts over one world with two companies, of which one sells."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.notes = FakeNotes()
        self.other = FakeSage(world.clock, world.wire)
        self.door = FakeDoor({ABC: world.sage, CAN: self.other})

    def count(
        self,
        begin_after: timedelta | None = AT_ONCE,
        *,
        time_left: timedelta = PLENTY,
        first: int = 0,
        thorough: bool = False,
    ) -> Tally | None:
        books = Books(self.door, NUMBERING, frozenset({"ABC", "CAN"}), DAYS)
        round_ = round_of(
            self.world, notes=self.notes, time_left=time_left, first_order_id=OrderId(first)
        )
        return recount(round_, books, begin_after=begin_after, thorough=thorough)

    def found(self, *, first: int = 0) -> tuple[int, int, int]:
        """What a whole recount finds: missing, extra, doubled."""
        tally = self.count(first=first)
        assert tally
        assert tally.ended
        return tally.missing, tally.extra, tally.doubled

    def due(self) -> set[OrderKey]:
        return set(self.world.ledger.due(STORE, now=self.world.clock.now(), limit=99))


def sell(world: World, *order_ids: int) -> list[OrderKey]:
    """Orders placed and taken, and then time goes by."""
    keys: list[OrderKey] = []
    for order_id in order_ids:
        sold = replace(order(order_id), placed_at=world.clock.now())
        keys.append(world.storefront.put(sold))
        world.take(keys[-1])
    world.clock.advance(timedelta(hours=2))
    return keys


def lose(world: World, number: str) -> None:
    """Sage was restored from a backup, and has not got it any more."""
    del world.sage.tables[Where.OPEN][world.desk.numbering.sales_order_no(OrderId(int(number[1:])))]
