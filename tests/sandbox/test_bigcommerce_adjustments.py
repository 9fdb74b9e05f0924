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


def at_once(shop: Shop, *quantities: int) -> list[int]:
    """Send absolute adjustments of one item at the same time; tell their statuses."""

    async def send() -> list[int]:
        transport = httpx.ASGITransport(app=create_app(shop))
        headers = {"X-Auth-Token": shop.account.access_token, "Accept": "application/json"}
        base = "http://testserver/stores/sandbox1"
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=headers) as client:
            bodies = [{"items": [at(product_id=FIRST, quantity=n)]} for n in quantities]
            answers = await asyncio.gather(*(client.put(ABSOLUTE, json=one) for one in bodies))
        assert all("X-Rate-Limit-Requests-Left" not in a.headers for a in answers if a.is_error)
        return [one.status_code for one in answers]

    return asyncio.run(send())


def test_two_adjustments_at_once_are_one_too_many(
    control: TestClient, shop: Shop, clock: MovableClock
) -> None:
    fill(control, MUG)
    control.post("/settings", json={"work_seconds": 0.05})

    statuses = at_once(shop, 1, 2)

    clock.advance(1)
    (mug,) = control.post("/catalog/look", json={"skus": ["MUG"]}).json()["items"]
    assert statuses == [200, 429]
    assert mug["sellable"] == 1


@pytest.mark.parametrize(("winner", "left"), [("last", 2), ("first", 1)])
def test_either_of_two_adjustments_at_once_may_win(
    control: TestClient, api: TestClient, shop: Shop, *, winner: str, left: int
) -> None:
    fill(control, MUG)
    settings = {"work_seconds": 0.05, "adjustments_at_once": 0, "inventory_delay_seconds": 0}
    control.post("/settings", json=settings | {"absolute_conflict": winner})

    statuses = at_once(shop, 1, 2)

    assert statuses == [200, 200]
    assert level(api, "MUG") == (left, left)
    assert control.get("/state").json()["conflicts"] == 1
