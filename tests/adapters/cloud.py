"""An AWS account in memory (moto): our tables, and a network that loses, throttles and forbids."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.config import Config
from moto import mock_aws
from moto.core.botocore_stubber import MockRawResponse

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REGION = "us-east-1"
LEDGER, CUSTOMERS = "ledger", "customers"
# One try: what is tested is our answer to a fault, not the SDK's patience.
ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})


@contextmanager
def account(monkeypatch: pytest.MonkeyPatch) -> Generator[None, None, None]:
    """An empty account; credentials are made up."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        yield


def dynamodb(config: Config | None = None) -> "DynamoDBClient":
    """A client of DynamoDB."""
    return boto3.client("dynamodb", config=config)


def make_tables(client: "DynamoDBClient") -> None:
    """The tables as the Data stack describes them."""
    client.create_table(
        TableName=LEDGER,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "key", "AttributeType": "S"},
            {"AttributeName": "due_store", "AttributeType": "S"},
            {"AttributeName": "next_at", "AttributeType": "N"},
            {"AttributeName": "parked_store", "AttributeType": "S"},
            {"AttributeName": "parked_at", "AttributeType": "N"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [
                    {"AttributeName": "due_store", "KeyType": "HASH"},
                    {"AttributeName": "next_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
            {
                "IndexName": "parked",
                "KeySchema": [
                    {"AttributeName": "parked_store", "KeyType": "HASH"},
                    {"AttributeName": "parked_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            },
        ],
    )
    client.create_table(
        TableName=CUSTOMERS,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
    )


def lose_the_first_answer(client: Any, operation: str) -> list[int]:
    """Let AWS carry out the next `operation`, lose its answer, and let the SDK send it again.

    Returns a list that has one entry for each time it was sent.
    """
    sent: list[int] = []

    def again(**_event: object) -> int | None:
        sent.append(1)
        return 0 if len(sent) == 1 else None  # seconds until the SDK's next try; None for no more

    client.meta.events.register_first(f"needs-retry.*.{operation}", again)
    return sent


def answer(client: Any, operation: str, *answers: tuple[int, dict[str, Any]]) -> None:
    """Answer the next calls of `operation` with these statuses and bodies, the last one for ever."""
    rest = list(answers)

    def respond(request: Any, **_event: object) -> AWSResponse:
        status, body = rest.pop(0) if len(rest) > 1 else rest[0]
        raw = MockRawResponse(json.dumps(body).encode())
        return AWSResponse(request.url, status, HTTPHeaders(), raw)

    client.meta.events.register_first(f"before-send.*.{operation}", respond)


def refusal(code: str, status: int = 400) -> tuple[int, dict[str, Any]]:
    """An AWS error."""
    return status, {"__type": code, "message": f"{code} for the test"}
