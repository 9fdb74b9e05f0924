"""Every field that can't be stored is answered by name, with what was sent and what is allowed."""

from typing import Any

import pytest

from tests.agent.harness import RunningAgent, order, sku

HEADER = "SO_SalesOrder_bus"
LINES = "SO_SalesOrder_bus.oLines"
CUSTOMER = "AR_Customer_bus"
NOTHING = "nothing: there is no such column"
OWN = "nothing: Sage 100 keeps this column itself"
LINE = {"ItemCode": sku(0), "QuantityOrdered": "1", "UnitPrice": "1.00"}


def refused(answer: Any) -> dict[str, Any]:
    """What a refusal says, apart from its words."""
    document = answer.json()
    assert (answer.status_code, document["code"], document["retryable"]) == (422, "Refused", False)
    return {name: document[name] for name in ("object", "column", "sent", "allowed")}


def said(column: str, sent: int, allowed: str, *, on: str = HEADER) -> dict[str, Any]:
    return {"object": on, "column": column, "sent": sent, "allowed": allowed}


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("Comment", "x" * 31, "at most 30 characters"),
        ("Comment", "two\nlines", "one line of text"),
        ("Comment", "Łódź", "at most 30 characters of code page 1252"),
        ("NoSuchColumn", "12", NOTHING),
        ("TaxableAmt", "1.00", OWN),
        ("SalesOrderNo", "W000251", OWN),
        ("SalesTaxAmt", "1", OWN),
        ("CustomerNo", "", "a value: it can't be left out"),
        ("ShipToZipCode", "99999", "at most 10 characters"),
        ("UDF_NOT_THERE", "12", NOTHING),
    ],
)
def test_a_header_column_that_cannot_be_stored_is_named(
    agent: RunningAgent, column: str, *, value: str, allowed: str
) -> None:
    answer = agent.create_order("W000250", order(header={column: value}))

    assert refused(answer) == said(column, len(value), allowed)
    assert agent.get("/ABC/SO/SalesOrder/W000250").status_code == 404


@pytest.mark.parametrize("price", ["nineteen", "1e3", "19.9999999", "NaN", "", "+1", "1_0", "१"])
def test_a_number_that_is_no_plain_decimal_is_named(agent: RunningAgent, price: str) -> None:
    answer = agent.create_order("W000250", order(lines=[LINE | {"UnitPrice": price}]))

    allowed = "a decimal in text, at most 12 digits before and 6 behind the point"
    assert refused(answer) == said("UnitPrice", len(price), allowed, on=LINES)


def test_a_line_without_an_item_is_named_by_its_place(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order(lines=[LINE, {"QuantityOrdered": "1"}]))

    assert refused(answer) == said("ItemCode", 0, "a value: it can't be left out", on=LINES)
    assert "Line 2" in answer.json()["detail"]


def test_an_item_that_sage_lacks_is_named_with_its_line(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order(lines=[LINE | {"ItemCode": "NO-SUCH-ITEM"}]))

    assert refused(answer) == said("ItemCode", 12, "at most 30 characters", on=LINES)
    assert "line 1" in answer.json()["detail"]


def test_a_user_defined_number_that_is_none_is_named(agent: RunningAgent) -> None:
    answer = agent.create_order("W000250", order(header={"UDF_TIEOUT_REV": "seven"}))

    allowed = "a decimal in text, at most 12 digits before and 6 behind the point"
    assert refused(answer) == said("UDF_TIEOUT_REV", 5, allowed)


@pytest.mark.parametrize(
    ("column", "value", "allowed"),
    [
        ("CustomerName", "x" * 51, "at most 50 characters"),
        ("CustomerNo", "WEB0002", OWN),
        ("CurrentBalance", "1.00", OWN),
        ("DateCreated", "20260101", OWN),
        (
            "CreditLimit",
            "1.001",
            "a decimal in text, at most 12 digits before and 2 behind the point",
        ),
        ("SalespersonNo", "9999", "at most 4 characters"),
    ],
)
def test_a_column_of_a_customer_that_cannot_be_stored_is_named(
    agent: RunningAgent, column: str, *, value: str, allowed: str
) -> None:
    customer = {"CustomerName": "A", "SalespersonDivisionNo": "00", "SalespersonNo": "0100"}

    answer = agent.create_customer("00-WEB0001", customer | {column: value})

    assert refused(answer) == said(column, len(value), allowed, on=CUSTOMER)
    assert agent.get("/ABC/AR/Customer/00-WEB0001").status_code == 404


def test_the_value_that_was_sent_is_not_repeated(agent: RunningAgent) -> None:
    secret = "canary.person@example.com, and much more than fits"

    answer = agent.create_order("W000250", order(header={"Comment": secret}))

    assert "canary" not in answer.text


def test_every_character_of_the_code_page_comes_back_as_it_was_sent(agent: RunningAgent) -> None:
    # Byte 8A, which is also what parts values in ProvideX's own lists.
    name = "Škoda Škoda"

    created = agent.create_order("W000250", order(header={"ShipToName": name, "Comment": "ŠŠ"}))

    found = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7").json()["salesOrder"]
    assert created.status_code == 201
    assert (found["ShipToName"], found["Comment"]) == (name, "ŠŠ")


def test_a_read_only_column_in_a_patch_is_named(agent: RunningAgent) -> None:
    agent.create_order("W000250", order())

    answer = agent.patch_order("W000250", columns={"SalesOrderNo": "W000251"})

    assert refused(answer) == said("SalesOrderNo", 7, OWN)
