"""Functions as the template has them: code that exists, an environment it accepts, honest times."""

import importlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from infra.app import build
from infra.customers import ROOT
from infra.function import EnvironmentTooLargeError
from infra.settings import Customer
from tests.infra.cloud import FUNCTIONS, Cloud, example, many, new_app, synth
from tieout import settings

pytestmark = pytest.mark.xdist_group("infra")

EVERY = {
    "TIEOUT_STORES",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_LOG_LEVEL",
}
ENVIRONMENTS = {
    "receive_webhook": EVERY | {"ORDER_QUEUE_URL"},
    "take_orders": EVERY | {"TIEOUT_STACK_TAG", "TIEOUT_AGENT", "LEDGER_TABLE", "CUSTOMERS_TABLE"},
    "poll": EVERY
    | {"TIEOUT_STACK_TAG", "TIEOUT_AGENT", "LEDGER_TABLE", "ORDER_QUEUE_URL", "WEBHOOKS_URL"},
}
READERS: dict[str, Callable[[], Any]] = {
    "receive_webhook": settings.receive_webhook_settings,
    "take_orders": settings.take_orders_settings,
    "poll": settings.poll_settings,
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_handler_in_the_template_can_be_called(dev: Cloud, name: str):
    module, _, function = dev.function(name)["Handler"].rpartition(".")

    assert callable(getattr(importlib.import_module(module), function))


def test_each_module_in_functions_is_deployed(dev: Cloud):
    modules = {path.stem for path in (ROOT / "functions").glob("*.py")} - {"__init__"}

    deployed = {f["Handler"].split(".")[1] for f in dev.properties("AWS::Lambda::Function")}

    assert deployed == modules == set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_environment_is_what_was_agreed(dev: Cloud, name: str):
    assert set(dev.environment(name)) == ENVIRONMENTS[name]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_function_accepts_its_environment(
    dev: Cloud, name: str, monkeypatch: pytest.MonkeyPatch
):
    for key, value in dev.environment(name).items():
        monkeypatch.setenv(key, value)

    read = READERS[name]()

    assert list(read.stores) == ["main"]


def test_settings_arrive_at_the_function_that_takes_orders(
    dev: Cloud, monkeypatch: pytest.MonkeyPatch
):
    for key, value in dev.environment("take_orders").items():
        monkeypatch.setenv(key, value)

    read = settings.take_orders_settings()

    store = read.stores[next(iter(read.stores))]
    assert read.stack_tag == dev.customer.stack_tag
    assert read.sage.connection.url == "https://agent.example.com:8443"
    assert (store.letter, store.sage.warehouse) == ("W", "001")
    assert store.import_statuses == {11, 9, 8, 3}


def test_the_poll_is_told_of_the_door_that_storefronts_come_to(
    dev: Cloud, monkeypatch: pytest.MonkeyPatch
):
    for key, value in dev.environment("poll").items():
        monkeypatch.setenv(key, value)

    read = settings.poll_settings()

    assert dev.environment("poll")["WEBHOOKS_URL"].endswith("/webhooks")
    assert read.webhooks_url.startswith("https://<WebhooksApi")
    assert (read.door.trust, read.door.allow_networks) == ("public", ())
    assert all(store.manage_hooks for store in read.stores.values())


def test_only_the_sandbox_leads_the_self_test_elsewhere(tmp_path: Path):
    customer = example("dev").model_dump(mode="json")
    door = {"url": "https://127.0.0.1:8443", "trust": "pin", "pins": ["ab" * 32]}
    customer["edge"] = {"door": door}

    cloud = synth(Customer.model_validate(customer), tmp_path)

    told = json.loads(cloud.environment("poll")["WEBHOOKS_DOOR"])
    assert (told["url"], told["pins"]) == (door["url"], door["pins"])


def test_receiving_webhooks_needs_to_know_little_of_a_store(dev: Cloud):
    stores = dev.environment("receive_webhook")["TIEOUT_STORES"]

    assert "api.bigcommerce.com" not in stores
    assert " " not in stores


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_all_our_defaults(dev: Cloud, name: str):
    function = dev.function(name)

    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["MemorySize"] == (1769 if name == "receive_webhook" else 512)
    assert function["TracingConfig"] == {"Mode": "Active"}
    assert function["LoggingConfig"]["LogFormat"] == "JSON"
    assert "Fn::GetAtt" in function["KmsKeyArn"]
    assert len(function["Layers"]) == 2
    assert "ReservedConcurrentExecutions" not in function


def test_times_follow_each_other_as_the_protocol_wants(dev: Cloud):
    timeouts = {name: dev.function(name)["Timeout"] for name in FUNCTIONS}
    (visibility,) = {queue["VisibilityTimeout"] for queue in dev.properties("AWS::SQS::Queue")}

    assert timeouts == {"receive_webhook": 10, "take_orders": 60, "poll": 300}
    # Reading the agent's answer 25 s < function 60 s < lease 90 s < visibility 360 s.
    assert 25 < timeouts["take_orders"] < 90 < visibility
    assert visibility >= 6 * timeouts["take_orders"]


def test_no_url_leads_to_a_function_past_the_api(dev: Cloud):
    assert not dev.of_type("AWS::Lambda::Url")


def test_every_log_is_kept_for_ninety_days_and_encrypted(dev: Cloud):
    groups = dev.properties("AWS::Logs::LogGroup")

    assert len(groups) == len(FUNCTIONS) + 2
    for group in groups:
        assert group["RetentionInDays"] == 90
        assert "Fn::GetAtt" in group["KmsKeyId"]


def test_every_function_writes_to_a_log_group_of_its_own(dev: Cloud):
    groups = [dev.function(name)["LoggingConfig"]["LogGroup"]["Ref"] for name in FUNCTIONS]

    assert len(set(groups)) == len(FUNCTIONS)
    assert set(groups) <= set(dev.of_type("AWS::Logs::LogGroup"))


def test_logs_encrypt_with_the_key_for_our_groups_only(dev: Cloud):
    (statement,) = [
        statement
        for key in dev.properties("AWS::KMS::Key")
        for statement in key["KeyPolicy"]["Statement"]
        if statement.get("Sid") == "LogsUse"
    ]

    patterns = many(statement["Condition"]["ArnLike"]["kms:EncryptionContext:aws:logs:arn"])

    assert [pattern["Fn::Join"][1][-1].split(":")[-1] for pattern in patterns] == [
        "example-dev-Service-*",
        "API-Gateway-Execution-Logs_*",
    ]


def test_an_environment_over_lambdas_limit_is_refused_at_synth(tmp_path: Path):
    customer = example("dev").model_dump(mode="json")
    customer["agent"] = {**customer["agent"], "trust": "own_ca", "ca_pem": "x" * 4000}

    with pytest.raises(EnvironmentTooLargeError, match=r"environment of take_orders .* 4096"):
        build(new_app(tmp_path), Customer.model_validate(customer), local=False)


def test_reserved_concurrency_is_set_where_the_settings_say_so(tmp_path: Path):
    customer = example("dev").model_dump(mode="json")
    customer["limits"] = {"reserved_receive": 20, "reserved_workers": 10}

    cloud = synth(Customer.model_validate(customer), tmp_path)

    reserved = [cloud.function(name).get("ReservedConcurrentExecutions") for name in FUNCTIONS]
    assert reserved == [20, 10, None]
