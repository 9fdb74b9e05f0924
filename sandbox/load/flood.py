"""Part one: strangers knock as often as they can, beside the ordinary webhooks of a shop that sells."""

from collections.abc import Mapping, Sequence

from sandbox.demo.ledger import Entry
from sandbox.load.figures import Figure, Part, Promise, spread
from sandbox.load.goods import Ordered, Till
from sandbox.load.judge import promises
from sandbox.load.letters import EVENTS, STRANGERS_FROM, strangers
from sandbox.load.measures import accepted, by_status, taken_at, waits, warm
from sandbox.load.post import Answer, Sending, Sent
from sandbox.load.scene import Scene

NAME = "flood"
# An ordinary shop's deliveries hardly overlap.
ORDINARY_CONNECTIONS = 2
# Each wake-up is one run, and so is one more for an order that was held, or put off and woken again.
RUNS_AN_ORDER = 2 * EVENTS


def flood(scene: Scene) -> Part:
    """Sell in a calm, then in a flood; return what became of the genuine webhooks and the others."""
    sizes, steps = scene.sizes, scene.steps
    warm(scene)
    tills = Till(scene.shop), Till(scene.shop)
    steps.begin("Ordinary webhooks in a calm")
    calm = _ordinary(scene, tills[0], sizes.calm_orders).result()
    steps.begin(f"The same beside {sizes.flood_rate} unsigned a second")
    busy, unsigned = _beside(scene, tills[1])
    orders = [one for till in tills for one in scene.close(till)]
    steps.begin("Their orders on the way into Sage 100", len(orders))
    scene.settle(orders)
    evidence = scene.evidence(orders)
    figures = [
        *_figures(unsigned),
        *_compared("calm", calm.answers, evidence.ledger),
        *_compared("flood", busy.answers, evidence.ledger),
    ]
    kept = [
        accepted([*calm.answers, *busy.answers]),
        _refused(unsigned.answers),
        _untouched(evidence.ledger, orders),
        *promises(evidence),
    ]
    return Part(NAME, figures, kept)


def _ordinary(scene: Scene, till: Till, count: int) -> Sending:
    """Sell so many orders, evenly spread, and send the webhooks of each as it is sold."""
    post, rate = scene.post(ORDINARY_CONNECTIONS), scene.sizes.ordinary_rate * EVENTS
    return post.begin(scene.sender.lives(till.order), count * EVENTS, rate=rate)


def _beside(scene: Scene, till: Till) -> tuple[Sent, Sent]:
    """Send the ordinary webhooks, and as many others as fit into the same time."""
    sizes = scene.sizes
    make = strangers(scene.running.description.bigcommerce)
    count = sizes.flood_rate * sizes.flood_seconds
    ordinary = _ordinary(scene, till, sizes.flood_orders)
    unsigned = scene.post(sizes.connections).send(make, count, rate=sizes.flood_rate)
    return ordinary.result(), unsigned


def _figures(unsigned: Sent) -> list[Figure]:
    return [
        Figure("unsigned requests sent", len(unsigned.answers), ""),
        Figure("pace that was reached", unsigned.rate, "a second"),
        *spread("answer to an unsigned one", [one.seconds for one in unsigned.answers]),
    ]


def _compared(when: str, answers: Sequence[Answer], ledger: Mapping[int, Entry]) -> list[Figure]:
    taken = taken_at(ledger, {one.order_id for one in answers})
    return [
        Figure(f"{when}: signed webhooks sent", len(answers), ""),
        *spread(f"{when}: answer to a signed one", [one.seconds for one in answers]),
        *spread(f"{when}: webhook to Sage", waits(answers, taken), unit="s"),
    ]


def _refused(answers: Sequence[Answer]) -> Promise:
    refused = all(400 <= one.status < 500 for one in answers)  # noqa: PLR2004 - HTTP's own
    return Promise("every unsigned request was refused", refused, by_status(answers))


def _untouched(ledger: Mapping[int, Entry], orders: Sequence[Ordered]) -> Promise:
    """Whether the workers were run for the genuine orders and for nothing else."""
    strange = sum(1 for order_id in ledger if order_id >= STRANGERS_FROM)
    ours = [ledger[one.order_id] for one in orders if one.order_id in ledger]
    runs = sum(entry.runs for entry in ours)
    kept = not strange and runs <= RUNS_AN_ORDER * len(orders)
    told = f"{strange} strange orders in the ledger; {runs} runs for {len(orders)} genuine ones"
    return Promise("the workers did nothing for strangers", kept, told)
