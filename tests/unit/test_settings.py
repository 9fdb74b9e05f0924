"""The environment of each function: read whole, or refused with the name of what is wrong."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tieout.errors import SetupError
from tieout.settings import (
    TRUST_MODES,
    Connection,
    Door,
    poll_settings,
    receive_webhook_settings,
    take_orders_settings,
)

STORE: dict[str, Any] = {
    "key": "main",
    "platform": "bigcommerce",
    "letter": "W",
    "overflow_letter": "",
    "store_hash": "sandbox1",
    "api": {
        "url": "https://api.example",
        "trust": "pin",
        "pins": ["aa", "bb"],
        "ca_pem": "",
        "allow_networks": ["10.0.0.0/8"],
    },
    "secret_arn": "arn:store",
    "import_statuses": [11, 9],
    "companies": {"USD": "ABC"},
    "sage": {"warehouse": "001"},
}
AGENT: dict[str, Any] = {"url": "https://agent.example", "secret_arn": "arn:agent"}
WEBHOOK_STORE = {"key": "main", "store_hash": "sandbox1", "secret_arn": "arn:store"}
READERS: list[Callable[[], object]] = [
    receive_webhook_settings,
    take_orders_settings,
    poll_settings,
]


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole environment; each test spoils one thing."""
    monkeypatch.setenv("TIEOUT_STACK_TAG", "x7")
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([STORE]))
    monkeypatch.setenv("TIEOUT_AGENT", json.dumps(AGENT))
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    monkeypatch.setenv("CUSTOMERS_TABLE", "customers")
    monkeypatch.setenv("ORDER_QUEUE_URL", "https://queue.example")
    monkeypatch.setenv("WEBHOOKS_URL", "https://door.example/prod/webhooks")


def test_the_taker_of_orders_reads_everything() -> None:
    found = take_orders_settings()

    store = found.stores["main"]  # pyright: ignore[reportArgumentType]
    assert (found.stack_tag, found.ledger_table, found.customers_table) == (
        "x7",
        "ledger",
        "customers",
    )
    assert (store.letter, store.store_hash, store.secret_arn) == ("W", "sandbox1", "arn:store")
    assert store.import_statuses == {11, 9}
    assert store.companies == {"USD": "ABC"}
    assert (store.sage.warehouse, store.sage.terms) == ("001", "00")
    assert (store.api.trust, store.api.pins) == ("pin", ("aa", "bb"))
    assert found.sage.connection == Connection("https://agent.example")
    assert (found.sage.door, found.sage.secret_arn) == (Door.AGENT, "arn:agent")


def test_the_poller_reads_stores_ledger_and_queue() -> None:
    found = poll_settings()

    assert list(found.stores) == ["main"]
    assert (found.ledger_table, found.order_queue_url) == ("ledger", "https://queue.example")
    assert found.sage.connection == Connection("https://agent.example")
    assert (found.sage.secret_arn, found.stack_tag) == ("arn:agent", "x7")


@pytest.fixture
def over_web_services(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An environment in which Sage is reached by its own Web Services."""
    way = {"url": "https://sage.example/eBusinessWebServices/MasBasicService.svc"}
    monkeypatch.delenv("TIEOUT_AGENT")
    monkeypatch.setenv("TIEOUT_EBWS", json.dumps({**way, "secret_arn": "arn:ebws"}))
    return way


def test_sage_may_be_reached_by_its_own_web_services(over_web_services: dict[str, Any]) -> None:
    way = take_orders_settings().sage

    assert (way.door, way.secret_arn) == (Door.EBWS, "arn:ebws")
    assert way.connection == Connection(over_web_services["url"])


def test_only_the_taker_of_orders_needs_a_logon_for_web_services(
    over_web_services: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_EBWS", json.dumps(over_web_services))

    assert (poll_settings().sage.door, poll_settings().sage.secret_arn) == (Door.EBWS, "")
    with pytest.raises(SetupError, match="TIEOUT_EBWS has no secret_arn"):
        take_orders_settings()


@pytest.mark.usefixtures("over_web_services")
def test_there_is_one_way_into_sage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_AGENT", json.dumps(AGENT))

    with pytest.raises(SetupError, match="both set"):
        take_orders_settings()


def test_a_month_and_a_half_is_recounted_unless_the_settings_say_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rows = [STORE, {**STORE, "key": "outlet", "recount_days": 7}]
    monkeypatch.setenv("TIEOUT_STORES", json.dumps(rows))

    assert [store.recount_days for store in poll_settings().stores.values()] == [45, 7]


def test_a_storefronts_hooks_are_looked_after_unless_the_settings_say_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv(
        "TIEOUT_STORES", json.dumps([STORE, {**STORE, "key": "outlet", "manage_hooks": False}])
    )

    managed = [store.manage_hooks for store in poll_settings().stores.values()]

    assert managed == [True, False]


def test_the_self_test_goes_to_the_public_door_as_storefronts_do() -> None:
    found = poll_settings()

    assert found.webhooks_url == "https://door.example/prod/webhooks"
    assert found.door == Connection("https://door.example", trust="public")


def test_the_self_test_can_be_led_to_another_door(monkeypatch: pytest.MonkeyPatch) -> None:
    door = {"url": "https://127.0.0.1:8443", "trust": "pin", "pins": ["aa"]}
    monkeypatch.setenv("WEBHOOKS_DOOR", json.dumps(door))

    found = poll_settings()

    assert found.webhooks_url == "https://door.example/prod/webhooks"
    assert found.door == Connection("https://127.0.0.1:8443", trust="pin", pins=("aa",))


def test_the_receiver_reads_three_things_of_each_store(monkeypatch: pytest.MonkeyPatch) -> None:
    second = {**WEBHOOK_STORE, "key": "outlet"}
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([WEBHOOK_STORE, second]))

    found = receive_webhook_settings()

    assert list(found.stores) == ["main", "outlet"]
    assert found.order_queue_url == "https://queue.example"


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (receive_webhook_settings, "TIEOUT_STORES"),
        (take_orders_settings, "TIEOUT_STORES"),
        (take_orders_settings, "TIEOUT_AGENT"),
        (take_orders_settings, "TIEOUT_STACK_TAG"),
        (take_orders_settings, "LEDGER_TABLE"),
        (take_orders_settings, "CUSTOMERS_TABLE"),
        (poll_settings, "TIEOUT_STORES"),
        (poll_settings, "LEDGER_TABLE"),
        (poll_settings, "ORDER_QUEUE_URL"),
        (poll_settings, "WEBHOOKS_URL"),
        (poll_settings, "TIEOUT_AGENT"),
        (poll_settings, "TIEOUT_STACK_TAG"),
    ],
)
@pytest.mark.parametrize("blank", [True, False])
def test_a_variable_that_is_not_set_is_named(
    monkeypatch: pytest.MonkeyPatch, *, read: Callable[[], object], name: str, blank: bool
) -> None:
    if blank:
        monkeypatch.setenv(name, "")
    else:
        monkeypatch.delenv(name)

    with pytest.raises(SetupError, match=name):
        read()


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "stores", ["{", "null", "5", "[]", "{}", "[5]", "[null]", '"main"', "[[]]", "[{}]"]
)
def test_stores_of_another_shape_are_refused(
    monkeypatch: pytest.MonkeyPatch, *, read: Callable[[], object], stores: str
) -> None:
    monkeypatch.setenv("TIEOUT_STORES", stores)

    with pytest.raises(SetupError, match=r"TIEOUT_STORES|missing|api"):
        read()


@pytest.mark.parametrize("read", [take_orders_settings, poll_settings])
@pytest.mark.parametrize("name", sorted(set(STORE) - {"overflow_letter", "sage"}))
def test_a_store_that_lacks_a_setting_is_refused(
    monkeypatch: pytest.MonkeyPatch, *, read: Callable[[], object], name: str
) -> None:
    lacking = {key: value for key, value in STORE.items() if key != name}
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([lacking]))

    with pytest.raises(SetupError):
        read()


def test_the_company_s_own_names_and_the_second_letter_may_be_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    short = {k: v for k, v in STORE.items() if k not in {"overflow_letter", "sage"}}
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([short]))

    store = next(iter(poll_settings().stores.values()))

    assert (store.overflow_letter, store.sage.warehouse) == ("", "000")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"colour": "red"}, "Store has no setting “colour”"),
        ({"sage": {"warehause": "001"}}, "SageDefaults has no setting “warehause”"),
        ({"sage": []}, "sage must be"),
        ({"api": {"url": "https://a", "verify": False}}, "Connection has no setting “verify”"),
        ({"api": "https://a"}, "api must be"),
        ({"companies": ["USD"]}, "companies must be"),
        ({"import_statuses": "11"}, "import_statuses must be"),
        ({"import_statuses": ["11"]}, "import_statuses must be"),
        ({"import_statuses": [True]}, "import_statuses must be"),
    ],
)
def test_a_setting_that_is_unknown_or_of_another_shape_is_named(
    monkeypatch: pytest.MonkeyPatch, *, change: dict[str, Any], complaint: str
) -> None:
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([{**STORE, **change}]))

    with pytest.raises(SetupError, match=complaint):
        take_orders_settings()


@pytest.mark.parametrize("read", READERS)
def test_two_stores_of_one_key_are_refused(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], object]
) -> None:
    row = WEBHOOK_STORE if read is receive_webhook_settings else STORE
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([row, row]))

    with pytest.raises(SetupError, match="same key"):
        read()


@pytest.mark.parametrize(
    ("agent", "complaint"),
    [
        ("[]", "TIEOUT_AGENT must be"),
        ("7", "TIEOUT_AGENT must be"),
        ('{"url": "https://a"}', "no secret_arn"),
        ('{"secret_arn": "arn"}', "Connection is missing"),
        ('{"url": "https://a", "secret_arn": "arn", "key": ""}', "no setting “key”"),
    ],
)
def test_an_agent_of_another_shape_is_refused(
    monkeypatch: pytest.MonkeyPatch, agent: str, complaint: str
) -> None:
    monkeypatch.setenv("TIEOUT_AGENT", agent)

    with pytest.raises(SetupError, match=complaint):
        take_orders_settings()


def test_there_is_no_way_to_trust_blindly() -> None:
    assert TRUST_MODES == ("public", "own_ca", "pin")
    with pytest.raises(SetupError, match="must be one of"):
        Connection("https://a", trust="none")


@pytest.mark.parametrize(("trust", "missing"), [("pin", "pins is empty"), ("own_ca", "ca_pem")])
def test_a_trust_that_has_nothing_to_go_by_is_refused(trust: str, missing: str) -> None:
    with pytest.raises(SetupError, match=missing):
        Connection("https://a", trust=trust)


def test_each_trust_with_what_it_goes_by_is_fine() -> None:
    assert Connection("https://a", trust="own_ca", ca_pem="PEM").ca_pem == "PEM"
    assert Connection("https://a", trust="pin", pins=("aa",)).pins == ("aa",)
