"""The simulated catalogue: what it lists, what it lets be written, and what it refuses."""

from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Account, Shop
from sandbox.bigcommerce.clock import MovableClock

SHIRT: dict[str, Any] = {
    "name": "Shirt",
    "sku": "SHIRT",
    "price": "20",
    "tracking": "variant",
    "variants": [
        {"sku": "SHIRT-S", "label": "S", "stock": 5},
        {"sku": "SHIRT-M", "label": "M", "price": "22.50", "stock": 7},
    ],
}


def fill(control: TestClient, *products: dict[str, Any]) -> list[dict[str, Any]]:
    answer = control.post("/catalog", json={"products": products})
    assert answer.status_code == 200, answer.text
    return answer.json()["products"]


def shown(api: TestClient, sku: str) -> dict[str, Any]:
    (found,) = api.get("/v3/catalog/variants", params={"sku": sku}).json()["data"]
    return found


def test_every_sellable_thing_is_a_variant_and_simple_products_have_a_base_variant(
    control: TestClient, api: TestClient
) -> None:
    fill(control, SHIRT, {"name": "Mug", "sku": "MUG"})

    base, small = shown(api, "mug"), shown(api, "SHIRT-S")

    assert (base["sku_id"], base["option_values"]) == (None, [])
    assert small["sku_id"] is not None
    assert small["option_values"][0]["label"] == "S"
    assert api.get("/v3/catalog/variants?sku=SHIRT").json()["data"] == []


def test_a_variant_without_a_price_has_its_products(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)

    small, medium = shown(api, "SHIRT-S"), shown(api, "SHIRT-M")

    assert (small["price"], small["calculated_price"]) == (None, 20)
    assert (medium["price"], medium["calculated_price"]) == (22.5, 22.5)


@pytest.mark.parametrize(
    ("query", "skus"),
    [
        ("sku=shirt", ["SHIRT"]),
        ("sku:in=MUG,CUP", ["MUG", "CUP"]),
        ("id:in=10001,10002", ["MUG", "CUP"]),
        ("id:min=10002", ["CUP"]),
        ("is_visible=false", ["CUP"]),
        ("keyword=mu&id:min=10000", ["MUG"]),
        ("out_of_stock=1", ["CUP"]),
        ("id:min=10000&sort=price&direction=desc", ["SHIRT", "MUG", "CUP"]),
    ],
)
def test_products_are_found_by_the_documented_filters(
    control: TestClient, api: TestClient, query: str, *, skus: list[str]
) -> None:
    fill(
        control,
        SHIRT,
        {"name": "Mug", "sku": "MUG", "price": "9"},
        {"name": "Cup", "sku": "CUP", "price": "8", "is_visible": False, "tracking": "product"},
    )

    found = api.get(f"/v3/catalog/products?{query}").json()["data"]

    assert [one["sku"] for one in found] == skus


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3/catalog/products?limit=251", 413),
        ("/v3/catalog/variants?limit=251", 413),
        ("/v3/catalog/variants?sku:in=A,B", 400),
        ("/v3/catalog/products?include_fields=colour", 422),
        ("/v3/catalog/products?include=colour", 422),
        ("/v3/catalog/products?sort=colour", 422),
        ("/v3/catalog/products?id:in=many", 422),
        ("/v3/catalog/products?is_visible=perhaps", 422),
        ("/v3/catalog/products/9", 404),
    ],
)
def test_a_wrong_read_is_refused(api: TestClient, path: str, *, status: int) -> None:
    assert api.get(path).status_code == status


def test_pages_end_without_a_next_link(api: TestClient) -> None:
    first = api.get("/v3/catalog/variants?limit=250&include_fields=sku").json()
    last = api.get("/v3/catalog/variants?limit=250&page=2&include_fields=sku").json()

    assert set(first["data"][0]) == {"id", "sku"}
    assert first["meta"]["pagination"]["total"] == 500
    assert first["meta"]["pagination"]["links"]["next"] == "?page=2&limit=250"
    assert "next" not in last["meta"]["pagination"]["links"]


def test_options_in_the_answer_cut_its_pages_to_ten(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)

    many = api.get("/v3/catalog/products?include=options&limit=250").json()
    shirt = api.get("/v3/catalog/products?include=options,variants&sku=SHIRT").json()["data"][0]

    assert len(many["data"]) == 10
    assert [value["label"] for value in shirt["options"][0]["option_values"]] == ["S", "M"]
    assert [one["sku"] for one in shirt["variants"]] == ["SHIRT-S", "SHIRT-M"]


def test_a_bare_date_gets_the_time_of_day_of_now(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, {"name": "Mug", "sku": "MUG"})
    clock.advance(60)
    today = "2027-01-15"

    bare = api.get(f"/v3/catalog/products?date_modified:min={today}&sku=MUG").json()["data"]
    full = api.get(f"/v3/catalog/products?date_modified:min={today}T00:00:00Z&sku=MUG").json()

    assert bare == []
    assert len(full["data"]) == 1


def test_prices_of_a_base_variant_are_its_products(control: TestClient, api: TestClient) -> None:
    (mug,) = fill(control, {"name": "Mug", "sku": "MUG", "price": "9"})
    variant = mug["variants"][0]["id"]

    answer = api.put("/v3/catalog/variants", json=[{"id": variant, "price": 12.345678}])

    product = api.get(f"/v3/catalog/products/{mug['id']}").json()["data"]
    assert answer.status_code == 200
    assert (product["price"], product["calculated_price"]) == (12.3457, 12.3457)


def test_a_sale_price_is_what_the_buyer_pays_until_it_is_taken_away(
    control: TestClient, api: TestClient
) -> None:
    shirt = fill(control, SHIRT)[0]["variants"][1]

    on_sale = api.put("/v3/catalog/variants", json=[{"id": shirt["id"], "sale_price": 19.99}])
    order = control.post("/orders", json={"lines": [{"sku": "SHIRT-M"}], "shipping": 0}).json()
    after = api.put("/v3/catalog/variants", json=[{"id": shirt["id"], "sale_price": None}])

    assert on_sale.json()["data"][0]["calculated_price"] == 19.99
    assert order["total_inc_tax"] == "19.9900"
    assert after.json()["data"][0]["calculated_price"] == 22.5


def test_a_changed_product_price_is_what_orders_cost(control: TestClient, api: TestClient) -> None:
    (mug,) = fill(control, {"name": "Mug", "sku": "MUG", "price": "9"})
    api.put("/v3/catalog/products", json=[{"id": mug["id"], "price": 9.5, "retail_price": 11}])

    order = control.post("/orders", json={"lines": [{"sku": "MUG"}], "shipping": 0}).json()

    assert Decimal(order["total_inc_tax"]) == Decimal("9.5")


@pytest.mark.parametrize("body", [[], {}, ["text"], "text", None])
def test_a_batch_that_is_no_list_of_objects_is_422(api: TestClient, body: object) -> None:
    assert api.put("/v3/catalog/products", json=body).status_code in {400, 422}


@pytest.mark.parametrize(
    ("bad", "status"),
    [
        ([{"id": 80}] * 10, 413),
        ([{"id": 7}], 404),
        ([{"price": 1}], 422),
        ([{"id": 80, "price": -1}], 422),
        ([{"id": 80, "price": "1"}], 422),
        ([{"id": 80, "price": True}], 422),
        ([{"id": 80, "price": None}], 422),
        ([{"id": 80, "variants": "none"}], 422),
        ([{"id": 80, "date_modified": "2027-01-15T00:00:00Z"}], 422),
        ([{"id": 80, "inventory_tracking": "variant"}], 422),
        ([{"id": 80, "inventory_tracking": "sometimes"}], 422),
        ([{"id": 80, "sku": "tnt-rdg-2p"}], 409),
        ([{"id": 80, "name": "RIDGE TENT 2P"}], 409),
        ([{"id": 80, "sku": "NEW"}, {"id": 82, "sku": "new"}], 409),
    ],
)
def test_a_wrong_product_batch_changes_nothing_and_names_no_item(
    api: TestClient, bad: list[dict[str, Any]], *, status: int
) -> None:
    before = api.get("/v3/catalog/products?id:in=80,81").json()

    answer = api.put("/v3/catalog/products", json=[{"id": 81, "price": 1}, *bad])

    assert answer.status_code == status
    assert answer.json()["status"] == status
    assert "80" not in answer.text
    assert api.get("/v3/catalog/products?id:in=80,81").json() == before


def test_a_number_that_is_none_is_not_json(api: TestClient) -> None:
    headers = {"Content-Type": "application/json"}

    answer = api.put("/v3/catalog/products", content=b'[{"id":80,"price":NaN}]', headers=headers)

    assert answer.status_code == 400


def test_a_refused_variant_batch_names_each_wrong_variant(
    api: TestClient, control: TestClient
) -> None:
    small, medium = fill(control, SHIRT)[0]["variants"]
    body = [{"id": small["id"], "price": -1}, {"id": medium["id"], "price": 1}, {"id": 7}]

    answer = api.put("/v3/catalog/variants", json=body)

    errors = answer.json()["batch_errors"]
    assert answer.status_code == 422
    assert [(one["status"], one["errors"]["id"]) for one in errors] == [
        (422, str(small["id"])),
        (404, "7"),
    ]
    assert shown(api, "SHIRT-M")["price"] == 22.5


def test_whether_the_good_ones_of_a_refused_batch_are_saved_can_be_set(
    api: TestClient, control: TestClient
) -> None:
    control.post("/settings", json={"catalog_partial": True})

    answer = api.put("/v3/catalog/products", json=[{"id": 80, "price": 1}, {"id": 7}])

    assert answer.status_code == 404
    assert api.get("/v3/catalog/products/80").json()["data"]["price"] == 1


def test_51_variants_are_too_many(api: TestClient) -> None:
    answer = api.put("/v3/catalog/variants", json=[{"id": 380}] * 51)

    assert answer.status_code == 413
    assert answer.json()["title"].endswith("The maximum items allowed in the array is 50")


def test_stock_that_fails_is_207_and_the_rest_is_saved(
    control: TestClient, api: TestClient
) -> None:
    (mug,) = fill(control, {"name": "Mug", "sku": "MUG", "tracking": "product", "stock": 4})
    body = [{"id": mug["id"], "price": 3, "inventory_level": -2}]

    answer = api.put("/v3/catalog/products", json=body)

    assert answer.status_code == 207
    assert answer.json()["data"][0]["price"] == 3
    assert "0.inventory_level" in answer.json()["errors"]["errors"]
    assert answer.json()["data"][0]["inventory_level"] == 4


def test_a_catalogue_level_goes_to_the_default_location_later(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    (mug,) = fill(control, {"name": "Mug", "sku": "MUG", "tracking": "product", "stock": 4})
    path = f"/v3/catalog/products/{mug['id']}"

    api.put("/v3/catalog/products", json=[{"id": mug["id"], "inventory_level": 3_000_000_000}])

    assert api.get(path).json()["data"]["inventory_level"] == 4
    clock.advance(1)
    assert api.get(path).json()["data"]["inventory_level"] == 2_147_483_647


@pytest.mark.parametrize(("named", "told"), [(True, 1), (False, 0)])
def test_a_spoilt_item_fails_its_batch_with_or_without_its_name(
    control: TestClient, api: TestClient, *, named: bool, told: int
) -> None:
    small, _ = fill(control, SHIRT)[0]["variants"]
    control.post("/troubles", json={"sku": "SHIRT-S", "named": named, "count": 1})

    spoilt = api.put("/v3/catalog/variants", json=[{"id": small["id"], "price": 1}])
    again = api.put("/v3/catalog/variants", json=[{"id": small["id"], "price": 1}])

    assert spoilt.status_code == 422
    assert len(spoilt.json().get("batch_errors", [])) == told
    assert again.status_code == 200


def test_a_spoilt_item_can_be_saved_without_its_stock(control: TestClient, api: TestClient) -> None:
    control.post("/troubles", json={"product_id": 80, "status": 207})

    answer = api.put("/v3/catalog/products", json=[{"id": 80, "price": 3}])

    assert answer.status_code == 207
    assert control.get("/troubles").json()["troubles"][0]["used"] == 1
    control.delete("/troubles")
    assert api.put("/v3/catalog/products", json=[{"id": 80, "price": 3}]).status_code == 200


def test_what_is_hidden_or_disabled_cannot_be_ordered(control: TestClient, api: TestClient) -> None:
    (mug,) = fill(control, {"name": "Mug", "sku": "MUG"})
    wish = {"lines": [{"sku": "MUG"}]}

    api.put("/v3/catalog/products", json=[{"id": mug["id"], "is_visible": False}])
    hidden = control.post("/orders", json=wish)
    api.put(
        "/v3/catalog/products",
        json=[{"id": mug["id"], "is_visible": True, "availability": "disabled"}],
    )
    disabled = control.post("/orders", json=wish)
    by_hand = control.post("/orders", json=wish | {"by_hand": True})

    assert [hidden.status_code, disabled.status_code, by_hand.status_code] == [400, 400, 201]


def test_a_sku_can_move_and_its_old_one_is_free(control: TestClient, api: TestClient) -> None:
    (mug,) = fill(control, {"name": "Mug", "sku": "MUG"})

    api.put("/v3/catalog/products", json=[{"id": mug["id"], "sku": "BEAKER"}])

    assert shown(api, "BEAKER")["product_id"] == mug["id"]
    assert api.get("/v3/catalog/variants?sku=MUG").json()["data"] == []
    fill(control, {"name": "Other mug", "sku": "MUG"})


@pytest.mark.parametrize(
    "product",
    [
        {"name": "Other", "sku": "tnt-rdg-2p"},
        {"name": "Ridge Tent 2P", "sku": "NEW"},
        {"name": "Other", "sku": "NEW", "tracking": "variant"},
        {"name": "Other", "variants": [{"sku": "A", "label": "1"}, {"sku": "a", "label": "2"}]},
    ],
)
def test_impossible_products_are_refused_to_the_tester_too(
    control: TestClient, product: dict[str, Any]
) -> None:
    answer = control.post("/catalog", json={"products": [product]})

    assert answer.status_code == 400


def test_many_plain_products_are_made_at_once_and_gone_after_a_reset(control: TestClient) -> None:
    made = control.post("/catalog", json={"count": 1500, "stock": 3}).json()["made"]
    look = control.post("/catalog/look", json={"skus": ["BULK-001500"]}).json()["items"]

    control.post("/reset")

    assert (made, look[0]["sellable"]) == (1500, 3)
    assert control.get("/state").json()["products"] == 500


def test_products_can_have_no_sku(control: TestClient, api: TestClient) -> None:
    fill(control, {"name": "Nameless"}, {"name": "Nameless too"})

    found = api.get("/v3/catalog/products?keyword=nameless").json()["data"]

    assert [one["sku"] for one in found] == ["", ""]


def test_catalogue_and_stock_need_their_own_scopes(api: TestClient, shop: Shop) -> None:
    shop.accounts["orders"] = Account("other", "secret", "orders", frozenset({"store_v2_orders"}))
    token = {"X-Auth-Token": "orders"}

    statuses = [
        api.get(path, headers=token).status_code
        for path in ("/v3/catalog/products", "/v3/inventory/items", "/v3/inventory/locations")
    ]

    assert statuses == [403, 403, 403]
