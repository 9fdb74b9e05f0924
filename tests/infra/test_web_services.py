"""A customer whose Sage 100 is reached by its own eBusiness Web Services, and not by our agent."""

from typing import Any

import pytest
from pydantic import ValidationError

from infra.settings import Customer
from tests.infra.cloud import Cloud, example, short, synth
from tieout.settings import Door, poll_settings, take_orders_settings

pytestmark = pytest.mark.xdist_group("infra")
URL = "https://sage.example.com/eBusinessWebServices/MasBasicService.svc"


def customer_with(**ways: Any) -> Customer:
    values = example("prod").model_dump(mode="json")
    return Customer.model_validate({**values, "agent": None, **ways})


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Cloud:
    return synth(customer_with(ebws={"url": URL}), tmp_path_factory.mktemp("ebws"))


def test_the_taker_of_orders_is_told_address_and_secret(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
):
    for key, value in cloud.environment("take_orders").items():
        monkeypatch.setenv(key, value)

    way = take_orders_settings().sage

    assert (way.door, way.connection.url) == (Door.EBWS, URL)
    assert "EbwsSecret" in way.secret_arn


def test_the_poller_is_told_the_address_alone(cloud: Cloud, monkeypatch: pytest.MonkeyPatch):
    for key, value in cloud.environment("poll").items():
        monkeypatch.setenv(key, value)

    way = poll_settings().sage

    assert (way.door, way.connection.url, way.secret_arn) == (Door.EBWS, URL, "")


def test_the_logon_is_read_by_the_taker_of_orders_alone(cloud: Cloud):
    secrets = {short(id_) for id_ in cloud.of_type("AWS::SecretsManager::Secret")}
    readers = [
        statement
        for statement in cloud.statements(role_of(cloud, "PollRole"))
        if "secretsmanager:GetSecretValue" in statement["Action"]
        and "EbwsSecret" in str(statement["Resource"])
    ]

    assert secrets == {"StoreSecretMain", "EbwsSecret"}
    assert readers == []


def role_of(cloud: Cloud, name: str) -> str:
    (found,) = (id_ for id_ in cloud.of_type("AWS::IAM::Role") if short(id_) == name)
    return found


def test_the_operator_finds_the_secret_by_the_stacks_outputs(cloud: Cloud):
    outputs = cloud.service["Outputs"]

    assert "EbwsSecretArn" in outputs
    assert not [name for name in outputs if name.startswith("Agent")]


@pytest.mark.parametrize(
    "ways", [{}, {"agent": {"url": "https://a.example"}, "ebws": {"url": URL}}]
)
def test_there_is_exactly_one_way_into_sage(ways: dict[str, Any]):
    with pytest.raises(ValidationError, match="give one of them, and the agent where you can"):
        customer_with(**ways)


def test_the_web_services_must_not_be_on_loopback_in_production():
    with pytest.raises(ValidationError, match="loopback"):
        customer_with(ebws={"url": URL, "allow_networks": ["127.0.0.0/8"]})


@pytest.mark.parametrize("url", ["http://sage.example.com/x.svc", f"{URL}?wsdl"])
def test_their_address_is_a_plain_https_one(url: str):
    with pytest.raises(ValidationError, match="plain https"):
        customer_with(ebws={"url": url})
