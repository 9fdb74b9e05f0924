"""What one webhook costs the real handler: signature, notice, log line and metrics, all but the queue."""

import base64
import hmac
import importlib
import json
import os
import time
from collections.abc import Iterator
from contextlib import redirect_stdout
from io import StringIO
from typing import Any

import boto3
from moto import mock_aws

from tests.bench.figures import Figure

WEBHOOKS = 3000
SECRET = {
    "access_token": "token",
    "client_id": "client",
    "client_secret": "client-secret-of-the-bench-0123456789",
    "webhook_key": "k" * 32,
}
ENVIRONMENT = {
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "ORDER_QUEUE_URL": "https://queue.example",
    "POWERTOOLS_SERVICE_NAME": "receive_webhook",
    "POWERTOOLS_METRICS_NAMESPACE": "Bench",
}


def figures() -> Iterator[Figure]:
    """A genuine notice about something that no order needs: it goes all the way but for SQS."""
    os.environ.update(ENVIRONMENT)  # noqa: TID251 - a function's environment is the process's
    with mock_aws(), redirect_stdout(StringIO()):
        arn = boto3.client("secretsmanager").create_secret(
            Name="store", SecretString=json.dumps(SECRET)
        )["ARN"]
        store = {"key": "main", "store_hash": "sandbox1", "secret_arn": arn}
        os.environ["TIEOUT_STORES"] = json.dumps([store])  # noqa: TID251
        spent = _milliseconds()
    yield Figure("CPU per webhook, warm, without SQS", spent, "ms", 1.5)


def _milliseconds() -> float:
    handler = importlib.import_module("functions.receive_webhook").handler
    event = _event()
    for count in (1, WEBHOOKS):  # the first one reads the secret
        began = time.process_time()
        for _ in range(count):
            if handler(event, None)["statusCode"] != 200:
                raise SystemExit("a genuine webhook was refused")
    return 1000 * (time.process_time() - began) / WEBHOOKS


def _event() -> dict[str, Any]:
    data = {"type": "customer", "id": 250}
    notice = {"producer": "stores/sandbox1", "scope": "store/customer/created", "data": data}
    body, now = json.dumps(notice), int(time.time())
    signed = f"m.{now}.{body}".encode()
    signature = base64.b64encode(hmac.digest(SECRET["client_secret"].encode(), signed, "sha256"))
    headers = {
        "webhook-id": ["m"],
        "webhook-timestamp": [str(now)],
        "webhook-signature": [f"v1,{signature.decode()}"],
        "X-Tieout-Key": [SECRET["webhook_key"]],
    }
    return {"pathParameters": {"store": "main"}, "multiValueHeaders": headers, "body": body}
