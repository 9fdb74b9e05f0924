"""BigCommerce's order documents become web orders, exactly, or are refused by the field's name."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.adapters.bigcommerce_payloads import OrderDocuments, list_moment, order_of
from tieout.domain.identity import StoreKey
from tieout.domain.orders import Address, Buyer, Charge, LineKind, Order, Standing
from tieout.errors import RejectedError

NO_MONEY = {
    f"{part}_{side}": "0.0000"
    for part in ("shipping_cost", "handling_cost", "wrapping_cost")
    for side in ("ex_tax", "inc_tax")
}
BILL_TO = {
    "first_name": "Jane", "last_name": "Doe", "company": "", "street_1": "1 Summit Road",
    "street_2": "", "city": "Boulder", "state": "Colorado", "zip": "80302",
    "country": "United States", "country_iso2": "us", "phone": "303-555-0100",
    "email": " Jane.Doe@Example.com ",
}  # fmt: skip
LINE: dict[str, Any] = {
    "id": 7, "sku": " PCK-1 ", "name": "Pack", "type": "physical", "quantity": 2,
    "price_ex_tax": "10.0000", "price_inc_tax": "10.8000", "total_ex_tax": "20.0000",
    "total_inc_tax": "21.6000", "product_options": [],
}  # fmt: skip
HEADER: dict[str, Any] = {
    "id": 250, "status_id": 11, "status": "Awaiting Fulfillment", "customer_id": 35,
    "date_created": "Tue, 05 Mar 2019 21:40:11 +0000",
    "date_modified": "Mon, 11 Mar 2019 15:17:25 +0000",
    "currency_code": "EUR", "default_currency_code": "USD", "is_tax_inclusive_pricing": False,
    "subtotal_ex_tax": "20.0000", "subtotal_inc_tax": "21.6000", "total_ex_tax": "20.0000",
    "total_inc_tax": "21.6000", "total_tax": "1.6000", "discount_amount": "1.0000",
    "coupon_discount": "2.5000", "gift_certificate_amount": "3.0000",
    "store_credit_amount": "4.0000", "shipping_address_count": 1, "customer_message": "Ring twice",
    "billing_address": BILL_TO, "fees": [], **NO_MONEY,
}  # fmt: skip
SHIP_TO = BILL_TO | {"company": "Bear Guides", "shipping_method": "UPS Ground"}


def order(
    header: dict[str, Any] | None = None,
    lines: list[dict[str, Any]] | None = None,
    addresses: list[dict[str, Any]] | None = None,
) -> Order:
    documents = OrderDocuments(
        HEADER | (header or {}),
        [LINE] if lines is None else lines,
        [SHIP_TO] if addresses is None else addresses,
    )
    return order_of(documents, StoreKey("main"), import_statuses=frozenset({11}))


def refusal(**header: Any) -> RejectedError:
    with pytest.raises(RejectedError) as caught:
        order(header)
    return caught.value


def test_an_order_is_read_field_by_field() -> None:
    read = order()

    assert str(read.key) == "main#250"
    assert read.placed_at == datetime(2019, 3, 5, 21, 40, 11, tzinfo=UTC)
    assert read.modified_at == datetime(2019, 3, 11, 15, 17, 25, tzinfo=UTC)
    assert (read.standing, read.status_name) == (Standing.IMPORTABLE, "Awaiting Fulfillment")
    assert read.currency == "USD"
    assert read.buyer == Buyer("jane.doe@example.com")
    assert read.bill_to == Address(
        name="Jane Doe",
        company="",
        street_1="1 Summit Road",
        street_2="",
        city="Boulder",
        state="Colorado",
        postal_code="80302",
        country_code="US",
        phone="303-555-0100",
    )
    assert read.ship_to is not None
    assert read.ship_to.company == "Bear Guides"


def test_totals_are_exact_and_both_discounts_count() -> None:
    totals = order().totals

    assert (totals.lines, totals.lines_with_tax) == (Decimal(20), Decimal("21.6"))
    assert (totals.discounts, totals.tax) == (Decimal("3.5"), Decimal("1.6"))
    assert (totals.total_without_tax, totals.total) == (Decimal(20), Decimal("21.6"))
    assert not totals.prices_include_tax


def test_a_line_is_read_field_by_field() -> None:
    (line,) = order().lines

    assert (line.sku, line.description, line.quantity) == ("PCK-1", "Pack", Decimal(2))
    assert (line.total, line.total_with_tax) == (Decimal(20), Decimal("21.6"))
    assert line.kind is LineKind.PHYSICAL


@pytest.mark.parametrize(
    ("kind", "read"),
    [("digital", LineKind.DIGITAL), ("giftcertificate", LineKind.GIFT_CERTIFICATE)],
)
def test_a_line_says_what_it_sells(kind: str, read: LineKind) -> None:
    assert order(lines=[LINE | {"type": kind}]).lines[0].kind is read


def test_a_custom_line_without_sku_and_a_bundled_line_without_price_are_lines() -> None:
    custom = LINE | {"product_id": 0, "sku": None}
    bundled = LINE | {"id": 8, "price_ex_tax": "0", "total_ex_tax": "0", "total_inc_tax": "0"}

    read = order(lines=[custom, bundled])

    assert [(line.sku, line.total) for line in read.lines] == [
        ("", Decimal(20)),
        ("PCK-1", Decimal(0)),
    ]


def test_options_become_text() -> None:
    options = [
        {"display_name": "Size", "display_value": "L", "value": "69", "name": "Sizes"},
        {"display_name": "", "name": "Engraving", "display_value": "For\nJane", "value": "x"},
        {"display_name": "Gift", "display_value": "", "value": "Yes"},
        {"display_name": "Empty", "display_value": "", "value": None},
    ]

    read = order(lines=[LINE | {"product_options": options}])

    assert read.lines[0].options == ("Size: L", "Engraving: For Jane", "Gift: Yes")


def test_charges_are_named_and_free_ones_left_out() -> None:
    fee = {"display_name_merchant": "Fuel", "cost_ex_tax": "3.5000", "cost_inc_tax": "3.7800"}
    misspelt = {"display_name_customer": "Dock", "cost_exc_tax": "1.0000", "cost_inc_tax": "1.00"}
    unnamed = {"cost_ex_tax": "2", "cost_inc_tax": "2"}
    charged = {
        "wrapping_cost_ex_tax": "5.0000", "wrapping_cost_inc_tax": "5.4000",
        "shipping_cost_ex_tax": "11.0900", "shipping_cost_inc_tax": "12.0000",
        "fees": [fee, misspelt, unnamed],
    }  # fmt: skip

    read = order(charged)

    assert read.shipping == Charge("shipping", Decimal("11.09"), Decimal(12))
    assert read.charges == (
        Charge("wrapping", Decimal(5), Decimal("5.4")),
        Charge("Fuel", Decimal("3.5"), Decimal("3.78")),
        Charge("Dock", Decimal(1), Decimal(1)),
        Charge("fee", Decimal(2), Decimal(2)),
    )


@pytest.mark.parametrize("fees", [None, []])
def test_an_order_may_have_no_fees(fees: object) -> None:
    assert order({"fees": fees}).charges == ()


def test_fees_that_were_not_shown_are_not_lost_silently() -> None:
    link = {"url": "https://api.bigcommerce.com/stores/x/v2/orders/250/fees"}

    assert "“fees” of the order" in refusal(fees=link).reason


@pytest.mark.parametrize("amount", ["69.84", "69.8400", 69, Decimal("69.84"), "-1.5", "0", 0])
def test_money_comes_as_text_number_or_integer(amount: object) -> None:
    assert order({"total_tax": amount}).totals.tax == Decimal(str(amount))


@pytest.mark.parametrize(
    "amount",
    [
        "NaN", "Infinity", "-Infinity", "1e3", "1E+400", "12,50", "$5", "0x10", "1_000", "٣", "--1",
        "1.", ".5", "1000000000", "-1000000000", "0.12345678901", Decimal("1E+999999"),
        Decimal("1E-999999"), 10**30, True, [], {}, ["1"],
    ],
)  # fmt: skip
def test_money_that_is_no_plain_amount_is_refused_by_the_fields_name(amount: object) -> None:
    assert "“total_tax” of the order" in refusal(total_tax=amount).reason


@pytest.mark.parametrize("amount", [None, "", "  "])
def test_a_total_must_be_there_and_a_reduction_need_not(amount: object) -> None:
    assert "“total_inc_tax” of the order is missing" in refusal(total_inc_tax=amount).reason
    assert order({"coupon_discount": amount}).totals.discounts == Decimal(1)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("quantity", -1), ("quantity", 1_000_001), ("quantity", None), ("quantity", "two"),
        ("type", "subscription"), ("type", None), ("total_ex_tax", None), ("total_inc_tax", "x"),
        ("sku", {}), ("sku", True), ("sku", "\ud800"), ("product_options", {}),
        ("product_options", [1]),
    ],
)  # fmt: skip
def test_a_line_that_can_not_be_read_is_refused_by_the_fields_name(
    field: str, value: object
) -> None:
    with pytest.raises(RejectedError, match=f"“{field}” of a line") as caught:
        order(lines=[LINE | {field: value}])

    assert caught.value.next_action


@pytest.mark.parametrize("date", ["", None, "yesterday", "2019-03-05T21:40:11Z", 7])
def test_a_date_that_is_none_is_refused(date: object) -> None:
    assert "“date_created” of the order is not a date" in refusal(date_created=date).reason


@pytest.mark.parametrize("currency", [None, "", "DOLLARS", "U5D", 840])
def test_a_currency_that_is_none_is_refused(currency: object) -> None:
    assert "“default_currency_code”" in refusal(default_currency_code=currency).reason


@pytest.mark.parametrize("address", [None, {}, BILL_TO | {"email": None}, BILL_TO | {"email": "x"}])
def test_an_order_without_an_e_mail_address_is_for_the_office(address: object) -> None:
    error = refusal(billing_address=address)

    assert error.code == "NoEmail"
    assert "e-mail" in error.next_action


@pytest.mark.parametrize("address", [None, {}, BILL_TO | {"email": None}])
def test_an_order_that_is_not_ready_may_still_lack_its_buyer(address: object) -> None:
    read = order({"status_id": 0, "billing_address": address}, addresses=[])

    assert (read.standing, read.buyer.email) == (Standing.NOT_YET, "")


def test_an_e_mail_address_that_no_url_would_hold_is_for_the_office() -> None:
    endless = BILL_TO | {"email": "x" * 100_000 + "@example.com"}

    assert "“email”" in refusal(billing_address=endless).reason


def test_an_address_that_is_no_object_is_refused() -> None:
    assert "“billing_address”" in refusal(billing_address="1 Summit Road").reason


def test_more_addresses_than_were_shown_still_count() -> None:
    assert order({"shipping_address_count": 3}).ship_to_count == 3


@pytest.mark.parametrize(
    ("header", "standing"),
    [
        ({"status_id": 5, "is_deleted": True}, Standing.CANCELLED),
        ({"status_id": 11, "is_deleted": "1"}, Standing.RETIRED),
        ({"status_id": 11, "is_deleted": 0}, Standing.IMPORTABLE),
        ({"status_id": "11"}, Standing.IMPORTABLE),
        ({"status_id": 99}, Standing.NOT_YET),
    ],
)
def test_an_order_stands_by_status_and_archive(header: dict[str, Any], standing: Standing) -> None:
    assert order(header).standing is standing


def test_a_complaint_does_not_quote_what_the_buyer_typed() -> None:
    with pytest.raises(RejectedError) as caught:
        order({"status": ["Jane Doe, 303-555-0100"]})

    assert "Jane" not in f"{caught.value.reason}{caught.value.next_action}"


def test_a_moment_for_the_list_is_utc_to_the_second() -> None:
    here = timezone(timedelta(hours=-6))

    moment = datetime(2019, 3, 5, 15, 40, 11, 999_999, tzinfo=here)

    assert list_moment(moment) == "Tue, 05 Mar 2019 21:40:11 +0000"


@given(st.decimals(min_value=-999_999, max_value=999_999, places=4))
def test_any_amount_of_four_decimals_survives_exactly(amount: Decimal) -> None:
    assert order({"total_tax": f"{amount:.4f}"}).totals.tax == amount


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.decimals(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=3,
)


@given(st.sampled_from(sorted(HEADER)), JSON)
def test_no_json_in_any_field_is_more_than_a_refusal(field: str, value: object) -> None:
    try:
        read = order({field: value})
    except RejectedError as error:
        assert error.next_action  # noqa: PT017 - either a refusal or an order
    else:
        assert read.lines
