"""Sales orders over the simulated eBusiness Web Services."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from sandbox.sage100.dictionary import Table
from sandbox.sage100.tables_so import SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER
from tests.sandbox.ebws.client import (
    NIL,
    Soap,
    Xml,
    fault_in,
    members,
    order,
    other_field,
    rows,
    text,
)
from tests.sandbox.providex.client import CUSTOMER, INACTIVE_ITEM, ITEM, OTHER_ITEM, Sage
from tests.sandbox.providex.client import text as text_of

SCREEN = "/_control/companies/ABC/sales-orders/W000250"
NUMBER = "<salesOrderNo>W000250</salesOrderNo>"


def test_an_order_that_was_created_is_read_back_with_its_lines(soap: Soap) -> None:
    created = soap.result("CreateSalesOrder", soap.create(CustomerPONo="W-250-x7"))

    found = soap.read()
    assert created is None
    assert text(found, "CustomerPONo") == "W-250-x7"
    assert text(found, "OrderDate") == "2026-11-20T00:00:00"
    assert text(found, "TaxableAmt") == "200"
    [line] = rows(found, "Lines/SalesOrderLine")
    assert (text(line, "ItemCode"), text(line, "UnitPrice")) == (ITEM, "100")


def test_com_callers_see_the_same_books(soap: Soap, sage: Sage) -> None:
    soap.result("CreateSalesOrder", soap.create())

    assert sage.orders().nSetKey("W000250") == 1


def test_a_number_that_is_in_use_already_exists(soap: Soap) -> None:
    soap.result("CreateSalesOrder", soap.create())

    fault = soap.fault("CreateSalesOrder", soap.create())

    assert (fault.code, fault.mas) == ("a:WS_AlreadyExists", "WS_AlreadyExists")


def test_an_order_that_is_not_there_is_told_with_the_code_for_keys(soap: Soap) -> None:
    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"


@pytest.mark.parametrize(
    ("member", "value", "code", "words"),
    [
        ("CustomerNo", "NOBODY", "CI_NOF", "CustomerNo$"),
        ("ShipToZipCode", "00000", "CI_NOF", "Could not set SO_SalesOrder_Bus column ShipToZipCode$"),
        ("Comment", "x" * 31, "CI_CharLength", "is greater than 30 character(s)"),
        ("ResidentialAddress", "J", "CI_Validation", "failed validation on Y,N"),
        ("TaxableAmt", "0", "CI_ReadOnly", "is read only"),
        ("DateTimeUpdated", "2026-11-20T00:00:00", "CI_ReadOnly", "is read only"),
        ("OrderDate", "0001-01-01T00:00:00+14:00", "CI_Validation", "OrderDate$ is not a valid date"),
    ],
)  # fmt: skip
def test_a_refused_member_is_told_by_the_business_objects_column(
    soap: Soap, *, member: str, value: str, code: str, words: str
) -> None:
    fault = soap.fault("CreateSalesOrder", soap.create(**{member: value}))

    assert fault.mas == code
    assert words in fault.text
    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"


@pytest.mark.parametrize("item", ["NO-SUCH-ITEM", INACTIVE_ITEM])
def test_a_bad_item_stores_nothing_at_all(soap: Soap, item: str) -> None:
    lines = [*rows_of(order()), {"ItemCode": item, "QuantityOrdered": "1"}]

    fault = soap.fault("CreateSalesOrder", soap.create(Lines=lines))

    assert "SO_SalesOrderDetail_Bus column ItemCode$" in fault.text
    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"


@pytest.mark.parametrize("marker", ["UDF_TIEOUT_MARKER", "UDF_TIEOUT_MARKER$"])
def test_user_defined_fields_travel_as_other_fields(soap: Soap, marker: str) -> None:
    fields = [
        {"MasFieldName": marker, "Value": "W-250-x7"},
        {"MasFieldName": "UDF_TIEOUT_REV", "Value": "3"},
    ]

    soap.result("CreateSalesOrder", soap.create(OtherFields=fields))

    found = soap.read()
    assert other_field(found, "UDF_TIEOUT_MARKER") == "W-250-x7"
    assert other_field(found, "UDF_TIEOUT_REV") == "3"


def test_an_unknown_other_field_is_refused(soap: Soap) -> None:
    fields = [{"MasFieldName": "UDF_NOWHERE", "Value": "1"}]

    fault = soap.fault("CreateSalesOrder", soap.create(OtherFields=fields))

    assert "UDF_NOWHERE is not a valid column" in fault.text


def test_asking_for_the_next_number_burns_it(soap: Soap) -> None:
    first = soap.result("GetNextSalesOrderNo").text
    second = soap.result("GetNextSalesOrderNo").text

    assert first < second


def test_a_preview_tells_prices_and_stores_nothing(soap: Soap) -> None:
    lines = [{"ItemCode": ITEM, "QuantityOrdered": "3"}]

    shown = soap.result("PreviewSalesOrder", soap.create(Lines=lines))

    [line] = rows(shown, "Lines/SalesOrderLine")
    assert float(text(line, "UnitPrice")) > 0
    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"


def test_a_preview_without_a_number_uses_none_up(soap: Soap) -> None:
    before = int(soap.result("GetNextSalesOrderNo").text)

    shown = soap.result("PreviewSalesOrder", soap.create(""))

    assert text(shown, "SalesOrderNo") == ""
    assert int(soap.result("GetNextSalesOrderNo").text) == before + 1


def test_a_template_has_the_customers_defaults_and_no_lines(soap: Soap) -> None:
    party = "<arDivisionNo>00</arDivisionNo><customerNo>BUY0001</customerNo>"

    shown = soap.result("GetSalesOrderTemplate", party)

    assert text(shown, "TermsCode") == "00"
    assert text(shown, "BillToName")
    assert rows(shown, "Lines/SalesOrderLine") == []


def test_an_update_changes_what_it_names_and_leaves_the_rest(soap: Soap) -> None:
    soap.result("CreateSalesOrder", soap.create(Comment="first", ConfirmTo="Jane"))

    soap.result("UpdateSalesOrder", change(Comment="second"))

    found = soap.read()
    assert (text(found, "Comment"), text(found, "ConfirmTo")) == ("second", "Jane")
    assert len(rows(found, "Lines/SalesOrderLine")) == 1


def test_a_list_of_lines_in_an_update_is_the_whole_list(soap: Soap) -> None:
    both = [
        {"ItemCode": ITEM, "QuantityOrdered": "1"},
        {"ItemCode": OTHER_ITEM, "QuantityOrdered": "1"},
    ]
    soap.result("CreateSalesOrder", soap.create(Lines=both))

    kept = {"LineKey": "000002", "QuantityOrdered": "5", "UnitPrice": "7.50"}
    soap.result("UpdateSalesOrder", change(Lines=[kept]))

    [line] = rows(soap.read(), "Lines/SalesOrderLine")
    assert [text(line, name) for name in ("ItemCode", "QuantityOrdered", "UnitPrice")] == [
        OTHER_ITEM,
        "5",
        "7.5",
    ]


def test_an_update_of_a_line_that_is_not_there_is_refused(soap: Soap) -> None:
    soap.result("CreateSalesOrder", soap.create())

    fault = soap.fault("UpdateSalesOrder", change(Lines=[{"LineKey": "000009"}]))

    assert "000009" in fault.text
    assert len(rows(soap.read(), "Lines/SalesOrderLine")) == 1


def test_a_deleted_order_looks_as_if_it_had_never_been(soap: Soap) -> None:
    soap.result("CreateSalesOrder", soap.create())

    soap.result("DeleteSalesOrder", NUMBER)

    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"
    assert soap.fault("DeleteSalesOrder", NUMBER).mas == "CI_NoKey"


@pytest.mark.parametrize("member", ["BillToName", "ShipToName"])
def test_what_the_caller_gives_wins_over_the_customers_defaults(soap: Soap, member: str) -> None:
    soap.result("CreateSalesOrder", soap.create(**{member: "Jane Doe"}))

    assert text(soap.read(), member) == "Jane Doe"


def test_what_the_caller_gives_wins_over_the_ship_to_addresses(soap: Soap, sage: Sage) -> None:
    addresses = sage.object("SO_ShipToAddress_bus")
    addresses.nSetKey("00" + CUSTOMER.ljust(20) + "01")
    addresses.nSetValue("ShipToAddress1$", "1 Main St")
    addresses.nSetValue("ShipToCity$", "Boulder")
    addresses.nWrite()

    soap.result("CreateSalesOrder", soap.create(ShipToCode="01", ShipToAddress1="9 Elm St"))

    found = soap.read()
    assert (text(found, "ShipToAddress1"), text(found, "ShipToCity")) == ("9 Elm St", "Boulder")


def test_a_price_that_was_given_survives_the_quantity(soap: Soap) -> None:
    lines = [{"ItemCode": ITEM, "QuantityOrdered": "60", "UnitPrice": "12.345678"}]

    soap.result("CreateSalesOrder", soap.create(Lines=lines))

    [line] = rows(soap.read(), "Lines/SalesOrderLine")
    assert text(line, "UnitPrice") == "12.345678"


def test_the_date_that_stands_for_none_blanks_a_date(soap: Soap, sage: Sage) -> None:
    soap.result("CreateSalesOrder", soap.create(ShipExpireDate="2026-12-01T00:00:00"))
    null = text(soap.bare("GetContractInformation"), "NullDateTime")

    soap.result("UpdateSalesOrder", change(ShipExpireDate=null))

    orders = sage.orders()
    orders.nSetKey("W000250")
    assert text_of(orders, "ShipExpireDate$") == ""
    assert text(soap.read(), "ShipExpireDate") == null


def test_cards_are_not_set_up(soap: Soap) -> None:
    assert soap.fault("AddCreditCardToVault").mas == "WS_CreditCard"
    assert soap.fault("CreateSalesOrder", soap.create(Payments=[{"PaymentType": "VISA"}])).mas == (
        "WS_CreditCard"
    )


@pytest.fixture
def staff(soap: Soap) -> TestClient:
    """The people at the screens of the same installation."""
    return TestClient(Control(soap.home).app())


def test_a_completed_order_is_not_found_any_more(soap: Soap, staff: TestClient) -> None:
    soap.result("CreateSalesOrder", soap.create())

    assert staff.post(f"{SCREEN}/invoice", json={}).status_code == 200

    assert soap.fault("GetSalesOrder", NUMBER).mas == "CI_NoKey"


def test_a_completed_orders_number_can_be_created_a_second_time(
    soap: Soap, staff: TestClient
) -> None:
    soap.result("CreateSalesOrder", soap.create())
    staff.post(f"{SCREEN}/invoice", json={})

    soap.result("CreateSalesOrder", soap.create())

    assert soap.read() is not None


def test_an_order_read_and_sent_back_whole_is_accepted_without_its_read_only_members(
    soap: Soap,
) -> None:
    soap.result("CreateSalesOrder", soap.create(Comment="first"))
    found = soap.read()

    document = sent_back(found, SO_SALES_ORDER_HEADER) | {"Comment": "second"}
    lines = [
        sent_back(line, SO_SALES_ORDER_DETAIL) | {"LineKey": text(line, "LineKey")}
        for line in rows(found, "Lines/SalesOrderLine")
    ]
    soap.result("UpdateSalesOrder", change(**document, Lines=lines))

    again = soap.read()
    assert text(again, "Comment") == "second"
    assert text(again, "TaxableAmt") == text(found, "TaxableAmt")


def test_an_order_sent_back_with_a_read_only_member_is_refused(soap: Soap) -> None:
    soap.result("CreateSalesOrder", soap.create())
    same = text(soap.read(), "SalesTaxAmt")

    assert "is read only" in soap.fault("UpdateSalesOrder", change(SalesTaxAmt=same)).text


def test_of_two_creations_at_once_one_already_exists(soap: Soap) -> None:
    with ThreadPoolExecutor(4) as pool:
        sent = [pool.submit(soap.send, "CreateSalesOrder", soap.create()) for _ in range(4)]
        answers = [one.result() for one in sent]

    refused = [fault_in(answer).mas for answer in answers if answer.status_code == 500]
    assert refused == ["WS_AlreadyExists"] * 3


def sent_back(element: Xml, table: Table) -> dict[str, object]:
    """The members of a document that may be set, as a client sends them back."""
    found: dict[str, object] = {}
    for child in element:
        name = child.tag.rpartition("}")[2]
        column = table.columns.get(name)
        if column is not None and not column.read_only and child.get(NIL) is None:
            found[name] = child.text or ""
    return found


def change(**values: object) -> str:
    return f"<salesOrder>{members({'SalesOrderNo': 'W000250', **values})}</salesOrder>"


def rows_of(document: dict[str, object]) -> list[dict[str, str]]:
    found = document["Lines"]
    assert isinstance(found, list)
    return found  # pyright: ignore[reportUnknownVariableType]
