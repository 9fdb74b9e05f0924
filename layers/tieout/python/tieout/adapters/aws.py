"""AWS clients, with limits that fit into a function's time."""

from typing import Any

# Two tries of at most 4 s: inside receive_webhook's 10 s, and DynamoDB answers in milliseconds.
CONNECT_SECONDS = 1
READ_SECONDS = 3
ATTEMPTS = 2


def client(name: str) -> Any:
    """A client of the service `name`, in the function's own region and with its own role.

    boto3 is imported here, at the first event, since it takes longer than all the rest: commands,
    tests and tools that load a function without running it don't wait for it.
    """
    import boto3  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    limits = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    return boto3.client(name, config=limits)  # pyright: ignore[reportUnknownMemberType, reportCallIssue, reportArgumentType, reportUnknownVariableType]
