"""One seed, one history: what happens, until the faults stop; then everything must come right."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from random import Random

from tests.faults.checker import Checker, Found
from tests.faults.customers import Customers
from tests.faults.fates import ByDice
from tests.faults.kinds import Branch, Fault
from tests.faults.office import Office, Operators
from tests.faults.options import MINUTE, Options
from tests.faults.scheduler import MILLISECOND
from tests.faults.troubles import brew
from tests.faults.world import START, World
from tieout.domain.guarantees import Mode
from tieout.domain.sales_orders import OnCancel

LOWEST_RATE, HIGHEST_RATE = 0.02, 0.35
FAULTS_END = 70
# So many stacks delete the sales order of a cancelled web order; the others put it on hold.
DELETES_SHARE = 0.25
# What the network still delivers after that.
LATE_LANDINGS = 25
CONVERGES_WITHIN = 30
SETTLES = {Mode.FULL: 0, Mode.NO_DEADLINE: 32, Mode.NEVER_TWICE: 32}
LOOK_EVERY = 5


@dataclass(frozen=True)
class Report:
    """What one history came to. `parked` counts parked orders by cause; `boundaries` are all calls.

    `writes` are those to the ledger's orders, to customers and to what sweepers note, by table or kind.
    """

    seed: int
    mode: Mode
    hash: str
    findings: tuple[Found, ...]
    fired: Mapping[Fault, int]
    branches: Mapping[Branch, int]
    parked: Mapping[str, int]
    orders: int
    writes: Mapping[str, int]
    invocations: Mapping[str, int]
    boundaries: int
    trace: tuple[str, ...] = field(repr=False, default=())


def run_history(
    seed: int, options: Options | None = None, *, faultless: bool = False, trace: bool = False
) -> Report:
    """Run the history of a seed. The same seed and options give the same trace, to the last letter.

    `faultless` leaves out every fault and everybody but the customers; `trace` keeps the trace.
    """
    return finish(prepare(seed, options or Options(), faultless=faultless), trace=trace)


def prepare(seed: int, options: Options, *, faultless: bool = False) -> World:
    """The world of a seed, with all that will happen in it drawn."""
    dice = Random(f"fate {seed}")
    rate = 0 if faultless else LOWEST_RATE * (HIGHEST_RATE / LOWEST_RATE) ** dice.random()
    world = World(seed, options, ByDice(dice, rate))
    customers = Customers(world)
    customers.plan(options.orders)
    if not faultless:
        brew(world, rate)
        Office(world, customers, haste=0.5 * world.dice.random()).plan()
        Operators(world, customers).plan()
        if world.dice.random() < DELETES_SHARE:
            world.cloud.on_cancel = OnCancel.DELETE
    return world


def finish(world: World, *, trace: bool) -> Report:
    """Let the history run to its end, and judge it."""
    world.scheduler.run(FAULTS_END * MINUTE)
    world.calm()
    world.wire.note("the faults stop")
    quiet = FAULTS_END + LATE_LANDINGS
    last = quiet + CONVERGES_WITHIN + SETTLES[world.options.mode]
    rest(world, quiet + 2 * LOOK_EVERY, last)
    return judge(world, calm_at=FAULTS_END * MINUTE, trace=trace)


def rest(world: World, first: int, last: int) -> None:
    """Let time pass until everything is at rest, from minute `first` to minute `last`."""
    for minute in range(first, last + 1, LOOK_EVERY):
        world.scheduler.run(minute * MINUTE)
        if _at_rest(world):
            return


def judge(world: World, *, calm_at: int, trace: bool) -> Report:
    """Judge a history, and throw its world away."""
    parked = Counter[str]()
    findings = Checker(world, calm_at, parked).findings()
    world.scheduler.close()
    lines = world.wire.trace
    return Report(
        seed=world.seed,
        mode=world.options.mode,
        hash=blake2b("\n".join(lines).encode(), digest_size=16).hexdigest(),
        findings=tuple(findings),
        fired=world.wire.fired,
        branches=world.wire.branches,
        parked=parked,
        orders=len(world.shop.versions),
        writes=world.dynamo.writes,
        invocations=world.cloud.invocations,
        boundaries=world.wire.boundaries,
        trace=tuple(map(readable, lines)) if trace else (),
    )


def readable(line: str) -> str:
    """A line of the trace with the time of day."""
    stamp, _, rest = line.partition(" ")
    moment = START + int(stamp) * MILLISECOND
    return f"{moment:%H:%M:%S.%f}"[:-3] + f" {rest}"


def _at_rest(world: World) -> bool:
    """Whether nothing is left to be done: no message, no order that is due."""
    rows = world.dynamo.tables.get("ledger", {})
    waiting = [
        key
        for key, row in rows.items()
        if "next_at" in row and row.get("state", {"S": ""})["S"] != "PARKED"
    ]
    return not waiting and not world.queue.messages
