"""Bring a sales order that Sage has to what the storefront sold: adopt, replace, hold, or park."""

from dataclasses import replace
from datetime import timedelta

from tieout.domain.guarantees import Mode, settle_time, weaker
from tieout.domain.ledger import LOOK_EVERY, State
from tieout.domain.money import to_cents
from tieout.domain.orders import Standing
from tieout.domain.outcomes import AlreadyTaken, Ending, Parked, Skipped, Taken, Updated, Waiting
from tieout.domain.sales_orders import (
    HOLD_COMMENT,
    FoundSalesOrder,
    OnCancel,
    Where,
    differences,
    finished_differences,
)
from tieout.domain.written import (
    TOUCHED,
    UNSURE,
    changed_by_a_person,
    content_in_sage,
    of_unknown_hand,
    rev_in_sage,
)
from tieout.errors import RetryableError
from tieout.flows.change_sales_order import (
    Write,
    change_sales_order,
    deleting,
    holding,
    replacing,
)
from tieout.flows.desk import Look, Run, Sale
from tieout.flows.entered_by_hand import entered_by_hand, past_a_strangers
from tieout.flows.match_customer import linked_customer
from tieout.flows.verdicts import (
    DIFFERENCES_SHOWN,
    cancel_by_hand,
    deleted,
    not_what_was_sold,
)
from tieout.ports import Changed


def bring_up_to_date(seen: Look, sale: Sale) -> Ending:
    """Sage has something under our number or marker: is it ours, is it right, is it still wanted?

    A document that isn't ours is never touched, one that a person deleted never made again, and one
    that Sage has begun to ship or has invoiced is for a person, who is told what to do.

    It comes back here after each change that it makes, and it ends: after its last change a look changes
    nothing, and only one change, off hold, is not the last.
    """
    seen = past_a_strangers(seen)
    run, found, matches = seen.run, seen.answer.found, seen.answer.marker_matches
    others = [number for number in matches if number != run.number]
    if found and others == [found.number] and run.number not in matches:
        return _unsettled(seen) or entered_by_hand(run, sale, found)
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
    _remember(seen, sale, found)
    return _not_yet_landed(seen, found) or _judge(seen, sale, found)


def _remember(seen: Look, sale: Sale, found: FoundSalesOrder) -> None:
    """Note what Sage holds as we wrote it, with the stamp that it had when we first saw it so."""
    run = seen.run
    content, rev = content_in_sage(run.entry, found), rev_in_sage(run.entry, found)
    # An older revision than we know of: Sage was put back. From now on that is what it holds.
    put_back = content is None and 0 < found.rev < run.entry.rev
    if (content or put_back) and (rev != run.entry.sage_rev or not run.entry.sage_stamp):
        stamp = found.stamp if seen.answered or found.written_stamp else UNSURE
        stamp = TOUCHED if run.entry.sage_stamp == TOUCHED else stamp
        known = content or ""
        run.entry = replace(run.entry, content_hash=known, sage_rev=rev, sage_stamp=stamp)
    run.entry = replace(
        run.entry,
        sales_order_no=found.number,
        company=sale.company,
        created_at=run.entry.created_at or run.now(),
    )


def _unsettled(seen: Look) -> Waiting | None:
    """A write that we began may still land: what is found now isn't the end."""
    run, not_after = seen.run, seen.run.entry.not_after
    if not_after is None:
        return None
    now = seen.answer.guarantees.mode
    # What was sent while less was promised may still land for as long as it might have then.
    mode = weaker(Mode(seen.run.entry.mode or now), now)
    rest = not_after + settle_time(mode) - seen.answer.at
    if rest <= timedelta(0):
        return None
    until = run.now() + min(rest, LOOK_EVERY)
    return Waiting("An earlier change may still be on its way to Sage.", until)


def _not_yet_landed(seen: Look, found: FoundSalesOrder) -> Waiting | None:
    """The same, for a change of the open order that was found without it."""
    entry = seen.run.entry
    if found.where is not Where.OPEN or rev_in_sage(entry, found) >= entry.rev:
        return None
    return _unsettled(seen)


def _judge(seen: Look, sale: Sale, found: FoundSalesOrder) -> Ending:
    if sale.order.standing is Standing.CANCELLED:
        return _cancelled(seen, sale, found)
    if found.deleted:
        return deleted(seen.run, in_history=True)
    if found.held_by_us and sale.order.standing is not Standing.RETIRED:
        return _take_off_hold(seen, sale, found)
    if found.where is not Where.OPEN:
        return _finished(seen, sale, found)
    sale = replace(sale, customer=sale.customer or linked_customer(seen.run, sale))
    told = differences(sale.document, found, sale.customer, just_written=seen.written)
    return _different(seen, sale, told) if told else _confirmed(seen, sale, found)


def _confirmed(seen: Look, sale: Sale, found: FoundSalesOrder) -> Ending:
    """Sage's open order is what the storefront sold."""
    run, before = seen.run, seen.run.claim.entry
    # What a person changed beside what was sold stays his: no edit of the shop may wipe it out. Where
    # nobody can tell whether anybody did, an order that is as it was sold counts as ours.
    unsure = run.entry.sage_stamp == UNSURE
    his = not (seen.written or unsure) and changed_by_a_person(run.entry, found)
    run.entry = replace(
        run.entry,
        content_hash=sale.content,
        intent_hash=sale.content,
        sage_rev=found.rev or run.entry.rev,
        sage_stamp=TOUCHED if his else found.stamp,
    )
    if before.state is State.CREATED and before.content_hash == sale.content:
        return AlreadyTaken(found.number)
    if before.content_hash:
        return Updated(found.number)
    return Taken(found.number, adopted=not seen.written, placed_at=sale.order.placed_at)


def _different(seen: Look, sale: Sale, told: tuple[str, ...]) -> Ending:
    """Sage's open order is not what the storefront sells now: whose change is it?"""
    run, found = seen.run, seen.answer.found
    if found is None or seen.written:
        return not_what_was_sold(run.number, told)
    if content_in_sage(run.entry, found) == sale.content:
        return _changed_in_sage(seen, sale, told)
    obstacle = _obstacle(seen, sale, found)
    if obstacle:
        return not_what_was_sold(run.number, (obstacle, *told))
    return _change(seen, sale, replacing(seen, sale), intent=sale.content)


def _obstacle(seen: Look, sale: Sale, found: FoundSalesOrder) -> str:
    """Why Sage's open order must not be replaced by what the storefront sells now; "" if it may."""
    entry = seen.run.entry
    if sale.order.standing is Standing.RETIRED:
        return "it was changed and then refunded or archived"
    if of_unknown_hand(entry, found) or entry.sage_stamp == UNSURE:
        return "it isn't known any more who wrote what Sage has"
    if not seen.answer.guarantees.replace:
        return "this connection can't change a sales order"
    if sale.customer != found.customer:
        return "it has another buyer now"
    if changed_by_a_person(entry, found):
        return "it was changed in the storefront and by hand in Sage"
    return ""


def _changed_in_sage(seen: Look, sale: Sale, told: tuple[str, ...]) -> Ending:
    """We wrote just what the storefront sells, and Sage shows something else.

    Once it was right, the office may change what it likes, short of the money; before that, Sage
    itself has made something else of it.
    """
    found, before = seen.answer.found, seen.run.claim.entry
    was_right = before.state is State.CREATED and before.content_hash == sale.content
    if found and was_right and to_cents(found.total) == to_cents(sale.document.total):
        return AlreadyTaken(found.number)
    return not_what_was_sold(seen.run.number, told)


def _finished(seen: Look, sale: Sale, found: FoundSalesOrder) -> Ending:
    """Sage has shipped, invoiced or closed it: what it holds can't be changed any more."""
    run, before = seen.run, seen.run.claim.entry
    known, was_right = content_in_sage(run.entry, found), before.state is State.CREATED
    if was_right and known == before.content_hash == sale.content:
        return AlreadyTaken(found.number)
    told = finished_differences(sale.document, found)
    if known in {sale.content, None} and _can_tell(run, found) and not told:
        run.entry = replace(run.entry, content_hash=sale.content)
        return Taken(found.number, adopted=not seen.written, placed_at=sale.order.placed_at)
    shown = "; ".join(told[:DIFFERENCES_SHOWN]) or "an edit came when it was too late for it"
    return Parked(
        f"Sage has finished sales order {found.number}, and it is not what the storefront sold: {shown}.",
        f"Compare {found.number} with the storefront, and credit or correct it in Sage.",
    )


def _can_tell(run: Run, found: FoundSalesOrder) -> bool:
    """Whether the finished document shows enough: its lines, or nothing but one write is possible."""
    return bool(found.lines) or run.entry.rev <= 1 or content_in_sage(run.entry, found) is not None


def _cancelled(seen: Look, sale: Sale, found: FoundSalesOrder) -> Ending:
    run, status = seen.run, sale.order.status_name
    if found.deleted:
        return Skipped(f"The storefront has the order as {status}, Sage has it deleted.")
    if found.held_by_us and not found.on_its_way:
        return Skipped(f"The storefront has the order as {status}; {found.number} is on hold.")
    if not seen.answer.guarantees.replace or seen.written or _persons_say(seen, found):
        return cancel_by_hand(sale.order, found)
    # Only what we alone have written is ours to delete.
    ours = 0 < found.rev <= run.entry.rev and not changed_by_a_person(run.entry, found)
    delete = run.desk.on_cancel is OnCancel.DELETE and ours
    write = deleting(seen) if delete else holding(seen, on=True, comment=HOLD_COMMENT)
    return _change_in_part(seen, sale, write)


def _persons_say(seen: Look, found: FoundSalesOrder) -> bool:
    """Whether a cancelled order is a person's: finished, begun, held by a person, or let go by one."""
    let_go = seen.run.claim.entry.state is State.SKIPPED and changed_by_a_person(
        seen.run.entry, found
    )
    return found.where is not Where.OPEN or found.on_hold or let_go


def _take_off_hold(seen: Look, sale: Sale, found: FoundSalesOrder) -> Ending:
    """The cancelled order was revived."""
    if seen.written or not seen.answer.guarantees.replace:
        return Parked(
            f"Sales order {found.number} is on hold, and the storefront wants it again.",
            f"Take sales order {found.number} off hold in Sage.",
        )
    how = holding(seen, on=False, comment=sale.document.header.get("Comment", ""))
    return _change_in_part(seen, sale, how, last=False)


def _change_in_part(seen: Look, sale: Sale, write: Write, *, last: bool = True) -> Ending:
    """Change what is no content: if a person may have changed the order, that must not be forgotten."""
    run, found = seen.run, seen.answer.found
    if found and (of_unknown_hand(run.entry, found) or changed_by_a_person(run.entry, found)):
        run.entry = replace(run.entry, sage_stamp=TOUCHED)
    return _change(seen, sale, write, intent=run.entry.content_hash, last=last)


def _change(seen: Look, sale: Sale, write: Write, *, intent: str, last: bool = True) -> Ending:
    """Change the order, and look what became of it; `last` is False when another change may follow."""
    changed = change_sales_order(seen, write, intent=intent)
    if isinstance(changed, Waiting):
        return changed
    return _after_change(seen, sale, changed, last=last)


def _after_change(seen: Look, sale: Sale, changed: Changed, *, last: bool) -> Ending:
    run = seen.run
    if changed is Changed.CLOSED:
        if sale.order.standing is Standing.CANCELLED and seen.answer.found:
            return cancel_by_hand(sale.order, seen.answer.found)
        why = ("Sage has begun to ship it, or a person has it",)
        return not_what_was_sold(run.number, why)
    if changed is not Changed.YES:
        raise RetryableError("Sage's order changed meanwhile, or was reached too late to change.")
    after = Look.at(run, seen.sage, written=last, answered=True)
    if not last and after.answer.found and after.answer.found.held_by_us:
        raise RetryableError("Sage said yes to the change, and does not show it yet.")
    if after.answer.found or after.answer.marker_matches:
        return bring_up_to_date(after, sale)
    if sale.order.standing is Standing.CANCELLED:
        return Skipped(
            f"The storefront has the order as {sale.order.status_name}; Sage deleted it."
        )
    raise RetryableError("Sage said yes to the change, and does not show the sales order.")
