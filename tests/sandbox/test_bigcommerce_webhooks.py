"""Webhooks of the simulated shop: hooks and their limits, signatures, retries, the block-list."""

import json
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Account, Shop, signing
from sandbox.bigcommerce.blocklist import BlockList
from sandbox.bigcommerce.clock import MovableClock
from sandbox.bigcommerce.courier import RETRY_SECONDS
from sandbox.bigcommerce.spec import OrderSpec, StatusSpec

DESTINATION = "https://hooks.example.test/webhooks/main"
KNOWN_BODY = (
    b'{"producer":"stores/abc123","hash":"dd70c0976e06b67aaf671e73f49dcb79230ebf9d",'
    b'"created_at":1561479335,"store_id":"1025646","scope":"store/order/created",'
    b'"data":{"type":"order","id":250}}'
)


def register(api: TestClient, **more: Any) -> Any:
    body = {"scope": "store/order/created", "destination": DESTINATION} | more
    return api.post("/v3/hooks", json=body)


def test_the_known_answer_signature_comes_out() -> None:
    made = signing.signature(
        KNOWN_BODY,
        "4c1ient5ecret0f1he5t0re4pi4cc0unt",
        message_id="msg_0001",
        timestamp=1561479336,
    )

    assert made == "v1,ePo6akyzH3m/DlaRneHzJCUOIr7zNx49kmkkA1RSY0s="


@pytest.mark.parametrize(
    "change",
    [
        {"destination": "http://hooks.example.test/a"},
        {"destination": "https://hooks.example.test:8443/a"},
        {"destination": "https://"},
        {"destination": 7},
        {"scope": "store/order/eaten"},
        {"scope": ["store/order/created"]},
        {"headers": {"X-Key": 7}},
        {"headers": {"x" * 65: "v"}},
        {"is_active": "yes"},
        {"events_history_enabled": True},
    ],
)
def test_a_hook_that_bigcommerce_would_refuse_is_422(
    api: TestClient, change: dict[str, Any]
) -> None:
    answer = register(api, **change)

    assert answer.status_code == 422


def test_a_scope_and_destination_can_be_registered_once(api: TestClient) -> None:
    first, second = register(api), register(api)

    assert (first.status_code, second.status_code) == (200, 422)


def test_ten_hooks_per_scope_are_the_limit(api: TestClient) -> None:
    answers = [register(api, destination=f"{DESTINATION}/{n}").status_code for n in range(11)]

    assert answers == [200] * 10 + [422]


def test_only_the_own_hooks_are_visible(api: TestClient, shop: Shop) -> None:
    number = register(api).json()["data"]["id"]
    shop.accounts["other"] = Account("otherclient", "secret", "other")
    other = {"X-Auth-Token": "other"}

    mine, theirs = api.get("/v3/hooks"), api.get("/v3/hooks", headers=other)
    single = api.get(f"/v3/hooks/{number}", headers=other)

    assert (len(mine.json()["data"]), theirs.json()["data"]) == (1, [])
    assert single.status_code == 404


def test_a_deleted_hook_is_gone_and_hears_nothing(api: TestClient, shop: Shop) -> None:
    number = register(api).json()["data"]["id"]

    api.delete(f"/v3/hooks/{number}")
    shop.place(OrderSpec())

    assert api.get(f"/v3/hooks/{number}").status_code == 404
    assert shop.courier.deliveries == []


def test_the_payload_points_at_the_order_and_names_the_store(api: TestClient, shop: Shop) -> None:
    register(api, scope="store/order/*")

    order = shop.place(OrderSpec())

    bodies = [json.loads(one.body) for one in shop.courier.deliveries]
    scopes = [body["scope"].removeprefix("store/order/") for body in bodies]
    assert scopes == ["created", "statusUpdated", "updated"]
    assert all(body["data"]["id"] == order.id for body in bodies)
    assert {body["producer"] for body in bodies} == {"stores/sandbox1"}
    assert bodies[1]["data"]["status"] == {"previous_status_id": 0, "new_status_id": 11}


def test_an_incomplete_order_fires_created_only(api: TestClient, shop: Shop) -> None:
    register(api, scope="store/order/*")

    shop.place(OrderSpec(status_id=0))

    assert [one.scope for one in shop.courier.deliveries] == ["store/order/created"]


def test_the_same_status_again_fires_no_status_updated(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec())
    register(api, scope="store/order/statusUpdated")

    shop.set_status(order.id, 11, StatusSpec(status_id=11))

    assert shop.courier.deliveries == []


def test_our_own_write_comes_back_as_an_event(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec())
    register(api, scope="store/order/*")

    api.put(f"/v2/orders/{order.id}", json={"staff_notes": "W000100"})

    assert [one.scope for one in shop.courier.deliveries] == ["store/order/updated"]


def test_a_duplicate_is_the_same_message_twice(api: TestClient, shop: Shop) -> None:
    register(api)

    shop.place(OrderSpec(webhook="duplicate"))

    first, second = shop.courier.deliveries
    assert (first.message_id, first.body) == (second.message_id, second.body)


def test_a_lost_one_is_booked_but_never_sent(api: TestClient, shop: Shop) -> None:
    register(api)

    shop.place(OrderSpec(webhook="lost"))

    assert shop.courier.deliver_due() == 0
    assert shop.courier.deliveries[0].state == "lost"


def test_a_late_one_leaves_late(api: TestClient, shop: Shop, clock: MovableClock) -> None:
    register(api)
    shop.place(OrderSpec(webhook="late", late_seconds=9))

    at_once = shop.courier.deliver_due()
    clock.advance(9)
    later = shop.courier.deliver_due()

    assert (at_once, later) == (0, 1)


def test_a_forged_one_has_neither_the_secret_nor_the_hooks_header(
    api: TestClient, shop: Shop
) -> None:
    register(api, headers={"X-Tieout-Key": "k"})

    shop.place(OrderSpec(webhook="forged"))

    delivery = shop.courier.deliveries[0]
    assert delivery.secret != shop.account.client_secret
    assert delivery.headers == {}


def test_retries_follow_the_published_schedule_and_then_the_hook_is_switched_off(
    api: TestClient, shop: Shop, clock: MovableClock
) -> None:
    number = register(api).json()["data"]["id"]
    shop.place(OrderSpec())
    started = clock.now()
    shop.courier.deliver_due()

    for wait in RETRY_SECONDS:
        clock.advance(wait)
        shop.courier.deliver_due()

    delivery = shop.courier.deliveries[0]
    assert (len(delivery.attempts), delivery.state) == (12, "failed")
    assert delivery.attempts[-1][0] - started == 173_040
    assert api.get(f"/v3/hooks/{number}").json()["data"]["is_active"] is False
    listed = api.get("/v3/hooks/admin").json()["data"]["hooks_list"]
    assert listed[0]["status"] == "deactivated"


def test_a_reactivated_hook_hears_what_comes_but_not_what_it_missed(
    api: TestClient, shop: Shop
) -> None:
    number = register(api, is_active=False).json()["data"]["id"]
    shop.place(OrderSpec())

    api.put(f"/v3/hooks/{number}", json={"is_active": True})
    order = shop.place(OrderSpec())

    heard = [json.loads(one.body)["data"]["id"] for one in shop.courier.deliveries]
    assert heard == [order.id]


def test_retry_waits_shrink_with_the_control_factor(
    api: TestClient, shop: Shop, clock: MovableClock
) -> None:
    shop.settings.retry_factor = 0.001
    register(api)
    shop.place(OrderSpec())
    shop.courier.deliver_due()

    clock.advance(0.06)

    assert shop.courier.deliver_due() == 1


def test_a_failing_delivery_is_told_to_the_exception_hook_once_in_ten_minutes(
    api: TestClient, shop: Shop
) -> None:
    register(api)
    elsewhere = "https://alarm.example.test/x"
    register(api, scope="store/hook/deliveryException", destination=elsewhere)
    shop.place(OrderSpec())
    shop.place(OrderSpec())

    shop.courier.deliver_due()

    told = [one for one in shop.courier.deliveries if one.destination == elsewhere]
    assert [json.loads(one.body)["data"]["error_code"] for one in told] == [90001]


def test_a_hundred_deliveries_under_90_percent_block_the_domain_for_three_minutes() -> None:
    blocklist = BlockList()

    blocked = [
        blocklist.record("https://a", accepted=n % 5 != 0, now=n / 10, factor=1) for n in range(100)
    ]

    assert blocked == [False] * 99 + [True]
    assert blocklist.seconds_left("https://a", 9.9) == 180
    assert blocklist.seconds_left("https://a", 189.9) == 0
    assert blocklist.seconds_left("https://b", 9.9) == 0


def test_nine_in_ten_is_good_enough() -> None:
    blocklist = BlockList()

    blocked = [
        blocklist.record("https://a", accepted=n % 10 != 9, now=0, factor=1) for n in range(200)
    ]

    assert not any(blocked)


def test_failures_older_than_two_minutes_are_forgotten() -> None:
    blocklist = BlockList()
    for n in range(99):
        blocklist.record("https://a", accepted=False, now=n / 100, factor=1)

    blocked = blocklist.record("https://a", accepted=False, now=121, factor=1)

    assert not blocked
