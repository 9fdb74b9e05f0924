"""Take one web order into Sage 100: claim, read, gate, map, write, record.

It may stop after any line and run again, any number of times, in any number of workers: what to do is
decided from the state found, never from the event.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from tieout.domain.identity import OrderKey
from tieout.domain.ledger import ATTEMPTS_BEFORE_PARKING, Entry, State
from tieout.domain.mapping import sales_order
from tieout.domain.money import as_integer_cents
from tieout.domain.orders import Order, Standing
from tieout.domain.outcomes import (
    AlreadyTaken,
    Ending,
    HeldByAnother,
    NeedsSetup,
    Outcome,
    Parked,
    Skipped,
    Taken,
    Updated,
    Waiting,
)
from tieout.errors import LeaseLostError, RejectedError, RetryableError, SetupError
from tieout.flows.desk import Desk, Run, Sale
from tieout.flows.entered_by_hand import ended_unseen
from tieout.flows.write_sales_order import write_sales_order

# A storefront may answer 404 right after it announced an order; after a day it means it.
VANISHED_AFTER = timedelta(hours=24)
SHORTEST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(minutes=10)
# The other side may ask for more, but a slip of its own must not put an order off for years.
LONGEST_ASKED_WAIT = timedelta(hours=1)
SETUP_WAIT = timedelta(minutes=15)
# Master data may have been mended since: what was refused is offered again once a day.
PARKED_RETRY = timedelta(hours=24)
# A look at an order that Sage was seen to hold so recently does not ask Sage again. Status changes come
# in bursts; and whoever doubts an order (the recount) clears the time.
SURE_FOR = timedelta(hours=1)
# A few sentences. A record too large for DynamoDB (400 KB) could not be written at all.
LONGEST_REASON = 500


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
        desk.ledger.release(claim, _settled(run.entry, outcome, desk.clock.now()))
    except LeaseLostError:
        desk.ledger.want(key)
        return HeldByAnother()
    return outcome


def _by_hand(run: Run, ending: Ending) -> Ending:
    """Whoever enters a parked order by hand must mark it, or a later try would double it."""
    if not isinstance(ending, Parked) or run.entry.created_at:
        return ending
    rule = f"If you enter it by hand, give it the customer PO {run.marker}."
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
        return Waiting(str(error), run.now() + _wait(run.entry, error.retry_after))


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
    )
    return _settled_by_hand(run, order) or _gate(run, order) or _take(run, order)


def _settled_by_hand(run: Run, order: Order) -> Ending | None:
    """A person has dealt with this very content and said so; what changes afterwards is new."""
    waived = run.entry.waived_hash
    if not waived or (waived == run.entry.seen_hash and order.standing is not Standing.CANCELLED):
        return Skipped("A person has settled this order by hand.") if waived else None
    return Parked(
        "This order was settled by hand, and the storefront has changed it since.",
        "Compare it with Sage, then settle it again: tieout orders settle.",
    )


def _vanished(run: Run) -> Ending:
    """The storefront says 404: right for an order just made, or gone, and wrong on a lagging replica.

    So what still has to be looked at in an order stays so.
    """
    now = run.now()
    since = run.entry.missing_since or now
    run.entry = entry = replace(run.entry, missing_since=since)
    if entry.state is State.PARKED and entry.created_at:
        return Parked(entry.reason, entry.next_action)
    if now - since <= VANISHED_AFTER:
        return Waiting("The storefront does not have this order yet.", now + _wait(entry, None))
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
    document = sales_order(order, marker=run.marker, sage=run.desk.defaults)
    run.entry = replace(run.entry, total_cents=as_integer_cents(document.total))
    if _unchanged(run, order) and run.entry.sales_order_no:
        return AlreadyTaken(run.entry.sales_order_no)
    return write_sales_order(run, Sale(order, document, company, run.entry.seen_hash))


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


def _settled(entry: Entry, ending: Ending, now: datetime) -> Entry:
    """The record to leave behind: what happened, and when somebody looks again."""
    left = _still_parked(entry, ending) or _left(entry, ending, now)
    return replace(left, reason=_line(left.reason), next_action=_line(left.next_action))


def _line(words: str) -> str:
    """One short line: it may quote names out of the shop or Sage, whatever they hold."""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return " ".join(printable.split())[:LONGEST_REASON]


def _still_parked(entry: Entry, ending: Ending) -> Entry | None:
    """A parked order whose new look was cut short: nothing was found out that would change it."""
    match ending:
        case Waiting(_, datetime() as until) | NeedsSetup(_, until) if entry.parked_at:
            waits = entry.waits + 1
            return replace(entry, state=State.PARKED, attempts=0, waits=waits, next_at=until)
        case _:
            return None


def _left(entry: Entry, ending: Ending, now: datetime) -> Entry:
    done = replace(
        entry, attempts=0, waits=0, next_at=None, parked_at=None, reason="", next_action=""
    )
    match ending:
        case Waiting(reason, None):
            return replace(done, state=State.WAIT_STATUS, reason=reason)
        case Waiting(reason, until):
            state = _waiting_state(entry)
            return replace(done, state=state, waits=entry.waits + 1, next_at=until, reason=reason)
        case NeedsSetup(reason, until):
            return replace(done, state=_waiting_state(entry), next_at=until, reason=reason)
        case Parked(reason, next_action):
            return replace(
                done,
                state=State.PARKED,
                parked_at=entry.parked_at or now,
                reason=reason,
                next_action=next_action,
                next_at=now + PARKED_RETRY,
            )
        case Skipped(reason):
            return replace(done, state=State.SKIPPED, reason=reason)
        case Taken() | AlreadyTaken() | Updated():
            return replace(done, state=State.CREATED)


def _waiting_state(entry: Entry) -> State:
    """A state that promises another look, without forgetting what Sage may already hold."""
    if entry.created_at:
        return State.CREATED if entry.state is State.CREATED else State.INTENT
    return State.INTENT if entry.not_after else State.WAITING_AGENT


def _wait(entry: Entry, asked: int | None) -> timedelta:
    doubled = SHORTEST_WAIT * 2 ** min(entry.waits, 6)
    wished = timedelta(seconds=min(asked or 0, LONGEST_ASKED_WAIT.total_seconds()))
    return max(min(doubled, LONGEST_WAIT), wished)
