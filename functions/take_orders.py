"""Queue: look at web orders again, and take each into Sage 100."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from uuid import uuid4

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from tieout.adapters.queues import read_wakeup
from tieout.domain.identity import StoreKey
from tieout.domain.outcomes import (
    AlreadyTaken,
    HeldByAnother,
    NeedsSetup,
    Outcome,
    Parked,
    Skipped,
    Taken,
    Updated,
    Waiting,
)
from tieout.entry import Context, Event, count, logger, metrics
from tieout.errors import SetupError
from tieout.flows.desk import Desk
from tieout.flows.take_order import take_order
from tieout.queue_entry import records
from tieout.wiring.taking import desk

COUNTED: dict[type[Outcome], str] = {
    Taken: "OrdersTaken",
    Updated: "OrdersUpdated",
    Parked: "OrdersParked",
    Waiting: "OrdersWaiting",
    Skipped: "OrdersSkipped",
    NeedsSetup: "SetupErrors",
    AlreadyTaken: "OrdersUnchanged",
    HeldByAnother: "OrdersHeld",
}


@metrics.log_metrics
def handler(event: Event, context: Context) -> Event:
    """Take each message's order; a message goes back to the queue only when the ledger failed."""
    return answer(event, context, desk_of=desk)


def answer(event: Event, context: Context, *, desk_of: Callable[[StoreKey], Desk]) -> Event:
    """Do the work of `handler` with the desks that are handed in."""
    return records(event, partial(_take, context=context, desk_of=desk_of))


def _take(record: SQSRecord, *, context: Context, desk_of: Callable[[StoreKey], Desk]) -> None:
    """Take one message's order; each delivery of a message is an owner of its own."""
    time_left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    owner = f"{record.message_id}/{uuid4().hex}"
    try:
        key = read_wakeup(record.body)
        desk_ = desk_of(key.store)
        stop_at = desk_.clock.now() + time_left
        outcome = take_order(key, desk=desk_, owner=owner, stop_at=stop_at)
    except Exception as error:
        count("SetupErrors" if isinstance(error, SetupError) else "WakeupsFailed")
        raise
    count(COUNTED[type(outcome)])
    if isinstance(outcome, Taken):
        count("MinutesToSage", (desk_.clock.now() - outcome.placed_at).total_seconds() / 60)
    logger.info("order", order=str(key), outcome=type(outcome).__name__)
