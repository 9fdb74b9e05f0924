"""The poller beside eBusiness Web Services: it asks whether they are there, and knows what they can't do."""

import json
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.certificates import Identity
from sandbox.sage100 import seed
from tests.adapters.bigcommerce_shop import RunningShop
from tests.adapters.ebws_service import RunningEbws, running_ebws
from tests.functions.conftest import Context, Counted, Handler, Load, Poller
from tests.unit.orders import key_of
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.queues import read_wakeup
from tieout.domain.agents import Capability
from tieout.domain.sweeps import Breaker, Flow
from tieout.flows.breaker import BREAKER
from tieout.flows.note_promises import LACKS, PROMISES

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture(scope="module")
def service(identity: Identity, tmp_path_factory: pytest.TempPathFactory) -> Generator[RunningEbws]:
    home = tmp_path_factory.mktemp("ebws") / "home"
    seed.fill(home)
    with running_ebws(identity, home) as running:
        yield running


@pytest.fixture
def handler(
    load: Load, poller: Poller, service: RunningEbws, *, monkeypatch: pytest.MonkeyPatch
) -> Handler:
    service.start_anew()
    way: dict[str, Any] = {
        "url": service.pinned().url,
        "trust": "pin",
        "pins": [service.fingerprint],
        "allow_networks": ["127.0.0.0/8"],
    }
    poller({})
    monkeypatch.delenv("TIEOUT_AGENT")
    monkeypatch.setenv("TIEOUT_EBWS", json.dumps(way))
    return load("poll")


def queued(sqs: "SQSClient", queue_url: str) -> set[int]:
    found = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10).get("Messages", [])
    return {read_wakeup(message.get("Body", "")).order_id for message in found}


def test_orders_that_are_due_are_queued_while_the_service_is_there(
    handler: Handler, table: Table, sqs: "SQSClient", *, queue_url: str, counted: Counted
) -> None:
    for order_id in (250, 251, 252):
        DynamoLedger(table, SystemClock()).expect(key_of(order_id))

    handler({"job": "due"}, Context())

    assert queued(sqs, queue_url) == {250, 251, 252}
    assert counted()["AgentDown"] == 0


def test_while_the_service_is_gone_one_order_at_a_time_is_tried(
    handler: Handler, table: Table, service: RunningEbws, *, sqs: "SQSClient", queue_url: str
) -> None:
    service.trouble("unavailable", count=None)
    for order_id in (250, 251, 252):
        DynamoLedger(table, SystemClock()).expect(key_of(order_id))

    handler({"job": "due"}, Context())

    breaker = Breaker.of(DynamoNotes(table).read(BREAKER))
    assert len(queued(sqs, queue_url)) == 1
    assert breaker is not None
    assert breaker.flow is Flow.DOWN
    assert "503" in breaker.reason


def test_the_hourly_sweep_notes_what_is_promised_and_what_is_not_to_be_had(
    handler: Handler, table: Table
) -> None:
    handler({"job": "gaps"}, Context())

    noted = DynamoNotes(table).read(PROMISES)
    assert noted["ABC"] == "createOnly"
    assert set(noted[LACKS].split()) == set(Capability)


def test_the_nightly_recount_asks_for_no_list_and_comes_to_its_end(
    handler: Handler, shop: RunningShop, table: Table, *, service: RunningEbws, counted: Counted
) -> None:
    shop.sell(line_count=1)

    handler({"job": "recount"}, Context())

    tally = DynamoNotes(table).read("recount#main")
    assert tally["ended"]
    assert tally["compared"] == "1"
    assert counted()["RecountFound"] == 0
    assert service.state()["calls"] == {}


def test_the_poller_never_logs_on(handler: Handler, table: Table, service: RunningEbws) -> None:
    for job in ("due", "gaps", "recount"):
        handler({"job": job}, Context())

    assert set(service.state()["calls"]) == {"GetContractInformation"}
    assert table
