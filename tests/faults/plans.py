"""Exact plans: one order, its webhook twice, one edit, and trouble just where a plan says."""

from collections.abc import Iterator, Mapping
from itertools import combinations, product
from random import Random

from tests.faults.customers import Customers
from tests.faults.fates import ByPlan
from tests.faults.histories import CONVERGES_WITHIN, LATE_LANDINGS, Report, judge, rest
from tests.faults.kinds import Trouble
from tests.faults.options import MINUTE, Options
from tests.faults.world import World

Plan = Mapping[int, Trouble]
SEED = 1
# The edit comes in the fourth minute; by this one the backfill has gone past it.
FIRST_LOOK, LAST_LOOK = 8, 12 + LATE_LANDINGS + CONVERGES_WITHIN
# What may still arrive, or wake up, so long after the trouble.
_SLOW = {Trouble.LATE, Trouble.ZOMBIE}
LONG_AFTER = 30
# Sweeps turn up again and again; the boundaries of the first few minutes stand for all of them.
SWEEPS_BEGIN = 100_000


def run_plan(
    plan: Plan, options: Options | None = None, *, trace: bool = False
) -> tuple[Report, bool]:
    """Run a plan: boundaries from SWEEPS_BEGIN on are the sweeps', those below everybody else's.

    Returns whether every trouble of the plan really struck, too.
    """
    sweeps = any(boundary >= SWEEPS_BEGIN for boundary in plan)
    fate = ByPlan({boundary % SWEEPS_BEGIN: trouble for boundary, trouble in plan.items()})
    world = _world(options or Options(), fate, sweeps=sweeps)
    slow = not _SLOW.isdisjoint(plan.values())
    rest(world, LONG_AFTER if slow else FIRST_LOOK, LAST_LOOK)
    report = judge(world, calm_at=LAST_LOOK * MINUTE, trace=trace)
    return report, len(fate.struck) == len(plan)


def boundaries(options: Options | None = None) -> tuple[int, int]:
    """How many boundaries a dry run has: of webhooks and workers, and of the sweeps until the edit."""
    counts: list[int] = []
    for sweeps in (False, True):
        world = _world(options or Options(), ByPlan({}), sweeps=sweeps)
        world.scheduler.run((5 if sweeps else FIRST_LOOK) * MINUTE)
        counts.append(world.wire.boundaries)
        world.scheduler.close()
    return counts[0], counts[1]


def singles(work: int, sweeps: int) -> Iterator[Plan]:
    """Every boundary with every trouble."""
    numbers = [*range(1, work + 1), *range(SWEEPS_BEGIN + 1, SWEEPS_BEGIN + sweeps + 1)]
    for boundary, trouble in product(numbers, Trouble):
        yield {boundary: trouble}


def pairs(work: int) -> Iterator[Plan]:
    """Every two boundaries of webhooks and workers, each with every trouble."""
    for first, second in combinations(range(1, work + 1), 2):
        for one, other in product(Trouble, repeat=2):
            yield {first: one, second: other}


def some_pairs(work: int, count: int) -> list[Plan]:
    """As many of the pairs, always the same ones."""
    dice, kinds = Random("pairs"), list(Trouble)
    chosen: list[Plan] = []
    while len(chosen) < count:
        first, second = sorted(dice.sample(range(1, work + 1), 2))
        chosen.append({first: dice.choice(kinds), second: dice.choice(kinds)})
    return chosen


def _world(options: Options, fate: ByPlan, *, sweeps: bool) -> World:
    world = World(SEED, options, fate)
    world.wire.counts = lambda process: process.startswith("poll") is sweeps
    Customers(world).one_order()
    return world
