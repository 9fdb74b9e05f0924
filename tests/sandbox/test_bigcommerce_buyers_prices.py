"""Who pays which price in the simulated shop: lists, customer groups and assignments."""

from decimal import Decimal

import pytest
from starlette.testclient import TestClient

from tests.sandbox.test_bigcommerce_catalog import SHIRT, fill
from tests.sandbox.test_bigcommerce_pricelists import (
    MEDIUM,
    SMALL,
    Record,
    make_list,
    price,
    usd,
)


def test_deleted_records_give_way_to_the_catalogue(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    api.put(f"{path}/records", json=[usd(variant_id=SMALL), usd(variant_id=MEDIUM)])
    group = control.post("/groups", json={"name": "Trade", "price_list_id": 1}).json()["id"]

    before = price(control, "SHIRT-S", group_id=group)
    gone = api.delete(f"{path}/records?variant_id:in={SMALL}")

    assert (before, gone.status_code) == (10, 204)
    assert price(control, "SHIRT-S", group_id=group) == 20
    assert price(control, "SHIRT-M", group_id=group) == 10


def test_the_most_specific_list_decides(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)
    for n, name in enumerate(("Everybody", "Group", "Group here"), start=1):
        api.put(f"{make_list(api, name)}/records", json=[usd(variant_id=SMALL, price=n)])
    group = control.post("/groups", json={"name": "Trade"}).json()["id"]

    catalogue = price(control, "SHIRT-S", group_id=group)
    assigned = [
        ({"price_list_id": 1, "channel_id": 1}, 1),
        ({"price_list_id": 2, "customer_group_id": group}, 2),
        ({"price_list_id": 3, "customer_group_id": group, "channel_id": 1}, 3),
    ]

    assert catalogue == 20
    for body, cost in assigned:
        assert api.post("/v3/pricelists/assignments", json=[body]).status_code == 200
        assert price(control, "SHIRT-S", group_id=group) == cost
    assert price(control, "SHIRT-S") == 1
    assert price(control, "SHIRT-M", group_id=group) == Decimal("22.5")


def test_a_list_that_is_switched_off_counts_for_nobody(
    control: TestClient, api: TestClient
) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    api.put(f"{path}/records", json=[usd(variant_id=SMALL)])
    group = control.post("/groups", json={"name": "Trade", "price_list_id": 1}).json()["id"]

    api.put(path, json={"name": "Trade", "active": False})

    assert price(control, "SHIRT-S", group_id=group) == 20


def test_a_member_of_a_group_orders_at_its_prices(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)
    api.put(f"{make_list(api)}/records", json=[usd(variant_id=SMALL)])
    group = control.post("/groups", json={"name": "Trade", "price_list_id": 1}).json()["id"]
    control.post("/customers/7/group", json={"group_id": group})
    wish = {"lines": [{"sku": "SHIRT-S"}], "shipping": 0}

    member = control.post("/orders", json=wish | {"customer": {"id": 7}}).json()
    other = control.post("/orders", json=wish | {"customer": {"id": 8}}).json()
    edit = {"lines": [{"sku": "SHIRT-S", "quantity": 3}]}
    edited = control.post(f"/orders/{member['id']}/edit", json=edit).json()

    assert (member["total_inc_tax"], other["total_inc_tax"]) == ("10.0000", "20.0000")
    assert edited["total_inc_tax"] == "30.0000"
    assert api.get("/v3/customers?id:in=7").json()["data"][0]["customer_group_id"] == group
    (shown,) = api.get("/v2/customer_groups").json()
    assert shown["discount_rules"] == [{"type": "price_list", "price_list_id": 1}]


def test_assignments_are_found_moved_and_deleted(control: TestClient, api: TestClient) -> None:
    make_list(api)
    make_list(api, "Other")
    group = control.post("/groups", json={"name": "Trade"}).json()["id"]
    claim = {"customer_group_id": group, "channel_id": 1}
    path = "/v3/pricelists/assignments"

    api.post(path, json=[claim | {"price_list_id": 1}])
    taken = api.post(path, json=[claim | {"price_list_id": 2}])
    moved = api.put("/v3/pricelists/2/assignments", json=claim)
    unknown = api.put("/v3/pricelists/2/assignments", json=claim | {"customer_group_id": 9})
    found = api.get(f"{path}?price_list_id:in=2").json()["data"]
    gone = api.delete(f"{path}?customer_group_id={group}")

    assert (taken.status_code, taken.json()["meta"]) == (422, {"saved_records": 0})
    assert (moved.status_code, unknown.status_code) == (200, 404)
    assert found == [{"id": 1, "price_list_id": 2} | claim]
    assert (gone.status_code, api.get(path).json()["data"]) == (204, [])
    assert api.delete(path).status_code == 422
    assert api.post(path, json=[claim] * 26).status_code == 413


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"name": ""}, 422), ({"name": "trade"}, 409), ({"name": "A", "active": 1}, 422)],
)
def test_a_wrong_price_list_is_refused(api: TestClient, body: Record, *, status: int) -> None:
    make_list(api)

    assert api.post("/v3/pricelists", json=body).status_code == status


def test_lists_can_be_listed_and_deleted_with_all_that_hangs_on_them(
    control: TestClient, api: TestClient
) -> None:
    path = make_list(api)
    make_list(api, "Other")
    control.post("/groups", json={"name": "Trade", "price_list_id": 1})

    found = api.get("/v3/pricelists?name:like=rad").json()["data"]
    gone = api.delete(path)

    assert [one["name"] for one in found] == ["Trade"]
    assert (gone.status_code, api.get(path).status_code) == (204, 404)
    assert api.get("/v2/customer_groups").json()[0]["discount_rules"] == []
