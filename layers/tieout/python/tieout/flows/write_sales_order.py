"""Write one sales order so that it exists once: look, settle, intend, create, read back."""

from dataclasses import replace
from datetime import datetime, timedelta

from tieout.domain.guarantees import Guarantees, Mode, settle_time, weaker
from tieout.domain.identity import Company, CustomerKey
from tieout.domain.ledger import (
    AGENT_DEADLINE,
    LOOK_EVERY,
    SETTLE,
    TIME_NEEDED_TO_CREATE,
    Entry,
    State,
)
from tieout.domain.mapping import MAPPING_VERSION
from tieout.domain.orders import Order, Standing
from tieout.domain.outcomes import AlreadyTaken, Ending, Parked, Skipped, Waiting
from tieout.domain.sales_orders import LookUp
from tieout.errors import (
    NotSentError,
    OutcomeUnknownError,
    RejectedError,
    RetryableError,
    SetupError,
)
from tieout.flows.bring_up_to_date import bring_up_to_date
from tieout.flows.desk import Look, Run, Sale
from tieout.flows.match_customer import match_customer
from tieout.flows.memory import may_have_forgotten
from tieout.flows.verdicts import deleted, finished_without_sage
from tieout.ports import Created

# Beyond this difference to Sage's clock, a deadline would mean nothing.
LARGEST_CLOCK_SKEW = timedelta(minutes=60)
# So many creates that Sage neither took nor refused: it won't take the next one either.
MOST_CREATES = 25
# So many looks in a row at a number that Sage calls taken and does not show.
MOST_CONTRADICTIONS = 10


def write_sales_order(run: Run, sale: Sale) -> Ending:
    """Make Sage hold the sale, or find out that it does.

    Rows in Sage only move from open orders to history to invoices, and the look-up reads them in that
    order behind any write that is running. So «absent», told after the last create's deadline, is
    final, and only then is a create sent; Sage itself refuses a second one under the number.
    """
    seen = Look.at(run, run.desk.sage(Company(sale.company)))
    _check_clock(seen)
    if seen.answer.found or seen.answer.marker_matches:
        return bring_up_to_date(seen, sale)
    past = _past(seen, sale)
    if past:
        return past
    if not sale.importable:
        return _unwanted(sale.order)
    bad_moment = run.too_late_to_write() or _hopeless(run) or may_have_forgotten(seen, sale.order)
    return bad_moment or _create(seen, sale, customer=match_customer(seen, sale))


def _check_clock(seen: Look) -> None:
    """Refuse to reckon with Sage's time when it is far off: a wait by it could last for years."""
    if abs(seen.answer.at - seen.run.now()) > LARGEST_CLOCK_SKEW:
        raise SetupError("The Sage server's clock is more than an hour wrong: set its clock.")


def _past(seen: Look, sale: Sale) -> Ending | None:
    """What earlier runs did to an order that Sage doesn't have now; None if it is as good as new."""
    run, answer = seen.run, seen.answer
    run.entry = entry = _as_the_agent_remembers(run, answer)
    status = sale.order.status_name
    if entry.created_at and not answer.guarantees.sees_all:
        return _out_of_sight(run, sale)
    if entry.created_at and sale.order.standing is Standing.CANCELLED:
        return Skipped(f"The storefront has the order as {status}, and Sage has no sales order.")
    if entry.created_at:
        return deleted(run)
    if not entry.not_after:
        return None
    mode = _mode(run, answer.guarantees)
    settled_at = entry.not_after + settle_time(mode)
    if answer.at < settled_at:
        return Waiting(
            "An earlier write may still be on its way to Sage.",
            run.now() + min(settled_at - answer.at, LOOK_EVERY),
        )
    return _question(run) if mode is Mode.NEVER_TWICE else None


def _as_the_agent_remembers(run: Run, answer: LookUp) -> Entry:
    """Absent, and yet stored once: Sage has lost it since, though no answer ever told us of the create.

    Up to `absent_rev` a person has said so already, and wants the order created again.
    """
    entry = run.entry
    if entry.created_at or answer.stored_rev <= entry.absent_rev:
        return entry
    content = entry.intent_hash if answer.stored_rev == entry.rev else ""
    rev = max(entry.rev, answer.stored_rev)
    return replace(entry, created_at=run.now(), rev=rev, content_hash=content)


def _mode(run: Run, guarantees: Guarantees) -> Mode:
    """The weakest mode that this order was ever sent in, today's included."""
    known = Mode(run.entry.mode) if run.entry.mode else guarantees.mode
    return weaker(known, guarantees.mode)


def _out_of_sight(run: Run, sale: Sale) -> Ending:
    """Sage had it and has it no longer open; this connection can't see what became of it."""
    number = run.entry.sales_order_no or run.number
    if sale.order.standing is not Standing.CANCELLED and sale.content == run.entry.content_hash:
        return AlreadyTaken(number)
    return Parked(
        f"The order was changed or cancelled, and sales order {number} is no longer open in Sage; "
        "this connection can't see Sage's history.",
        f"Look for {number} in Sage's history and credit or correct it if needed.",
    )


def _question(run: Run) -> Parked:
    """Nothing proves that the one create did not arrive, so the next step is a person's."""
    return Parked(
        f"It is not known whether sales order {run.number} reached Sage; it isn't an open order.",
        f"Look for {run.number} in Sage, in its history too. If it isn't there: tieout orders again.",
    )


def _unwanted(order: Order) -> Ending:
    """A create was begun and never landed, and by now the storefront would not have it begun."""
    if order.standing is Standing.NOT_YET:
        return Waiting(f"The storefront has the order as {order.status_name}.", None)
    if order.standing is Standing.FINISHED:
        return finished_without_sage(order)
    return Skipped(f"The storefront has the order as {order.status_name}.")


def _hopeless(run: Run) -> Parked | None:
    """Sage neither takes nor refuses the order; a parked one is tried anew, once a day."""
    if run.entry.rev < MOST_CREATES or run.entry.rev % MOST_CREATES or run.entry.parked_at:
        return None
    return Parked(
        f"Sage has neither taken nor refused sales order {run.number} in {run.entry.rev} attempts.",
        "Look into the agent's log for its number; it may be too large to be written in time.",
    )


def _create(seen: Look, sale: Sale, *, customer: CustomerKey) -> Ending:
    """Write the intent down, then create: whatever happens after it, a later run knows to look."""
    run, sale = seen.run, replace(sale, customer=customer)
    bad_moment = run.too_late_to_write()
    if bad_moment:
        return bad_moment
    not_after = seen.deadline()
    run.entry = replace(
        run.entry,
        state=State.INTENT,
        sales_order_no=run.number,
        company=sale.company,
        rev=run.entry.rev + 1,
        map_version=MAPPING_VERSION,
        mode=_mode(run, seen.answer.guarantees),
        not_after=not_after,
        intent_hash=sale.content,
    )
    run.desk.ledger.save(run.claim, run.entry)
    created = _send(seen, sale, customer=customer, not_after=not_after)
    if created is Created.TOO_LATE:
        raise RetryableError("The agent was reached too late to write.")
    if created is Created.GONE:
        run.entry = replace(run.entry, created_at=run.now())
        return deleted(run)
    if created is Created.YES:
        # Known from here on, whatever stops the run: Sage has held it, so it is never created again.
        run.entry = replace(run.entry, created_at=run.now())
    if created is None and run.stop_at - run.now() < TIME_NEEDED_TO_CREATE:
        return _unknown(run)
    yes = created is Created.YES
    return _read_back(Look.at(run, seen.sage, written=yes, answered=yes), sale, created)


def _send(seen: Look, sale: Sale, *, customer: CustomerKey, not_after: datetime) -> Created | None:
    """The create's definite end; None when it is unknown."""
    run = seen.run
    try:
        return seen.sage.create(
            run.number, sale.document, customer=customer, not_after=not_after, rev=run.entry.rev
        )
    except (RejectedError, NotSentError, SetupError):
        # Nothing was written and nothing is on its way: the next try need not wait for this one.
        run.entry = replace(run.entry, not_after=None)
        raise
    except OutcomeUnknownError:
        return None


def _read_back(after: Look, sale: Sale, created: Created | None) -> Ending:
    run = after.run
    if after.answer.found is not None:
        return bring_up_to_date(after, sale)
    if created is None:
        return _unknown(run)
    if created is Created.EXISTS and run.entry.waits >= MOST_CONTRADICTIONS:
        raise RejectedError(
            f"Sage says that sales order {run.number} exists, and does not show it.",
            next_action="Look for the number in Sage, also among deleted and purged orders.",
        )
    raise RetryableError("Sage said yes to the sales order, and does not show it yet.")


def _unknown(run: Run) -> Waiting:
    return Waiting(
        "No answer came to the write; Sage is looked at again.",
        run.now() + AGENT_DEADLINE + SETTLE,
    )
