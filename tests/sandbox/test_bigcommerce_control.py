"""What a tester can make happen in the simulated shop."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Shop
from sandbox.bigcommerce.clock import MovableClock


def place(control: TestClient, **wish: Any) -> dict[str, Any]:
    answer = control.post("/orders", json=wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_api_tells_its_calls(control: TestClient) -> None:
    calls = control.get("/").json()["calls"]

    assert {"method": "POST", "path": "/orders", "does": "Sell something."} in calls
    assert all(call["does"] for call in calls)


def test_an_empty_wish_makes_a_believable_order(control: TestClient) -> None:
    order = place(control)

    assert order["status"] == "Awaiting Fulfillment"
    assert order["lines"] > 0
    assert float(order["total_inc_tax"]) > 0


def test_the_same_seed_and_wishes_make_the_same_orders(control: TestClient) -> None:
    first = place(control, line_count=5)

    control.post("/reset")

    assert place(control, line_count=5) == first


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/orders", {"colour": "red"}),
        ("/orders", {"lines": [{"sku": "NO-SUCH-SKU"}]}),
        ("/orders", {"lines": [{"picked": "NO-SUCH-SKU"}]}),
        ("/orders", {"lines": [{"address": 3}]}),
        ("/orders", {"lines": [{"price": "1"}], "manual_discount": "2"}),
        ("/orders", {"currency": "XXX"}),
        ("/faults", {"path": "/v2/*", "status": 200}),
        ("/routes", {"https://a.example": "http://198.51.100.7/"}),
        ("/routes", {"http://a.example": "http://127.0.0.1:1"}),
        ("/settings", {"quota": 0}),
        ("/deliveries/forge", {"destination": "https://a.example", "kind": "polite"}),
    ],
)
def test_a_wrong_wish_is_400_in_plain_words(
    control: TestClient, path: str, body: dict[str, Any]
) -> None:
    answer = control.post(path, json=body)

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_a_body_that_is_not_json_is_400(control: TestClient) -> None:
    answer = control.post("/orders", content=b"{")

    assert answer.status_code == 400


@pytest.mark.parametrize("deed", ["edit", "status", "archive", "refund"])
def test_an_order_that_is_not_there_is_404(control: TestClient, deed: str) -> None:
    body = {"status_id": 5} if deed == "status" else {}

    answer = control.post(f"/orders/7/{deed}", json=body)

    assert answer.status_code == 404


def test_an_edit_keeps_line_ids_and_what_was_written_meanwhile(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    order = place(control, lines=[{"sku": "TNT-RDG-2P"}, {"sku": "TNT-RDG-3P"}])
    path = f"/v2/orders/{order['id']}"
    before = api.get(f"{path}/products").json()
    api.put(path, json={"external_order_id": "W000100"})
    clock.advance(60)

    edited = control.post(
        f"/orders/{order['id']}/edit", json={"lines": [{"sku": "TNT-RDG-2P", "quantity": 5}]}
    ).json()

    after = api.get(f"{path}/products").json()
    assert [one["id"] for one in after] == [before[0]["id"]]
    assert edited["total_inc_tax"] != order["total_inc_tax"]
    assert edited["external_order_id"] == "W000100"
    assert edited["date_created"] == order["date_created"]
    assert edited["date_modified"] != order["date_modified"]


def test_an_edited_address_shows(control: TestClient, api: TestClient) -> None:
    order = place(control)

    control.post(f"/orders/{order['id']}/edit", json={"addresses": [{"street_1": "9 New Road"}]})

    found = api.get(f"/v2/orders/{order['id']}/shipping_addresses").json()
    assert found[0]["street_1"] == "9 New Road"


def test_archived_orders_leave_the_lists_but_can_be_read(
    control: TestClient, api: TestClient
) -> None:
    order = place(control)

    control.post(f"/orders/{order['id']}/archive")

    assert api.get("/v2/orders").status_code == 204
    assert api.get(f"/v2/orders/{order['id']}").json()["is_deleted"] is True


def test_refunds_move_the_status_but_never_refunded_amount(
    control: TestClient, api: TestClient
) -> None:
    order = place(control, lines=[{"price": "50"}], shipping="0")
    path = f"/orders/{order['id']}/refund"

    partial = control.post(path, json={"amount": "20"}).json()
    too_much = control.post(path, json={"amount": "31"})
    full = control.post(path).json()

    rows = api.get(f"/v3/orders/{order['id']}/payment_actions/refunds").json()["data"]
    header = api.get(f"/v2/orders/{order['id']}").json()
    assert (partial["status_id"], too_much.status_code, full["status_id"]) == (14, 400, 4)
    assert [one["total_amount"] for one in rows] == [20.0, 30.0]
    assert header["refunded_amount"] == "0.0000"


def test_overrides_break_the_arithmetic_on_purpose(control: TestClient, api: TestClient) -> None:
    order = place(
        control,
        overrides={"total_inc_tax": "0.0100"},
        line_overrides=[{"index": 0, "fields": {"quantity": 99}}],
    )

    lines = api.get(f"/v2/orders/{order['id']}/products").json()

    assert order["total_inc_tax"] == "0.0100"
    assert lines[0]["quantity"] == 99


def test_gift_wrap_is_money_outside_the_line_total(control: TestClient, api: TestClient) -> None:
    order = place(control, lines=[{"price": "50"}], shipping="0", wrapping="4.50")

    (line,) = api.get(f"/v2/orders/{order['id']}/products").json()

    assert (line["total_inc_tax"], line["wrapping_cost_inc_tax"]) == ("50.0000", "4.5000")
    assert (order["subtotal_inc_tax"], order["total_inc_tax"]) == ("50.0000", "54.5000")


def test_a_canadian_order_is_in_its_own_currency_with_a_canadian_buyer(
    control: TestClient, api: TestClient
) -> None:
    order = place(control, currency="CAD", display_currency="USD")

    header = api.get(f"/v2/orders/{order['id']}").json()

    assert header["default_currency_code"] == "CAD"
    assert header["currency_code"] == "USD"
    assert header["billing_address"]["country_iso2"] == "CA"


def test_a_new_customer_gets_an_account_and_keeps_it(control: TestClient) -> None:
    someone = {"email": "new@example.com", "first_name": "Nia", "last_name": "New"}

    first = place(control, customer=someone)
    second = place(control, customer=someone)

    assert first["customer_id"] == second["customer_id"] > 0
    assert first["name"] == "Nia New"


def test_a_fault_hits_its_path_as_often_as_told(control: TestClient, api: TestClient) -> None:
    control.post("/faults", json={"path": "/v2/time", "status": 503, "count": 2})

    answers = [api.get("/v2/time").status_code for _ in range(3)]

    assert answers == [503, 503, 200]
    assert api.get("/v2/store").status_code == 200


def test_every_order_can_be_missing_once_and_then_there(
    control: TestClient, api: TestClient
) -> None:
    numbers = [place(control)["id"] for _ in range(2)]
    control.post("/faults", json={"path": "/v2/orders/*", "status": 404, "per_path": True})

    answers = [api.get(f"/v2/orders/{n}").status_code for n in numbers * 2]

    assert answers == [404, 404, 200, 200]


def test_a_429_comes_with_or_without_headers(control: TestClient, api: TestClient) -> None:
    control.post("/faults", json={"path": "*", "status": 429, "retry_after": 7})
    control.post("/faults", json={"path": "*", "status": 429, "rate_headers": False})

    with_headers, without = api.get("/v2/time"), api.get("/v2/time")

    assert with_headers.headers["X-Rate-Limit-Requests-Left"] == "0"
    assert with_headers.headers["X-Retry-After"] == "7"
    assert not [name for name in without.headers if name.startswith("x-r")]


def test_a_lagging_replica_shows_the_past(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    order = place(control)
    clock.advance(60)
    control.post(f"/orders/{order['id']}/status", json={"status_id": 5})
    clock.advance(5)
    control.post("/faults", json={"path": "*", "stale_seconds": 30, "count": 1})
    control.post("/faults", json={"path": "*", "stale_seconds": 90, "count": 1})

    path = f"/v2/orders/{order['id']}"
    old, absent, fresh = (api.get(path) for _ in range(3))

    assert old.json()["status_id"] == 11
    assert absent.status_code == 404
    assert fresh.json()["status_id"] == 5


def test_a_cut_body_is_shorter_than_it_says(control: TestClient, api: TestClient) -> None:
    control.post("/faults", json={"path": "/v2/store", "cut_body": True})

    answer = api.get("/v2/store")

    assert len(answer.content) < int(answer.headers["Content-Length"])


def test_faults_end_when_they_are_deleted(control: TestClient, api: TestClient) -> None:
    control.post("/faults", json={"path": "*", "status": 500, "count": None})
    assert api.get("/v2/time").status_code == 500

    control.delete("/faults")

    assert api.get("/v2/time").status_code == 200


def test_requests_are_logged_and_can_be_counted(control: TestClient, api: TestClient) -> None:
    order = place(control)
    api.get(f"/v2/orders/{order['id']}/products", params={"limit": 250})

    (logged,) = control.get("/requests").json()["requests"]

    assert logged["path"] == f"/v2/orders/{order['id']}/products"
    assert (logged["method"], logged["query"], logged["status"]) == ("GET", "limit=250", 200)
    assert control.delete("/requests").json() == {"requests": []}


def test_state_tells_settings_hooks_and_counts(control: TestClient, api: TestClient) -> None:
    place(control)
    control.post("/settings", json={"tax_rate": "8.25", "quota": 9})
    control.post("/accounts", json={"client_id": "c", "client_secret": "s", "access_token": "t"})
    hook = {"scope": "store/order/created", "destination": "https://hooks.example.test/a"}
    api.post("/v3/hooks", json=hook)

    state = control.get("/state").json()

    assert (state["orders"], len(state["hooks"]), len(state["accounts"])) == (1, 1, 2)
    assert (state["settings"]["tax_rate"], state["settings"]["quota"]) == ("8.2500", 9)
    assert api.get("/v2/time", headers={"X-Auth-Token": "t"}).status_code == 200


def test_reset_forgets_orders_hooks_faults_and_deliveries(
    control: TestClient, api: TestClient, shop: Shop
) -> None:
    hook = {"scope": "store/order/created", "destination": "https://hooks.example.test/a"}
    api.post("/v3/hooks", json=hook)
    place(control)
    control.post("/faults", json={"path": "*", "status": 500, "count": None})

    control.post("/reset")

    assert (shop.orders, shop.hooks, shop.courier.deliveries) == ({}, {}, [])
    assert api.get("/v2/time").status_code == 200


def test_the_whole_order_can_be_seen_at_once(control: TestClient) -> None:
    order = place(control, coupon={"code": "TEN", "amount": "1"}, fees=[{"cost": "2.50"}])

    found = control.get(f"/orders/{order['id']}").json()

    assert found["coupons"][0]["code"] == "TEN"
    assert found["fees"][0]["cost_inc_tax"] == "2.5000"
    assert found["order"]["id"] == control.get("/orders").json()["orders"][0]["id"]
