"""What the parts of a load run have in common: warm functions, and figures read from the ledger."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from sandbox.demo.ledger import Entry
from sandbox.load.figures import Figure, Promise
from sandbox.load.post import NO_ANSWER, Answer
from sandbox.load.scene import Scene

# Faster than any cold start: all of them are then under way side by side.
AT_ONCE = 1000.0
# Orders per connection that are sold to warm up: also all workers have something to do then.
WARMING = 2
MS = 1000


def warm(scene: Scene) -> list[Figure]:
    """Sell a few orders, until every function has been started; tell how long the first one took.

    The local cloud starts each function as a process of this machine; side by side that takes many
    times what one takes alone, which says nothing of AWS.
    """
    first, *others = scene.sell(WARMING * scene.sizes.connections)
    scene.steps.begin("Starting the functions")
    alone = scene.post(1).send(scene.sender.created(lambda _: first.order_id), 1, rate=AT_ONCE)
    ids = [one.order_id for one in others]
    scene.post(scene.sizes.connections).send(
        scene.sender.created(ids.__getitem__), len(ids), rate=AT_ONCE
    )
    scene.settle([first, *others])
    return [Figure("answer, the function cold and alone", alone.answers[0].seconds * MS, "ms")]


def accepted(answers: Sequence[Answer]) -> Promise:
    """Every genuine webhook was answered with 2xx, at its first try."""
    kept = all(one.accepted for one in answers)
    return Promise("every signed webhook answered 2xx", kept, by_status(answers))


def by_status(answers: Sequence[Answer]) -> str:
    """Say how many answers there were of each status."""
    counted = Counter(one.status for one in answers)
    names = {status: str(status) for status in counted} | {NO_ANSWER: "no answer"}
    return ", ".join(f"{names[status]}: {count}" for status, count in sorted(counted.items()))


def taken_at(ledger: Mapping[int, Entry], orders: Collection[int]) -> dict[int, float]:
    """When each of these orders was seen in Sage, Unix seconds; without those that never were."""
    entries = {one: ledger[one] for one in orders if one in ledger}
    return {one: entry.created_at for one, entry in entries.items() if entry.created_at}


def waits(answers: Sequence[Answer], taken: Mapping[int, float]) -> list[float]:
    """Seconds from an order's first webhook until Sage had it."""
    first: dict[int, float] = {}
    for one in answers:
        first[one.order_id] = min(one.sent_at, first.get(one.order_id, one.sent_at))
    return [moment - first[one] for one, moment in taken.items() if one in first]


def no_dead_letters(scene: Scene) -> Promise:
    """No message was given up, by the orders' queue or by a schedule."""
    found = scene.dead_letters()
    told = ", ".join(f"{name}: {count}" for name, count in found.items())
    return Promise("no dead letter", not any(found.values()), told)
