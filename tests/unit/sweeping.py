"""What the sweepers' tests share: a round through one world's shop, and an agent's door."""

from dataclasses import dataclass, field
from datetime import timedelta

from tests.unit.orders import STORE
from tests.unit.ports import FakeNotes, FakeWakeups, FakeWatermarks
from tests.unit.sage import FakeSage
from tests.unit.world import World
from tieout.domain.agents import Capability, Health, Listed, ListPage
from tieout.domain.identity import Company, Numbering, OrderId, SalesOrderNo
from tieout.domain.sales_orders import Where
from tieout.flows.rounds import Round
from tieout.ports import FIRST_ID

NUMBERING = Numbering("W", "x7", "X")
PLENTY = timedelta(minutes=4)


def round_of(
    world: World,
    *,
    wakeups: FakeWakeups | None = None,
    watermarks: FakeWatermarks | None = None,
    notes: FakeNotes | None = None,
    time_left: timedelta = PLENTY,
    first_order_id: OrderId = FIRST_ID,
) -> Round:
    """A round that begins now; what isn't given is new."""
    return Round(
        store=STORE,
        storefront=world.storefront,
        ledger=world.ledger,
        wakeups=wakeups or FakeWakeups(),
        watermarks=watermarks or FakeWatermarks(),
        notes=notes or FakeNotes(),
        clock=world.clock,
        stop_at=world.clock.now() + time_left,
        first_order_id=first_order_id,
    )


@dataclass
class FakeDoor:
    """The agent of some companies: its health is what a test says, its lists are what Sage holds."""

    companies: dict[Company, FakeSage] = field(default_factory=dict[Company, FakeSage])
    health_told: Health = field(default_factory=lambda: Health(ready=True))
    words: dict[Company, frozenset[str]] = field(default_factory=dict[Company, frozenset[str]])
    trouble: Exception | None = None
    page_size: int = 3
    lacks: frozenset[Capability] = frozenset()
    asked: list[str] = field(default_factory=list[str])

    def health(self) -> Health:
        self.asked.append("health")
        return self.health_told

    def promises(self) -> dict[Company, frozenset[str]]:
        self.asked.append("promises")
        self._trip()
        return self.words

    def sales_orders(self, company: Company, *, prefix: str, after: str) -> ListPage:
        self.asked.append(f"{company} {prefix} {after}")
        self._trip()
        tables = self.companies[company].tables
        found = sorted(
            (number, where)
            for where in (Where.OPEN, Where.HISTORY)
            for number in tables[where]
            if number.startswith(prefix) and number > after
        )
        page = found[: self.page_size]
        orders = [tables[where][number] for number, where in page]
        listed = tuple(Listed(o.number, o.marker, deleted=o.deleted) for o in orders)
        return ListPage(listed, SalesOrderNo(page[-1][0]) if len(found) > len(page) else None)

    def _trip(self) -> None:
        if self.trouble:
            raise self.trouble
