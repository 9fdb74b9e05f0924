"""What is said to eBusiness Web Services and read from them: members in their order, exact to the digit."""

import re
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise
from typing import Any

import pytest

from tests.adapters.ebws_answers import HEADER, LINE, WS, envelope, received, sales_order
from tests.unit.orders import ADDRESS, charge, line, order
from tieout.adapters.ebws_members import columns_of, lines_of, members_of, sales_order_members
from tieout.adapters.ebws_messages import DESCRIPTION, SETTINGS, Messages, messages
from tieout.domain.identity import Company
from tieout.domain.mapping import SageDefaults, ar_customer
from tieout.domain.mapping import sales_order as mapped
from tieout.domain.orders import LineKind
from tieout.errors import RejectedError, SetupError

OPERATIONS = {
    "AddCreditCardToVault", "CreateCustomer", "CreateCustomerContact", "CreateSalesOrder",
    "DeleteCustomer", "DeleteCustomerContact", "DeleteSalesOrder", "GetContractInformation",
    "GetCustomer", "GetCustomerContact", "GetDiagnosticInformation", "GetNextCustomerNo",
    "GetNextSalesOrderNo", "GetSalesOrder", "GetSalesOrderTemplate", "PreAuthorizeCreditCard",
    "PreviewSalesOrder", "UpdateCustomer", "UpdateCustomerContact", "UpdateSalesOrder",
}  # fmt: skip
OURS: dict[str, Any] = {
    "logon": {"Username": "tieout", "Password": "secret"},
    "companyCode": Company("ABC"),
}
FULL = order(
    lines=[
        line(options=("Colour: red", "Size: L")),
        line("GIFT", kind=LineKind.GIFT_CERTIFICATE),
        line("E-BOOK", kind=LineKind.DIGITAL),
    ],
    charges=[charge("handling", "1.00"), charge("wrapping", "2.00")],
)


def request(operation: str, **more: Any) -> str:
    """The envelope that would be sent."""
    return messages().request(operation, OURS | more).envelope.decode()


def created(header: dict[str, str], *lines: dict[str, str]) -> str:
    return request("CreateSalesOrder", salesOrder=sales_order_members(header, lines))


def names_in(part: str) -> list[str]:
    """The names of the elements that are opened, in their order."""
    return re.findall(r"<(?:\w|-)+:(\w+)", part)


def test_the_description_comes_with_the_package_and_has_every_operation() -> None:
    described = files("tieout.adapters").joinpath(DESCRIPTION).read_text()

    assert set(re.findall(r'<wsdl:operation name="(\w+)"><soap:', described)) == OPERATIONS


def test_nothing_is_loaded_from_anywhere() -> None:
    described = files("tieout.adapters").joinpath(DESCRIPTION).read_text()
    referring = described.replace(
        "<wsdl:types>", '<wsdl:import namespace="x" location="other.wsdl"/><wsdl:types>'
    )

    with pytest.raises(SetupError, match="nothing is loaded"):
        Messages(referring.encode())


def test_what_is_dangerous_in_xml_is_off() -> None:
    assert (SETTINGS.strict, SETTINGS.xml_huge_tree) == (True, False)
    assert (SETTINGS.forbid_dtd, SETTINGS.forbid_entities, SETTINGS.forbid_external) == (
        True,
        True,
        True,
    )


def test_logon_and_company_come_first_and_the_action_names_the_operation() -> None:
    message = messages().request("GetSalesOrder", OURS | {"salesOrderNo": "W000250"})

    assert message.action == f'"{WS}/IMasService/GetSalesOrder"'
    assert names_in(message.envelope.decode()) == [
        "Envelope", "Body", "GetSalesOrder", "logon", "Password", "Username", "companyCode",
        "salesOrderNo",
    ]  # fmt: skip


def test_members_are_sent_in_ordinal_order_whatever_order_they_are_given_in() -> None:
    header = {"ShipToCity": "Reno", "CustomerNo": "A", "ARDivisionNo": "00", "FOB": "x"}
    row = {"UnitPrice": "1", "ItemCode": "A-1", "WarehouseCode": "001", "CommentText": "x"}

    said = created(header, row)

    inside = names_in(said.partition("salesOrder>")[2])
    assert inside == [
        "ARDivisionNo", "CustomerNo", "FOB", "Lines", "SalesOrderLine", "CommentText", "ItemCode",
        "UnitPrice", "WarehouseCode", "ShipToCity",
    ]  # fmt: skip


@pytest.mark.parametrize("type_name", ["SalesOrder", "SalesOrderLine", "Customer", "Logon"])
def test_the_description_has_its_members_in_ordinal_order(type_name: str) -> None:
    assert all(one < other for one, other in pairwise(messages().members(type_name)))


def test_every_column_of_the_mapping_has_its_member() -> None:
    document = mapped(FULL, marker="W-250-x7", sage=SageDefaults())
    customer = ar_customer(FULL, sage=SageDefaults())

    assert document.header.keys() <= messages().members("SalesOrder").keys()
    assert {name for row in document.lines for name in row} <= messages().members(
        "SalesOrderLine"
    ).keys()
    assert customer.keys() <= messages().members("Customer").keys()
    assert ADDRESS.city in created({**document.header}, *map(dict, document.lines))


def test_a_column_that_the_service_has_no_member_for_is_the_operators() -> None:
    with pytest.raises(SetupError, match="member for the column Nonsense"):
        members_of({"Nonsense": "1"}, "SalesOrder")


@pytest.mark.parametrize(("column", "value"), [("OrderDate", "yesterday"), ("FreightAmt", "much")])
def test_a_value_of_another_kind_is_named_by_its_column_alone(column: str, value: str) -> None:
    with pytest.raises(SetupError, match=column) as caught:
        members_of({column: value}, "SalesOrder")

    assert value not in str(caught.value)


@pytest.mark.parametrize(
    "amount", ["0.1", "19.99", "-5.00", "0.000001", "99999999999.99", "33.333333"]
)
def test_money_is_sent_digit_by_digit(amount: str) -> None:
    said = created({"FreightAmt": amount}, {"UnitPrice": amount})

    assert said.count(f">{amount}<") == 2


def test_a_date_is_sent_as_the_service_has_dates() -> None:
    assert ">2026-11-20T00:00:00<" in created({"OrderDate": "20261120"})


def test_an_emptied_column_is_sent_empty_and_an_absent_one_is_not_sent() -> None:
    said = created({"ShipToAddress2": "", "ShipToName": "Ada"})

    assert "ShipToAddress2/>" in said or "ShipToAddress2></" in said
    assert "ShipToAddress3" not in said
    assert "nil" not in said


def test_user_defined_columns_go_into_other_fields() -> None:
    said = created({"UDF_A": "1", "UDF_B": "2"}, {"ItemCode": "A-1", "UDF_C": "3"})

    assert re.findall(r"MasFieldName>(\w+)</.*?Value>(\w+)<", said) == [
        ("UDF_C", "3"), ("UDF_A", "1"), ("UDF_B", "2"),
    ]  # fmt: skip


def test_texts_are_escaped() -> None:
    assert ">&lt;Tent &amp; Pole&gt; é 中<" in created({"Comment": "<Tent & Pole> é 中"})


@pytest.mark.parametrize("character", ["\x00", "\x0b", "\x1f", "\ufffe"])
def test_a_character_that_xml_lacks_is_for_a_person_and_is_not_quoted(character: str) -> None:
    with pytest.raises(RejectedError, match="control character") as caught:
        created({"ShipToName": f"Ada{character}Lovelace"})

    assert "Lovelace" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.next_action


def test_a_parameter_that_an_operation_lacks_is_our_own_mistake() -> None:
    with pytest.raises(SetupError, match="GetSalesOrder") as caught:
        request("GetSalesOrder", nonsense="Lovelace")

    assert "Lovelace" not in str(caught.value)


def read(document: str) -> Any:
    return messages().result(received(envelope(document)), "GetSalesOrder")


def test_members_become_columns_plainly_written() -> None:
    header = {**HEADER, "ShipToAddress2": "", "DateTimeUpdated": "2026-11-20T10:11:12"}

    assert columns_of(read(sales_order(header)), "SalesOrder") == {
        "ARDivisionNo": "00",
        "CustomerNo": "BUY0001",
        "CustomerPONo": "W-250-x7",
        "FreightAmt": "8.00",
        "OrderDate": "20261120",
        "OrderStatus": "N",
        "SalesOrderNo": "W000250",
    }


@pytest.mark.parametrize("count", [1, 2, 50])
def test_one_line_is_read_as_many_are(count: int) -> None:
    rows = [{**LINE, "ItemCode": f"A-{n}"} for n in range(count)]

    found = lines_of(read(sales_order(HEADER, *rows)))

    assert [row["ItemCode"] for row in found] == [f"A-{n}" for n in range(count)]
    assert {row["UnitPrice"] for row in found} == {"19.990000"}


@pytest.mark.parametrize(
    ("told", "read_as"),
    [
        ("2026-11-20T00:00:00", "20261120"),
        ("2026-11-20T00:00:00-05:00", "20261120"),
        ("2026-11-20T00:00:00.0000000Z", "20261120"),
        ("0001-01-01T00:00:00", None),
        ("1753-01-01T00:00:00", None),
        ("1899-12-30T00:00:00", None),
        ("1900-01-01T00:00:00", "19000101"),
    ],
)
def test_a_date_from_before_sage_is_none(told: str, read_as: str | None) -> None:
    found = columns_of(read(sales_order({**HEADER, "OrderDate": told})), "SalesOrder")

    assert found.get("OrderDate") == read_as


@pytest.mark.parametrize(
    ("told", "read_as"), [("007.50", "7.50"), ("+1", "1"), (" 2.0 ", "2.0"), ("-0.01", "-0.01")]
)
def test_a_number_is_read_whatever_way_it_is_written(told: str, read_as: str) -> None:
    found = columns_of(read(sales_order({**HEADER, "FreightAmt": told})), "SalesOrder")

    assert found["FreightAmt"] == read_as
    assert Decimal(found["FreightAmt"]) == Decimal(told)


@pytest.mark.parametrize("told", ["9" * 16, "0." + "1" * 11, "1" * 100_000])
def test_a_number_out_of_all_proportion_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="proportion"):
        columns_of(read(sales_order({**HEADER, "FreightAmt": told})), "SalesOrder")


def test_user_defined_columns_are_read_out_of_other_fields() -> None:
    fields = (
        "<OtherFields>"
        "<Field><MasFieldName>UDF_TIEOUT_REV</MasFieldName><Value>3</Value></Field>"
        "<Field><MasFieldName>UDF_TIEOUT_MARKER$</MasFieldName><Value>W-250-x7</Value></Field>"
        "<Field><MasFieldName>UDF_EMPTY</MasFieldName></Field>"
        "</OtherFields>"
    )
    header = {name: text for name, text in HEADER.items() if name < "OrderDate"}

    found = columns_of(read(sales_order(header, more=fields)), "SalesOrder")

    assert (found["UDF_TIEOUT_REV"], found["UDF_TIEOUT_MARKER"]) == ("3", "W-250-x7")
    assert "UDF_EMPTY" not in found
