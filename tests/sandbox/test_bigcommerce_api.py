"""The simulated storefront API is as strict, and as odd, as the real one."""

from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.bigcommerce import Account, Shop
from sandbox.bigcommerce.clock import MovableClock
from sandbox.bigcommerce.spec import CouponSpec, LineSpec, OptionSpec, OrderSpec


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/v2/orders", {"X-Auth-Token": "wrong"}, 401),
        ("/v2/orders", {"Accept": "*/*"}, 406),
        ("/v2/nothing", {}, 404),
        ("/v2/orders/99", {}, 404),
        ("/v2/orders?colour=red", {}, 400),
        ("/v2/orders?page=1&page=2", {}, 400),
        ("/v2/orders?limit=251", {}, 413),
        ("/v2/orders?limit=0", {}, 400),
        ("/v2/orders?min_id=many", {}, 400),
        ("/v2/orders?sort=colour", {}, 400),
        ("/v2/orders?sort=id:up", {}, 400),
        ("/v2/orders?include=everything", {}, 400),
        ("/v2/orders", {}, 204),
    ],
)
def test_requests_are_refused_as_the_real_api_refuses_them(
    api: TestClient, path: str, *, headers: dict[str, str], status: int
) -> None:
    answer = api.get(path, headers=headers)

    assert answer.status_code == status


def test_another_stores_path_is_forbidden(api: TestClient) -> None:
    answer = api.get("http://testserver/stores/another1/v2/orders")

    assert answer.status_code == 403


def test_an_empty_list_is_204_with_an_empty_body(api: TestClient) -> None:
    answer = api.get("/v2/orders")

    assert (answer.status_code, answer.content) == (204, b"")


def test_a_body_that_is_not_called_json_is_415(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec())

    answer = api.put(f"/v2/orders/{order.id}", content=b'{"status_id":2}')

    assert answer.status_code == 415


def test_a_token_without_the_scope_is_403(api: TestClient, shop: Shop) -> None:
    readonly = Account("other", "secret", "readonly", frozenset({"store_v2_orders_read_only"}))
    shop.accounts["readonly"] = readonly
    order = shop.place(OrderSpec())
    token = {"X-Auth-Token": "readonly"}

    may_read = api.get(f"/v2/orders/{order.id}", headers=token)
    may_write = api.put(f"/v2/orders/{order.id}", json={"status_id": 2}, headers=token)
    may_see_payments = api.get(f"/v3/orders/{order.id}/transactions", headers=token)

    statuses = [one.status_code for one in (may_read, may_write, may_see_payments)]
    assert statuses == [200, 403, 403]


def test_every_answer_tells_the_quota_and_over_it_comes_429(api: TestClient, shop: Shop) -> None:
    shop.settings.quota = 2

    answers = [api.get("/v2/time") for _ in range(3)]

    assert [one.status_code for one in answers] == [200, 200, 429]
    left = [one.headers["X-Rate-Limit-Requests-Left"] for one in answers]
    assert left == ["1", "0", "0"]
    assert answers[2].headers["X-Rate-Limit-Time-Reset-Ms"] == "30000"


def test_the_quota_is_new_when_the_window_is_over(
    api: TestClient, shop: Shop, clock: MovableClock
) -> None:
    shop.settings.quota = 1
    api.get("/v2/time")

    clock.advance(30)

    assert api.get("/v2/time").status_code == 200


def test_lines_come_50_at_a_time_and_204_past_the_last_page(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec(line_count=60))
    path = f"/v2/orders/{order.id}/products"

    usual = api.get(path).json()
    second = api.get(path, params={"page": 2}).json()
    everything = api.get(path, params={"limit": 250}).json()
    beyond = api.get(path, params={"limit": 250, "page": 2})

    assert (len(usual), len(second), len(everything)) == (50, 10, 60)
    assert (beyond.status_code, beyond.content) == (204, b"")


def test_a_digital_order_has_no_shipping_address_and_is_completed(
    api: TestClient, shop: Shop
) -> None:
    order = shop.place(OrderSpec(digital=True))

    header = api.get(f"/v2/orders/{order.id}").json()
    addresses = api.get(f"/v2/orders/{order.id}/shipping_addresses")

    assert header["order_is_digital"] is True
    assert header["status_id"] == 10
    assert addresses.status_code == 204


def test_money_is_text_with_four_decimals_and_dates_are_rfc_2822(
    api: TestClient, shop: Shop
) -> None:
    order = shop.place(OrderSpec(lines=(LineSpec(price=Decimal("19.9")),), shipping=Decimal(0)))

    header = api.get(f"/v2/orders/{order.id}").json()

    assert header["total_inc_tax"] == "19.9000"
    assert header["date_created"] == "Fri, 15 Jan 2027 08:00:00 +0000"
    assert header["date_shipped"] == ""


def test_the_resource_spelling_of_links_works(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec())
    link = api.get(f"/v2/orders/{order.id}").json()["shipping_addresses"]["resource"]

    assert link.endswith("/shippingaddresses")
    assert api.get(f"/v2{link}").status_code == 200


def test_a_guest_has_customer_id_0_and_an_account_can_be_read(api: TestClient, shop: Shop) -> None:
    guest = shop.place(OrderSpec(guest=True))
    account = shop.place(OrderSpec())
    number = account.header["customer_id"]

    found = api.get("/v3/customers", params={"id:in": number}).json()["data"]

    assert guest.header["customer_id"] == 0
    assert [one["id"] for one in found] == [number]
    assert found[0]["email"] == account.header["billing_address"]["email"]


def test_custom_items_options_and_pick_lists_look_as_documented(
    api: TestClient, shop: Shop
) -> None:
    lines = (
        LineSpec(custom=True, name="Engraving", price=Decimal(15)),
        LineSpec(
            sku="TNT-RDG-2P",
            options=(OptionSpec(name="Colour", value="Green", type="Swatch"),),
            picked="TNT-RDG-1P",
        ),
    )
    order = shop.place(OrderSpec(lines=lines))

    custom, parent, child = api.get(f"/v2/orders/{order.id}/products").json()

    assert (custom["product_id"], custom["sku"]) == (0, "")
    assert parent["product_options"][0]["display_value"] == "Green"
    assert child["is_bundled_product"] is True
    assert child["parent_order_product_id"] == parent["id"]
    assert child["total_inc_tax"] == "0.0000"


def test_two_addresses_share_the_shipping_and_own_their_lines(api: TestClient, shop: Shop) -> None:
    wish = OrderSpec.model_validate(
        {
            "lines": [{"quantity": 2}, {"quantity": 3, "address": 1}],
            "addresses": [{}, {"city": "Boise", "state": "Idaho"}],
            "shipping": "9.95",
        }
    )
    order = shop.place(wish)

    addresses = api.get(f"/v2/orders/{order.id}/shipping_addresses").json()

    assert [one["items_total"] for one in addresses] == [2, 3]
    assert sum(Decimal(one["cost_inc_tax"]) for one in addresses) == Decimal("9.95")
    assert addresses[1]["city"] == "Boise"


@pytest.mark.parametrize("inclusive", [True, False])
def test_the_documented_identities_hold_on_the_wire(
    api: TestClient, shop: Shop, *, inclusive: bool
) -> None:
    order = shop.place(
        OrderSpec(
            line_count=7,
            tax_rate=Decimal("8.25"),
            tax_inclusive=inclusive,
            coupon=CouponSpec(amount=Decimal(10), percent=True),
            manual_discount=Decimal("7.77"),
            shipping=Decimal("12.50"),
            handling=Decimal("3.10"),
        )
    )
    h = api.get(f"/v2/orders/{order.id}").json()
    lines = api.get(f"/v2/orders/{order.id}/products").json()
    taxes = api.get(f"/v2/orders/{order.id}/taxes", params={"limit": 250}).json()

    def money(name: str) -> Decimal:
        return Decimal(h[name])

    costs = sum(money(f"{x}_cost_inc_tax") for x in ("shipping", "handling", "wrapping"))
    reductions = money("discount_amount") + money("coupon_discount")
    assert money("total_inc_tax") == money("subtotal_inc_tax") + costs - reductions
    assert money("total_ex_tax") == money("total_inc_tax") - money("total_tax")
    assert money("subtotal_inc_tax") - money("subtotal_ex_tax") != money("subtotal_tax")
    assert sum(Decimal(t["line_amount"]) for t in taxes) == money("total_tax")
    assert sum(_off(line) for line in lines) == reductions
    assert all(
        Decimal(x["discounted_total_inc_tax"]) == Decimal(x["total_inc_tax"]) - _off(x)
        for x in lines
    )


def _off(line: dict[str, Any]) -> Decimal:
    return sum((Decimal(one["amount"]) for one in line["applied_discounts"]), Decimal(0))


def test_filters_sorting_and_keyset_pages_find_the_right_orders(
    api: TestClient, shop: Shop, clock: MovableClock
) -> None:
    for status in (11, 7, 11, 0):
        shop.place(OrderSpec(status_id=status))
        clock.advance(60)
    shop.settings.list_incomplete = False

    def ids(**query: str | int) -> list[int]:
        answer = api.get("/v2/orders", params=query)
        return [one["id"] for one in answer.json()] if answer.content else []

    assert ids() == [100, 101, 102]
    assert ids(status_id=11) == [100, 102]
    assert ids(status_id=0) == [103]
    assert ids(min_id=101, limit=1) == [101]
    assert ids(sort="date_modified:desc") == [102, 101, 100]
    assert ids(min_date_modified="2027-01-15T08:02:00Z") == [102]
    assert ids(max_date_created="Fri, 15 Jan 2027 08:01:00 +0000") == [100, 101]
    assert ids(page=9) == []


def test_side_loading_stops_at_50_lines_with_a_warning(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec(line_count=60))
    query = {"include": "consignments.line_items", "consignment_structure": "object"}

    found = api.get(f"/v2/orders/{order.id}", params=query).json()["consignments"]

    assert len(found["shipping"][0]["line_items"]) == 50
    assert "__warning__" in found


def test_a_put_changes_three_fields_and_refuses_others(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec())
    path = f"/v2/orders/{order.id}"

    good = api.put(path, json={"status_id": 9, "staff_notes": "W000100"})
    bad = api.put(path, json={"total_inc_tax": "0"})

    assert (good.status_code, good.json()["status"]) == (200, "Awaiting Shipment")
    assert bad.status_code == 400


def test_a_partial_then_a_full_shipment_move_the_status(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec(lines=(LineSpec(quantity=3),)))
    path = f"/v2/orders/{order.id}/shipments"
    line, address = order.lines[0]["id"], order.addresses[0]["id"]

    def ship(quantity: int) -> int:
        items = [{"order_product_id": line, "quantity": quantity}]
        return api.post(path, json={"order_address_id": address, "items": items}).status_code

    def status() -> int:
        return api.get(f"/v2/orders/{order.id}").json()["status_id"]

    assert (ship(1), status()) == (201, 3)
    assert ship(3) == 400
    assert (ship(2), status()) == (201, 2)
    assert len(api.get(path).json()) == 2


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"order_address_id": 1},
        {"order_address_id": 1, "items": [{"order_product_id": 1}]},
        {"order_address_id": 999, "items": [{"order_product_id": 1, "quantity": 1}]},
        {
            "order_address_id": 1,
            "items": [{"order_product_id": 1, "quantity": 1}],
            "tracking_number": "x" * 51,
        },
        {"order_address_id": 1, "items": [{"order_product_id": 1, "quantity": 1}], "colour": 1},
    ],
)
def test_a_wrong_shipment_is_refused(api: TestClient, shop: Shop, body: dict[str, Any]) -> None:
    order = shop.place(OrderSpec())

    answer = api.post(f"/v2/orders/{order.id}/shipments", json=body)

    assert answer.status_code == 400


def test_tender_is_no_discount_and_shows_as_transactions(api: TestClient, shop: Shop) -> None:
    order = shop.place(
        OrderSpec(
            lines=(LineSpec(price=Decimal(100)),),
            shipping=Decimal(0),
            gift_certificate=Decimal(30),
            store_credit=Decimal(20),
        )
    )

    rows = api.get(f"/v3/orders/{order.id}/transactions").json()["data"]

    assert order.header["total_inc_tax"] == "100.0000"
    assert [(one["method"], one["amount"]) for one in rows] == [
        ("gift_certificate", 30.0),
        ("store_credit", 20.0),
        ("credit_card", 50.0),
    ]


def test_an_unpaid_order_has_no_transactions(api: TestClient, shop: Shop) -> None:
    order = shop.place(OrderSpec(status_id=0))

    answer = api.get(f"/v3/orders/{order.id}/transactions")

    assert (answer.status_code, answer.content) == (204, b"")
