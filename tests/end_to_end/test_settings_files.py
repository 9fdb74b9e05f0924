"""What the sandbox writes is what the stacks and the agent read."""

import datetime as dt
import stat
from pathlib import Path

from infra.customers import load
from sandbox.certificates import make_identity
from sandbox.customer import Server, agent_settings, customer_toml
from sandbox.description import (
    AgentPart,
    CloudPart,
    Description,
    SagePart,
    ShopPart,
    read_description,
)
from tieout_agent.settings import read_settings

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def test_the_stacks_accept_the_sandboxs_customer(tmp_path: Path) -> None:
    agent = Server("https://127.0.0.1:5001", "a" * 64)
    shop = Server("https://127.0.0.1:5002", "b" * 64)
    door = Server("https://127.0.0.1:5003", "c" * 64)
    text = customer_toml(agent, shop, door=door, store_hash="sandbox1", sage={"warehouse": "001"})
    file = tmp_path / "customer.toml"
    file.write_text(text)

    customer = load(str(file), "sandbox")

    store = customer.stores["main"]
    assert customer.agent is not None
    assert (customer.agent.url, customer.agent.pins) == (agent.url, ("a" * 64,))
    assert (store.api.url, store.api.pins) == (shop.url, ("b" * 64,))
    assert customer.edge.door is not None
    assert (customer.edge.door.url, customer.edge.door.pins) == (door.url, ("c" * 64,))
    assert store.companies == {"USD": "ABC", "CAD": "CAN"}
    assert store.sage == {"warehouse": "001"}


def test_the_agent_accepts_its_settings_and_keeps_no_key(tmp_path: Path) -> None:
    file = tmp_path / "agent" / "settings.json"
    agent_settings(file, port=5001, sage_home=tmp_path, api_key="a-secret-key", read_key="another")

    settings = read_settings(file)

    assert settings.companies == ("ABC", "CAN")
    assert settings.com == "sandbox.sage100.com"
    assert "a-secret-key" not in file.read_text()


def test_a_simulators_key_is_for_its_owner_only(tmp_path: Path) -> None:
    identity = make_identity(tmp_path, "shop", now=NOW)

    assert stat.S_IMODE(identity.key.stat().st_mode) == 0o600
    assert len(identity.fingerprint) == 64


def test_the_description_is_read_as_it_was_written(tmp_path: Path) -> None:
    description = some_description()
    file = tmp_path / "sandbox.json"

    description.write(file)

    assert read_description(file) == description
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_shell_is_led_to_the_local_cloud_by_its_environment_file(tmp_path: Path) -> None:
    description = some_description()
    file = tmp_path / "sandbox.env"

    description.write_environment(file)

    assert file.read_text() == "export one='two words'\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_sandbox_no_description(tmp_path: Path) -> None:
    assert read_description(tmp_path / "sandbox.json") is None


def some_description() -> Description:
    names: dict[str, str] = {"one": "two"}
    cloud = CloudPart(
        *["x"] * 9,
        tables=names,
        queues=names,
        functions=names,
        secrets=names,
        environment={"one": "two words"},
    )
    return Description(
        cloud=cloud,
        bigcommerce=ShopPart(*["x"] * 13),
        agent=AgentPart(*["x"] * 5),
        sage100=SagePart("http://127.0.0.1:1", "home", {"USD": "ABC"}),
        customer="customer.toml",
        logs=names,
    )
