"""The load run itself: each part after the other on one sandbox, then both sides once more as a whole."""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from sandbox.demo.ledger import PARKED
from sandbox.load import burst, flood, outage
from sandbox.load.figures import Figure, Part
from sandbox.load.judge import closing_line, nothing_strange
from sandbox.load.measures import no_dead_letters
from sandbox.load.report import Machine, Result
from sandbox.load.scene import Scene
from sandbox.load.sizes import Sizes
from sandbox.progress import Steps
from sandbox.shop import Account, Shop
from sandbox.start import Running

# The flood before the burst: the first backfill after a burst reads its orders once more, and for a
# minute the quota of the storefront's API leaves little for new ones.
PARTS: Mapping[str, Callable[[Scene], Part]] = {
    flood.NAME: flood.flood,
    burst.NAME: burst.burst,
    outage.NAME: outage.outage,
}


def load(
    running: Running, steps: Steps, *, sizes: Sizes, wanted: Collection[str], machine: Machine
) -> Result:
    """Run the wanted parts in a sandbox that is up and in which nothing was sold yet.

    Raises:
        ProcessError: a part of the sandbox has ended.
        NotReadyError: the agent did not come back.
        ShopError: the simulated shop refused.
        BooksError: the simulated Sage 100 did not answer.
    """
    told = running.description.bigcommerce
    account = Account(told.access_token, told.client_id, told.client_secret)
    with Shop(told.http, account) as shop:
        scene = Scene(running, shop, steps, sizes)
        try:
            parts = [_told_how_busy(part(scene)) for name, part in PARTS.items() if name in wanted]
            return _result(scene, parts, machine)
        finally:
            scene.stopped.set()


def _told_how_busy(part: Part) -> Part:
    """Add how many programs wanted the processors in the last five minutes, whoever started them."""
    load_average = Figure("load of the machine, five minutes", os.getloadavg()[1], "")
    return replace(part, figures=[*part.figures, load_average])


def _result(scene: Scene, parts: list[Part], machine: Machine) -> Result:
    evidence = scene.evidence(scene.orders)
    ids = {one.order_id for one in scene.orders}
    books = Part("everything", [], [nothing_strange(evidence.entered, ids), no_dead_letters(scene)])
    both = [*parts, books]
    parked = sum(evidence.ledger[one].state == PARKED for one in ids & evidence.ledger.keys())
    broken = sum(not one.kept for part in both for one in part.promises)
    line = closing_line(evidence.comparison, parked=parked, broken=broken)
    return Result(machine, scene.sizes, both, line)


def this_machine() -> Machine:
    """What the figures depend on, as it is before the run begins."""
    return Machine(os.cpu_count() or 1, os.getloadavg()[0])
