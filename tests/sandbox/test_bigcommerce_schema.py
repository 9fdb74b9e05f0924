"""The simulated answers fit BigCommerce's own API description, where that is at hand."""

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

REPOSITORY = Path(__file__).parents[2]
SPECS = Path(os.environ.get("TIEOUT_SPECS", REPOSITORY.parent / "shared" / "specs"))  # noqa: TID251 - the one setting of this test
ORDERS = SPECS / "bigcommerce" / "orders.v2.oas2.yml"

pytestmark = pytest.mark.skipif(
    not ORDERS.exists(),
    reason="BigCommerce's API description is not here; point TIEOUT_SPECS at its folder",
)

WISHES: list[dict[str, Any]] = [
    {"line_count": 60},
    {"tax_rate": "8.25", "coupon": {"amount": 5}, "manual_discount": 5, "fees": [{"cost": 2}]},
    {"tax_rate": "8.25", "tax_inclusive": True, "coupon": {"amount": 10, "percent": True}},
    {"digital": True},
    {"pickup": True},
    {"guest": True, "currency": "CAD", "handling": "2.50", "shipping": "12"},
    {"lines": [{"custom": True, "name": "Engraving", "price": 15}, {"picked": "TNT-RDG-1P"}]},
    {"lines": [{"options": [{"name": "A", "value": "B"}], "wrapping": "4.50"}]},
    {"lines": [{}, {"address": 1}], "addresses": [{}, {"city": "Boise"}]},
    {"lines": [{"kind": "giftcertificate", "price": 50}], "status_id": 0},
]
SCHEMAS = {
    "products": "orderProducts",
    "shipping_addresses": "orderShippingAddress",
    "coupons": "orderCoupons_Base",
    "taxes": "orderTaxes_Base",
    "shipments": "orderShipment",
}
"""Each list of an order, and the schema of one of its members."""


@functools.cache
def document() -> dict[str, Any]:
    return yaml.safe_load(ORDERS.read_text())


def complaints(name: str, found: object) -> list[str]:
    schema = {"$ref": f"urn:orders#/components/schemas/{name}"}
    resource = Resource[Any].from_contents(document(), default_specification=DRAFT4)
    registry = Registry[Any]().with_resource("urn:orders", resource)
    # The library's class has no types; what is used of it is listed here.
    checker: Any = OAS30Validator(schema, registry=registry)  # pyright: ignore[reportUnknownVariableType] - as said
    return [f"{error.json_path}: {error.message[:200]}" for error in checker.iter_errors(found)]


@pytest.mark.parametrize("wish", WISHES, ids=" ".join)
def test_orders_and_their_parts_fit_the_description(
    control: TestClient, api: TestClient, wish: dict[str, Any]
) -> None:
    order = control.post("/orders", json=wish).json()
    path = f"/v2/orders/{order['id']}"

    header = api.get(path).json()
    # The description asks for one of two forms, but a link is valid as either.
    link = header.pop("consignments")
    parts = {
        name: api.get(f"{path}/{name}", params={"limit": 250} if name != "shipments" else {})
        for name in SCHEMAS
    }

    assert complaints("order_Resp", header) == []
    assert complaints("orderConsignments_Resource", link) == []
    for name, answer in parts.items():
        rows: list[Any] = answer.json() if answer.content else []
        assert [complaint for row in rows for complaint in complaints(SCHEMAS[name], row)] == []


@pytest.mark.parametrize("wish", WISHES, ids=" ".join)
def test_included_consignments_fit_the_description(
    control: TestClient, api: TestClient, wish: dict[str, Any]
) -> None:
    order = control.post("/orders", json=wish).json()
    query = {"include": "consignments.line_items", "consignment_structure": "object"}

    found = api.get(f"/v2/orders/{order['id']}", params=query).json()["consignments"]

    parts = [*found["pickups"], *found["shipping"], *found["downloads"]]
    parts += found["email"]["gift_certificates"]
    # Here too a line is valid as either of two forms, so lines are looked at by themselves.
    lines = [line for part in parts for line in part.pop("line_items")]
    assert complaints("orderConsignment_Get", found) == []
    assert [complaint for line in lines for complaint in complaints("orderProducts", line)] == []
    assert len(lines) == min(50, order["lines"])


def test_included_fees_fit_the_description(control: TestClient, api: TestClient) -> None:
    order = control.post("/orders", json={"fees": [{"cost": "12.30"}]}).json()

    found = api.get(f"/v2/orders/{order['id']}", params={"include": "fees"}).json()["fees"]

    assert [complaints("orderFees_Resp", one) for one in found] == [[]]


def test_a_shipment_fits_the_description(control: TestClient, api: TestClient) -> None:
    order = control.post("/orders", json={"line_count": 1}).json()
    path = f"/v2/orders/{order['id']}"
    line = api.get(f"{path}/products").json()[0]
    items = [{"order_product_id": line["id"], "quantity": 1}]

    made = api.post(
        f"{path}/shipments", json={"order_address_id": line["order_address_id"], "items": items}
    )

    assert complaints("orderShipment", made.json()) == []


def test_every_documented_header_field_is_there(control: TestClient, api: TestClient) -> None:
    order = control.post("/orders", json={}).json()
    (sample,) = document()["components"]["responses"]["orderCollection_Resp"]["content"][
        "application/json"
    ]["examples"]["response"]["value"]

    header = api.get(f"/v2/orders/{order['id']}").json()

    assert sorted(set(sample) - set(header)) == []


def test_every_documented_line_field_is_there(control: TestClient, api: TestClient) -> None:
    order = control.post("/orders", json={}).json()
    sample = document()["components"]["responses"]["orderProductsCollection_Resp"]["content"][
        "application/json"
    ]["examples"]["response"]["value"][0]

    line = api.get(f"/v2/orders/{order['id']}/products").json()[0]

    assert sorted(set(sample) - set(line)) == []
