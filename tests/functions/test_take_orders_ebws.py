"""One order through the real handler into the simulated Web Services, over TLS, with nothing of our agent."""

import json
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from sandbox.certificates import make_identity
from sandbox.sage100 import seed
from tests.adapters.bigcommerce_shop import IMPORT_STATUSES, RunningShop, running_shop
from tests.adapters.cloud import CUSTOMERS, LEDGER, dynamodb, make_tables
from tests.adapters.ebws_service import RunningEbws, running_ebws
from tests.agent.harness import sku
from tests.functions.conftest import Context, Counted, Handler
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, Table
from tieout.adapters.notes import DynamoNotes
from tieout.domain.guarantees import Mode
from tieout.domain.identity import OrderId, OrderKey, SalesOrderNo, StoreKey
from tieout.domain.ledger import Entry, State
from tieout.domain.sales_orders import FoundSalesOrder
from tieout.domain.sweeps import Memory

LOOPBACK = ["127.0.0.0/8"]
BUYER = {"id": 12}


@pytest.fixture(scope="module")
def outside(
    tmp_path_factory: pytest.TempPathFactory,
) -> Generator[tuple[RunningShop, RunningEbws]]:
    """A shop and the Web Services, listening."""
    folder = tmp_path_factory.mktemp("outside")
    seed.fill(folder / "home")
    genuine = make_identity(folder, "both", now=datetime.now(UTC))  # noqa: TID251 - it must be valid
    with running_shop(genuine) as shop, running_ebws(genuine, folder / "home") as service:
        shop.shop.settings.quota = 1_000_000
        yield shop, service


def _secret(name: str, value: dict[str, str]) -> str:
    client = boto3.client("secretsmanager")
    return client.create_secret(Name=name, SecretString=json.dumps(value))["ARN"]


def _endpoint(url: str, fingerprint: str) -> dict[str, Any]:
    return {"url": url, "trust": "pin", "pins": [fingerprint], "allow_networks": LOOPBACK}


@pytest.fixture
def environment(
    outside: tuple[RunningShop, RunningEbws], monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    shop, service = outside
    service.start_anew()
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
    logon = _secret("ebws", {"username": seed.USER, "password": seed.PASSWORD})
    way = _endpoint(service.pinned().url, service.fingerprint) | {"secret_arn": logon}
    monkeypatch.setenv("TIEOUT_STACK_TAG", "x7")
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([store]))
    monkeypatch.setenv("TIEOUT_EBWS", json.dumps(way))
    monkeypatch.setenv("LEDGER_TABLE", LEDGER)
    monkeypatch.setenv("CUSTOMERS_TABLE", CUSTOMERS)
    return monkeypatch


class Floor:
    """A deployed function between the shop and the Web Services."""

    def __init__(self, shop: RunningShop, service: RunningEbws, handler: Handler) -> None:
        make_tables(dynamodb())
        table, now = Table(dynamodb(), LEDGER), SystemClock().now()
        self.ledger = DynamoLedger(table, SystemClock())
        # The sweep for due work has beaten once a minute for an hour: the ledger has forgotten nothing.
        DynamoNotes(table).write("memory", Memory(now, now - timedelta(hours=1)).note)
        self.shop, self.service, self.handler = shop, service, handler

    def sell(self, *skus: str, **wishes: Any) -> OrderId:
        lines = [{"sku": code, "quantity": 1} for code in skus or (sku(0),)]
        wish = {"lines": lines, "status_id": 11, "currency": "USD"}
        buyer = {} if "guest" in wishes else {"guest": False, "customer": BUYER}
        return self.shop.sell(**(wish | buyer | wishes))

    def take(self, order_id: OrderId) -> Entry:
        body = json.dumps({"store": "main", "order_id": order_id})
        answer = self.handler({"Records": [{"messageId": "m", "body": body}]}, Context(60))
        assert answer == {"batchItemFailures": []}
        entry = self.ledger.read(OrderKey(StoreKey("main"), order_id))
        assert entry is not None
        return entry

    def in_sage(self, order_id: OrderId) -> FoundSalesOrder | None:
        sage = self.service.client()
        try:
            number = SalesOrderNo(f"W{order_id:06d}")
            return sage.look_up(number, marker=f"W-{order_id}-x7").found
        finally:
            sage.close()


@pytest.fixture
def floor(
    load: Callable[[str], Handler],
    outside: tuple[RunningShop, RunningEbws],
    environment: pytest.MonkeyPatch,
) -> Floor:
    assert environment
    return Floor(*outside, load("take_orders"))


def test_an_order_arrives_in_sage_and_in_the_ledger(floor: Floor, counted: Counted) -> None:
    order_id = floor.sell(sku(0), sku(1))

    entry = floor.take(order_id)

    found = floor.in_sage(order_id)
    assert (entry.state, entry.reason) == (State.CREATED, "")
    assert entry.mode == Mode.NEVER_TWICE
    assert found is not None
    assert found.marker == f"W-{order_id}-x7"
    assert floor.service.state()["ignored"] == []
    assert counted()["OrdersTaken"] == 1


@pytest.mark.parametrize(
    "wishes",
    [
        {"guest": True},
        {"manual_discount": "5.00", "tax_rate": "8.25"},
        {"shipping": "12.00", "handling": "1.50", "wrapping": "2.00", "fees": [{"cost": "3.30"}]},
        {"gift_certificate": "5.00", "store_credit": "2.00"},
    ],
)
def test_every_kind_of_order_comes_to_the_storefronts_total(
    floor: Floor, wishes: dict[str, Any]
) -> None:
    order_id = floor.sell(sku(3), sku(4), **wishes)

    entry = floor.take(order_id)

    assert (entry.state, entry.reason) == (State.CREATED, "")


def test_a_new_buyer_is_one_customer_however_often_he_comes(floor: Floor) -> None:
    first, second = floor.sell(), floor.sell()

    floor.take(first)
    floor.take(second)

    one, other = floor.in_sage(first), floor.in_sage(second)
    assert one is not None
    assert other is not None
    assert one.customer == other.customer


def test_the_same_wakeup_twice_makes_one_sales_order(floor: Floor, counted: Counted) -> None:
    order_id = floor.sell()

    floor.take(order_id)
    floor.take(order_id)

    figures = counted()
    assert (figures["OrdersTaken"], figures["OrdersUnchanged"]) == (1, 1)
    assert floor.service.state()["calls"]["CreateSalesOrder"] == 1


def test_an_answer_that_got_lost_is_found_at_once(floor: Floor) -> None:
    order_id = floor.sell()
    floor.service.trouble("drop_answer", operation="CreateSalesOrder")

    entry = floor.take(order_id)

    assert (entry.state, entry.reason) == (State.CREATED, "")
    assert floor.service.state()["calls"]["CreateSalesOrder"] == 1


def test_an_order_of_which_nobody_can_tell_is_not_sent_again(floor: Floor) -> None:
    order_id = floor.sell()
    floor.service.trouble("unavailable", operation="CreateSalesOrder")

    entry = floor.take(order_id)
    floor.take(order_id)

    assert entry.state is State.INTENT
    assert floor.in_sage(order_id) is None
    assert floor.service.state()["calls"].get("CreateSalesOrder", 0) == 0


def test_an_item_that_sage_lacks_parks_the_order_with_the_next_action(floor: Floor) -> None:
    order_id = floor.sell(lines=[{"sku": "NO-SUCH-ITEM", "custom": True, "price": "9.00"}])

    entry = floor.take(order_id)

    assert entry.state is State.PARKED
    assert "ItemCode" in entry.reason
    assert "SKU" in entry.next_action
    assert floor.in_sage(order_id) is None


def test_a_user_who_may_not_write_is_the_operators_and_no_question(
    floor: Floor, counted: Counted
) -> None:
    order_id = floor.sell()
    floor.service.switch("company", "ABC", enabled=False)
    try:
        entry = floor.take(order_id)
    finally:
        floor.service.switch("company", "ABC", enabled=True)

    assert entry.not_after is None
    assert "enable it" in entry.reason
    assert counted()["SetupErrors"] == 1
