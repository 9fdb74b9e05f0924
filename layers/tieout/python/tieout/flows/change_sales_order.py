"""Change a sales order in Sage: intent first, then one guarded write, whatever becomes of it."""

from collections.abc import Callable
from dataclasses import replace

from tieout.domain.ledger import AGENT_DEADLINE, SETTLE
from tieout.domain.mapping import MAPPING_VERSION
from tieout.domain.outcomes import Waiting
from tieout.domain.sales_orders import Guard
from tieout.errors import NotSentError, OutcomeUnknownError, RejectedError, SetupError
from tieout.flows.desk import Look, Sale
from tieout.ports import Changed

Write = Callable[[Guard], Changed]


def replacing(seen: Look, sale: Sale) -> Write:
    """Give the sales order the sale's columns and lines."""
    return lambda guard: seen.sage.replace(seen.run.number, sale.document, guard=guard)


def holding(seen: Look, *, on: bool, comment: str) -> Write:
    """Put the sales order on hold, or take it off."""
    return lambda guard: seen.sage.hold(seen.run.number, on=on, comment=comment, guard=guard)


def deleting(seen: Look) -> Write:
    """Delete the sales order."""
    return lambda guard: seen.sage.delete(seen.run.number, guard=guard)


def change_sales_order(seen: Look, write: Write, *, intent: str) -> Changed | Waiting:
    """Write the intent down, then change the order in Sage under guard; Waiting if the end is open.

    `intent` is the content that Sage holds if the change lands.

    Raises:
        NotSentError, RejectedError, SetupError: nothing was changed.
    """
    run, found = seen.run, seen.answer.found
    bad_moment = run.too_late_to_write()
    if bad_moment or found is None:
        return bad_moment or Waiting("The sales order has gone.", run.now())
    earlier = run.entry.not_after
    run.entry = replace(
        run.entry,
        rev=max(run.entry.rev, found.rev) + 1,
        not_after=seen.deadline(),
        map_version=MAPPING_VERSION,
        intent_hash=intent,
    )
    run.desk.ledger.save(run.claim, run.entry)
    guard = Guard(found.stamp, run.entry.not_after or seen.answer.at, run.entry.rev)
    try:
        return write(guard)
    except OutcomeUnknownError:
        wait = AGENT_DEADLINE + SETTLE
        return Waiting("No answer came to the change; Sage is looked at again.", run.now() + wait)
    except (RejectedError, NotSentError, SetupError):
        run.entry = replace(run.entry, not_after=earlier)
        raise
