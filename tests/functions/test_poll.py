"""The poller's jobs on orders, through the real handler: what is due, missed, or to be recounted."""

import json
from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from sandbox.certificates import Identity
from tests.adapters.bigcommerce_shop import RunningShop
from tests.functions.agents import ToldAgent, told_agent
from tests.functions.conftest import Context, Counted, Handler, Load, Poller
from tests.unit.orders import key_of
from tests.unit.ports import FakeClock
from tieout import jobs
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.queues import read_wakeup
from tieout.domain.identity import SalesOrderNo, StoreKey
from tieout.domain.ledger import State
from tieout.errors import TieoutError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def agent(identity: Identity) -> Generator[ToldAgent]:
    with told_agent(identity) as told:
        yield told


@pytest.fixture(autouse=True)
def environment(agent: ToldAgent, poller: Poller) -> None:
    secret = boto3.client("secretsmanager").create_secret(Name="a", SecretString='{"api_key":"k"}')
    poller({**agent.connection(), "secret_arn": secret["ARN"]})


@pytest.fixture
def handler(load: Load) -> Handler:
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
    assert counted() == {"DueQueued": 1, "AgentDown": 0, "OrdersStuck": 0}


def test_a_shop_that_fails_rings_and_keeps_the_mark(
    handler: Handler, shop: RunningShop, *, table: Table, counted: Counted
) -> None:
    shop.break_down("/v2/orders", status=500, count=None)

    with pytest.raises(TieoutError, match="failed for: main"):
        handler({"job": "backfill"}, Context())

    assert counted() == {"PollsFailed": 1}
    assert DynamoWatermarks(table).read(StoreKey("main"), "backfill") is None


def test_one_stores_trouble_does_not_keep_the_others_waiting(
    load: Load, shop: RunningShop, *, sqs: "SQSClient", queue_url: str,
    store: dict[str, Any], monkeypatch: pytest.MonkeyPatch, counted: Counted,
) -> None:  # fmt: skip
    broken = {**store, "key": "broken", "letter": "B", "secret_arn": "arn:none"}
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([broken, store]))
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


def created(table: Table, order_id: int) -> DynamoLedger:
    """The ledger says that Sage has the order, since two hours."""
    before = FakeClock(SystemClock().now() - timedelta(hours=2))
    ledger = DynamoLedger(table, before)
    claim = ledger.claim(key_of(order_id), owner="taker")
    assert claim
    entry = replace(
        claim.entry,
        state=State.CREATED,
        created_at=before.now(),
        checked_at=SystemClock().now(),
        company="ABC",
        sales_order_no=SalesOrderNo(f"W{order_id:06d}"),
        next_at=None,
    )
    ledger.release(claim, entry)
    return ledger


def test_while_the_agent_is_paused_one_order_is_tried_and_the_others_stay_due(
    handler: Handler, agent: ToldAgent, *, sqs: "SQSClient", queue_url: str, table: Table,
    counted: Counted,
) -> None:  # fmt: skip
    ledger = DynamoLedger(table, FakeClock(SystemClock().now() - timedelta(hours=1)))
    for order_id in (250, 251, 252):
        ledger.expect(key_of(order_id))
    agent.status = "paused"

    handler({"job": "due"}, Context())

    assert counted() == {"DueQueued": 1, "AgentDown": 1, "OrdersStuck": 0}
    (probe,) = queued(sqs, queue_url)
    still = ledger.due(StoreKey("main"), now=SystemClock().now(), limit=9)
    assert {key.order_id for key in still} == {250, 251, 252} - {probe}
    assert DynamoNotes(table).read("breaker")["reason"] == "The Sage agent is paused."


def test_a_backfill_out_of_time_does_a_page_and_goes_on_with_the_next_run(
    handler: Handler, shop: RunningShop, *, table: Table, counted: Counted
) -> None:
    shop.sell(line_count=1)
    marks = DynamoWatermarks(table)

    handler({"job": "backfill"}, Context(seconds=0))
    before = marks.read(StoreKey("main"), "backfill")
    handler({"job": "backfill"}, Context())

    assert before is None
    assert marks.read(StoreKey("main"), "backfill") is not None
    assert counted()["BackfillQueued"] == 1


def test_an_order_that_the_ledger_never_heard_of_is_due_after_the_hourly_sweep(
    handler: Handler, shop: RunningShop, *, table: Table, counted: Counted
) -> None:
    order_id = int(shop.sell(line_count=1))

    handler({"job": "gaps"}, Context())

    ledger = DynamoLedger(table, SystemClock())
    assert ledger.due(StoreKey("main"), now=SystemClock().now(), limit=9) == (key_of(order_id),)
    assert counted() == {"GapsFound": 0}  # it is only just placed


def test_the_hourly_sweep_notes_what_the_agent_promises_once_an_hour(
    handler: Handler, agent: ToldAgent, *, table: Table
) -> None:
    handler({"job": "gaps"}, Context())
    handler({"job": "gaps"}, Context())

    assert DynamoNotes(table).read("promises")["ABC"] == "barrier createOnly deadline"
    assert agent.asked == ["/v1/capabilities"]


def test_the_nightly_recount_doubts_what_sage_does_not_list_and_finds_what_the_ledger_lacks(
    handler: Handler, shop: RunningShop, agent: ToldAgent, *, table: Table, counted: Counted
) -> None:
    right, lost, unknown = (int(shop.sell(line_count=1)) for _ in range(3))
    created(table, right)
    ledger = created(table, lost)
    agent.list(f"W{right:06d}", f"W-{right}-x7")
    agent.list(f"W{unknown:06d}", f"W-{unknown}-x7")

    handler({"job": "recount"}, Context())

    found = {"RecountMissing": 1, "RecountExtra": 1, "RecountDoubled": 0, "RecountFound": 2}
    assert counted() == found
    due = ledger.due(StoreKey("main"), now=SystemClock().now(), limit=9)
    assert {key.order_id for key in due} == {lost, unknown}
    doubted = ledger.read(key_of(lost))
    assert doubted
    assert doubted.checked_at is None


def test_a_recount_is_done_once_a_night_and_by_the_operator_at_any_time(
    handler: Handler, shop: RunningShop, agent: ToldAgent, *, counted: Counted
) -> None:
    shop.sell(line_count=1)
    found = dict.fromkeys(("RecountMissing", "RecountExtra", "RecountDoubled", "RecountFound"), 0)

    told = [
        (handler({"job": job}, Context()), counted())[1]
        for job in ("recount", "recount", "recount_now")
    ]

    assert told == [found, {}, found]
    assert len(agent.asked) == 2


def test_a_recount_that_was_cut_off_is_gone_on_with_by_the_hourly_sweep(
    handler: Handler, shop: RunningShop, *, counted: Counted
) -> None:
    shop.sell(line_count=1)

    handler({"job": "recount"}, Context(seconds=0))
    before = counted()
    handler({"job": "gaps"}, Context())

    assert before == {}
    assert counted()["RecountMissing"] == 0


def test_an_agent_that_is_away_fails_the_recount_and_not_the_sweep_for_gaps(
    handler: Handler, shop: RunningShop, agent: ToldAgent, *, counted: Counted
) -> None:
    shop.sell(line_count=1)
    assert agent.server
    agent.server.close()

    handler({"job": "gaps"}, Context())
    with pytest.raises(TieoutError, match="recount failed for: main"):
        handler({"job": "recount"}, Context())

    assert counted() == {"GapsFound": 0, "PollsFailed": 1}


def test_each_store_gets_its_share_of_the_time_that_is_left(counted: Counted) -> None:
    seen: list[tuple[str, timedelta]] = []

    def work(store: StoreKey, time_left: timedelta) -> int:
        seen.append((store, time_left))
        return 0

    answered = jobs.run_job(
        {"job": "mine"},
        Context(seconds=120),
        jobs={"mine": jobs.each(work)},
        stores=(StoreKey("a"), StoreKey("b")),
    )

    assert answered == {"job": "mine"}
    assert seen == [("a", timedelta(seconds=30)), ("b", timedelta(seconds=60))]
    assert counted() == {}
