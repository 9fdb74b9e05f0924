"""Take one web order into Sage 100: claim, read, gate, map, write, record.

It may stop after any line and run again, any number of times, in any number of workers: what to do is
decided from the state found, never from the event.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tieout.domain.identity import OrderKey
from tieout.domain.ledger import ATTEMPTS_BEFORE_PARKING, UNREAD, Entry, State, waiver
from tieout.domain.mapping import sales_order
from tieout.domain.money import ZERO, as_integer_cents
from tieout.domain.orders import Order, Standing
from tieout.domain.outcomes import (
    AlreadyTaken,
    Ending,
    HeldByAnother,
    NeedsSetup,
    Outcome,
    Parked,
    Skipped,
    Waiting,
)
from tieout.domain.sales_orders import SalesOrder
from tieout.domain.sweeps import Breaker, Flow
from tieout.errors import LeaseLostError, RejectedError, RetryableError, SetupError
from tieout.flows.breaker import BREAKER
from tieout.flows.desk import Desk, Run, Sale
from tieout.flows.entered_by_hand import ended_unseen
from tieout.flows.leave_record import left_behind, wait_of
from tieout.flows.write_sales_order import write_sales_order

# A storefront may answer 404 right after it announced an order; after a day it means it.
VANISHED_AFTER = timedelta(hours=24)
SETUP_WAIT = timedelta(minutes=15)
SETTLE = "tieout orders settle"
# About a day, at the longest wait between two tries.
WAITS_BEFORE_PARKING = 150
# A look at an order that Sage was seen to hold so recently does not ask Sage again. Status changes come
# in bursts; and whoever doubts an order (the recount) clears the time.
SURE_FOR = timedelta(hours=1)


def take_order(key: OrderKey, *, desk: Desk, owner: str, stop_at: datetime) -> Outcome:
    """Bring one web order one step further, at best all the way.

    `owner` names this run and no other; `stop_at` is when this worker is cut off.

    Raises:
        RetryableError: the ledger can't be reached; everything else ends as an outcome that the
            ledger remembers.
    """
    claim = desk.ledger.claim(key, owner=owner)
    if claim is None:
        desk.ledger.want(key)
        return HeldByAnother()
    run = Run(desk, claim, claim.entry, stop_at)
    try:
        outcome = _by_hand(run, _attempt(run))
        desk.ledger.release(claim, left_behind(run.entry, outcome, desk.clock.now()))
    except LeaseLostError:
        desk.ledger.want(key)
        return HeldByAnother()
    return outcome


def _by_hand(run: Run, ending: Ending) -> Ending:
    """Whoever enters a parked order by hand must mark it, or a later try would double it.

    Where Sage may not show it any more once it is invoiced, it has to be settled before.
    """
    if not isinstance(ending, Parked) or run.entry.created_at or SETTLE in ending.next_action:
        return ending
    rule = f"If you enter it by hand, give it the customer PO {run.marker}."
    if not run.sees_all:
        rule = f"Before you enter it by hand: {SETTLE}; then give it the customer PO {run.marker}."
    return replace(ending, next_action=f"{ending.next_action} {rule}")


def _attempt(run: Run) -> Ending:
    try:
        return _advance(run)
    except LeaseLostError:
        raise
    except RejectedError as error:
        return Parked(error.reason, error.next_action)
    except SetupError as error:
        return NeedsSetup(str(error), run.now() + SETUP_WAIT)
    except RetryableError as error:
        return _alone(run, error) or _again(run, error)


def _again(run: Run, error: RetryableError) -> Waiting:
    return Waiting(str(error), run.now() + wait_of(run.entry, error.retry_after))


def _alone(run: Run, error: RetryableError) -> Parked | None:
    """Whether this order fails by itself while others get through: then time won't heal it."""
    if run.entry.waits < WAITS_BEFORE_PARKING:
        return None
    breaker = Breaker.of(run.desk.notes.read(BREAKER))
    if breaker is None or breaker.flow is not Flow.FREE:
        return None
    return Parked(
        f"It failed {run.entry.waits} times in a row while other orders got through: {error}",
        "Look for its order number in the log, mend the cause, then replay the order.",
    )


def _advance(run: Run) -> Ending:
    if run.entry.attempts > ATTEMPTS_BEFORE_PARKING:
        return Parked(
            f"Working on this order broke off {ATTEMPTS_BEFORE_PARKING} times in a row.",
            "Look for its order number in the log, mend the cause, then replay the order.",
        )
    if run.entry.key.order_id < run.desk.first_order_id and not _touched(run.entry):
        return Skipped("The order was placed before Tieout took over, see first_order_id.")
    read_at = run.now()
    order = run.desk.storefront.read_order(run.entry.key.order_id)
    if order is None:
        return _vanished(run)
    run.entry = replace(
        run.entry,
        modified_at=order.modified_at,
        read_at=read_at,
        currency=order.currency,
        missing_since=None,
        seen_hash=order.content_hash(),
        standing=order.standing.value,
    )
    return _settled_by_hand(run, order) or _gate(run, order) or _take(run, order)


def _settled_by_hand(run: Run, order: Order) -> Ending | None:
    """A person has dealt with this very content and said so; what changes afterwards is new."""
    waived = run.entry.waived_hash
    if not waived:
        return None
    now = waiver(run.entry.seen_hash, order.standing)
    if waived == UNREAD:
        run.entry = replace(run.entry, waived_hash=now)
    same_content = waived.startswith(f"{run.entry.seen_hash}:")
    newly_cancelled = order.standing is Standing.CANCELLED and waived != now
    if waived == UNREAD or (same_content and not newly_cancelled):
        return Skipped("A person has settled this order by hand.")
    return Parked(
        "This order was settled by hand, and the storefront has changed it since.",
        f"Compare it with Sage, then settle it again: {SETTLE}.",
    )


def _vanished(run: Run) -> Ending:
    """The storefront says 404: right for an order just made, or gone, and wrong on a lagging replica.

    So what still has to be looked at in an order stays so.
    """
    now, known = run.now(), run.entry
    since = known.missing_since or now
    state = State.INTENT if known.state is State.CREATED and _pending(known) else known.state
    run.entry = entry = replace(known, missing_since=since, state=state)
    if entry.state is State.PARKED and entry.created_at:
        return Parked(entry.reason, entry.next_action)
    if now - since <= VANISHED_AFTER:
        return Waiting("The storefront does not have this order yet.", now + wait_of(entry, None))
    if entry.state is State.CREATED and entry.sales_order_no:
        return AlreadyTaken(entry.sales_order_no)
    if _touched(entry):
        return Parked(
            f"The storefront has not had this order for a day; Sage may have it as {run.number}.",
            f"If Sage has sales order {run.number}, decide whether it stands; else nothing is to do.",
        )
    return Parked(
        "The storefront announced this order, and has not had it for a day.",
        "Look for it in the storefront's archive; if it isn't there, nothing needs doing.",
    )


def _pending(entry: Entry) -> bool:
    """Whether a change was still to be brought to Sage when the storefront began to say 404."""
    waiting = bool(entry.reason) and entry.missing_since is None
    return waiting or entry.rev != entry.sage_rev or entry.content_hash != entry.seen_hash


def _gate(run: Run, order: Order) -> Ending | None:
    """What the order's standing decides before it is even mapped; None means «go on».

    Once a create was begun, its outcome is looked for whatever the standing is by now. And what the
    storefront has finished or cancelled may be in Sage without our knowing: a clerk may have entered
    it, or the ledger been put back to an older copy.
    """
    if _touched(run.entry) or order.standing in {Standing.IMPORTABLE, Standing.FINISHED}:
        return None
    if order.standing is Standing.NOT_YET:
        return Waiting(f"The storefront has the order as {order.status_name}.", None)
    return ended_unseen(run, order, run.entry.company or run.desk.companies.get(order.currency))


def _touched(entry: Entry) -> bool:
    """Whether Sage may hold something of this order."""
    return bool(entry.not_after or entry.created_at)


def _take(run: Run, order: Order) -> Ending:
    company = run.entry.company or _company(run, order)
    document = _document(run, order)
    run.entry = replace(run.entry, total_cents=as_integer_cents(document.total))
    if _unchanged(run, order) and run.entry.sales_order_no:
        return AlreadyTaken(run.entry.sales_order_no)
    return write_sales_order(run, Sale(order, document, company, run.entry.seen_hash))


def _document(run: Run, order: Order) -> SalesOrder:
    """The sales order as Sage is to have it; an empty one of what only has to be cancelled there."""
    try:
        return sales_order(order, marker=run.marker, sage=run.desk.defaults)
    except RejectedError:
        if order.standing is Standing.CANCELLED and _touched(run.entry):
            return SalesOrder({}, (), ZERO)
        raise


def _unchanged(run: Run, order: Order) -> bool:
    """Whether Sage was seen of late to hold our last write of this very content, and it still stands."""
    entry = run.entry
    return (
        entry.state is State.CREATED
        and entry.content_hash == entry.seen_hash
        and entry.rev == entry.sage_rev
        and order.standing is not Standing.CANCELLED
        and entry.checked_at is not None
        and run.now() - entry.checked_at < SURE_FOR
    )


def _company(run: Run, order: Order) -> str:
    try:
        return run.desk.companies[order.currency]
    except KeyError:
        raise RejectedError(
            f"The order is in {order.currency}, and no Sage company is set for that currency.",
            next_action=f"Enter it by hand, or name a company for {order.currency} in the settings.",
            code="NoCompanyForCurrency",
        ) from None
