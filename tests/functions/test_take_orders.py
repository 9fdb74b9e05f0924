"""One order through the real handler: the simulated shop, the agent's real code, DynamoDB in memory."""

import json
import socket
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from sandbox.certificates import make_identity
from sandbox.sage100 import seed
from tests.adapters.bigcommerce_shop import IMPORT_STATUSES, RunningShop, running_shop
from tests.adapters.cloud import CUSTOMERS, LEDGER, dynamodb, make_tables
from tests.agent.harness import KEY, RunningAgent, make_settings, running_agent, sku
from tests.functions.conftest import Handler
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, Table
from tieout.domain.identity import OrderKey, StoreKey
from tieout.domain.ledger import Entry, State

Counted = Callable[[], dict[str, float]]
STORE = StoreKey("main")
LOOPBACK = ["127.0.0.0/8"]


@pytest.fixture(scope="module")
def outside(
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[tuple[RunningShop, RunningAgent]]:
    """A shop and an agent that listen; starting them takes longer than any test here."""
    folder = tmp_path_factory.mktemp("outside")
    seed.fill(folder / "home")
    genuine = make_identity(folder, "shop", now=datetime.now(UTC))  # noqa: TID251 - it must be valid
    with (
        running_shop(genuine) as shop,
        running_agent(make_settings(folder, folder / "home")) as agent,
    ):
        shop.shop.settings.quota = 1_000_000
        yield shop, agent


@dataclass
class Context:
    """What Lambda tells of the time."""

    left: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


BUYER = {"id": 12}


@dataclass
class Floor:
    """A deployed function between shop and agent."""

    shop: RunningShop
    agent: RunningAgent
    ledger: DynamoLedger
    handler: Handler

    def take(self, *order_ids: int, store: str = "main") -> dict[str, Any]:
        bodies = [json.dumps({"store": store, "order_id": order_id}) for order_id in order_ids]
        return self.receive(*bodies)

    def receive(self, *bodies: str) -> dict[str, Any]:
        rows = [{"messageId": f"m{n}", "body": body} for n, body in enumerate(bodies)]
        return self.handler({"Records": rows}, Context())

    def entry(self, order_id: int) -> Entry:
        entry = self.ledger.read(OrderKey(STORE, order_id))  # pyright: ignore[reportArgumentType]
        assert entry is not None
        return entry

    def in_sage(self, order_id: int) -> dict[str, Any]:
        """The sales order as the agent shows it; an error when there is none."""
        path = f"/ABC/SO/SalesOrder/W{order_id:06d}"
        answer = self.agent.get(path, marker=f"W-{order_id}-x7")
        answer.raise_for_status()
        assert answer.json()["markerMatches"] == [f"W{order_id:06d}"]
        return answer.json()["salesOrder"]

    def is_absent(self, order_id: int) -> bool:
        answer = self.agent.get(f"/ABC/SO/SalesOrder/W{order_id:06d}", marker=f"W-{order_id}-x7")
        return answer.status_code == 404


def _secret(name: str, value: dict[str, str]) -> str:
    client = boto3.client("secretsmanager")
    return client.create_secret(Name=name, SecretString=json.dumps(value))["ARN"]


def _endpoint(url: str, fingerprint: str) -> dict[str, Any]:
    return {"url": url, "trust": "pin", "pins": [fingerprint], "allow_networks": LOOPBACK}


@pytest.fixture
def environment(outside: tuple[RunningShop, RunningAgent], monkeypatch: pytest.MonkeyPatch) -> None:
    shop, agent = outside
    account = {
        "access_token": shop.token,
        "client_id": "c",
        "client_secret": "s",
        "webhook_key": "k",
    }
    store = {
        "key": "main",
        "platform": "bigcommerce",
        "letter": "W",
        "store_hash": "sandbox1",
        "api": _endpoint(shop.url, shop.fingerprint),
        "secret_arn": _secret("store", account),
        "import_statuses": sorted(IMPORT_STATUSES),
        "companies": {"USD": "ABC"},
        "sage": {"warehouse": "001"},
    }
    reach = _endpoint(str(agent.client.base_url), agent.fingerprint)
    monkeypatch.setenv("TIEOUT_STACK_TAG", "x7")
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([store]))
    monkeypatch.setenv(
        "TIEOUT_AGENT", json.dumps({**reach, "secret_arn": _secret("agent", {"api_key": KEY})})
    )
    monkeypatch.setenv("LEDGER_TABLE", LEDGER)
    monkeypatch.setenv("CUSTOMERS_TABLE", CUSTOMERS)


@pytest.fixture
def floor(
    load: Callable[[str], Handler],
    outside: tuple[RunningShop, RunningAgent],
    environment: None,
) -> Floor:
    assert environment is None
    client = dynamodb()
    make_tables(client)
    ledger = DynamoLedger(Table(client, LEDGER), SystemClock())
    return Floor(*outside, ledger, load("take_orders"))


def sell(floor: Floor, *skus: str, **wishes: Any) -> int:
    lines = [{"sku": code, "quantity": 1} for code in skus or (sku(0),)]
    # A buyer whom Sage knows and who is active: some of the seeded ones aren't, and would be parked.
    wish = {"lines": lines, "status_id": 11, "currency": "USD"}
    buyer = {} if wishes.keys() & {"guest", "customer"} else {"guest": False, "customer": BUYER}
    return int(floor.shop.sell(**(wish | buyer | wishes)))


def test_an_order_arrives_in_sage_and_in_the_ledger(floor: Floor, counted: Counted) -> None:
    order_id = sell(floor, sku(0), sku(1))

    answer = floor.take(order_id)

    assert answer == {"batchItemFailures": []}
    assert floor.entry(order_id).state is State.CREATED
    assert floor.in_sage(order_id)["CustomerPONo"] == f"W-{order_id}-x7"
    figures = counted()
    assert figures.pop("MinutesToSage") >= 0
    assert figures == {"OrdersTaken": 1}


def test_the_same_wakeup_twice_makes_one_sales_order(floor: Floor, counted: Counted) -> None:
    order_id = sell(floor)

    floor.take(order_id)
    floor.take(order_id)

    assert len(floor.in_sage(order_id)["Lines"]) >= 1
    figures = counted()
    assert (figures["OrdersTaken"], figures["OrdersUnchanged"]) == (1, 1)


def test_an_order_of_sixty_lines_arrives_whole(floor: Floor) -> None:
    order_id = sell(floor, *(sku(n) for n in range(60)))

    floor.take(order_id)

    assert floor.entry(order_id).state is State.CREATED
    codes = [row["ItemCode"] for row in floor.in_sage(order_id)["Lines"]]
    assert [code for code in codes if not code.startswith("/")] == [sku(n) for n in range(60)]


@pytest.mark.parametrize(
    "wishes",
    [
        {"guest": True},
        {"manual_discount": "5.00", "tax_rate": "8.25"},
        {"tax_inclusive": True, "tax_rate": "8.25", "coupon": {"amount": "10", "percent": True}},
        {"shipping": "12.00", "handling": "1.50", "wrapping": "2.00", "fees": [{"cost": "3.30"}]},
        {"gift_certificate": "5.00", "store_credit": "2.00"},
    ],
)
def test_every_kind_of_order_comes_to_the_storefronts_total(
    floor: Floor, wishes: dict[str, Any]
) -> None:
    order_id = sell(floor, sku(3), sku(4), **wishes)

    floor.take(order_id)

    entry = floor.entry(order_id)
    assert (entry.state, entry.reason) == (State.CREATED, "")


def test_an_item_that_sage_lacks_parks_the_order_with_the_next_action(
    floor: Floor, counted: Counted
) -> None:
    order_id = sell(floor, lines=[{"sku": "NO-SUCH-ITEM", "custom": True, "price": "9.00"}])

    floor.take(order_id)

    entry = floor.entry(order_id)
    assert entry.state is State.PARKED
    assert "NO-SUCH-ITEM" in entry.reason
    assert entry.next_action
    assert [parked.key for parked in floor.ledger.parked(STORE)] == [entry.key]
    assert floor.is_absent(order_id)
    assert counted() == {"OrdersParked": 1}


def test_orders_wait_while_the_agent_is_paused_and_arrive_when_it_is_not(
    floor: Floor, counted: Counted
) -> None:
    order_id, pause = sell(floor), floor.agent.settings.pause_file
    pause.touch()
    floor.take(order_id)
    waiting = floor.entry(order_id)
    pause.unlink()

    floor.take(order_id)

    assert waiting.state is State.WAITING_AGENT
    assert waiting.next_at is not None
    assert floor.entry(order_id).state is State.CREATED
    assert counted()["OrdersWaiting"] == 1


def test_orders_wait_for_an_agent_that_is_off(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    reach = _endpoint(f"https://127.0.0.1:{port}", "ab" * 32)
    off = {**reach, "secret_arn": _secret("off", {"api_key": KEY})}
    monkeypatch.setenv("TIEOUT_AGENT", json.dumps(off))
    order_id = sell(floor)

    floor.take(order_id)

    assert floor.entry(order_id).state is State.WAITING_AGENT
    assert counted() == {"OrdersWaiting": 1}


def test_a_wrong_api_key_is_the_operators(
    floor: Floor, monkeypatch: pytest.MonkeyPatch, counted: Counted
) -> None:
    reach = _endpoint(str(floor.agent.client.base_url), floor.agent.fingerprint)
    wrong = {**reach, "secret_arn": _secret("wrong", {"api_key": "tieout_guess"})}
    monkeypatch.setenv("TIEOUT_AGENT", json.dumps(wrong))
    order_id = sell(floor)

    floor.take(order_id)

    assert floor.entry(order_id).next_at is not None
    assert counted() == {"SetupErrors": 1}


def test_an_order_that_may_not_be_imported_yet_waits(floor: Floor) -> None:
    order_id = sell(floor, status_id=7)

    floor.take(order_id)

    assert floor.entry(order_id).state is State.WAIT_STATUS
    assert floor.is_absent(order_id)


def test_an_order_that_the_shop_does_not_have_waits(floor: Floor) -> None:
    floor.take(999_998)

    assert floor.entry(999_998).next_at is not None


def test_one_message_that_fails_goes_back_alone(floor: Floor, counted: Counted) -> None:
    order_id = sell(floor)
    good = json.dumps({"store": "main", "order_id": order_id})

    answer = floor.receive("rubbish", good, '{"store":"other","order_id":1}')

    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m2"}]}
    assert floor.entry(order_id).state is State.CREATED
    figures = counted()
    assert (figures["WakeupsFailed"], figures["SetupErrors"]) == (1, 1)


def test_a_ledger_that_is_gone_sends_the_message_back(floor: Floor) -> None:
    dynamodb().delete_table(TableName=LEDGER)

    with pytest.raises(Exception, match="All records failed"):
        floor.take(sell(floor))
