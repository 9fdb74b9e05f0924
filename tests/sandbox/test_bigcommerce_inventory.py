"""The simulated inventory: adjustments that apply later, identities, locations and limits."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce.clock import MovableClock
from tests.sandbox.test_bigcommerce_catalog import SHIRT, fill

ABSOLUTE, RELATIVE = "/v3/inventory/adjustments/absolute", "/v3/inventory/adjustments/relative"
MUG: dict[str, Any] = {"name": "Mug", "sku": "MUG", "tracking": "product"}
FIRST = 10_000  # the id of the first product that a test makes
BY_PRODUCT = "tracked by product, please update stock by product id"
BY_VARIANT = "tracked by variant, please update stock by variant id"
Item = dict[str, Any]


def at(location_id: int = 1, **more: Any) -> Item:
    return {"location_id": location_id} | more


def put(api: TestClient, *items: Item) -> Any:
    return api.put(ABSOLUTE, json={"reason": "count", "items": items})


def post(api: TestClient, *items: Item) -> Any:
    return api.post(RELATIVE, json={"reason": "moved", "items": items})


def level(api: TestClient, sku: str, location_id: int = 1) -> tuple[int, int]:
    """On hand, and available to sell."""
    path = f"/v3/inventory/locations/{location_id}/items"
    (found,) = api.get(path, params={"sku:in": sku}).json()["data"]
    return found["total_inventory_onhand"], found["available_to_sell"]


def test_an_absolute_adjustment_is_accepted_at_once_and_shows_later(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG)

    answer = put(api, at(product_id=FIRST, quantity=7))

    assert (answer.status_code, list(answer.json())) == (200, ["transaction_id"])
    assert level(api, "MUG") == (0, 0)
    clock.advance(1)
    assert level(api, "MUG") == (7, 7)


def test_the_delay_can_be_set(control: TestClient, api: TestClient, clock: MovableClock) -> None:
    fill(control, MUG)
    control.post("/settings", json={"inventory_delay_seconds": 90})

    put(api, at(product_id=FIRST, quantity=7))
    clock.advance(89)
    early = level(api, "MUG")
    waiting = control.get("/state").json()["waiting_adjustments"]
    clock.advance(1)

    assert (early, waiting) == ((0, 0), 1)
    assert level(api, "MUG") == (7, 7)


@pytest.mark.parametrize(
    ("identity", "wording"),
    [
        (
            {"variant_id": 1_000_002},
            f"[Item with variant_id 1000002 is {BY_PRODUCT}]",
        ),
        (
            {"sku": "MUG"},
            f"[Item with sku MUG is {BY_PRODUCT}]",
        ),
        (
            {"product_id": FIRST},
            f"[Item with product_id {FIRST} is {BY_VARIANT}]",
        ),
        (
            {"sku": "SHIRT"},
            f"[Item with sku SHIRT is {BY_VARIANT}]",
        ),
        ({"sku": "NOTHING"}, "[Item with sku NOTHING was not found]"),
        ({"variant_id": 7}, "[Item with variant_id 7 was not found]"),
        ({"product_id": 80}, "[Item with product_id 80 is not tracked]"),
    ],
)
def test_the_tracking_mode_decides_the_identity(
    control: TestClient, api: TestClient, identity: Item, *, wording: str
) -> None:
    fill(control, SHIRT, MUG)

    answer = put(api, at(quantity=1, sku="SHIRT-S"), at(quantity=1, **identity))

    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == wording


def test_variants_are_adjusted_by_id_and_by_sku(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    small, _ = fill(control, SHIRT)[0]["variants"]

    put(api, at(variant_id=small["id"], quantity=70), at(sku="shirt-m", quantity=80))
    clock.advance(1)

    assert (level(api, "SHIRT-S"), level(api, "SHIRT-M")) == ((70, 70), (80, 80))


@pytest.mark.parametrize(
    "item",
    [
        {"quantity": 1, "product_id": FIRST},
        at(quantity=1),
        at(product_id=FIRST),
        at(quantity=1, product_id=FIRST, sku="MUG"),
        at(quantity=1, product_id="x"),
        at(quantity=-1, product_id=FIRST),
        at(quantity=1.5, product_id=FIRST),
        at(quantity="1", product_id=FIRST),
        at(quantity=True, product_id=FIRST),
        at(quantity=2_147_483_648, product_id=FIRST),
        at(quantity=1, product_id=FIRST, colour="red"),
        at(2, quantity=1, product_id=FIRST),
    ],
)
def test_a_wrong_item_is_422_and_nothing_of_the_batch_applies(
    control: TestClient, api: TestClient, clock: MovableClock, *, item: Item
) -> None:
    fill(control, MUG, {"name": "Cup", "sku": "CUP", "tracking": "product"})

    answer = put(api, at(product_id=FIRST + 1, quantity=5), item)

    clock.advance(1)
    assert answer.status_code == 422
    assert level(api, "CUP") == (0, 0)


def test_whether_the_rest_of_a_refused_batch_applies_can_be_set(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG)
    control.post("/settings", json={"inventory_partial": True})

    answer = put(api, at(product_id=FIRST, quantity=5), at(sku="NOTHING", quantity=1))

    clock.advance(1)
    assert answer.status_code == 422
    assert level(api, "MUG") == (5, 5)


@pytest.mark.parametrize(
    "body",
    [{}, {"items": []}, {"items": {}}, {"items": [1]}, [], {"items": [at()], "colour": 1}],
)
def test_a_body_without_items_is_422(api: TestClient, body: object) -> None:
    assert api.put(ABSOLUTE, json=body).status_code == 422


def test_2000_items_are_taken_and_2001_are_413(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    control.post("/catalog", json={"count": 2001})
    items = [at(product_id=FIRST + n, quantity=n) for n in range(2001)]

    too_many, enough = put(api, *items), put(api, *items[:2000])

    clock.advance(1)
    assert (too_many.status_code, enough.status_code) == (413, 200)
    assert level(api, "BULK-002000") == (1999, 1999)
    assert level(api, "BULK-002001") == (0, 0)


def test_relative_needs_one_absolute_before(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG)

    before = post(api, at(product_id=FIRST, quantity=1))
    put(api, at(product_id=FIRST, quantity=10))
    meanwhile = post(api, at(product_id=FIRST, quantity=1))
    clock.advance(1)
    after = post(api, at(product_id=FIRST, quantity=-4))
    clock.advance(1)

    assert before.json()["title"] == (
        f"[Items with identity: [product_id {FIRST}] requires absolute adjustment before relative]"
    )
    assert (meanwhile.status_code, after.status_code) == (422, 200)
    assert level(api, "MUG") == (6, 6)


def test_relative_is_refused_below_the_safety_stock_with_what_is_on_its_way(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG | {"stock": 50})
    control.post("/stock", json={"sku": "MUG", "safety_stock": 10})

    taken = post(api, at(product_id=FIRST, quantity=-20))
    refused = post(api, at(product_id=FIRST, quantity=-21))
    last = post(api, at(product_id=FIRST, quantity=-20))
    clock.advance(1)

    assert [one.status_code for one in (taken, refused, last)] == [200, 422, 200]
    assert level(api, "MUG") == (10, 0)


def test_relative_is_an_error_while_an_absolute_is_on_its_way(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG | {"stock": 50})

    put(api, at(product_id=FIRST, quantity=5))
    meanwhile = post(api, at(product_id=FIRST, quantity=-10))
    clock.advance(1)
    afterwards = post(api, at(product_id=FIRST, quantity=-1))
    clock.advance(1)

    assert (meanwhile.status_code, afterwards.status_code) == (422, 200)
    assert level(api, "MUG") == (4, 4)


def test_absolute_is_never_refused_for_shortage(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG | {"stock": 50})
    control.post("/stock", json={"sku": "MUG", "safety_stock": 10})

    put(api, at(product_id=FIRST, quantity=3))
    clock.advance(1)

    assert level(api, "MUG") == (3, 0)


def test_variants_together_have_the_limit_of_one_level(
    control: TestClient, api: TestClient
) -> None:
    fill(control, SHIRT)

    assert put(api, at(sku="SHIRT-S", quantity=2_147_483_640)).status_code == 200
    assert put(api, at(sku="SHIRT-S", quantity=2_147_483_641)).status_code == 422


def test_a_disabled_location_cannot_be_adjusted_nor_sold(
    control: TestClient, api: TestClient
) -> None:
    fill(control, MUG)
    number = control.post("/locations", json={"code": "EAST", "label": "East"}).json()["id"]

    enabled = put(api, at(number, product_id=FIRST, quantity=1))
    control.post(f"/locations/{number}", json={"enabled": False})
    disabled = put(api, at(number, product_id=FIRST, quantity=1))

    assert (enabled.status_code, disabled.status_code) == (200, 422)
    assert disabled.json()["title"] == f"[Location with id {number} is disabled]"


def test_the_storefront_sells_the_default_location_unless_all_are_added_up(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG)
    control.post("/locations", json={"code": "EAST", "label": "East"})
    put(api, at(1, product_id=FIRST, quantity=2), at(2, product_id=FIRST, quantity=30))
    clock.advance(1)

    def shown() -> int:
        return api.get(f"/v3/catalog/products/{FIRST}").json()["data"]["inventory_level"]

    alone = shown()
    control.post("/settings", json={"aggregated_stock": True})

    assert (alone, shown()) == (2, 32)


def test_items_show_every_location_and_can_be_filtered(
    control: TestClient, api: TestClient
) -> None:
    fill(control, MUG | {"stock": 4}, SHIRT)
    control.post("/locations", json={"code": "EAST", "label": "East"})

    everything = api.get("/v3/inventory/items").json()["data"]
    east = api.get("/v3/inventory/items?location_code:in=east&sku:in=mug,shirt-s").json()["data"]
    by_variant = api.get("/v3/inventory/items?variant_id:in=1000001").json()["data"]

    assert [one["identity"]["sku"] for one in everything] == ["MUG", "SHIRT-S", "SHIRT-M"]
    assert [place["location_id"] for place in everything[0]["locations"]] == [1, 2]
    assert [len(one["locations"]) for one in east] == [1, 1]
    assert [one["identity"]["sku"] for one in by_variant] == ["SHIRT-S"]


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("", ["BC-LOCATION-1", "EAST"]),
        ("is_default=true", ["BC-LOCATION-1"]),
        ("is_active=false", ["EAST"]),
        ("type_id:in=VIRTUAL", ["EAST"]),
        ("managed_by_external_source=true", ["EAST"]),
        ("location_code:in=east", ["EAST"]),
    ],
)
def test_locations_are_found_by_the_documented_filters(
    control: TestClient, api: TestClient, query: str, *, codes: list[str]
) -> None:
    wish = {"code": "EAST", "label": "East", "type_id": "VIRTUAL", "enabled": False}
    control.post("/locations", json=wish | {"managed_by_external_source": True})

    found = api.get(f"/v3/inventory/locations?{query}").json()["data"]

    assert [one["code"] for one in found] == codes


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v3/inventory/items?limit=1001", 413),
        ("/v3/inventory/items?limit=1000", 200),
        ("/v3/inventory/locations/9/items", 404),
        ("/v3/inventory/items?variant_id:in=x", 422),
        ("/v3/settings/inventory", 200),
    ],
)
def test_reads_have_their_limits(api: TestClient, path: str, *, status: int) -> None:
    assert api.get(path).status_code == status


def test_safety_stock_comes_off_what_is_sold_and_the_switch_stops_all_sales(
    control: TestClient, api: TestClient
) -> None:
    fill(control, MUG | {"stock": 10})
    path = "/v3/inventory/locations/1/items"
    body = {"settings": [{"identity": {"product_id": FIRST}, "safety_stock": 4}]}

    api.put(path, json=body)
    safe = level(api, "MUG")
    body["settings"][0] |= {"is_in_stock": False}
    api.put(path, json=body)
    order = control.post("/orders", json={"lines": [{"sku": "MUG"}]})

    assert safe == (10, 6)
    assert order.status_code == 400


@pytest.mark.parametrize(
    "settings",
    [
        [],
        [{"identity": {"product_id": FIRST}}],
        [{"identity": {"product_id": FIRST, "sku": "MUG"}, "safety_stock": 1}],
        [{"identity": {"sku": "MUG"}, "safety_stock": 1}],
        [{"identity": {"product_id": FIRST}, "safety_stock": -1}],
        [{"safety_stock": 1}],
    ],
)
def test_wrong_item_settings_are_422(
    control: TestClient, api: TestClient, settings: list[Item]
) -> None:
    fill(control, MUG)

    answer = api.put("/v3/inventory/locations/1/items", json={"settings": settings})

    assert answer.status_code == 422
