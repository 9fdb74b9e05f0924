"""Part two: a great many signed webhooks within seconds, and nobody but them tells of the orders."""

from sandbox.load.figures import Figure, Part, per_minute, spread
from sandbox.load.judge import promises
from sandbox.load.measures import accepted, taken_at, waits, warm
from sandbox.load.scene import Scene
from sandbox.load.schedules import unaided

NAME = "burst"


def burst(scene: Scene) -> Part:
    """Announce all orders at once; return what became of the webhooks and of the orders."""
    sizes, steps = scene.sizes, scene.steps
    cold = warm(scene)
    orders = scene.sell(sizes.burst_webhooks)
    ids = [one.order_id for one in orders]
    with unaided(scene.cloud):
        steps.begin(f"{len(ids)} signed webhooks in {sizes.burst_seconds} s", len(ids))
        pace = len(ids) / sizes.burst_seconds
        post = scene.post(sizes.connections)
        sent = post.send(
            scene.sender.created(ids.__getitem__), len(ids), rate=pace, done=steps.reached
        )
        steps.begin("Their orders on the way into Sage 100", len(ids))
        scene.settle(orders)
    evidence = scene.evidence(orders)
    taken = taken_at(evidence.ledger, ids)
    figures = [
        Figure("signed webhooks sent", len(ids), ""),
        Figure("pace that was reached", sent.rate, "a second"),
        *cold,
        *spread("answer", [one.seconds for one in sent.answers]),
        *spread("webhook to Sage", waits(sent.answers, taken), unit="s"),
        Figure("orders into Sage", per_minute(list(taken.values())), "a minute"),
    ]
    return Part(NAME, figures, [accepted(sent.answers), *promises(evidence)])
