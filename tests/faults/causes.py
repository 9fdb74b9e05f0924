"""Why an order may rightly be parked: what people did, or what the other side can't do."""

from collections.abc import Callable

from tests.faults.company import OFFICE, US
from tests.faults.truth import Case
from tests.faults.world import World
from tieout.domain.orders import Standing

Cause = Callable[[World, Case], bool]


def causes(world: World, case: Case) -> list[str]:
    """All explanations that hold, the plainest first."""
    return [name for name, holds in _CAUSES.items() if holds(world, case)]


def _changed(case: Case) -> bool:
    return len(case.versions) > 1


_CAUSES: dict[str, Cause] = {
    "somebody else's order under our number": lambda _world, case: case.foreign,
    "entered by hand": lambda _world, case: bool(case.by_hand),
    "deleted by a person": lambda _world, case: bool(case.did(OFFICE, "deleted")),
    "changed by a person": lambda _world, case: bool(case.did(OFFICE, "changed")),
    "deleted as cancelled, and then revived": lambda _world, case: bool(case.did(US, "deleted")),
    "the agent died in a write of it": lambda world, case: case.number in world.agent.cut_off,
    "the agent keeps no account of its writes, and it was edited": lambda world, case: (
        not world.agent.has_journal and _changed(case)
    ),
    "the company was restored": lambda world, _case: "company" in world.restored,
    "its history was purged": lambda world, case: not world.purged.isdisjoint(case.numbers),
    "Sage refused an item": lambda world, case: any(
        line.sku in world.refused_items for v in case.versions for line in v.order.lines
    ),
    "changed after Sage had begun with it": lambda _world, case: (
        case.out_of_hand and _changed(case)
    ),
    "the shop finished it before Sage had it": lambda _world, case: (
        Standing.FINISHED in case.standings and case.document is None
    ),
    "changed, and then refunded": lambda _world, case: (
        Standing.RETIRED in case.standings and _changed(case)
    ),
    "this connection can't change or look back": lambda world, _case: (
        not world.agent.promises.replace
    ),
    "the ledger was restored": lambda world, _case: "ledger" in world.restored,
}
