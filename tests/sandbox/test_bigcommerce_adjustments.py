"""Adjustments of stock that meet: in one batch, one after the other, and at the same time."""

import asyncio

import httpx
import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Shop, create_app
from sandbox.bigcommerce.clock import MovableClock
from tests.sandbox.test_bigcommerce_catalog import SHIRT, fill
from tests.sandbox.test_bigcommerce_inventory import ABSOLUTE, FIRST, MUG, at, level, put


def test_batches_that_mix_locations_are_counted(control: TestClient, api: TestClient) -> None:
    fill(control, SHIRT)
    control.post("/locations", json={"code": "EAST", "label": "East"})

    def batch(*locations: int) -> None:
        skus = ["SHIRT-S", "SHIRT-M", "SHIRT-S", "SHIRT-M"]
        put(api, *(at(n, sku=sku, quantity=1) for n, sku in zip(locations, skus, strict=True)))

    batch(1, 1, 2, 2)
    assert control.get("/state").json()["ungrouped_batches"] == 0
    batch(1, 2, 2, 1)
    assert control.get("/state").json()["ungrouped_batches"] == 1


@pytest.mark.parametrize(("named", "title"), [(True, "sku SHIRT-S"), (False, "Unprocessable")])
def test_a_spoilt_item_fails_its_batch(
    control: TestClient, api: TestClient, *, named: bool, title: str
) -> None:
    fill(control, SHIRT)
    control.post("/troubles", json={"sku": "SHIRT-S", "named": named})

    spoilt = put(api, at(sku="SHIRT-M", quantity=1), at(sku="SHIRT-S", quantity=1))
    others = put(api, at(sku="SHIRT-M", quantity=1))

    assert title in spoilt.json()["title"]
    assert (spoilt.status_code, others.status_code) == (422, 200)


def test_adjustments_one_after_the_other_are_no_conflict(
    control: TestClient, api: TestClient, clock: MovableClock
) -> None:
    fill(control, MUG)

    put(api, at(product_id=FIRST, quantity=1))
    put(api, at(product_id=FIRST, quantity=2))
    clock.advance(1)

    assert control.get("/state").json()["conflicts"] == 0
    assert level(api, "MUG") == (2, 2)


def at_once(shop: Shop, *requests: tuple[str, str, object]) -> list[int]:
    """Send requests at the same time; tell their statuses. A crowd's 429 has no quota headers."""

    async def send() -> list[int]:
        transport = httpx.ASGITransport(app=create_app(shop))
        headers = {"X-Auth-Token": shop.account.access_token, "Accept": "application/json"}
        base = "http://testserver/stores/sandbox1"
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
            answers = await asyncio.gather(
                *(client.request(method, path, json=body) for method, path, body in requests)
            )
        assert all(
            "X-Rate-Limit-Requests-Left" not in a.headers for a in answers if a.status_code == 429
        )
        return [one.status_code for one in answers]

    return asyncio.run(send())


def counts(*quantities: int) -> list[tuple[str, str, object]]:
    """Absolute adjustments of one mug."""
    return [
        ("PUT", ABSOLUTE, {"items": [at(product_id=FIRST, quantity=quantity)]})
        for quantity in quantities
    ]


def test_two_adjustments_at_once_are_one_too_many(
    control: TestClient, shop: Shop, clock: MovableClock
) -> None:
    fill(control, MUG)
    control.post("/settings", json={"work_seconds": 0.05})

    statuses = at_once(shop, *counts(1, 2))

    clock.advance(1)
    (mug,) = control.post("/catalog/look", json={"skus": ["MUG"]}).json()["items"]
    assert statuses == [200, 429]
    assert mug["sellable"] == 1


@pytest.mark.parametrize(("winner", "left"), [("last", 2), ("first", 1)])
def test_either_of_two_adjustments_at_once_may_win(
    control: TestClient, shop: Shop, *, winner: str, left: int
) -> None:
    fill(control, MUG)
    settings = {"work_seconds": 0.05, "adjustments_at_once": 0, "inventory_delay_seconds": 0}
    control.post("/settings", json=settings | {"absolute_conflict": winner})

    statuses = at_once(shop, *counts(1, 2))

    (mug,) = control.post("/catalog/look", json={"skus": ["MUG"]}).json()["items"]
    assert statuses == [200, 200]
    assert mug["sellable"] == left
    assert control.get("/state").json()["conflicts"] == 1


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/v3/pricelists/1/records", 1),
        ("/v3/pricelists/records", 1),
        ("/v3/pricelists/1/assignments", 25),
    ],
)
def test_price_lists_take_only_so_many_writes_at_once(
    control: TestClient, shop: Shop, *, path: str, most: int
) -> None:
    control.post("/settings", json={"work_seconds": 0.05})

    statuses = at_once(shop, *[("PUT", path, {"empty": True})] * (most + 2))

    assert statuses.count(429) == 2


def test_the_catalogue_takes_any_number_at_once(shop: Shop, control: TestClient) -> None:
    control.post("/settings", json={"work_seconds": 0.05})

    statuses = at_once(shop, *[("PUT", "/v3/catalog/products", [{"id": 80, "price": 1}])] * 4)

    assert statuses == [200] * 4


def test_stock_and_catalogue_written_together_are_counted(control: TestClient, shop: Shop) -> None:
    fill(control, MUG)
    control.post("/settings", json={"work_seconds": 0.05})
    catalogue = ("PUT", "/v3/catalog/products", [{"id": 80, "price": 1}])

    at_once(shop, *counts(1))
    alone = control.get("/state").json()["mixed_writes"]
    at_once(shop, *counts(2), catalogue)

    assert (alone, control.get("/state").json()["mixed_writes"]) == (0, 1)


@pytest.mark.parametrize(("apply", "after"), [(True, 7), (False, 0)])
def test_a_failed_answer_can_hide_a_write_that_happened(
    control: TestClient, api: TestClient, clock: MovableClock, *, apply: bool, after: int
) -> None:
    fill(control, MUG)
    control.post("/faults", json={"path": ABSOLUTE, "status": 504, "apply": apply})

    answer = put(api, at(product_id=FIRST, quantity=7))

    clock.advance(1)
    assert answer.status_code == 504
    assert level(api, "MUG") == (after, after)


def test_a_storm_of_429_without_headers_can_be_had(control: TestClient, api: TestClient) -> None:
    fill(control, MUG)
    storm = {"path": "/v3/inventory/*", "status": 429, "rate_headers": False, "count": 3}
    control.post("/faults", json=storm)

    statuses = [put(api, at(product_id=FIRST, quantity=7)).status_code for _ in range(4)]

    assert statuses == [429, 429, 429, 200]
