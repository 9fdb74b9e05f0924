"""Sales orders that a person entered for a web order, under another number and with our marker."""

from dataclasses import replace

from tieout.domain.identity import Company
from tieout.domain.money import to_cents
from tieout.domain.orders import Order, Standing
from tieout.domain.outcomes import Ending, Parked, Skipped, Taken
from tieout.domain.sales_orders import FoundSalesOrder, Where
from tieout.flows.desk import Look, Run, Sale
from tieout.flows.memory import may_have_forgotten
from tieout.flows.verdicts import cancel_by_hand, deleted


def past_a_strangers(seen: Look) -> Look:
    """Look again, where a stranger's order stands under our number and a person marked another."""
    found, matches = seen.answer.found, seen.answer.marker_matches
    if found is None or found.number != seen.run.number or found.number in matches:
        return seen
    if len(matches) != 1:
        return seen
    answer = seen.sage.look_up(matches[0], marker=seen.run.marker)
    return replace(seen, answer=answer, answered_at=seen.run.now())


def ended_unseen(run: Run, order: Order, company: str | None) -> Ending | None:
    """The storefront ended an order that we know nothing of in Sage; None if Sage has one of ours."""
    told = f"The storefront has the order as {order.status_name}"
    if not company and run.entry.parked_at:
        return Parked(f"{told}.", "If it was entered by hand, cancel it there; then settle it.")
    if not company:
        return Skipped(f"{told}.")
    seen = Look.at(run, run.desk.sage(Company(company)))
    if run.number in seen.answer.marker_matches:
        return None
    if order.standing is Standing.RETIRED:
        doubt = None if seen.answer.marker_matches else may_have_forgotten(seen, order)
        return doubt or Skipped(
            f"{told}; what may have been entered for it by hand stays as it is."
        )
    return _cancelled_by_hand(seen, order, told)


def _cancelled_by_hand(seen: Look, order: Order, told: str) -> Ending:
    """What a cancelled order means that Sage has at most under another number."""
    found, matches = seen.answer.found, seen.answer.marker_matches
    if not matches:
        doubt = may_have_forgotten(seen, order)
        return doubt or Skipped(f"{told}, and Sage has no sales order for it.")
    if found and found.deleted:
        return Skipped(f"{told}, and Sage has it deleted.")
    numbers = ", ".join(matches)
    return Parked(f"{told}; it was entered by hand as {numbers}.", f"Cancel {numbers} in Sage.")


def entered_by_hand(run: Run, sale: Sale, found: FoundSalesOrder) -> Ending:
    """A person entered the order under another number and gave it our marker, as we asked.

    People write lines, tax and addresses their own way, so only the total has to agree.
    """
    known, wanted = run.entry.content_hash, to_cents(sale.document.total)
    # Only an order that was adopted before can have been edited since; this look takes its content.
    edited = run.entry.created_at is not None and known != sale.content
    run.entry = replace(
        run.entry,
        sales_order_no=found.number,
        company=sale.company,
        created_at=run.entry.created_at or run.now(),
    )
    if sale.order.standing is Standing.CANCELLED:
        if found.deleted:
            return Skipped("The storefront has the order as cancelled, Sage has it deleted.")
        return cancel_by_hand(sale.order, found)
    if found.deleted:
        return deleted(run, in_history=True)
    if not edited:
        run.entry = replace(run.entry, content_hash=sale.content, sage_rev=run.entry.rev)
    same = found.where is not Where.OPEN or to_cents(found.total) == wanted
    if edited or not same:
        return Parked(
            f"Sales order {found.number}, entered by hand, comes to {to_cents(found.total)}; "
            f"the storefront's order comes to {wanted}{' and was changed' if edited else ''}.",
            f"Bring sales order {found.number} in line with the storefront.",
        )
    return Taken(found.number, adopted=True, placed_at=sale.order.placed_at)
