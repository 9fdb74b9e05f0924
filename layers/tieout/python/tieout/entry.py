"""Powertools once: the log, the metrics, and the queue's batch answer, for every function alike."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from tieout.adapters.clock import SystemClock

Event = dict[str, Any]

logger = Logger()
metrics = Metrics()


def count(name: str, value: float = 1) -> None:
    """Add to one of the business metrics."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)


def minutes_since(moment: datetime) -> float:
    """The age of `moment`, for a metric: no money, so a float will do."""
    return (SystemClock().now() - moment).total_seconds() / 60


def records(event: Event, handle: Callable[[SQSRecord], None]) -> Event:
    """Hand each record of a queue's batch to `handle`; those that raise go back to the queue."""
    processor = BatchProcessor(event_type=EventType.SQS)
    with processor(cast("list[dict[str, Any]]", event["Records"]), handle):
        processor.process()  # pyright: ignore[reportUnknownMemberType]
    return cast("Event", processor.response())
