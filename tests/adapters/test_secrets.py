"""Credentials: read once in a while, refused when they are no credentials, never shown."""

import json
from collections.abc import Generator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from tests.adapters.cloud import ONCE, account, answer, refusal
from tieout.adapters.secrets import (
    CACHE_SECONDS,
    RENEW_AGAIN_SECONDS,
    AgentSecret,
    Credentials,
    StoreSecret,
)
from tieout.errors import RetryableError, SetupError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

VALUE = {
    "access_token": "token-4711",
    "client_id": "client",
    "client_secret": "secret-4711",
    "webhook_key": "key-4711",
}


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Generator["SecretsManagerClient"]:
    with account(monkeypatch):
        yield boto3.client("secretsmanager", config=ONCE)


@pytest.fixture
def arn(client: "SecretsManagerClient") -> str:
    return client.create_secret(Name="store", SecretString=json.dumps(VALUE))["ARN"]


@pytest.fixture
def credentials(client: "SecretsManagerClient", arn: str) -> Credentials[StoreSecret]:
    return Credentials(client, arn, StoreSecret)


def reads(client: "SecretsManagerClient") -> list[object]:
    """One entry for each time the secret is asked for."""
    asked: list[object] = []

    def note(params: dict[str, Any], **_event: object) -> None:
        asked.append(params)

    client.meta.events.register("provide-client-params.*.GetSecretValue", note)
    return asked


def put(client: "SecretsManagerClient", arn: str, value: object) -> None:
    client.put_secret_value(SecretId=arn, SecretString=json.dumps(value))


def test_a_secret_without_previous_values_has_blank_ones(
    credentials: Credentials[StoreSecret],
) -> None:
    secret = credentials.current()

    assert (secret.client_secret, secret.client_secret_previous) == ("secret-4711", "")
    assert (secret.webhook_key, secret.webhook_key_previous) == ("key-4711", "")


def test_a_secret_is_read_once_and_remembered(
    client: "SecretsManagerClient", credentials: Credentials[StoreSecret]
) -> None:
    asked = reads(client)

    assert credentials.current() is credentials.current()
    assert len(asked) == 1
    assert CACHE_SECONDS <= 300


def test_a_rotated_secret_is_seen_at_a_refresh(
    client: "SecretsManagerClient", arn: str, credentials: Credentials[StoreSecret]
) -> None:
    credentials.current()
    put(client, arn, {**VALUE, "access_token": "token-4712"})

    assert credentials.current().access_token == "token-4711"
    assert credentials.refresh().access_token == "token-4712"
    assert credentials.current().access_token == "token-4712"


def test_names_that_this_release_does_not_know_are_passed_over(
    client: "SecretsManagerClient", arn: str, credentials: Credentials[StoreSecret]
) -> None:
    put(client, arn, {**VALUE, "refresh_token": {"of": "a later release"}})

    assert credentials.current().client_id == "client"


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        "secret-4711",
        4711,
        {},
        {"access_token": "token-4711"},
        {**VALUE, "webhook_key": 4711},
        {**VALUE, "client_secret": None},
        {**VALUE, "webhook_key": ["key-4711"]},
    ],
)
def test_a_secret_of_another_shape_is_the_operators_and_is_not_quoted(
    client: "SecretsManagerClient",
    arn: str,
    credentials: Credentials[StoreSecret],
    *,
    value: object,
) -> None:
    put(client, arn, value)

    with pytest.raises(SetupError, match="is no StoreSecret") as refused:
        credentials.current()

    assert arn in str(refused.value)
    assert "4711" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_a_secret_of_bytes_is_the_operators(client: "SecretsManagerClient") -> None:
    arn = client.create_secret(Name="bytes", SecretBinary=b"\x00\x01")["ARN"]

    with pytest.raises(SetupError, match="is no AgentSecret"):
        Credentials(client, arn, AgentSecret).current()


def test_text_that_is_no_json_is_the_operators(client: "SecretsManagerClient") -> None:
    arn = client.create_secret(Name="text", SecretString="api_key=4711")["ARN"]

    with pytest.raises(SetupError, match="is no AgentSecret") as refused:
        Credentials(client, arn, AgentSecret).current()

    assert "4711" not in str(refused.value)


def test_a_secret_that_does_not_exist_is_the_operators(client: "SecretsManagerClient") -> None:
    arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:none-a1b2c3"

    with pytest.raises(SetupError, match="ResourceNotFoundException"):
        Credentials(client, arn, AgentSecret).current()


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("AccessDeniedException", SetupError),
        ("DecryptionFailure", SetupError),
        ("ThrottlingException", RetryableError),
        ("InternalServiceError", RetryableError),
    ],
)
def test_a_fault_is_told_apart_by_who_must_act(
    client: "SecretsManagerClient",
    credentials: Credentials[StoreSecret],
    *,
    code: str,
    error: type[Exception],
) -> None:
    answer(client, "GetSecretValue", refusal(code))

    with pytest.raises(error, match=code):
        credentials.current()


def test_secrets_manager_out_of_reach_is_a_passing_fault(
    client: "SecretsManagerClient", credentials: Credentials[StoreSecret]
) -> None:
    def hang_up(**_event: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://secretsmanager.example")

    client.meta.events.register_first("before-send.*.*", hang_up)

    with pytest.raises(RetryableError, match="was not reached"):
        credentials.current()


def test_a_secret_is_never_shown(credentials: Credentials[StoreSecret]) -> None:
    store = StoreSecret(**VALUE, client_secret_previous="old-4711", webhook_key_previous="k-4711")

    shown = f"{store!r} {store} {AgentSecret('api-4711')!r} {credentials!r}"

    assert "4711" not in shown


def test_a_remembered_secret_serves_on_while_secrets_manager_is_down(
    client: "SecretsManagerClient", arn: str
) -> None:
    seconds = [0.0]
    credentials = Credentials(client, arn, StoreSecret, seconds=lambda: seconds[0])
    remembered = credentials.current()
    seconds[0] = CACHE_SECONDS + 1
    answer(client, "GetSecretValue", refusal("InternalServiceError"))

    assert credentials.current() == remembered


def test_a_remembered_secret_is_read_anew_when_it_is_old(
    client: "SecretsManagerClient", arn: str
) -> None:
    seconds = [0.0]
    credentials = Credentials(client, arn, StoreSecret, seconds=lambda: seconds[0])
    credentials.current()
    put(client, arn, VALUE | {"client_secret": "rotated"})
    seconds[0] = CACHE_SECONDS + 1

    assert credentials.current().client_secret == "rotated"


def test_secrets_manager_is_not_asked_at_each_event_while_it_is_down(
    client: "SecretsManagerClient", arn: str
) -> None:
    seconds = [0.0]
    credentials = Credentials(client, arn, StoreSecret, seconds=lambda: seconds[0])
    credentials.current()
    seconds[0] = CACHE_SECONDS + 1
    answer(client, "GetSecretValue", refusal("InternalServiceError"))
    credentials.current()
    asked = reads(client)

    credentials.current()
    seconds[0] += RENEW_AGAIN_SECONDS + 1
    credentials.current()

    assert len(asked) == 1


def test_it_is_known_since_when_a_secret_is_as_it_is(
    client: "SecretsManagerClient", arn: str, *, credentials: Credentials[StoreSecret]
) -> None:
    unread = credentials.written_at
    credentials.current()
    put(client, arn, {**VALUE, "webhook_key": "key-new"})

    credentials.refresh()

    described = client.describe_secret(SecretId=arn)
    assert unread is None
    assert credentials.written_at is not None
    assert abs(credentials.written_at - described["LastChangedDate"]) < timedelta(seconds=2)
