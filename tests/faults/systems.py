"""The systems that mistakes are made in: each comes to no finding as long as nothing is broken."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from random import Random

from tests.faults.checker import Found
from tests.faults.company import HISTORY, OFFICE, OPEN, WAREHOUSE
from tests.faults.customers import FIRST_ID, Customers
from tests.faults.fates import ByDice
from tests.faults.goods import edited, new_order
from tests.faults.histories import Report, finish, run_history
from tests.faults.kinds import Branch, Finding, Trouble
from tests.faults.naive import half_not_sent, slow_to_want
from tests.faults.office import Office
from tests.faults.options import MINUTE, Options
from tests.faults.wire import Fate
from tests.faults.world import World
from tieout.domain.guarantees import Mode
from tieout.domain.identity import OrderId
from tieout.domain.orders import Standing

Run = Callable[[int], Report]
LAST_ORDER = 25 * MINUTE
LAST_EDIT = 60 * MINUTE
NO_POLLER = Options().without("backfill", "gaps")
HALF_A_SECOND = 500


class Only(ByDice):
    """By the dice, and none but these troubles."""

    def __init__(self, dice: Random, rate: float, *troubles: Trouble) -> None:
        super().__init__(dice, rate)
        self._troubles = troubles

    def at(self, boundary: int, able: tuple[Trouble, ...]) -> Trouble | None:
        ours = tuple(one for one in self._troubles if one in able)
        return super().at(boundary, ours) if ours else None


def of(options: Options) -> Run:
    """Histories as `make faults` runs them, with these options."""
    return partial(run_history, options=options)


def sure_webhooks(options: Options, seed: int) -> Report:
    """Every change is announced at once and read at once: what is missed was missed by our workers.

    Nobody touches Sage or the tables; the network and the workers fail as ever.
    """
    return _sure(options, seed, ByDice(Random(f"fate {seed}"), 0.1))


def never_sent(options: Options, seed: int) -> Report:
    """Half of the creates never leave, and whatever leaves is answered: there is nothing to ask."""
    report = run_history(seed, options, faultless=True)
    return _also(report, Finding.PARKED_WITHOUT_CAUSE, report.branches[Branch.QUESTION_ASKED])


def busy_shop(options: Options, seed: int) -> Report:
    """Many edits, nine webhooks of ten lost, many scans broken off: the backfill must find them."""
    world = _world(options, seed, rate=0.12)
    Customers(world).plan(2 * options.orders)
    _edit_often(world, every=2 * MINUTE)
    world.hooks.lost = 0.9
    return finish(world, trace=False)


def quick_edits(options: Options, seed: int) -> Report:
    """Orders are edited twice within a second, and read in between."""
    world = _world(options, seed, rate=0.01)
    Customers(world).plan(options.orders)
    _edit_often(world, every=MINUTE, times=2)
    return finish(world, trace=False)


def busy_office(options: Options, seed: int) -> Report:
    """Every few seconds somebody in the office changes one of the orders that are open in Sage."""
    world = _world(options, seed, rate=0.05)
    customers = Customers(world)
    customers.plan(options.orders)
    Office(world, customers).plan()
    _edit_often(world, every=2 * MINUTE)
    for at in range(0, LAST_EDIT, 7_000):
        world.scheduler.after(at, partial(_correct, world, at))
    return finish(world, trace=False)


def zombies(options: Options, seed: int) -> Report:
    """As with sure webhooks, and nothing happens but that workers freeze and go on much later."""
    return _sure(options, seed, Only(Random(f"fate {seed}"), 0.12, Trouble.ZOMBIE))


def slow_wants(options: Options, seed: int) -> Report:
    """As with sure webhooks, and nothing happens but that telling a holder takes seconds."""
    return _sure(options, seed, ByDice(Random(seed), 0))


def cancelled_at_once(seed: int, rate: float, *troubles: Trouble) -> Report:
    """Each order is cancelled within two minutes and left alone then, and there is such trouble."""
    options = Options(mode=Mode.NO_DEADLINE)
    world = World(seed, options, Only(Random(f"fate {seed}"), rate, *troubles))
    dice = Random(f"cancelled {seed}")
    for order_id in _orders(2 * options.orders):
        at = dice.random() * LAST_ORDER
        world.scheduler.after(at, partial(_place, world, order_id))
        cancel = partial(world.shop.set, order_id, Standing.CANCELLED)
        world.scheduler.after(at + 1_000 + dice.random() * 2 * MINUTE, cancel)
    return finish(world, trace=False)


def hidden_at_first(options: Options, seed: int) -> Report:
    """Every order is announced before the storefront's replicas have it."""
    world = _world(options, seed, rate=0.02)
    dice = Random(f"hidden {seed}")
    world.weather.lag, world.weather.lag_share = 20_000, 0.9
    for order_id in _orders(options.orders):
        world.scheduler.after(dice.random() * LAST_ORDER, partial(_place, world, order_id))
    return finish(world, trace=False)


def entered_by_hand(options: Options, seed: int) -> Report:
    """A stranger's order stands under each number; a clerk makes room, and enters ours by hand."""
    world = _world(options, seed, rate=0.02)
    dice = Random(f"by hand {seed}")
    for order_id in _orders(options.orders):
        at = dice.random() * LAST_ORDER
        header = {"ARDivisionNo": "00", "CustomerNo": "BIG0001", "CustomerPONo": "4711"}
        line = {"ItemCode": "CRANE", "QuantityOrdered": "1", "UnitPrice": "9999.00"}
        world.company.enter(f"W{order_id:06d}", header, (line,), who=OFFICE)
        world.scheduler.after(at, partial(_place, world, order_id))
        world.scheduler.after(at + 10 * MINUTE, partial(_enter_by_hand, world, order_id))
    return finish(world, trace=False)


def never_paid(options: Options, seed: int) -> Report:
    """Half of the orders are never paid: Sage must not have them."""
    world = _world(options, seed, rate=0.05)
    customers = Customers(world)
    customers.plan(options.orders)
    for order_id in customers.ids[::2]:
        _never_pay(world, order_id)
    report = finish(world, trace=False)
    entered = [world.company.find(f"W{order_id:06d}") for order_id in customers.ids[::2]]
    return _also(report, Finding.AMOUNT_DIFFERS, sum(1 for found in entered if found))


def restored(options: Options, seed: int) -> Report:
    """The tables are put back to what they were ten minutes before, and every order is replayed."""
    world = _world(options, seed, rate=0.03)
    Customers(world).plan(options.orders)
    kept: dict[str, dict[str, dict[str, str]]] = {}
    world.at(15, partial(_keep, world, kept))
    world.at(25, partial(_put_back, world, kept))
    return finish(world, trace=False)


SYSTEMS: dict[str, Run] = {
    "full": of(Options()),
    "no deadline": of(Options(mode=Mode.NO_DEADLINE)),
    "never twice": of(Options(mode=Mode.NEVER_TWICE)),
    "never twice, creates not sent": partial(
        never_sent, Options(mode=Mode.NEVER_TWICE, worker=half_not_sent)
    ),
    "full, no poller, sure webhooks": partial(sure_webhooks, Options(every=NO_POLLER)),
    "full, a busy shop": partial(busy_shop, Options()),
    "full, quick edits": partial(quick_edits, Options()),
    "full, a busy office": partial(busy_office, Options()),
    "no deadline, cancelled at once": lambda seed: cancelled_at_once(seed, 0.15, Trouble.LATE),
    "no deadline, cancelled at once, deaths": lambda seed: cancelled_at_once(
        seed, 0.4, Trouble.LATE, Trouble.CRASH_BEFORE
    ),
    "full, no poller, zombies": partial(zombies, Options(every=NO_POLLER)),
    "full, no poller, slow wants": partial(
        slow_wants, Options(every=NO_POLLER, worker=slow_to_want)
    ),
    "full, no poller, hidden at first": partial(hidden_at_first, Options(every=NO_POLLER)),
    "full, entered by hand": partial(entered_by_hand, Options()),
    "full, never paid": partial(never_paid, Options()),
}


def _sure(options: Options, seed: int, fate: Fate) -> Report:
    world = World(seed, options, fate)
    Customers(world).plan(options.orders)
    _edit_often(world, every=2 * MINUTE, times=3)
    return finish(world, trace=False)


def _world(options: Options, seed: int, *, rate: float) -> World:
    return World(seed, options, ByDice(Random(f"fate {seed}"), rate))


def _also(report: Report, finding: Finding, count: int) -> Report:
    """The report with a finding that this system alone can tell."""
    if not count:
        return report
    found = Found(finding, "this system", f"{count} times")
    return replace(report, findings=(*report.findings, found))


def _edit_often(world: World, *, every: int, times: int = 1) -> None:
    """Edit some order at such distances, so many times within seconds."""
    dice = Random(f"edits {world.seed}")
    for at in range(0, LAST_EDIT, every):
        moment, chosen = at + dice.random() * every, dice.random()
        for _ in range(times):
            world.scheduler.after(moment, partial(_edit, world, chosen))
            moment += HALF_A_SECOND * (1 + dice.random())


def _edit(world: World, chosen: float) -> None:
    ids = sorted(world.shop.versions)
    if ids:
        order_id = ids[int(chosen * len(ids))]
        world.wire.note(f"edit of {order_id}")
        world.shop.put(edited(world.dice, world.shop.last(order_id)))


def _orders(count: int) -> list[OrderId]:
    """The ids of orders that nobody but a history's own rules will touch."""
    return [OrderId(FIRST_ID + number) for number in range(count)]


def _place(world: World, order_id: OrderId) -> None:
    email, now = f"buyer{order_id}@example.com", world.scheduler.moment()
    world.wire.note(f"order {order_id} of {email}")
    world.shop.put(new_order(world.dice, order_id, email=email, placed_at=now))


def _enter_by_hand(world: World, order_id: OrderId) -> None:
    """As the parked order's next action says; it ships at once, and then it is looked at again."""
    company, number = world.company, f"W{order_id:06d}"
    stranger = company.tables[OPEN].pop(number)
    company.tables[OPEN][f"B{order_id:06d}"] = replace(stranger, number=f"B{order_id:06d}")
    total = str(world.shop.last(order_id).totals.total)
    header = {"ARDivisionNo": "00", "CustomerNo": "WEB0001", "CustomerPONo": f"W-{order_id}-x7"}
    line = {"ItemCode": "/WEB", "QuantityOrdered": "1", "UnitPrice": total}
    company.enter(f"0{order_id:06d}", header, (line,), who=OFFICE)
    company.move(company.tables[OPEN][f"0{order_id:06d}"], HISTORY, who=WAREHOUSE)
    world.hooks.tell(order_id)


def _never_pay(world: World, order_id: OrderId) -> None:
    """Whatever else is done to the order, it stays unpaid."""
    told = world.shop.told

    def unpaid(changed: OrderId) -> None:
        version = world.shop.versions[changed][-1]
        if changed == order_id:
            standing = Standing.NOT_YET
            order = replace(version.order, standing=standing, status_name=standing.value)
            world.shop.versions[changed][-1] = replace(version, order=order)
        told(changed)

    world.shop.told = unpaid


def _correct(world: World, at: int) -> None:
    """What was changed before we ever saw our own write again can't be told from it."""
    table = world.company.tables[OPEN]
    rows = world.dynamo.tables.get("ledger", {}).values()
    seen = {
        row["sales_order_no"]["S"]
        for row in rows
        if row.get("state") == {"S": "CREATED"} and row["rev"] == row["sage_rev"]
    }
    found = [table[number] for number in sorted(table) if number in seen]
    if found:
        chosen = world.dice.choice(found)
        world.wire.note(f"the office changes {chosen.number}")
        world.company.change(chosen, who=OFFICE, header={"ConfirmTo": f"call {at}"})


def _keep(world: World, kept: dict[str, dict[str, dict[str, str]]]) -> None:
    kept.update(world.dynamo.copy()["ledger"])


def _put_back(world: World, kept: dict[str, dict[str, dict[str, str]]]) -> None:
    world.restored["ledger"] = world.scheduler.now
    world.dynamo.tables["ledger"] = dict(kept)
    for order_id in world.shop.versions:
        world.hooks.tell(order_id)
