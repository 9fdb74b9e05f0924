"""The default mapping, column by column: what is written, what is left out, what is refused."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.orders import ADDRESS, SAMPLE_218, charge, line, order
from tieout.domain.addresses import country_code_3, state_code
from tieout.domain.mapping import SageDefaults, ar_customer, sales_order
from tieout.domain.money import CENT, ZERO, to_cents
from tieout.domain.orders import Address, LineKind, Order
from tieout.domain.sales_orders import SalesOrder
from tieout.errors import RejectedError, SetupError

MARKER = "W-250-x7"
SAGE = SageDefaults(warehouse="001", terms="30", salesperson="0200")
FIRM = replace(ADDRESS, company="Analytical Engines", street_2="Suite 4", state="NV")


def mapped(sold: Order) -> SalesOrder:
    return sales_order(sold, marker=MARKER, sage=SAGE)


def sum_of(document: SalesOrder) -> Decimal:
    """What Sage makes of it: extensions rounded to cents, freight, less the discount."""
    extensions = sum(
        (
            to_cents(Decimal(x["QuantityOrdered"]) * Decimal(x["UnitPrice"]))
            for x in document.lines
            if "UnitPrice" in x
        ),
        ZERO,
    )
    header = document.header
    freight, discount = header.get("FreightAmt", "0"), header.get("DiscountAmt", "0")
    return extensions + Decimal(freight) - Decimal(discount)


def test_every_header_column_of_a_full_order() -> None:
    sold = replace(
        order(lines=[line(total="60.00", with_tax="66.00")], discounts="5.00", net="4.55"),
        ship_to=FIRM,
    )

    assert mapped(sold).header == {
        "OrderDate": "20260302",
        "CustomerPONo": MARKER,
        "WarehouseCode": "001",
        "TaxSchedule": "NONTAX",
        "EmailAddress": "ada@example.com",
        "Comment": "Web order 250",
        "ShipToName": "Analytical Engines",
        "ShipToAddress1": "12 Main St",
        "ShipToAddress2": "Suite 4",
        "ShipToAddress3": "Attn Ada Lovelace",
        "ShipToCity": "Reno",
        "ShipToState": "NV",
        "ShipToZipCode": "89501",
        "ShipToCountryCode": "USA",
        "FreightAmt": "8.00",
        "DiscountAmt": "4.55",
    }


def test_blank_columns_and_amounts_of_nothing_are_left_out() -> None:
    sold = replace(order(shipping=charge("shipping", "0")), ship_to=None, ship_to_count=0)

    header = mapped(sold).header

    assert set(header) == {
        "OrderDate", "CustomerPONo", "WarehouseCode", "TaxSchedule", "EmailAddress", "Comment",
    }  # fmt: skip


def test_a_person_without_a_company_stands_on_the_first_line_alone() -> None:
    header = mapped(order()).header

    assert header["ShipToName"] == "Ada Lovelace"
    assert header["ShipToAddress3"] == ""


def test_a_company_without_a_person_needs_nobodys_attention() -> None:
    nobody = replace(FIRM, name="")

    assert mapped(replace(order(), ship_to=nobody)).header["ShipToAddress3"] == ""


def test_the_lines_of_an_order_with_every_kind_of_charge() -> None:
    sold = order(
        lines=[
            line("TENT-2", "2", "60.00", with_tax="66.00", options=("Colour: red", "Size: L")),
            line("MAP-PDF", "1", "5.00", kind=LineKind.DIGITAL),
            line("", "1", "25.00", kind=LineKind.GIFT_CERTIFICATE),
        ],
        charges=[charge("wrapping", "2.00"), charge("handling", "1.50"), charge("Rush", "4.00")],
    )

    assert mapped(sold).lines == (
        {
            "ItemCode": "TENT-2",
            "QuantityOrdered": "2",
            "UnitPrice": "30.000000",
            "WarehouseCode": "001",
        },
        {"ItemCode": "/C", "CommentText": "Colour: red"},
        {"ItemCode": "/C", "CommentText": "Size: L"},
        {"ItemCode": "MAP-PDF", "QuantityOrdered": "1", "UnitPrice": "5.000000"},
        {"ItemCode": "/GIFT", "QuantityOrdered": "1", "UnitPrice": "25.000000"},
        {"ItemCode": "/WRAP", "QuantityOrdered": "1", "UnitPrice": "2.00"},
        {"ItemCode": "/HANDLING", "QuantityOrdered": "1", "UnitPrice": "1.50"},
        {"ItemCode": "/FEE", "QuantityOrdered": "1", "UnitPrice": "4.00"},
        {"ItemCode": "/TAX", "QuantityOrdered": "1", "UnitPrice": "6.00"},
    )


def test_a_charge_of_less_than_half_a_cent_is_no_line() -> None:
    sold = order(charges=[charge("handling", "0.0040", "0.00")])

    assert [row["ItemCode"] for row in mapped(sold).lines] == ["TENT-2"]


def test_the_documented_order_comes_to_its_total_in_sage() -> None:
    document = mapped(SAMPLE_218)

    assert document.total == Decimal("69.84")
    assert sum_of(document) == document.total


def test_six_decimals_of_a_price_give_back_the_lines_cents() -> None:
    document = mapped(order(lines=[line(quantity="3", total="100.00")]))

    assert document.lines[0]["UnitPrice"] == "33.333333"
    assert sum_of(document) == Decimal("108.00")


@given(
    st.lists(st.tuples(st.integers(1, 9_999), st.integers(0, 10_000_000)), min_size=1, max_size=8)
)
def test_every_order_that_is_mapped_comes_to_its_total_in_sage(rows: list[tuple[int, int]]) -> None:
    lines = [line("A", str(quantity), str(cents * CENT)) for quantity, cents in rows]

    document = mapped(order(lines=lines))

    assert sum_of(document) == document.total


@pytest.mark.parametrize(("quantity", "written"), [("1.50", "1.5"), ("100", "100"), ("2.0", "2")])
def test_a_quantity_is_written_plainly(quantity: str, written: str) -> None:
    document = mapped(order(lines=[line(quantity=quantity)]))

    assert document.lines[0]["QuantityOrdered"] == written


def test_a_line_that_no_unit_price_reproduces_is_refused() -> None:
    with pytest.raises(RejectedError, match="No unit price") as refused:
        mapped(order(lines=[line(quantity="900000", total="0.30")]))

    assert refused.value.code == "NoUnitPrice"


@pytest.mark.parametrize("quantity", ["0", "-1"])
def test_a_line_without_quantity_is_refused(quantity: str) -> None:
    with pytest.raises(RejectedError, match="has the quantity") as refused:
        mapped(order(lines=[line(quantity=quantity)]))

    assert refused.value.code == "NoQuantity"


def test_a_line_without_sku_is_refused() -> None:
    with pytest.raises(RejectedError, match="has no SKU") as refused:
        mapped(order(lines=[line("")]))

    assert refused.value.code == "NoSku"


def test_an_order_to_several_addresses_is_refused() -> None:
    with pytest.raises(RejectedError, match="ships to 3 addresses") as refused:
        mapped(replace(order(), ship_to_count=3))

    assert refused.value.code == "SeveralShipTos"


def test_money_that_does_not_add_up_is_refused() -> None:
    sold = order()

    with pytest.raises(RejectedError, match="does not add up"):
        mapped(replace(sold, totals=replace(sold.totals, total=sold.totals.total + CENT)))


def test_the_date_is_the_day_on_which_it_was_placed() -> None:
    late = replace(order(), placed_at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC))

    assert mapped(late).header["OrderDate"] == "20261231"


def test_every_column_of_a_new_customer() -> None:
    sold = replace(order(), bill_to=FIRM)

    assert ar_customer(sold, sage=SAGE) == {
        "CustomerName": "Analytical Engines",
        "AddressLine1": "12 Main St",
        "AddressLine2": "Suite 4",
        "City": "Reno",
        "State": "NV",
        "ZipCode": "89501",
        "CountryCode": "USA",
        "TelephoneNo": "+1 775 555 0100",
        "EmailAddress": "ada@example.com",
        "TaxSchedule": "NONTAX",
        "TermsCode": "30",
        "SalespersonDivisionNo": "00",
        "SalespersonNo": "0200",
    }


def test_a_customer_is_a_person_where_there_is_no_company_and_blanks_are_left_out() -> None:
    columns = ar_customer(order(), sage=SAGE)

    assert columns["CustomerName"] == "Ada Lovelace"
    assert "AddressLine2" not in columns


def at(state: str, country: str) -> Address:
    return replace(ADDRESS, state=state, country_code=country)


@pytest.mark.parametrize(
    ("state", "country", "code"),
    [
        ("Nevada", "US", "NV"),
        (" nevada ", "us", "NV"),
        ("nv", "US", "NV"),
        ("District of Columbia", "US", "DC"),
        ("Armed Forces Pacific", "US", "AP"),
        ("Québec", "CA", "QC"),
        ("Newfoundland and Labrador", "CA", "NL"),
        ("", "US", ""),
        ("Bavaria", "DE", ""),
    ],
)
def test_a_state_is_known_by_name_and_by_code(*, state: str, country: str, code: str) -> None:
    assert state_code(at(state, country)) == code


@pytest.mark.parametrize("state", ["Bavaria", "N", "Neveda", "ON"])
def test_a_state_that_does_not_exist_is_refused(state: str) -> None:
    with pytest.raises(RejectedError, match="no state or province of US") as refused:
        mapped(replace(order(), ship_to=at(state, "US")))

    assert refused.value.code == "UnknownState"


def test_a_refusal_does_not_repeat_what_the_buyer_typed() -> None:
    with pytest.raises(RejectedError) as state:
        state_code(at("care of Ada Lovelace", "US"))
    with pytest.raises(RejectedError) as country:
        country_code_3(at("", "Lovelace"))

    assert "Lovelace" not in f"{state.value.reason}{country.value.reason}"


@pytest.mark.parametrize(("country", "code"), [("US", "USA"), ("ca", "CAN"), ("", "")])
def test_a_country_has_three_letters_in_sage(country: str, code: str) -> None:
    assert country_code_3(at("", country)) == code


def test_a_country_without_a_code_is_refused() -> None:
    with pytest.raises(RejectedError, match="XX") as refused:
        ar_customer(replace(order(), bill_to=at("", "XX")), sage=SAGE)

    assert refused.value.code == "UnknownCountry"


@pytest.mark.parametrize(
    ("time_zone", "day"), [("UTC", "20261201"), ("America/Denver", "20261130")]
)
def test_an_order_is_placed_on_the_companys_day(time_zone: str, day: str) -> None:
    evening = replace(order(), placed_at=datetime(2026, 12, 1, 1, 30, tzinfo=UTC))

    document = sales_order(evening, marker="W-250-x7", sage=SageDefaults(time_zone=time_zone))

    assert document.header["OrderDate"] == day


def test_a_time_zone_that_does_not_exist_is_the_operators() -> None:
    with pytest.raises(SetupError, match="Mars/Olympus"):
        sales_order(order(), marker="W-250-x7", sage=SageDefaults(time_zone="Mars/Olympus"))
