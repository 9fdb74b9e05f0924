"""The webhook's door as API Gateway sees it: the real handler over SQS and Secrets Manager."""

import base64
import hmac
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functions.conftest import Handler
from tieout.adapters.clock import SystemClock
from tieout.domain.webhooks import MOST_BODY_BYTES, TOLERANCE

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Event = dict[str, Any]
Counted = Callable[[], dict[str, float]]
SECRET, PREVIOUS, KEY = "client-secret", "client-secret-before", "hook-key"
BODY = (
    b'{"producer":"stores/sandbox1","scope":"store/order/created","data":{"type":"order","id":250}}'
)
WAKEUP = '{"store":"main","order_id":250}'


@pytest.fixture
def sqs() -> "SQSClient":
    return boto3.client("sqs")


@pytest.fixture
def queue_url(sqs: "SQSClient") -> str:
    return sqs.create_queue(QueueName="orders")["QueueUrl"]


@pytest.fixture
def secret_arn() -> str:
    value = {
        "access_token": "",
        "client_id": "",
        "client_secret": SECRET,
        "client_secret_previous": PREVIOUS,
        "webhook_key": KEY,
        "webhook_key_previous": "",
    }
    client = boto3.client("secretsmanager")
    return client.create_secret(Name="store", SecretString=json.dumps(value))["ARN"]


@pytest.fixture
def handler(
    load: Callable[[str], Handler],
    monkeypatch: pytest.MonkeyPatch,
    *,
    queue_url: str,
    secret_arn: str,
) -> Handler:
    store = {"key": "main", "store_hash": "sandbox1", "secret_arn": secret_arn}
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([store]))
    monkeypatch.setenv("ORDER_QUEUE_URL", queue_url)
    return load("receive_webhook")


def signed(body: bytes = BODY, *, secret: str = SECRET, seconds_ago: float = 0) -> dict[str, str]:
    sent = int(SystemClock().now().timestamp() - seconds_ago)
    digest = hmac.digest(secret.encode(), f"msg_1.{sent}.".encode() + body, "sha256")
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(sent),
        "Webhook-Signature": f"v1,{base64.b64encode(digest).decode()}",
        "X-Tieout-Key": KEY,
    }


def event(headers: dict[str, str], body: bytes = BODY, *, encoded: bool = False) -> Event:
    """A REST API's proxy event (API Gateway docs: Lambda proxy integrations)."""
    return {
        "resource": "/webhooks/{store}",
        "httpMethod": "POST",
        "pathParameters": {"store": "main"},
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "body": base64.b64encode(body).decode() if encoded else body.decode(),
        "isBase64Encoded": encoded,
    }


def queued(sqs: "SQSClient", queue_url: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
    return [message.get("Body", "") for message in found]


def status(answer: Event) -> int:
    """The status of an answer that has nothing but a status."""
    assert answer == {"statusCode": answer["statusCode"], "headers": {}, "body": ""}
    return answer["statusCode"]


@pytest.mark.parametrize("encoded", [False, True])
def test_a_genuine_notice_is_queued_and_answered_with_nothing(
    handler: Handler, sqs: "SQSClient", queue_url: str, *, encoded: bool
) -> None:
    answer = handler(event(signed(), encoded=encoded), None)

    assert status(answer) == 200
    assert queued(sqs, queue_url) == [WAKEUP]


@pytest.mark.parametrize("kind", ["headers", "multiValueHeaders"])
def test_either_kind_of_headers_will_do(
    handler: Handler, sqs: "SQSClient", queue_url: str, *, kind: str
) -> None:
    found = event(signed())
    del found[kind]

    assert status(handler(found, None)) == 200
    assert queued(sqs, queue_url) == [WAKEUP]


def test_a_notice_signed_with_the_secret_before_is_queued(
    handler: Handler, sqs: "SQSClient", queue_url: str
) -> None:
    assert status(handler(event(signed(secret=PREVIOUS)), None)) == 200
    assert queued(sqs, queue_url) == [WAKEUP]


def test_a_late_but_signed_notice_is_queued_and_counted(
    handler: Handler, sqs: "SQSClient", *, queue_url: str, counted: Counted
) -> None:
    late = TOLERANCE.total_seconds() + 60

    assert status(handler(event(signed(seconds_ago=late)), None)) == 200
    assert queued(sqs, queue_url) == [WAKEUP]
    assert counted() == {"WebhooksAccepted": 1, "StaleSignatures": 1}


def test_a_notice_about_something_else_is_accepted_and_not_queued(
    handler: Handler, sqs: "SQSClient", *, queue_url: str, counted: Counted
) -> None:
    body = BODY.replace(b"order", b"product")

    assert status(handler(event(signed(body), body), None)) == 200
    assert queued(sqs, queue_url) == []
    assert counted() == {"WebhooksAccepted": 1}


def without(name: str) -> dict[str, str]:
    return {key: value for key, value in signed().items() if key != name}


FORGERIES: dict[str, Callable[[], Event]] = {
    "no headers": lambda: event({}),
    "no key": lambda: event(without("X-Tieout-Key")),
    "no signature": lambda: event(without("Webhook-Signature")),
    "another key": lambda: event({**signed(), "X-Tieout-Key": "guess"}),
    "a key in another alphabet": lambda: event({**signed(), "X-Tieout-Key": "é"}),
    "half a surrogate": lambda: event({**signed(), "X-Tieout-Key": "\ud800"}),
    "another secret": lambda: event(signed(secret="guess")),
    "a blank secret": lambda: event(signed(secret="")),
    "another body": lambda: event(signed(), BODY.replace(b"250", b"251")),
    "a body of nothing": lambda: event(signed(), b""),
    "an empty body, signed": lambda: event(signed(b""), b""),
    "another store's": lambda: event(
        signed(BODY.replace(b"sandbox1", b"sandbox2")), BODY.replace(b"sandbox1", b"sandbox2")
    ),
    "no text": lambda: event(signed(b"\xff\xfe"), b"\xff\xfe", encoded=True),
    "a store that isn't ours": lambda: {**event(signed()), "pathParameters": {"store": "other"}},
    "a store that is no text": lambda: {**event(signed()), "pathParameters": {"store": []}},
    "no path": lambda: {**event(signed()), "pathParameters": None},
    "no store in the path": lambda: {**event(signed()), "pathParameters": {}},
    "no event": dict,
    "no body": lambda: {**event(signed()), "body": None},
    "a body of another kind": lambda: {**event(signed()), "body": 5},
    "base64 that is none": lambda: {**event(signed()), "isBase64Encoded": True, "body": "é!"},
    "half a surrogate in the body": lambda: {**event(signed()), "body": "\ud800"},
    "headers that are a list": lambda: {**event(signed()), "multiValueHeaders": [1]},
    "headers without values": lambda: {**event(signed()), "multiValueHeaders": {"a": None}},
    "a signature twice": lambda: {
        **event(signed()),
        "multiValueHeaders": {name: [value, value] for name, value in signed().items()},
    },
    "a signature twice in two spellings": lambda: event(
        {**signed(), "webhook-signature": signed()["Webhook-Signature"]}
    ),
}


@pytest.mark.parametrize("forgery", list(FORGERIES))
def test_a_forged_or_malformed_request_is_refused_and_counted(
    handler: Handler, sqs: "SQSClient", *, queue_url: str, counted: Counted, forgery: str
) -> None:
    answer = handler(FORGERIES[forgery](), None)

    assert status(answer) == 401
    assert queued(sqs, queue_url) == []
    assert counted()["WebhooksRefused"] == 1


@pytest.mark.parametrize("encoded", [False, True])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(
    handler: Handler, counted: Counted, *, encoded: bool
) -> None:
    body = BODY + b" " * MOST_BODY_BYTES

    assert status(handler(event(signed(body), body, encoded=encoded), None)) == 413
    assert counted() == {"WebhooksRefused": 1}


def test_a_queue_that_is_gone_means_send_it_again(
    handler: Handler, sqs: "SQSClient", *, queue_url: str, counted: Counted
) -> None:
    sqs.delete_queue(QueueUrl=queue_url)

    assert status(handler(event(signed()), None)) == 503
    assert counted() == {"WebhooksFailed": 1}


def test_a_secret_that_is_gone_means_send_it_again_and_an_operator_must_act(
    handler: Handler, secret_arn: str, counted: Counted
) -> None:
    boto3.client("secretsmanager").delete_secret(
        SecretId=secret_arn, ForceDeleteWithoutRecovery=True
    )

    assert status(handler(event(signed()), None)) == 503
    assert counted() == {"SetupErrors": 1}


def test_a_function_without_settings_means_send_it_again(
    handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIEOUT_STORES")

    assert status(handler(event(signed()), None)) == 503


def test_two_changes_of_one_order_within_minutes_are_both_queued(
    handler: Handler, sqs: "SQSClient", queue_url: str
) -> None:
    handler(event(signed()), None)
    handler(event(signed()), None)

    assert queued(sqs, queue_url) == [WAKEUP, WAKEUP]


def test_neither_body_nor_secrets_are_logged(
    handler: Handler, capsys: pytest.CaptureFixture[str]
) -> None:
    handler(event(signed()), None)
    handler(event(signed(secret="guess")), None)

    printed = "".join(capsys.readouterr())
    assert "verdict" in printed
    assert not [word for word in (SECRET, PREVIOUS, KEY, "producer", "v1,") if word in printed]


HEADERS = st.dictionaries(
    st.sampled_from(["webhook-id", "Webhook-Timestamp", "webhook-signature", "x-tieout-key"])
    | st.text(),
    st.text() | st.sampled_from([KEY, "msg_1", "v1,AAAA", "1772463845"]),
)
GENERATED = st.tuples(HEADERS, st.binary() | st.just(BODY)).map(
    lambda parts: event(parts[0], parts[1], encoded=True)
)
ODD = st.dictionaries(
    st.sampled_from(
        ["headers", "multiValueHeaders", "body", "isBase64Encoded", "pathParameters", "other"]
    ),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.just("store"), inner),
        max_leaves=6,
    )
    | st.just({"store": "main"}),
)


@given(found=GENERATED | ODD)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_comes_without_a_signature_is_refused(handler: Handler, found: Event) -> None:
    assert status(handler(found, None)) in {401, 413}
