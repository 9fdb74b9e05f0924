"""AWS clients, with limits that fit into a function's time."""

from typing import Any

import boto3
from botocore.config import Config

# Two tries of at most 4 s: inside receive_webhook's 10 s, and DynamoDB answers in milliseconds.
LIMITS = Config(
    connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2}
)


def client(name: str) -> Any:
    """A client of the service `name`, in the function's own region and with its own role."""
    return boto3.client(name, config=LIMITS)  # pyright: ignore[reportUnknownMemberType, reportCallIssue, reportArgumentType, reportUnknownVariableType]
