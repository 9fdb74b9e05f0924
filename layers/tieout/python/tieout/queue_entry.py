"""Powertools' batch answer to a queue: apart from `entry`, since the webhook's cold start needs none."""

from collections.abc import Callable
from typing import Any, cast

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from tieout.entry import Event


def records(event: Event, handle: Callable[[SQSRecord], None]) -> Event:
    """Hand each record of a queue's batch to `handle`; those that raise go back to the queue."""
    processor = BatchProcessor(event_type=EventType.SQS)
    with processor(cast("list[dict[str, Any]]", event["Records"]), handle):
        processor.process()  # pyright: ignore[reportUnknownMemberType]
    return cast("Event", processor.response())
