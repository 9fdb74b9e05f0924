"""BigCommerce's notices: which order each points at, and what is no notice of this store."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.adapters.bigcommerce_notices import NotANoticeError, order_of_notice
from tieout.domain.identity import LARGEST_ORDER_ID


def notice(scope: object, data: object, producer: object = "stores/abc123") -> bytes:
    return json.dumps({"scope": scope, "data": data, "producer": producer}).encode()


def order_of(body: bytes) -> int | None:
    return order_of_notice(body, store_hash="abc123")


# BigCommerce docs, webhook events: the shapes of data.
@pytest.mark.parametrize(
    ("scope", "data"),
    [
        ("store/order/created", {"type": "order", "id": 250}),
        ("store/order/statusUpdated", {"type": "order", "id": 250, "status": {}}),
        ("store/order/refund/created", {"type": "order", "id": 250, "refund": {"refund_id": 1}}),
        ("store/order/message/created", {"type": "order", "id": 250, "message": {}}),
        ("store/channel/1/order/created", {"type": "order", "id": 250}),
        ("store/shipment/created", {"type": "shipment", "id": 7, "orderId": 250}),
        ("store/order/transaction/created", {"type": "transaction", "order_id": "250"}),
    ],
)
def test_a_notice_about_an_order_names_it(scope: str, data: dict[str, Any]) -> None:
    assert order_of(notice(scope, data)) == 250


@pytest.mark.parametrize(
    ("scope", "data"),
    [
        ("store/customer/created", {"type": "customer", "id": 5}),
        ("store/product/updated", {"type": "product", "id": 5}),
        ("store/inventory/location/created", {"location_id": 5}),
        ("store/priceList/records/updated", [{"price_list_id": 1}, {"price_list_id": 1}]),
        ("store/information/updated", None),
        ("store/order/metafield/created", {"type": "metafield", "metafield_id": 1}),
    ],
)
def test_a_notice_about_anything_else_names_none(scope: str, data: object) -> None:
    assert order_of(notice(scope, data)) is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"\xff\xfe", b"null", b"[]", b"5", b'"x"', b"{}", b"[" * 100_000, b"1" * 5_000,
        notice("store/order/created", {"type": "order", "id": 250}, "stores/abc124"),
        notice("store/order/created", {"type": "order", "id": 250}, "abc123"),
        notice("store/order/created", {"type": "order", "id": 250}, None),
        notice(None, {"type": "customer", "id": 250}),
        notice(["store/order/created"], {"type": "customer"}),
        notice("store/order/created", None),
        notice("store/order/updated", []),
        notice("store/order/created", {}),
        notice("store/order/created", {"type": "order"}),
        notice("store/shipment/created", {"type": "shipment", "id": 7}),
        notice("store/order/transaction/created", {"type": "transaction"}),
    ],
)  # fmt: skip
def test_what_is_no_notice_of_this_store_is_refused(body: bytes) -> None:
    with pytest.raises(NotANoticeError):
        order_of(body)


@pytest.mark.parametrize(
    "order_id",
    [0, -1, LARGEST_ORDER_ID + 1, True, 2.5, 250.0, "", "-1", "0", "2e2", " 250", "\u0662", None,
     [250], "12345678901", 1e400],
)  # fmt: skip
def test_an_order_id_that_is_none_is_refused(order_id: object) -> None:
    with pytest.raises(NotANoticeError):
        order_of(notice("store/order/created", {"type": "order", "id": order_id}))


@pytest.mark.parametrize("order_id", [1, LARGEST_ORDER_ID, "250"])
def test_an_order_id_may_be_a_number_or_its_digits(order_id: int | str) -> None:
    assert order_of(notice("s", {"type": "order", "id": order_id})) == int(order_id)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(["scope", "data", "producer", "type", "id", "order_id", "orderId"]),
            inner | st.sampled_from(["order", "store/shipment/x", "stores/abc123"]),
        )
    ),
)


@given(JSON | st.binary())
def test_whatever_comes_names_a_sound_order_or_none_or_is_refused(content: object) -> None:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()

    try:
        found = order_of(body)
    except NotANoticeError:
        return

    assert found is None or 0 < found <= LARGEST_ORDER_ID
