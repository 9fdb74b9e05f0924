"""The simulated price lists: records, tiers, cursors, and who pays which price."""

import json
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Shop
from tests.sandbox.test_bigcommerce_catalog import SHIRT, fill

SMALL, MEDIUM = 1_000_000, 1_000_001  # the variants of the shirt
Record = dict[str, Any]


def make_list(api: TestClient, name: str = "Trade", **more: Any) -> str:
    made = api.post("/v3/pricelists", json={"name": name} | more)
    assert made.status_code == 200, made.text
    return f"/v3/pricelists/{made.json()['data']['id']}"


def usd(**more: Any) -> Record:
    return {"currency": "usd", "price": 10} | more


def records(api: TestClient, path: str, query: str = "") -> list[Record]:
    include = "include=sku,bulk_pricing_tiers"
    return api.get(f"{path}/records?{include}&{query}").json()["data"]


def price(control: TestClient, sku: str, **who: Any) -> Decimal:
    return Decimal(control.post("/shelf", json={"sku": sku} | who).json()["price"])


def test_records_are_made_and_changed_by_id_or_sku(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)
    path = make_list(api)

    made = api.put(f"{path}/records", json=[usd(variant_id=SMALL), usd(sku="shirt-m")])
    api.put(f"{path}/records", json=[{"variant_id": SMALL, "currency": "USD", "sale_price": 8}])

    small, medium = records(api, path)
    assert made.json() == {"data": {}, "meta": {}}
    assert (small["price"], small["sale_price"], small["calculated_price"]) == (10, 8, 8)
    assert (medium["sku"], medium["currency"], medium["bulk_pricing_tiers"]) == (
        "SHIRT-M",
        "usd",
        [],
    )


def test_an_upsert_keeps_what_it_does_not_name_unless_the_setting_says_otherwise(
    control: TestClient, api: TestClient
) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    api.put(f"{path}/records", json=[usd(variant_id=SMALL, sale_price=8)])

    api.put(f"{path}/records", json=[usd(variant_id=SMALL, price=9)])
    kept = records(api, path)[0]["sale_price"]
    control.post("/settings", json={"records_replace": True})
    api.put(f"{path}/records", json=[usd(variant_id=SMALL, price=9)])

    assert (kept, records(api, path)[0]["sale_price"]) == (8, None)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"price": 1, "variant_id": SMALL}, "currency"),
        (usd(variant_id=SMALL, currency="xxx"), "currency"),
        (usd(), "variant_id"),
        (usd(variant_id=7), "variant_id"),
        (usd(variant_id=True), "variant_id"),
        (usd(sku="SHIRT"), "sku"),
        (usd(sku="SHIRT-M", variant_id=SMALL), "sku"),
        ({"currency": "usd", "variant_id": SMALL}, "price"),
        (usd(variant_id=SMALL, price="9"), "price"),
        (usd(variant_id=SMALL, sale_price=-1), "sale_price"),
        (usd(variant_id=SMALL, colour="red"), "colour"),
        (usd(variant_id=MEDIUM), "variant_id"),
    ],
)
def test_a_wrong_record_is_named_and_the_others_are_saved(
    control: TestClient, api: TestClient, bad: Record, *, field: str
) -> None:
    fill(control, SHIRT)
    path = make_list(api)

    answer = api.put(f"{path}/records", json=[usd(variant_id=MEDIUM), bad])

    (error,) = answer.json()["batch_errors"]
    assert answer.status_code == 422
    assert list(error["field_errors"]) == [field]
    assert error["data"].items() >= {k: v for k, v in bad.items() if k == "sku"}.items()
    assert [one["variant_id"] for one in records(api, path)] == [MEDIUM]


def test_whether_the_good_ones_are_saved_can_be_set(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    control.post("/settings", json={"records_partial": False})

    api.put(f"{path}/records", json=[usd(variant_id=MEDIUM), usd(variant_id=7)])

    assert records(api, path) == []


@pytest.mark.parametrize(
    ("method", "path", "most"),
    [
        ("PUT", "/v3/pricelists/1/records", 1000),
        ("POST", "/v3/pricelists/1/records", 100),
        ("PUT", "/v3/pricelists/records", 1000),
        ("POST", "/v3/pricelists/records", 100),
    ],
)
def test_each_way_of_writing_has_its_own_limit(
    control: TestClient, api: TestClient, method: str, *, path: str, most: int
) -> None:
    control.post("/catalog", json={"count": most})
    make_list(api)
    body = [usd(price_list_id=1, variant_id=SMALL + n) for n in range(most)]

    too_many = api.request(method, path, json=[*body, body[0]])
    enough = api.request(method, path, json=body)

    assert (too_many.status_code, enough.status_code) == (413, 200)
    assert api.get("/v3/pricelists/1/records").json()["meta"]["pagination"]["total"] == most


def test_creating_what_is_there_is_refused(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)
    path = make_list(api)

    statuses = [
        api.post(f"{path}/records", json=[usd(variant_id=SMALL)]).status_code for _ in range(2)
    ]

    assert statuses == [200, 422]


TIERS = [
    {"quantity_min": 10, "quantity_max": 19, "type": "percent", "amount": 10},
    {"quantity_min": 20, "quantity_max": 49, "type": "price", "amount": 2.5},
    {"quantity_min": 50, "quantity_max": None, "type": "fixed", "amount": 6.6},
]


@pytest.mark.parametrize(
    ("quantity", "cost"),
    [(1, "10"), (9, "10"), (10, "9"), (19, "9"), (20, "7.5"), (49, "7.5"), (50, "6.6")],
)
def test_tiers_give_the_price_up_to_their_upper_bound(
    control: TestClient, api: TestClient, quantity: int, *, cost: str
) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    api.put(f"{path}/records", json=[usd(variant_id=SMALL, bulk_pricing_tiers=TIERS)])
    group = control.post("/groups", json={"name": "Trade", "price_list_id": 1}).json()["id"]

    found = price(control, "SHIRT-S", group_id=group, quantity=quantity)

    assert found == Decimal(cost)
    assert records(api, path)[0]["bulk_pricing_tiers"] == TIERS


def tier(low: object, high: object, *, kind: str = "fixed", worth: object = 1) -> Record:
    return {"quantity_min": low, "quantity_max": high, "type": kind, "amount": worth}


@pytest.mark.parametrize(
    "tiers",
    [
        [tier(0, 5)],
        [tier(5, 4)],
        [tier(1, 5), tier(5, 9)],
        [tier(1, None), tier(5, 9)],
        [tier(1, 5, kind="free")],
        [tier(1, 5, kind="percent", worth=101)],
        [tier(1, 5, worth=-1)],
        [tier(1, 5, worth="1")],
        [{"quantity_min": 1, "type": "fixed"}],
        ["text"],
        "text",
        [tier(n, n) for n in range(1, 52)],
    ],
)
def test_wrong_tiers_are_refused(control: TestClient, api: TestClient, tiers: object) -> None:
    fill(control, SHIRT)
    path = make_list(api)

    answer = api.put(f"{path}/records", json=[usd(variant_id=SMALL, bulk_pricing_tiers=tiers)])

    (error,) = answer.json()["batch_errors"]
    assert list(error["field_errors"]) == ["bulk_pricing_tiers"]


def test_one_record_is_written_by_its_variant_and_currency(
    control: TestClient, api: TestClient
) -> None:
    fill(control, SHIRT)
    path = f"{make_list(api)}/records/{SMALL}/CAD"

    made = api.put(path, json={"price": 13})
    wrong = api.put(path, json={"price": -1})
    nobody = api.put(path.replace(str(SMALL), "7"), json={"price": 1})

    assert made.json()["data"]["currency"] == "cad"
    assert (wrong.status_code, nobody.status_code) == (422, 404)
    assert api.get(path).json()["data"]["price"] == 13


@pytest.mark.parametrize(
    ("query", "variants"),
    [
        (f"variant_id:in={SMALL}", [SMALL]),
        ("sku:in=shirt-m,none", [MEDIUM]),
        ("product_id:in=10000", [SMALL, MEDIUM]),
        ("price:min=11", [MEDIUM]),
        ("price:max=11", [SMALL]),
        ("calculated_price=12", [MEDIUM]),
        ("currency=cad", []),
    ],
)
def test_records_are_found_by_the_documented_filters(
    control: TestClient, api: TestClient, query: str, *, variants: list[int]
) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    api.put(f"{path}/records", json=[usd(variant_id=SMALL), usd(variant_id=MEDIUM, price=12)])

    assert [one["variant_id"] for one in records(api, path, query)] == variants


def test_cursors_lead_through_every_record_and_back(control: TestClient, api: TestClient) -> None:
    control.post("/catalog", json={"count": 5})
    path = make_list(api) + "/records"
    api.put(path, json=[usd(variant_id=SMALL + n) for n in range(5)])

    first = api.get(f"{path}?limit=2").json()
    second = api.get(path + first["meta"]["cursor_pagination"]["links"]["next"]).json()
    third = api.get(path + second["meta"]["cursor_pagination"]["links"]["next"]).json()
    back = api.get(path + second["meta"]["cursor_pagination"]["links"]["previous"]).json()

    pages = [[one["variant_id"] - SMALL for one in page["data"]] for page in (first, second, third)]
    assert pages == [[0, 1], [2, 3], [4]]
    assert back["data"] == first["data"]
    assert set(first["meta"]) == {"pagination", "cursor_pagination"}
    assert set(second["meta"]) == {"cursor_pagination"}
    assert "next" not in third["meta"]["cursor_pagination"]["links"]
    assert set(api.get(f"{path}?page=1").json()["meta"]) == {"pagination"}


@pytest.mark.parametrize("query", ["page=1&after=MQ==", "after=!", "limit=0", "price=much"])
def test_unusable_pages_and_filters_are_refused(api: TestClient, query: str) -> None:
    path = make_list(api)

    assert api.get(f"{path}/records?{query}").status_code == 422


def test_batches_tell_of_many_records_and_single_writes_of_one(
    control: TestClient, api: TestClient, shop: Shop
) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    for scope in ("records/created", "records/updated", "record/updated"):
        body = {
            "scope": f"store/priceList/{scope}",
            "destination": "https://hooks.example/webhooks",
        }
        api.post("/v3/hooks", json=body)

    api.put(f"{path}/records", json=[usd(variant_id=SMALL)])
    api.put(f"{path}/records", json=[usd(variant_id=SMALL), usd(variant_id=MEDIUM)])
    api.put(f"{path}/records/{SMALL}/usd", json={"price": 3})

    told = [json.loads(one.body) for one in shop.courier.deliveries]
    one = {"price_list_id": 1, "variant_id": SMALL, "currency": "USD"}
    assert [(each["scope"].removeprefix("store/priceList/"), each["data"]) for each in told] == [
        ("records/created", [one]),
        ("records/created", [one | {"variant_id": MEDIUM}]),
        ("records/updated", [one]),
        ("record/updated", one),
    ]


def test_a_spoilt_variant_fails_its_record_with_or_without_its_name(
    control: TestClient, api: TestClient
) -> None:
    fill(control, SHIRT)
    path = make_list(api)
    control.post("/troubles", json={"sku": "SHIRT-S", "count": 1})
    control.post("/troubles", json={"sku": "SHIRT-S", "named": False, "count": 1})

    named, unnamed, good = (
        api.put(f"{path}/records", json=[usd(variant_id=SMALL)]) for _ in range(3)
    )

    assert len(named.json()["batch_errors"]) == 1
    assert "batch_errors" not in unnamed.json()
    assert [one.status_code for one in (named, unnamed, good)] == [422, 422, 200]
