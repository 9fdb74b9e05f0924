"""What orders do to the simulated shop's stock, and which webhooks tell of it."""

import json
import random
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Shop
from sandbox.bigcommerce.clock import MovableClock
from tests.sandbox.test_bigcommerce_catalog import SHIRT, fill
from tests.sandbox.test_bigcommerce_inventory import FIRST, MUG, at, put

AWAITING, SHIPPED, REFUNDED, CANCELLED, COMPLETED = 11, 2, 4, 5, 10


def order(control: TestClient, quantity: int = 1, **more: Any) -> dict[str, Any]:
    lines = [{"sku": "MUG", "quantity": quantity}]
    answer = control.post("/orders", json={"lines": lines} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def left(control: TestClient, sku: str = "MUG") -> int:
    (found,) = control.post("/catalog/look", json={"skus": [sku]}).json()["items"]
    return found["sellable"]


def test_a_placed_order_takes_stock_at_once(control: TestClient) -> None:
    fill(control, MUG | {"stock": 10})

    order(control, 3)

    assert left(control) == 7


def test_variants_are_taken_from_their_own_stock(control: TestClient) -> None:
    fill(control, SHIRT)

    control.post("/orders", json={"lines": [{"sku": "SHIRT-S", "quantity": 2}]})

    assert (left(control, "SHIRT-S"), left(control, "SHIRT-M")) == (3, 7)


def test_two_lines_of_one_item_are_refused_when_together_they_are_too_many(
    control: TestClient,
) -> None:
    fill(control, MUG | {"stock": 3})
    line = {"sku": "MUG", "quantity": 2}

    answer = control.post("/orders", json={"lines": [line, line]})

    assert answer.status_code == 400
    assert "MUG has 3 left, 4 are wanted" in answer.json()["message"]
    assert left(control) == 3


def test_what_staff_sell_by_hand_stops_at_zero_and_is_counted(control: TestClient) -> None:
    fill(control, MUG | {"stock": 3})

    sold = order(control, 5, by_hand=True)
    control.post("/settings", json={"refund_order_stock_adjustment": True})
    control.post(f"/orders/{sold['id']}/status", json={"status_id": CANCELLED})

    assert control.get("/state").json()["oversold_units"] == 2
    assert left(control) == 3


def test_a_late_absolute_write_puts_sold_units_back_on_sale(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG | {"stock": 10})

    put(api, at(product_id=FIRST, quantity=10))
    order(control, 4)
    clock.advance(1)

    assert left(control) == 10


def test_what_is_due_happens_before_an_order_takes_its_stock(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG | {"stock": 10})
    unpaid = order(control, 4, status_id=0)

    put(api, at(product_id=FIRST, quantity=20))
    clock.advance(5)
    control.post(f"/orders/{unpaid['id']}/status", json={"status_id": AWAITING})

    assert left(control) == 16


def test_an_unpaid_order_takes_stock_when_it_is_paid(control: TestClient) -> None:
    fill(control, MUG | {"stock": 10})
    unpaid = order(control, 4, status_id=0)
    before = left(control)

    control.post(f"/orders/{unpaid['id']}/status", json={"status_id": AWAITING})

    assert (before, left(control)) == (10, 6)


@pytest.mark.parametrize("ending", [CANCELLED, REFUNDED])
@pytest.mark.parametrize(("setting", "after"), [(True, 10), (False, 6)])
def test_cancelled_and_refunded_orders_give_back_if_the_setting_says_so(
    control: TestClient, *, ending: int, setting: bool, after: int
) -> None:
    control.post("/settings", json={"refund_order_stock_adjustment": setting})
    fill(control, MUG | {"stock": 10})
    placed = order(control, 4)

    control.post(f"/orders/{placed['id']}/status", json={"status_id": ending})
    given_back = left(control)
    control.post(f"/orders/{placed['id']}/status", json={"status_id": AWAITING})

    assert given_back == after
    assert left(control) == 6


@pytest.mark.parametrize("ending", [SHIPPED, COMPLETED])
def test_stock_can_wait_until_the_order_is_shipped_or_completed(
    control: TestClient, *, ending: int
) -> None:
    control.post("/settings", json={"update_stock_behavior": "order_completed_or_shipped"})
    fill(control, MUG | {"stock": 10})
    placed = order(control, 4)
    before = left(control)

    control.post(f"/orders/{placed['id']}/status", json={"status_id": ending})

    assert (before, left(control)) == (10, 6)


def test_the_shop_tells_its_stock_settings(control: TestClient, api: TestClient) -> None:
    control.post("/settings", json={"update_stock_behavior": "order_completed_or_shipped"})

    found = api.get("/v3/settings/inventory").json()["data"]

    assert found["update_stock_behavior"] == "order_completed_or_shipped"
    assert found["refund_order_stock_adjustment"] is False


@pytest.mark.parametrize(("setting", "after"), [(True, 9), (False, 6)])
def test_an_edited_order_takes_other_stock_if_the_setting_says_so(
    control: TestClient, *, setting: bool, after: int
) -> None:
    control.post("/settings", json={"edit_order_stock_adjustment": setting})
    fill(control, MUG | {"stock": 10})
    placed = order(control, 4)

    control.post(f"/orders/{placed['id']}/edit", json={"lines": [{"sku": "MUG", "quantity": 1}]})

    assert left(control) == after


def test_added_up_stock_is_taken_from_the_default_location_first(
    control: TestClient, api: TestClient
) -> None:
    fill(control, MUG | {"stock": 3})
    control.post("/locations", json={"code": "EAST", "label": "East"})
    control.post("/stock", json={"sku": "MUG", "location_id": 2, "onhand": 5})
    control.post("/settings", json={"aggregated_stock": True})

    order(control, 4)

    (found,) = api.get("/v3/inventory/items?sku:in=MUG").json()["data"]
    assert [place["total_inventory_onhand"] for place in found["locations"]] == [0, 4]


def test_goods_that_nobody_counts_never_run_out(control: TestClient) -> None:
    fill(control, {"name": "Mug", "sku": "MUG"})

    assert order(control, 500)["items_total"] == 500


def test_the_dice_never_draw_what_is_sold_out(control: TestClient) -> None:
    control.post("/catalog/tracking", json={"tracking": "product", "stock": 0})
    control.post("/stock", json={"sku": "TNT-RDG-2P", "onhand": 1000})

    drawn = control.post("/orders", json={"line_count": 4}).json()
    lines = control.get(f"/orders/{drawn['id']}").json()["products"]

    assert {line["sku"] for line in lines} == {"TNT-RDG-2P"}


def test_a_shop_that_is_sold_out_says_so(control: TestClient) -> None:
    control.post("/catalog/tracking", json={"tracking": "product", "stock": 0})

    answer = control.post("/orders", json={})

    assert answer.status_code == 400
    assert answer.json()["message"]


def test_the_log_tells_every_change_and_its_cause(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG | {"stock": 10})

    order(control, 4)
    put(api, at(product_id=FIRST, quantity=8))
    clock.advance(1)

    changes = control.get("/stock/changes").json()["changes"]
    assert [(one["cause"], one["before"], one["after"]) for one in changes] == [
        ("order", 10, 6),
        ("absolute", 6, 8),
    ]


def told(shop: Shop) -> list[dict[str, Any]]:
    bodies = [json.loads(one.body) for one in shop.courier.deliveries]
    return [{"scope": body["scope"]} | body["data"] for body in bodies]


def subscribe(api: TestClient, *scopes: str) -> None:
    for scope in scopes:
        body = {"scope": scope, "destination": "https://hooks.example/webhooks"}
        assert api.post("/v3/hooks", json=body).status_code == 200


def test_product_stock_fires_the_product_webhooks(
    control: TestClient, api: TestClient, shop: Shop
) -> None:
    fill(control, MUG | {"stock": 4})
    moved = "store/product/inventory"
    subscribe(api, f"{moved}/updated", f"{moved}/order/updated", "store/sku/inventory/updated")

    order(control, 3)
    control.post("/stock", json={"sku": "MUG", "onhand": 9})

    assert [(one["scope"], one["inventory"]) for one in told(shop)] == [
        (f"{moved}/order/updated", {"product_id": FIRST, "method": "relative", "value": -3}),
        (f"{moved}/updated", {"product_id": FIRST, "method": "absolute", "value": 8}),
    ]


def test_variant_stock_fires_the_sku_webhooks(
    control: TestClient, api: TestClient, shop: Shop
) -> None:
    made = fill(control, SHIRT)[0]["variants"][0]
    subscribe(api, "store/sku/inventory/order/updated", "store/product/inventory/order/updated")

    control.post("/orders", json={"lines": [{"sku": "SHIRT-S", "quantity": 2}]})

    (one,) = told(shop)
    assert (one["scope"], one["type"]) == ("store/sku/inventory/order/updated", "sku")
    assert one["inventory"]["variant_id"] == made["id"]


def test_the_last_unit_of_a_location_is_told(
    control: TestClient, api: TestClient, shop: Shop
) -> None:
    fill(control, MUG | {"stock": 1})
    stem = "store/channel/*/inventory/product/"
    subscribe(api, *(stem + x for x in ("stock_changed", "out_of_stock_reached")))

    order(control, 1)

    assert [one["scope"] for one in told(shop)] == [
        stem + "stock_changed",
        stem + "out_of_stock_reached",
    ]
    assert told(shop)[0]["location_id"] == 1


def test_a_price_change_fires_product_updated(
    control: TestClient, api: TestClient, shop: Shop
) -> None:
    (mug,) = fill(control, MUG)
    subscribe(api, "store/product/updated")

    api.put("/v3/catalog/products", json=[{"id": mug["id"], "price": 3}])

    assert [(one["type"], one["id"]) for one in told(shop)] == [("product", mug["id"])]


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_orders_no_unit_is_lost_or_made(
    control: TestClient, shop: Shop, *, seed: int
) -> None:
    dice = random.Random(seed)
    control.post("/settings", json={"refund_order_stock_adjustment": True})
    fill(control, MUG | {"stock": 40})
    placed = [order(control, dice.randint(1, 5))["id"] for _ in range(5)]

    for _ in range(30):
        number = dice.choice(placed)
        if dice.random() < 0.5:
            status = dice.choice([0, 2, 4, 5, 10, 11, 14])
            control.post(f"/orders/{number}/status", json={"status_id": status})
        else:
            lines = [{"sku": "MUG", "quantity": dice.randint(1, 5)}]
            control.post(f"/orders/{number}/edit", json={"lines": lines})

    booked = sum(units for one in shop.orders.values() for units in one.booked.values())
    taken = sum(units for one in shop.orders.values() for units in one.taken.values())
    assert booked == taken == 40 - left(control)
