"""What every function is called with, and Powertools once: the log and the metrics."""

import warnings
from typing import Any, Protocol

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import Metrics, MetricUnit

Event = dict[str, Any]

# Most invocations count nothing, and that is no news.
warnings.filterwarnings("ignore", message="No application metrics to publish")

logger = Logger()
metrics = Metrics()


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is cut off."""
        ...


def count(name: str, value: float = 1) -> None:
    """Add to one of the business metrics."""
    metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
