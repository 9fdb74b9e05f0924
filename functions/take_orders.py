"""Queue: look at web orders again, and take each into Sage 100."""

from datetime import timedelta
from functools import partial
from typing import Protocol
from uuid import uuid4

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from tieout.domain.outcomes import (
    AlreadyTaken,
    HeldByAnother,
    NeedsSetup,
    Outcome,
    Parked,
    Skipped,
    Taken,
    Waiting,
)
from tieout.entry import Event, count, logger, metrics, minutes_since
from tieout.errors import SetupError
from tieout.queue_entry import records
from tieout.wiring.taking import take

COUNTED: dict[type[Outcome], str] = {
    Taken: "OrdersTaken",
    Parked: "OrdersParked",
    Waiting: "OrdersWaiting",
    Skipped: "OrdersSkipped",
    NeedsSetup: "SetupErrors",
    AlreadyTaken: "OrdersUnchanged",
    HeldByAnother: "OrdersHeld",
}


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is cut off."""
        ...


@metrics.log_metrics
def handler(event: Event, context: Context) -> Event:
    """Take each message's order; a message goes back to the queue only when the ledger failed."""
    return records(event, partial(_take, context=context))


def _take(record: SQSRecord, *, context: Context) -> None:
    time_left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    owner = f"{record.message_id}/{uuid4().hex}"
    try:
        key, outcome = take(record.body, owner=owner, time_left=time_left)
    except Exception as error:
        count("SetupErrors" if isinstance(error, SetupError) else "WakeupsFailed")
        raise
    count(COUNTED[type(outcome)])
    if isinstance(outcome, Taken):
        count("MinutesToSage", minutes_since(outcome.placed_at))
    logger.info("order", order=str(key), outcome=type(outcome).__name__)
