"""Part three: Sage slows down, then the agent is off, then it is back, and orders keep coming."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from sandbox.health import Probe, wait_for
from sandbox.load.figures import Figure, Part, busiest, per_minute, spread
from sandbox.load.goods import Till
from sandbox.load.judge import promises
from sandbox.load.measures import accepted, no_dead_letters, taken_at, waits, warm
from sandbox.load.post import Sending
from sandbox.load.scene import Scene

NAME = "outage"
AGENT = "agent"
# Longer than the agent waits for Sage: the write happens, and nobody hears of it.
HANG_SECONDS = 30
MS = 1000


@dataclass(frozen=True)
class Outage:
    """When the agent went off and when it was back, Unix seconds; how many orders waited then."""

    off_at: float
    back_at: float
    waiting: int


def outage(scene: Scene) -> Part:
    """Announce orders while Sage gets worse and better; return what became of them."""
    warm(scene)
    till = Till(scene.shop)
    announced = _announce(scene, till)
    times = _get_worse_and_better(scene, till)
    sent, orders = announced.result(), scene.close(till)
    scene.steps.begin("The agent is back: orders on their way into Sage 100", len(orders))
    scene.settle(orders)
    evidence = scene.evidence(orders)
    taken = taken_at(evidence.ledger, {one.order_id for one in orders})
    figures = [
        Figure("orders announced, one signed webhook each", len(orders), ""),
        *spread("answer", [one.seconds for one in sent.answers]),
        *_drained(taken.values(), times),
        *spread("webhook to Sage", waits(sent.answers, taken), unit="s"),
    ]
    kept = [accepted(sent.answers), *promises(evidence), no_dead_letters(scene)]
    return Part(NAME, figures, kept)


def _announce(scene: Scene, till: Till) -> Sending:
    sizes = scene.sizes
    make = scene.sender.created(till.order)
    return scene.post(sizes.connections).begin(make, sizes.outage_orders, rate=sizes.outage_rate)


def _get_worse_and_better(scene: Scene, till: Till) -> Outage:
    sizes, children = scene.sizes, scene.running.children
    scene.trouble_sage(kind="slow", count=None, seconds=str(sizes.slow_calls_ms / MS))
    scene.trouble_sage(kind="hang", on="commit", count=sizes.hanging_writes, seconds=HANG_SECONDS)
    _pass(scene, f"Sage is slow for {sizes.slow_seconds} s", sizes.slow_seconds)
    off_at, program = time.time(), children.take_down(AGENT)
    scene.heal_sage()
    _pass(scene, f"The agent is off for {sizes.off_seconds} s", sizes.off_seconds)
    waiting = len(till.sold) - scene.settled(till.sold)
    children.start(program)
    wait_for(AGENT, _probe(scene).answers, children)
    return Outage(off_at, time.time(), waiting)


def _pass(scene: Scene, text: str, seconds: int) -> None:
    """Let time pass, unless a part of the sandbox ends meanwhile."""
    scene.steps.begin(text, seconds)
    for second in range(seconds):
        scene.steps.reached(second)
        scene.running.children.check()
        time.sleep(1)


def _probe(scene: Scene) -> Probe:
    agent = scene.running.description.agent
    bearer = {"Authorization": f"Bearer {agent.api_key}"}
    return Probe(AGENT, f"{agent.url}/v1/health", bearer, Path(agent.certificate))


def _drained(taken: Iterable[float], times: Outage) -> list[Figure]:
    """How the backlog went away once the agent was back."""
    moments = sorted(taken)
    after = [moment for moment in moments if moment >= times.back_at]
    figures = [
        Figure(
            "in Sage before the agent went off", len([m for m in moments if m < times.off_at]), ""
        ),
        Figure("waiting when it came back", times.waiting, ""),
    ]
    if after:
        figures += [
            Figure("agent back until the first order", after[0] - times.back_at, "s"),
            Figure("agent back until the last order", after[-1] - times.back_at, "s"),
            Figure("drain, from the first to the last", per_minute(after), "a minute"),
            Figure("drain, the busiest minute", busiest(after), "a minute"),
        ]
    return figures
