"""What a person decides about a parked order: it is settled, or Sage may be given it again."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tieout.domain.guarantees import Mode, settle_time
from tieout.domain.identity import OrderKey
from tieout.domain.ledger import Entry, State, waiver
from tieout.errors import RejectedError, RetryableError
from tieout.ports import Audit, Clock, Ledger


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided about an order, and why; `owner` names this one deed and no other."""

    key: OrderKey
    who: str
    reason: str
    owner: str


def settle(decision: Decision, *, ledger: Ledger, audit: Audit, clock: Clock) -> Entry:
    """Leave the order as it is: it is parked again only when the storefront changes it.

    Raises:
        RejectedError: the order isn't parked.
        RetryableError: a worker has it just now.
    """

    def settled(entry: Entry) -> Entry:
        waived = waiver(entry.seen_hash, entry.standing)
        done = replace(entry, state=State.SKIPPED, waived_hash=waived, next_at=None)
        return _loose(done, "A person has settled this order by hand.")

    return _decide(decision, "settle", settled, ledger=ledger, audit=audit, clock=clock)


def create_again(decision: Decision, *, ledger: Ledger, audit: Audit, clock: Clock) -> Entry:
    """Let the order be created in Sage anew: what Sage was given of it is gone, or never arrived.

    The next run still looks Sage up first, so an order that is there is adopted and never doubled.

    Raises:
        RejectedError: the order isn't parked, or an earlier create may still be under way.
        RetryableError: a worker has it just now.
    """
    now = clock.now()

    def anew(entry: Entry) -> Entry:
        _check_settled(entry, now)
        forgotten = replace(
            entry,
            state=State.SEEN,
            created_at=None,
            absent_at=now,
            absent_rev=entry.rev,
            not_after=None,
            mode="",
            intent_hash="",
            content_hash="",
            waived_hash="",
            sage_stamp="",
            sage_rev=0,
            next_at=now,
        )
        return _loose(forgotten, "A person lets this order be created in Sage again.")

    return _decide(decision, "again", anew, ledger=ledger, audit=audit, clock=clock)


def _check_settled(entry: Entry, now: datetime) -> None:
    mode = Mode(entry.mode) if entry.mode else Mode.NO_DEADLINE
    if entry.not_after and now < entry.not_after + settle_time(mode):
        raise RejectedError(
            "An earlier write of this order may still be on its way to Sage.",
            next_action=f"Repeat this after {entry.not_after + settle_time(mode):%H:%M} UTC.",
        )


def _loose(entry: Entry, reason: str) -> Entry:
    return replace(entry, parked_at=None, reason=reason, next_action="")


def _decide(
    decision: Decision,
    deed: str,
    change: Callable[[Entry], Entry],
    *,
    ledger: Ledger,
    audit: Audit,
    clock: Clock,
) -> Entry:
    """Do it under the order's claim; the audit is written first, so that no deed is without it."""
    known = ledger.read(decision.key)
    if known is None:
        raise _not_parked(decision.key)
    claim = ledger.claim(decision.key, owner=decision.owner)
    if claim is None:
        raise RetryableError("A worker has this order just now: repeat this in two minutes.")
    try:
        if claim.entry.state is not State.PARKED:
            raise _not_parked(decision.key)
        changed = change(claim.entry)
    except RejectedError:
        # Whatever the record is like, a look costs nothing: nobody else may be going to take one.
        ledger.release(claim, replace(claim.entry, next_at=clock.now()))
        raise
    audit.append(decision.key, deed=deed, who=decision.who, reason=decision.reason, at=clock.now())
    ledger.release(claim, changed)
    return changed


def _not_parked(key: OrderKey) -> RejectedError:
    see = f"See: tieout orders show {key.store} {key.order_id}."
    return RejectedError("This order is not parked.", next_action=see)
