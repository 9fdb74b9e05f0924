"""The poller's two jobs, through the real handler: what is due, and what no webhook told of."""

import json
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from sandbox.certificates import make_identity
from tests.adapters.bigcommerce_shop import IMPORT_STATUSES, RunningShop, running_shop
from tests.adapters.cloud import LEDGER, dynamodb, make_tables
from tests.functions.conftest import Context, Handler
from tests.unit.orders import key_of
from tests.unit.ports import FakeClock
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.queues import read_wakeup
from tieout.domain.identity import StoreKey
from tieout.errors import TieoutError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Counted = Callable[[], dict[str, float]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningShop]:
    folder = tmp_path_factory.mktemp("shop")
    genuine = make_identity(folder, "shop", now=datetime.now(UTC))  # noqa: TID251 - it must be valid
    with running_shop(genuine) as running:
        yield running


@pytest.fixture
def sqs() -> "SQSClient":
    return boto3.client("sqs")


@pytest.fixture
def table() -> Table:
    client = dynamodb()
    make_tables(client)
    return Table(client, LEDGER)


@pytest.fixture
def queue_url(sqs: "SQSClient") -> str:
    return sqs.create_queue(QueueName="orders")["QueueUrl"]


@pytest.fixture
def store(shop: RunningShop) -> dict[str, Any]:
    shop.start_anew()
    account = {"access_token": shop.token, "client_id": "", "client_secret": "", "webhook_key": ""}
    client = boto3.client("secretsmanager")
    return {
        "key": "main",
        "platform": "bigcommerce",
        "letter": "W",
        "store_hash": "sandbox1",
        "api": {
            "url": shop.url,
            "trust": "pin",
            "pins": [shop.fingerprint],
            "allow_networks": ["127.0.0.0/8"],
        },
        "secret_arn": client.create_secret(Name="s", SecretString=json.dumps(account))["ARN"],
        "import_statuses": sorted(IMPORT_STATUSES),
        "companies": {"USD": "ABC"},
    }


@pytest.fixture
def handler(
    load: Callable[[str], Handler],
    monkeypatch: pytest.MonkeyPatch,
    *,
    store: dict[str, Any],
    queue_url: str,
) -> Handler:
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([store]))
    monkeypatch.setenv("LEDGER_TABLE", LEDGER)
    monkeypatch.setenv("ORDER_QUEUE_URL", queue_url)
    monkeypatch.setenv("WEBHOOKS_URL", "https://door.example/prod/webhooks")
    return load("poll")


def queued(sqs: "SQSClient", queue_url: str) -> set[int]:
    found = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
    return {read_wakeup(message.get("Body", "")).order_id for message in found}


def test_orders_that_no_webhook_told_of_are_queued_once_the_shop_lists_them(
    handler: Handler, shop: RunningShop, *, sqs: "SQSClient", queue_url: str, table: Table,
    counted: Counted,
) -> None:  # fmt: skip
    sold = {int(shop.sell(line_count=1)) for _ in range(3)}

    answer = handler({"job": "backfill"}, Context())

    assert answer == {"job": "backfill"}
    assert queued(sqs, queue_url) == sold
    assert counted() == {"BackfillQueued": 3, "BackfillAgeSeconds": 24 * 3600}
    mark = DynamoWatermarks(table).read(StoreKey("main"), "backfill")
    assert mark is not None
    assert SystemClock().now() - mark < timedelta(minutes=1)


def test_orders_that_are_due_are_queued(
    handler: Handler, sqs: "SQSClient", *, queue_url: str, table: Table, counted: Counted
) -> None:
    long_ago = FakeClock(SystemClock().now() - timedelta(hours=1))
    DynamoLedger(table, long_ago).claim(key_of(250), owner="dead")
    DynamoLedger(table, SystemClock()).claim(key_of(251), owner="alive")

    handler({"job": "due"}, Context())

    assert queued(sqs, queue_url) == {250}
    assert counted() == {"DueQueued": 1}


def test_a_shop_that_fails_rings_and_keeps_the_mark(
    handler: Handler, shop: RunningShop, *, table: Table, counted: Counted
) -> None:
    shop.break_down("/v2/orders", status=500, count=None)

    with pytest.raises(TieoutError, match="failed for: main"):
        handler({"job": "backfill"}, Context())

    assert counted() == {"PollsFailed": 1}
    assert DynamoWatermarks(table).read(StoreKey("main"), "backfill") is None


def test_one_stores_trouble_does_not_keep_the_others_waiting(
    load: Callable[[str], Handler], shop: RunningShop, *, sqs: "SQSClient", queue_url: str,
    table: Table, store: dict[str, Any], monkeypatch: pytest.MonkeyPatch, counted: Counted,
) -> None:  # fmt: skip
    broken = {**store, "key": "broken", "letter": "B", "secret_arn": "arn:none"}
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([broken, store]))
    monkeypatch.setenv("LEDGER_TABLE", table.name)
    monkeypatch.setenv("ORDER_QUEUE_URL", queue_url)
    monkeypatch.setenv("WEBHOOKS_URL", "https://door.example/prod/webhooks")
    sold = int(shop.sell(line_count=1))

    with pytest.raises(TieoutError, match="failed for: broken"):
        load("poll")({"job": "backfill"}, Context())

    assert queued(sqs, queue_url) == {sold}
    assert counted()["BackfillQueued"] == 1


def test_a_queue_that_is_gone_rings_and_leaves_the_orders_due(
    handler: Handler, sqs: "SQSClient", *, queue_url: str, table: Table
) -> None:
    ledger = DynamoLedger(table, FakeClock(SystemClock().now() - timedelta(hours=1)))
    ledger.claim(key_of(250), owner="dead")
    sqs.delete_queue(QueueUrl=queue_url)

    with pytest.raises(TieoutError, match="failed for: main"):
        handler({"job": "due"}, Context())

    assert ledger.due(StoreKey("main"), now=SystemClock().now(), limit=9) == (key_of(250),)
