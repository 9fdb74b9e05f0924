"""The weather of a history: what stands still, lags, restarts or lies about the time, and when."""

from datetime import timedelta
from enum import Enum
from functools import partial

from tests.faults.goods import ITEMS
from tests.faults.kinds import Fault
from tests.faults.options import MINUTE
from tests.faults.world import World

LONGEST_LAG, LONGEST_LIST_LAG = 20_000, 60_000
WIDEST_SKEW = 5 * 60
LAST = 60


class Stretch(Enum):
    """What may be wrong for a while."""

    OFF = "the agent is off"
    LOCKED = "Sage is locked exclusively"
    HOUR_REPEATED = "the Sage server lives through an hour twice"
    DISTRUSTED = "the agent has another certificate than the pinned one"


# The other two are counted at each call that meets them.
_STRIKE_AT_ONCE = {
    Stretch.HOUR_REPEATED: Fault.REPEATED_HOUR,
    Stretch.DISTRUSTED: Fault.CERTIFICATE_CHANGED,
}


def brew(world: World, rate: float) -> None:
    """Draw the weather for a history with this rate of faults."""
    dice, weather, hooks, agent = world.dice, world.weather, world.hooks, world.agent
    hooks.lost, hooks.twice, hooks.late = (rate * 2 * dice.random() for _ in range(3))
    world.sweeps_lost, world.sweeps_twice = rate * dice.random(), rate * dice.random() * 0.5
    weather.lag, weather.lag_share = int(dice.random() * LONGEST_LAG), dice.random()
    weather.list_lag = int(dice.random() * LONGEST_LIST_LAG) if dice.random() < 0.5 else 0
    weather.errors = rate * dice.random() * 0.5
    weather.storms = tuple(_storm(world) for _ in range(int(dice.random() * 3)))
    agent.slow, agent.restarts = rate * dice.random(), rate * dice.random() * 0.5
    agent.has_rev_column = dice.random() < 0.8
    world.connection.faulty = True
    world.company.keeps_deleted = dice.random() < 0.7
    _people_and_clocks(world)
    _stretches(world)


def _people_and_clocks(world: World) -> None:
    dice = world.dice
    if dice.random() < 0.5:
        world.agent.skew = timedelta(seconds=(dice.random() * 2 - 1) * WIDEST_SKEW)
        world.wire.strike(Fault.CLOCK_SKEWED, str(world.agent.skew))
    if dice.random() < 0.05:
        world.refused_items.add(dice.choice(ITEMS))
        world.company.unknown_items = set(world.refused_items)


def _stretches(world: World) -> None:
    """Times in which something is wrong, and that end by themselves."""
    for chance, longest, stretch in (
        (0.5, 20, Stretch.OFF),
        (0.3, 10, Stretch.LOCKED),
        (0.15, 40, Stretch.HOUR_REPEATED),
        (0.15, 15, Stretch.DISTRUSTED),
    ):
        if world.dice.random() < chance:
            start = world.dice.random() * (LAST - 5)
            length = min(0.5 + world.dice.random() * longest, LAST - start)
            world.scheduler.after(start * MINUTE, partial(_turn, world, stretch, on=True))
            world.scheduler.after(
                (start + length) * MINUTE, partial(_turn, world, stretch, on=False)
            )


def _turn(world: World, stretch: Stretch, *, on: bool) -> None:
    match stretch:
        case Stretch.OFF:
            world.agent.off = on
        case Stretch.LOCKED:
            world.agent.locked = on
        case Stretch.HOUR_REPEATED:
            world.agent.hour_repeated = on
        case Stretch.DISTRUSTED:
            world.connection.trusted = not on
    if on and stretch in _STRIKE_AT_ONCE:
        world.wire.strike(_STRIKE_AT_ONCE[stretch])


def _storm(world: World) -> tuple[int, int]:
    start = int(world.dice.random() * LAST * MINUTE)
    return start, start + int((0.5 + world.dice.random() * 3) * MINUTE)
