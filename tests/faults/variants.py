"""Other protocols, each without something that ours has, and what goes wrong with each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

from tests.faults.agent import Promises
from tests.faults.hooks import Hooks
from tests.faults.naive import (
    ask_then_create,
    beside_a_liar,
    create_only,
    idempotent,
    with_next_number,
)
from tests.faults.options import PROMISES, Options
from tests.faults.sage import Switches
from tests.faults.systems import Run, busy_office, of, restored
from tieout.adapters.dynamodb import DynamoWatermarks
from tieout.domain.guarantees import Mode
from tieout.domain.identity import StoreKey
from tieout.domain.webhooks import Delivery
from tieout.flows.accept_webhook import Verdict, accept_webhook
from tieout.flows.backfill import OVERLAP


@dataclass(frozen=True)
class Variant:
    """A protocol; `shows` are the findings that count as having caught it.

    `under` names the system that it is compared with: ours, on the same seed.
    """

    name: str
    run: Run
    shows: tuple[str, ...]
    under: str = "full"


class NoOverlap(DynamoWatermarks):
    """Marks after which a scan begins exactly where the last one did."""

    def read(self, store: StoreKey, scan: str) -> datetime | None:
        reached = super().read(store, scan)
        return reached + OVERLAP if reached else None


def by_payload(hooks: Hooks, store: StoreKey, delivery: Delivery) -> Verdict:
    """A webhook whose payload was seen before counts as a repetition."""
    known: set[bytes] = vars(hooks).setdefault("known", set())
    if delivery.body in known:
        return Verdict.IGNORED
    known.add(delivery.body)
    return accept_webhook(
        delivery,
        gatekeeper=hooks.gatekeeper(store),
        wakeups=hooks.cloud.wakeups,
        clock=hooks.cloud.clock,
    )


_BLIND = Switches(history_consulted=False)
# Whoever takes Sage's next number hands in no marker that is to be refused.
_NAIVE = Switches(history_consulted=False, marker_guard=False)
_NONE: Mapping[str, Any] = {"every": ()}
_ALL = Options()
_DOUBLED = ("doubled_order",)
_MISSED = ("lost", "edit_missed", "cancel_missed")

VARIANTS = (
    Variant(
        "A: ask, then create under the next number; webhooks only",
        of(Options(worker=ask_then_create, switches=_NAIVE, **_NONE)),
        _DOUBLED,
    ),
    Variant(
        "B: A with a backfill",
        of(Options(worker=ask_then_create, switches=_NAIVE, every=_ALL.without("due", "gaps"))),
        _DOUBLED,
    ),
    Variant(
        "C: an idempotency record around A, with a backfill",
        of(Options(worker=idempotent, switches=_NAIVE, every=_ALL.without("due", "gaps"))),
        _DOUBLED,
    ),
    Variant(
        "D: a number for ever and create-only, without lease, edits or cancellations",
        of(Options(worker=create_only)),
        ("edit_missed", "cancel_missed"),
    ),
    Variant(
        "E: D beside an agent that opens an order that exists",
        of(Options(worker=create_only, switches=Switches(opens_existing_key=True))),
        ("doubled_lines",),
    ),
    Variant(
        "F: ours with Sage's next number",
        of(Options(worker=with_next_number)),
        ("doubled_order", "parked_without_cause"),
    ),
    Variant(
        "G: ours beside an agent that opens an order that exists",
        of(Options(switches=Switches(opens_existing_key=True))),
        ("doubled_lines", "amount_differs", "overwrote_foreign"),
    ),
    Variant(
        "H: ours without a look into the history",
        of(Options(switches=_BLIND)),
        ("doubled_order", "parked_without_cause", "cancel_missed"),
    ),
    Variant(
        "I: ours beside an agent without deadline, create-only on open orders alone",
        of(Options(worker=beside_a_liar, promises=Promises(deadline=False, barrier=False))),
        _DOUBLED,
    ),
    Variant(
        "J: ours, payloads told apart by their hash, without poller or sweeper",
        of(Options(receive=by_payload, **_NONE)),
        _MISSED,
    ),
    Variant(
        "K: ours, scans without overlap, no sweeper",
        of(Options(marks=NoOverlap, every=_ALL.without("due", "gaps"))),
        _MISSED,
    ),
    Variant("L: ours without poller or sweeper", of(Options(**_NONE)), _MISSED),
    Variant(
        "M: ours beside an agent that changes orders under no guard",
        partial(busy_office, Options(switches=Switches(revision_guard=False))),
        ("overwrote_foreign",),
        under="full, a busy office",
    ),
    Variant(
        "P: C after its records were put back to an older copy",
        partial(
            restored,
            Options(worker=idempotent, switches=_NAIVE, every=_ALL.without("due", "gaps")),
        ),
        _DOUBLED,
    ),
    Variant(
        "S: ours over SOAP, and orders in Sage changed under no condition",
        of(
            Options(
                mode=Mode.NEVER_TWICE,
                promises=replace(PROMISES[Mode.NEVER_TWICE], replace=True),
                switches=Switches(revision_guard=False),
            )
        ),
        ("overwrote_foreign",),
        under="never twice",
    ),
)
