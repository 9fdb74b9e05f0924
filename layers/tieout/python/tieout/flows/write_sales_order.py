"""Write one sales order so that it exists once: look, settle, intend, create, read back, compare."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tieout.domain.identity import Company, CustomerKey
from tieout.domain.ledger import (
    AGENT_DEADLINE,
    LEASE_NEEDED_TO_CREATE,
    SETTLE,
    TIME_NEEDED_TO_CREATE,
    State,
)
from tieout.domain.mapping import MAPPING_VERSION
from tieout.domain.money import to_cents
from tieout.domain.orders import Order, Standing
from tieout.domain.outcomes import Ending, Parked, Skipped, Taken, Waiting
from tieout.domain.sales_orders import FoundSalesOrder, LookUp, SalesOrder, Where, differences
from tieout.errors import (
    NotSentError,
    OutcomeUnknownError,
    RejectedError,
    RetryableError,
    SetupError,
)
from tieout.flows.desk import Run
from tieout.flows.match_customer import match_customer
from tieout.ports import Created, Sage

# Beyond this difference to Sage's clock, a deadline would mean nothing.
LARGEST_CLOCK_SKEW = timedelta(minutes=60)
# A person reads the first few differences; the rest are in the two systems.
DIFFERENCES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Sale:
    """A web order, and the sales order that it is to be in one company; `customer` once matched."""

    order: Order
    document: SalesOrder
    company: str
    customer: CustomerKey | None = None

    @property
    def importable(self) -> bool:
        """Whether the storefront still wants it in Sage."""
        return self.order.standing is Standing.IMPORTABLE


def write_sales_order(run: Run, sale: Sale) -> Ending:
    """Make Sage hold the sale, or find out that it does.

    Rows in Sage only move from open orders to history to invoices, and the look-up reads them in that
    order behind any write that is running. So «absent», told after the last create's deadline, is
    final, and only then is a create sent; Sage itself refuses a second one under the number.
    """
    sage = run.desk.sage(Company(sale.company))
    if sale.importable and not run.entry.created_at:
        sale = replace(sale, customer=_customer(run, sale, sage))
    answer = sage.look_up(run.number, marker=run.marker)
    if answer.found or answer.marker_matches:
        return _judge(run, sale, answer, adopted=True)
    _check_clock(run, answer)
    past = _past(run, sale, answer)
    if past:
        return past
    if sale.customer is None:
        return _unwanted(sale.order)
    not_after = answer.at + AGENT_DEADLINE
    return _bad_moment(run) or _create(run, sale, sage, customer=sale.customer, not_after=not_after)


def _customer(run: Run, sale: Sale, sage: Sage) -> CustomerKey:
    return match_customer(
        sale.order,
        sage=sage,
        links=run.desk.links,
        company=sale.company,
        defaults=run.desk.defaults,
    )


def _check_clock(run: Run, answer: LookUp) -> None:
    """Refuse to reckon with Sage's time when it is far off: a wait by it could last for years."""
    if abs(answer.at - run.now()) > LARGEST_CLOCK_SKEW:
        raise SetupError("The Sage server's clock is more than an hour wrong: set its clock.")


def _past(run: Run, sale: Sale, answer: LookUp) -> Ending | None:
    """What earlier runs did to an order that Sage doesn't have now; None if it is as good as new."""
    entry, now, status = run.entry, run.now(), sale.order.status_name
    if entry.created_at and sale.order.standing is Standing.CANCELLED:
        return Skipped(f"The storefront has the order as {status}, and Sage has no sales order.")
    if entry.created_at:
        return _deleted(run)
    if entry.not_after and answer.at < entry.not_after + SETTLE:
        rest = entry.not_after + SETTLE - answer.at
        return Waiting("An earlier write may still be on its way to Sage.", now + rest)
    return None


def _unwanted(order: Order) -> Ending:
    """A create was begun and never landed, and by now the storefront would not have it begun."""
    if order.standing is Standing.NOT_YET:
        return Waiting(f"The storefront has the order as {order.status_name}.", None)
    if order.standing is Standing.FINISHED:
        return finished_without_sage(order)
    return Skipped(f"The storefront has the order as {order.status_name}.")


def _bad_moment(run: Run) -> Ending | None:
    """Why a create must not be begun right now; None if it may."""
    now = run.now()
    lease_left, time_left = run.claim.lease_until - now, run.stop_at - now
    if lease_left < LEASE_NEEDED_TO_CREATE or time_left < TIME_NEEDED_TO_CREATE:
        return Waiting("Too little time was left to write safely.", now)
    return None


def finished_without_sage(order: Order) -> Parked:
    """The shop has dealt with the order to its end, and Sage never had it."""
    return Parked(
        f"The storefront has the order as {order.status_name}, and Sage never had it.",
        "Set it to a status that is imported, or enter it by hand.",
    )


def _deleted(run: Run) -> Parked:
    return Parked(
        f"Sales order {run.entry.sales_order_no or run.number} was in Sage and was deleted there.",
        "If that was on purpose, cancel the order in the storefront; else enter it again by hand.",
    )


def _create(
    run: Run, sale: Sale, sage: Sage, *, customer: CustomerKey, not_after: datetime
) -> Ending:
    """Write the intent down, then create: whatever happens after it, a later run knows to look."""
    run.entry = replace(
        run.entry,
        state=State.INTENT,
        sales_order_no=run.number,
        company=sale.company,
        rev=run.entry.rev + 1,
        map_version=MAPPING_VERSION,
        not_after=not_after,
        content_hash=sale.order.content_hash(),
    )
    run.desk.ledger.save(run.claim, run.entry)
    try:
        created = sage.create(
            run.number, sale.document, customer=customer, not_after=not_after, rev=run.entry.rev
        )
    except (RejectedError, NotSentError):
        # Nothing was written and nothing is on its way: the next try need not wait for this one.
        run.entry = replace(run.entry, not_after=None)
        raise
    except OutcomeUnknownError as error:
        return _look_once(run, sale, sage) or Waiting(
            str(error), run.now() + AGENT_DEADLINE + SETTLE
        )
    if created is Created.TOO_LATE:
        return Waiting("The agent was reached too late to write.", run.now() + SETTLE)
    if created is Created.YES:
        # Known from here on, whatever stops the run: Sage has held it, so it is never created again.
        run.entry = replace(run.entry, created_at=run.now())
    answer = sage.look_up(run.number, marker=run.marker)
    if answer.found is None:
        raise RetryableError("Sage said yes to the sales order, and does not show it yet.")
    return _judge(run, sale, answer, adopted=created is Created.EXISTS)


def _look_once(run: Run, sale: Sale, sage: Sage) -> Ending | None:
    """The create's answer is missing: is it there already? None if not, or if no time is left."""
    if run.stop_at - run.now() < TIME_NEEDED_TO_CREATE:
        return None
    answer = sage.look_up(run.number, marker=run.marker)
    return _judge(run, sale, answer, adopted=True) if answer.found else None


def _judge(run: Run, sale: Sale, answer: LookUp, *, adopted: bool) -> Ending:
    """Sage has something under our number or marker: is it ours, is it right, is it still wanted?"""
    found = answer.found
    others = [number for number in answer.marker_matches if number != run.number]
    if found and others == [found.number] and run.number not in answer.marker_matches:
        return _entered_by_hand(run, sale, found)
    if others:
        return Parked(
            f"Sage has this web order's customer PO {run.marker} on {', '.join(others)} too, "
            f"beside the number {run.number} that the web order has of its own.",
            "Keep one sales order for this web order in Sage, and cancel any other.",
        )
    if found is None or found.number != run.number or found.marker != run.marker:
        return Parked(
            f"Sales order {run.number} in Sage is not ours: its customer PO is not {run.marker}.",
            "Give that hand-made sales order another number, or enter this web order by hand.",
        )
    _remember(run, sale, found)
    return _compare(run, sale, found, adopted=adopted)


def _remember(run: Run, sale: Sale, found: FoundSalesOrder) -> None:
    run.entry = replace(
        run.entry,
        sales_order_no=found.number,
        company=sale.company,
        created_at=run.entry.created_at or run.now(),
    )


def _entered_by_hand(run: Run, sale: Sale, found: FoundSalesOrder) -> Ending:
    """A person entered the order under another number and gave it our marker, as we asked.

    People write lines, tax and addresses their own way, so only the total has to agree.
    """
    known, wanted = run.entry.content_hash, to_cents(sale.document.total)
    content = sale.order.content_hash()
    # Only an order that was adopted before can have been edited since; this look takes its content.
    edited = run.entry.created_at is not None and known != content
    _remember(run, sale, found)
    if sale.order.standing is Standing.CANCELLED:
        return _cancelled(sale.order, found)
    if found.deleted:
        return _deleted(run)
    if not edited:
        run.entry = replace(run.entry, content_hash=content)
    same = found.where is not Where.OPEN or to_cents(found.total) == wanted
    if edited or not same:
        return Parked(
            f"Sales order {found.number}, entered by hand, comes to {to_cents(found.total)}; "
            f"the storefront's order comes to {wanted}{' and was changed' if edited else ''}.",
            f"Bring sales order {found.number} in line with the storefront.",
        )
    return Taken(found.number, adopted=True, placed_at=sale.order.placed_at)


def _compare(run: Run, sale: Sale, found: FoundSalesOrder, *, adopted: bool) -> Ending:
    order, number = sale.order, found.number
    if order.standing is Standing.CANCELLED:
        return _cancelled(order, found)
    if found.deleted:
        return _deleted(run)
    told = differences(sale.document, found, sale.customer) if found.where is Where.OPEN else ()
    changed = found.where is not Where.OPEN and _changed_since_written(run, sale)
    if told or changed:
        shown = "; ".join(told[:DIFFERENCES_SHOWN]) or "it was changed after Sage had finished it"
        return Parked(
            f"Sales order {number} is not what the storefront sold: {shown}.",
            f"Correct sales order {number} in Sage, or the order in the storefront.",
        )
    run.entry = replace(run.entry, content_hash=sale.order.content_hash())
    return Taken(number, adopted=adopted, placed_at=order.placed_at)


def _changed_since_written(run: Run, sale: Sale) -> bool:
    written = run.entry.content_hash
    return bool(written) and written != sale.order.content_hash()


def _cancelled(order: Order, found: FoundSalesOrder) -> Ending:
    if found.deleted:
        return Skipped(f"The storefront has the order as {order.status_name}, Sage has it deleted.")
    return Parked(
        f"The storefront has the order as {order.status_name}; it is sales order {found.number}.",
        f"Cancel sales order {found.number} in Sage, or credit it if it was invoiced.",
    )
