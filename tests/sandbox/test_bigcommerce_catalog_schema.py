"""Catalogue, stock and price lists fit BigCommerce's own API descriptions, where those are at hand."""

import functools
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT4
from starlette.testclient import TestClient

from tests.sandbox.test_bigcommerce_catalog import SHIRT, fill

REPOSITORY = Path(__file__).parents[2]
SPECS = Path(os.environ.get("TIEOUT_SPECS", REPOSITORY.parent / "shared" / "specs"))  # noqa: TID251 - the one setting of this test
FOLDER = SPECS / "bigcommerce"

pytestmark = pytest.mark.skipif(
    not FOLDER.exists(),
    reason="BigCommerce's API descriptions are not here; point TIEOUT_SPECS at their folder",
)

PRODUCTS, VARIANTS = "products_catalog.v3.yml", "product-variants_catalog.v3.yml"
INVENTORY, LOCATIONS, PRICES = "inventory.v3.yml", "locations.v3.yml", "price_lists.v3.yml"
# The descriptions call these numbers or texts; the words beside them say that they can be null.
NULLS = frozenset(
    {
        "base_variant_id",
        "map_price",
        "option_set_id",
        "preorder_release_date",
        "primary_image",
        "retail_price",
        "sale_price",
        "sku_id",
    }
)
NEVER_SHOWN = frozenset(
    {"custom_fields", "bulk_pricing_rules", "images", "videos", "parent_relations", "options"}
    | {"modifiers", "primary_image"}
)
"""Parts of a product that are shown only when they are included."""

MUG = {"name": "Mug", "sku": "MUG", "tracking": "product", "stock": 4}
CUP = {"name": "Cup", "sku": "CUP"}
RECORD = {"variant_id": 1_000_000, "currency": "usd", "price": 10.5, "sale_price": 9}
TIERS = [{"quantity_min": 5, "quantity_max": 10, "type": "percent", "amount": 1}]


@functools.cache
def described(name: str) -> Registry[Any]:
    document = yaml.safe_load((FOLDER / name).read_text())
    resource = Resource[Any].from_contents(_plain(document), default_specification=DRAFT4)
    return Registry[Any]().with_resource("urn:spec", resource)


def _plain(node: Any) -> Any:
    """The description with its old word for nullable in the new one."""
    if isinstance(node, list):
        return [_plain(one) for one in node]  # pyright: ignore[reportUnknownVariableType] - YAML has no types to give
    if not isinstance(node, dict):
        return node
    found: dict[str, Any] = {key: _plain(value) for key, value in node.items()}  # pyright: ignore[reportUnknownVariableType] - as above
    return found | ({"nullable": True} if found.get("x-nullable") else {})


def without_nulls(node: Any) -> Any:
    if isinstance(node, list):
        return [without_nulls(one) for one in node]  # pyright: ignore[reportUnknownVariableType] - from JSON
    if not isinstance(node, dict):
        return node
    return {  # pyright: ignore[reportUnknownVariableType] - as above
        key: without_nulls(value)
        for key, value in node.items()  # pyright: ignore[reportUnknownVariableType] - as above
        if value is not None or key not in NULLS
    }


def complaints(name: str, place: str, found: Any) -> list[str]:
    # The library's class has no types; what is used of it is listed here.
    checker: Any = OAS30Validator({"$ref": f"urn:spec#{place}"}, registry=described(name))  # pyright: ignore[reportUnknownVariableType] - as said
    errors = checker.iter_errors(without_nulls(found))
    return [f"{error.json_path}: {error.message[:200]}" for error in errors]


def place_of(path: str, method: str, *, status: int = 200, media: str = "application/json") -> str:
    parts = ("paths", path, method, "responses", str(status), "content", media, "schema")
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def body_of(path: str, method: str) -> str:
    parts = ("paths", path, method, "requestBody", "content", "application/json", "schema")
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


@pytest.fixture
def filled(control: TestClient, api: TestClient) -> TestClient:
    fill(control, SHIRT, MUG, CUP)
    control.post("/locations", json={"code": "EAST", "label": "East"})
    group = control.post("/groups", json={"name": "Trade"}).json()["id"]
    api.post("/v3/pricelists", json={"name": "Trade"})
    api.put("/v3/pricelists/1/records", json=[RECORD | {"bulk_pricing_tiers": TIERS}])
    api.post(
        "/v3/pricelists/assignments",
        json=[{"price_list_id": 1, "customer_group_id": group, "channel_id": 1}],
    )
    return api


READS = [
    (PRODUCTS, "/catalog/products", "?include=options,variants,images&id:min=10000"),
    (PRODUCTS, "/catalog/products/{product_id}", "10000?include=options,variants"),
    (VARIANTS, "/catalog/variants", "?limit=250&page=3"),
    (VARIANTS, "/catalog/products/{product_id}/variants", "10000/variants"),
    (INVENTORY, "/inventory/items", ""),
    (INVENTORY, "/inventory/locations/{location_id}/items", "1/items"),
    (LOCATIONS, "/inventory/locations", ""),
    (PRICES, "/pricelists", ""),
    (PRICES, "/pricelists/{price_list_id}", "1"),
    (PRICES, "/pricelists/{price_list_id}/records", "1/records?include=sku,bulk_pricing_tiers"),
    (PRICES, "/pricelists/assignments", ""),
]


@pytest.mark.parametrize(("name", "path", "tail"), READS, ids=str)
def test_answers_fit_the_description(
    filled: TestClient, name: str, *, path: str, tail: str
) -> None:
    found = filled.get("/v3" + path.partition("{")[0] + tail)

    assert found.status_code == 200
    assert found.json()["data"]
    assert complaints(name, place_of(path, "get"), found.json()) == []


WRITES: list[tuple[str, str, str, Any]] = [
    (PRODUCTS, "put", "/catalog/products", [{"id": 10001, "price": 9.5, "sale_price": 8}]),
    (VARIANTS, "put", "/catalog/variants", [{"id": 1000001, "price": 9.5, "sale_price": 8}]),
    (
        INVENTORY,
        "put",
        "/inventory/adjustments/absolute",
        {"reason": "count", "items": [{"location_id": 2, "sku": "SHIRT-S", "quantity": 4}]},
    ),
    (
        INVENTORY,
        "post",
        "/inventory/adjustments/relative",
        {"reason": "moved", "items": [{"location_id": 1, "product_id": 10001, "quantity": -1}]},
    ),
    (PRICES, "post", "/pricelists", {"name": "Other", "active": False}),
    (PRICES, "put", "/pricelists/{price_list_id}", {"name": "Other"}),
    (PRICES, "put", "/pricelists/{price_list_id}/records", [RECORD]),
    (PRICES, "put", "/pricelists/records", [RECORD | {"price_list_id": 1}]),
    (
        PRICES,
        "put",
        "/pricelists/{price_list_id}/assignments",
        {"customer_group_id": 1, "channel_id": 1},
    ),
]


@pytest.mark.parametrize(("name", "method", "path", "body"), WRITES, ids=lambda one: str(one)[:40])
def test_what_is_taken_and_what_is_answered_fit_the_description(
    filled: TestClient, name: str, *, method: str, path: str, body: Any
) -> None:
    url = path.replace("{price_list_id}", "1")

    answer = filled.request(method, "/v3" + url, json=body)

    assert answer.status_code == 200, answer.text
    assert complaints(name, body_of(path, method), body) == []
    assert complaints(name, place_of(path, method), answer.json()) == []


def test_item_settings_are_answered_as_described(filled: TestClient) -> None:
    # The description's own sample body is valid as each of its three forms, so only the answer is
    # looked at.
    body = {"settings": [{"identity": {"sku": "SHIRT-S"}, "safety_stock": 1}]}

    answer = filled.put("/v3/inventory/locations/1/items", json=body)

    place = place_of("/inventory/locations/{location_id}/items", "put")
    assert complaints(INVENTORY, place, answer.json()) == []


def test_a_document_that_does_not_fit_is_found_out(filled: TestClient) -> None:
    document = filled.get("/v3/catalog/products?id:in=10000").json()

    document["data"][0]["price"] = "20.0000"

    assert len(complaints(PRODUCTS, place_of("/catalog/products", "get"), document)) == 1


REFUSED: list[tuple[str, str, Any, int]] = [
    (PRODUCTS, "/catalog/products", [{"id": 10001, "price": -1}], 422),
    (PRODUCTS, "/catalog/products", [{"id": 7}], 404),
    (PRODUCTS, "/catalog/products", [{"id": 10001, "sku": "CUP"}], 409),
    (PRODUCTS, "/catalog/products", [{"id": 10001}] * 11, 413),
    (PRODUCTS, "/catalog/products", [{"id": 10001, "inventory_level": -1}], 207),
    (VARIANTS, "/catalog/variants", [{"id": 7}], 422),
    (INVENTORY, "/inventory/adjustments/absolute", {"items": []}, 422),
    (PRICES, "/pricelists/{price_list_id}/records", [{"variant_id": 7, "currency": "usd"}], 422),
]


@pytest.mark.parametrize(("name", "path", "body", "status"), REFUSED, ids=lambda one: str(one)[:40])
def test_refusals_fit_the_description(
    filled: TestClient, name: str, *, path: str, body: Any, status: int
) -> None:
    answer = filled.put("/v3" + path.replace("{price_list_id}", "1"), json=body)

    media = answer.headers["Content-Type"]
    assert answer.status_code == status
    assert complaints(name, place_of(path, "put", status=status, media=media), answer.json()) == []


def test_every_documented_product_field_is_there(filled: TestClient) -> None:
    schemas = yaml.safe_load((FOLDER / PRODUCTS).read_text())["components"]["schemas"]
    named = set(schemas["product_Base_response"]["properties"])

    product = filled.get("/v3/catalog/products/10000").json()["data"]

    assert sorted(named - NEVER_SHOWN - set(product)) == []


def test_every_documented_variant_field_is_there(filled: TestClient) -> None:
    schemas = yaml.safe_load((FOLDER / PRODUCTS).read_text())["components"]["schemas"]
    named = set(schemas["productVariant_Base"]["properties"])

    variant = filled.get("/v3/catalog/variants?sku=MUG").json()["data"][0]

    assert sorted(named - set(variant)) == []
