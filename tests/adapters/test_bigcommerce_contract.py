"""Every request that the client makes is valid against BigCommerce's own API description."""

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import yaml
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.adapters.bigcommerce_shop import Credentials, Heard, RunningShop
from tieout.adapters.bigcommerce import BigCommerce
from tieout.domain.identity import OrderId
from tieout.errors import SetupError

HOST = "https://api.bigcommerce.com"
# The description has no licence, so it lies beside this repository; TIEOUT_SPECS says where else.
BESIDE = Path(__file__).parents[3] / "shared" / "specs" / "bigcommerce"
GOOD = Heard(
    "GET",
    "/v2/orders/100/products",
    "limit=250&page=1",
    {"accept": "application/json", "content-type": "application/json", "x-auth-token": "token"},
)


class Request:
    """One request as openapi-core wants to see it, at the address that the description names."""

    def __init__(self, heard: Heard) -> None:
        self.host_url = HOST
        self.path = f"/stores/sandbox1{heard.path}"
        self.method = heard.method.lower()
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(parse_qsl(heard.query, keep_blank_values=True)),
            header=Headers(list(heard.headers.items())),
        )
        self.content_type = heard.headers.get("content-type", "")
        self.body = None


class Description:
    """BigCommerce's description of V2 orders, and what it finds wrong with a request.

    openapi-core alone is too kind: it lets unknown query parameters pass, and takes a required
    header that has a default as given. Both are looked at here.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._api = OpenAPI.from_dict(document)

    def faults(self, heard: Heard) -> list[str]:
        request = Request(heard)
        try:
            self._api.validate_request(request)
        except OpenAPIError as error:
            return [f"{error}: {error.__cause__}"]
        known = self._parameters(heard)
        asked = {name for name, _ in parse_qsl(heard.query, keep_blank_values=True)}
        unknown = asked - {one["name"] for one in known if one["in"] == "query"}
        required = {
            one["name"].lower() for one in known if one["in"] == "header" and one.get("required")
        }
        missing = required - set(heard.headers)
        return [f"unknown: {name}" for name in unknown] + [f"missing: {name}" for name in missing]

    def _parameters(self, heard: Heard) -> list[dict[str, Any]]:
        path = heard.path.removeprefix("/v2")
        pattern = "/".join("{order_id}" if part.isdigit() else part for part in path.split("/"))
        item = self._document["paths"][pattern]
        rows = item.get("parameters", []) + item[heard.method.lower()].get("parameters", [])
        return [self._resolved(row) for row in rows]

    def _resolved(self, row: dict[str, Any]) -> dict[str, Any]:
        reference = row.get("$ref", "")
        name = reference.removeprefix("#/components/parameters/")
        return self._document["components"]["parameters"][name] if reference else row


@pytest.fixture(scope="module")
def description() -> Description:
    folder = Path(os.environ.get("TIEOUT_SPECS", BESIDE))  # noqa: TID251 - no setting of the product
    file = folder / "orders.v2.oas2.yml"
    if not file.is_file():
        pytest.skip(f"BigCommerce's API description is not at {file}; TIEOUT_SPECS names another.")
    return Description(yaml.safe_load(file.read_text("utf-8")))


def every_kind_of_request(shop: RunningShop) -> list[Heard]:
    """Read orders of all shapes and scan the list, and return what the shop heard."""
    shop.shop.settings.quota = 10_000
    orders = [
        shop.sell(line_count=2),
        shop.sell(line_count=251),
        shop.sell(digital=True),
        shop.sell(pickup=True),
        shop.sell(fees=[{"cost": "1.00"}]),
        OrderId(9999),
    ]
    for _ in range(250):
        shop.sell(line_count=1)
    with closing(BigCommerce(shop.store, Credentials(shop.token))) as storefront:
        for order_id in orders:
            storefront.read_order(order_id)
        for _ in storefront.changed_since(datetime(2020, 1, 1, tzinfo=UTC)):
            pass
    with (
        closing(BigCommerce(shop.store, Credentials("wrong"))) as refused,
        pytest.raises(SetupError),
    ):
        refused.read_order(orders[0])
    return list(shop.heard)


def test_every_request_is_valid_against_the_description(
    shop: RunningShop, description: Description
) -> None:
    heard = every_kind_of_request(shop)

    faults = {f"{one.path}?{one.query}": description.faults(one) for one in heard}

    assert {name: found for name, found in faults.items() if found} == {}
    assert {one.path.rpartition("/")[2] for one in heard} >= {
        "orders",
        "products",
        "shipping_addresses",
    }


@pytest.mark.parametrize(
    "wrong",
    [
        Heard("GET", "/v2/orders", "sort=id:asc", GOOD.headers),
        Heard("GET", "/v2/orders", "min_id=one", GOOD.headers),
        Heard("GET", "/v2/orders", "page_size=250", GOOD.headers),
        Heard("GET", "/v2/orders/100", "include=lines", GOOD.headers),
        Heard("GET", "/v2/orders/first", "", GOOD.headers),
        Heard("GET", "/v2/order/100", "", GOOD.headers),
        Heard("PATCH", "/v2/orders/100", "", GOOD.headers),
        *(
            Heard(GOOD.method, GOOD.path, GOOD.query, dict(GOOD.headers.items() - {row}))
            for row in GOOD.headers.items()
        ),
    ],
    ids=lambda one: f"{one.method} {one.path}?{one.query} {len(one.headers)}",
)
def test_the_description_notices_a_wrong_request(description: Description, wrong: Heard) -> None:
    assert description.faults(wrong)


def test_the_description_passes_a_right_request(description: Description) -> None:
    assert description.faults(GOOD) == []
