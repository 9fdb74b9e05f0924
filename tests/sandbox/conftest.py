"""A simulated BigCommerce shop, in this process and without threads."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Shop, create_app
from sandbox.bigcommerce.clock import MovableClock


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def shop(clock: MovableClock) -> Iterator[Shop]:
    shop = Shop(clock=clock)
    shop.courier.background = False
    yield shop
    shop.close()


@pytest.fixture
def api(shop: Shop) -> Iterator[TestClient]:
    headers = {"X-Auth-Token": shop.account.access_token, "Accept": "application/json"}
    base = "http://testserver/stores/sandbox1"
    with TestClient(create_app(shop), base_url=base, headers=headers) as client:
        yield client


@pytest.fixture
def control(shop: Shop) -> Iterator[TestClient]:
    base = "http://testserver/_control"
    with TestClient(create_app(shop), base_url=base) as client:
        yield client
