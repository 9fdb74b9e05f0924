"""The circuit breaker before the agent: judged by its health, and by what became of woken orders."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tieout.domain.agents import Health
from tieout.domain.identity import OrderKey
from tieout.domain.ledger import Entry, State
from tieout.domain.sweeps import Breaker, Flow
from tieout.ports import Ledger

# What the note is called; there is one agent, whatever the stores.
BREAKER = "breaker"
# So many of the woken orders are followed up: one batch read, and more than enough to tell.
SAMPLE = 20
# Fewer failures may each have a reason of their own, and so few orders can't flood anything either.
ENOUGH = 5


def judge(before: Breaker | None, *, health: Health, ledger: Ledger, now: datetime) -> Breaker:
    """How many orders may be let through now; `before` is what the last run found.

    The agent's word comes first. But it may say that it is well while Sage lets nobody in: so when at
    least ENOUGH of the orders that were last woken have failed, and none got through, the line is
    stuck, until one gets through or hardly any is left.
    """
    known = before or Breaker(Flow.FREE, since=now)
    flow, reason = _verdict(known, health, ledger)
    since = known.since if known.flow is flow else now
    return replace(known, flow=flow, since=since, reason=reason, seen_at=now)


def sample_of(ledger: Ledger, keys: Sequence[OrderKey]) -> str:
    """Orders about to be woken, with their epochs: a higher one tells that a worker was there."""
    if not keys:
        return ""
    entries = ledger.read_many(keys)
    return " ".join(f"{key}:{entry.epoch}" for key, entry in entries.items())


def _verdict(before: Breaker, health: Health, ledger: Ledger) -> tuple[Flow, str]:
    if not health.ready:
        return Flow.DOWN, health.reason
    followed = before.followed
    if len(followed) < ENOUGH or before.woken_at is None:
        return Flow.FREE, ""
    entries = ledger.read_many(key for key, _ in followed)
    tried = [entries[key] for key, epoch in followed if _tried(entries.get(key), epoch)]
    if any(_got_through(entry, before.woken_at) for entry in tried):
        return Flow.FREE, ""
    failed = [entry.reason for entry in tried if _failed(entry)]
    if len(failed) >= ENOUGH:
        return Flow.STUCK, failed[-1]
    return (Flow.STUCK, before.reason) if before.flow is Flow.STUCK else (Flow.FREE, "")


def _tried(entry: Entry | None, epoch: int) -> bool:
    """Whether a worker has come to an end with it since; a claim that is still held counts attempts."""
    return entry is not None and entry.epoch > epoch and not entry.attempts


def _failed(entry: Entry) -> bool:
    return entry.next_at is not None and bool(entry.reason) and entry.state is not State.PARKED


def _got_through(entry: Entry, woken_at: datetime) -> bool:
    """Whether Sage was asked and answered. An order that needs no Sage ends well, and proves nothing."""
    return not _failed(entry) and entry.checked_at is not None and entry.checked_at >= woken_at
