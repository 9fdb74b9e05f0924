"""The poller's watch over our own ears, through the real handler: hooks, and the daily self-test."""

import json
import threading
from collections.abc import Generator
from dataclasses import replace
from typing import Any

import boto3
import pytest

from sandbox.certificates import Identity
from tests.adapters.bigcommerce_shop import RunningShop
from tests.adapters.cloud import LEDGER, dynamodb
from tests.adapters.servers import Server, Visit, answer, serving
from tests.functions.conftest import SECRET, WEBHOOKS, Context, Counted, Handler, Load, Poller
from tieout.adapters.bigcommerce_hooks import SCOPES
from tieout.adapters.bigcommerce_notices import KEY_HEADER
from tieout.adapters.clock import SystemClock
from tieout.adapters.dynamodb import DynamoLedger, Table
from tieout.adapters.notes import DynamoNotes
from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.ledger import State
from tieout.errors import TieoutError


@pytest.fixture
def ledger(table: Table) -> DynamoLedger:
    return DynamoLedger(table, SystemClock())


@pytest.fixture(autouse=True)
def environment(poller: Poller) -> None:
    poller({"url": "https://agent.example", "secret_arn": "arn:none"})


def scopes(shop: RunningShop) -> set[str]:
    """What the shop tells us of, at our own address and with our key."""
    return {
        hook.scope
        for hook in shop.shop.hooks.values()
        if hook.destination == f"{WEBHOOKS}/main"
        and hook.is_active
        and hook.headers == {KEY_HEADER: "the-webhook-key"}
    }


def note(name: str = "selftest") -> dict[str, str]:
    return dict(DynamoNotes(Table(dynamodb(), LEDGER)).read(f"{name}#main"))


def test_the_first_run_registers_the_stores_hooks_and_the_second_finds_them_well(
    load: Load, shop: RunningShop, counted: Counted
) -> None:
    handler = load("poll")

    handler({"job": "hooks"}, Context())
    first = counted()
    handler({"job": "hooks"}, Context())

    assert scopes(shop) == set(SCOPES)
    assert first == {"HooksMended": len(SCOPES), "HooksBroken": 0, "HooksDoubled": 0}
    assert counted() == {"HooksMended": 0, "HooksBroken": 0, "HooksDoubled": 0}


def test_hooks_that_somebody_else_looks_after_are_not_even_listed(
    load: Load, shop: RunningShop, *, store: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([{**store, "manage_hooks": False}]))

    load("poll")({"job": "hooks"}, Context())

    assert shop.heard == []
    assert note("hooks")["broken"] == ""


def test_a_hook_that_can_not_be_mended_is_counted(
    load: Load, shop: RunningShop, counted: Counted
) -> None:
    shop.break_down("/v3/hooks", method="POST", status=422, count=1)

    load("poll")({"job": "hooks"}, Context())

    assert counted()["HooksBroken"] == 1
    assert note("hooks")["broken"].startswith(f"{SCOPES[0]}: ")
    assert scopes(shop) == set(SCOPES[1:])


def test_a_shop_that_does_not_list_its_hooks_rings(
    load: Load, shop: RunningShop, counted: Counted
) -> None:
    shop.break_down("/v3/hooks", status=403, count=None)

    with pytest.raises(TieoutError, match="failed for: main"):
        load("poll")({"job": "hooks"}, Context())

    assert counted() == {"SetupErrors": 1}


class Behind:
    """What is behind the door: the real function that receives, and a worker."""

    def __init__(self, receive: Handler, ledger: DynamoLedger) -> None:
        self.receive = receive
        self.ledger = ledger
        self.works = True
        self.lock = threading.Lock()

    def act(self, visit: Visit) -> None:
        head, _, body = visit.request().partition(b"\r\n\r\n")
        first, *rows = head.decode().split("\r\n")
        path = first.split(" ")[1]
        headers = dict(row.split(": ", 1) for row in rows)
        event = {
            "pathParameters": {"store": path.removeprefix("/prod/webhooks/")},
            "headers": headers,
            "body": body.decode(),
        }
        with self.lock:
            status = int(self.receive(event, None)["statusCode"])
            if status == 200 and self.works:
                work(self.ledger, json.loads(body)["data"]["id"])
        visit.stream.sendall(answer(status, b""))


def work(ledger: DynamoLedger, order_id: int) -> None:
    """A worker looks at an order, and finds that nothing is to do."""
    claim = ledger.claim(OrderKey(StoreKey("main"), OrderId(order_id)), owner="worker")
    assert claim
    done = replace(claim.entry, state=State.CREATED, read_at=SystemClock().now(), next_at=None)
    ledger.release(claim, done)


@pytest.fixture
def behind(
    load: Load, ledger: DynamoLedger, *, store: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> Behind:
    known = {name: store[name] for name in ("key", "store_hash", "secret_arn")}
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([known]))
    receive = load("receive_webhook")
    # Its settings and the store's secret are read once, with the first webhook.
    receive({"pathParameters": {"store": "main"}, "headers": {}, "body": ""}, None)
    monkeypatch.setenv("TIEOUT_STORES", json.dumps([store]))
    return Behind(receive, ledger)


@pytest.fixture
def door(identity: Identity, behind: Behind, monkeypatch: pytest.MonkeyPatch) -> Generator[Server]:
    with serving(identity, behind.act) as server:
        way = {
            "url": server.url,
            "trust": "pin",
            "pins": [identity.fingerprint],
            "allow_networks": ["127.0.0.0/8"],
        }
        monkeypatch.setenv("WEBHOOKS_DOOR", json.dumps(way))
        yield server


@pytest.mark.usefixtures("door")
def test_a_webhook_of_our_own_goes_through_the_real_door_into_the_ledger(
    load: Load, shop: RunningShop, *, ledger: DynamoLedger, counted: Counted
) -> None:
    order_id = shop.sell(line_count=1)
    work(ledger, order_id)

    load("poll")({"job": "selftest"}, Context())

    sums = counted()
    assert sums["WebhooksAccepted"] == 1
    assert (sums["SelfTestPassed"], sums["SelfTestFailed"], sums["SelfTestIdle"]) == (1, 0, 0)
    assert (note()["result"], note()["order"]) == ("passed", f"main#{order_id}")


@pytest.mark.usefixtures("door")
def test_a_key_that_the_function_behind_the_door_does_not_know_yet_is_found_out(
    load: Load, shop: RunningShop, *, store: dict[str, Any], ledger: DynamoLedger, counted: Counted
) -> None:
    work(ledger, shop.sell(line_count=1))
    rotated = {**SECRET, "access_token": shop.token, "webhook_key": "another-key"}
    client = boto3.client("secretsmanager")
    client.put_secret_value(SecretId=store["secret_arn"], SecretString=json.dumps(rotated))

    load("poll")({"job": "selftest"}, Context())

    assert counted()["SelfTestFailed"] == 1
    assert note()["http_status"] == "401"
    assert "refused its key or its signature" in note()["words"]


@pytest.mark.usefixtures("door")
def test_a_webhook_that_nobody_works_on_is_given_up_when_the_functions_time_is_up(
    load: Load, shop: RunningShop, *, ledger: DynamoLedger, behind: Behind, counted: Counted
) -> None:
    work(ledger, shop.sell(line_count=1))
    behind.works = False

    load("poll")({"job": "selftest"}, Context(seconds=61))

    assert counted()["SelfTestFailed"] == 1
    assert "nobody looked at its order" in note()["words"]


def test_a_store_without_an_order_is_no_failure(load: Load, counted: Counted) -> None:
    load("poll")({"job": "selftest"}, Context())

    assert counted() == {"SelfTestPassed": 0, "SelfTestFailed": 0, "SelfTestIdle": 1}
    assert note()["result"] == "nothing to test with"
