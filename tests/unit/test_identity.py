"""Numbers, markers and customer numbers: the same for ever, no two alike, short enough for Sage."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tieout.domain.identity import (
    CROCKFORD,
    CUSTOMER_NUMBERS_TO_TRY,
    LARGEST_ORDER_ID,
    CustomerKey,
    Numbering,
    OrderId,
    OrderKey,
    SalesOrderNo,
    StoreKey,
    buyer_fingerprint,
    customer_number_candidates,
)
from tieout.errors import RejectedError, SetupError

NUMBERING = Numbering("W", "x7", "X")
MAIN = StoreKey("main")
IDS = st.integers(0, LARGEST_ORDER_ID)
# Sage 100, data dictionary: what the columns hold.
LONGEST_NUMBER, LONGEST_MARKER = 7, 15


@pytest.mark.parametrize(
    ("order_id", "number"),
    [
        (0, "W000000"),
        (1, "W000001"),
        (250, "W000250"),
        (999_999, "W999999"),
        (1_000_000, "X00YGJ0"),
        (1_073_741_823, "XZZZZZZ"),
    ],
)
def test_these_numbers_never_change(order_id: int, number: str) -> None:
    assert NUMBERING.sales_order_no(OrderId(order_id)) == number


@given(IDS)
def test_a_number_leads_back_to_its_order(order_id: int) -> None:
    number = NUMBERING.sales_order_no(OrderId(order_id))

    assert NUMBERING.order_id(number) == order_id
    assert len(number) == LONGEST_NUMBER
    assert number == number.upper()


@given(IDS, IDS)
def test_two_orders_never_share_a_number(one: int, other: int) -> None:
    assume(one != other)

    assert NUMBERING.sales_order_no(OrderId(one)) != NUMBERING.sales_order_no(OrderId(other))


@pytest.mark.parametrize("order_id", [-1, LARGEST_ORDER_ID + 1])
def test_an_id_that_fits_no_number_is_refused(order_id: int) -> None:
    with pytest.raises(RejectedError, match="does not fit"):
        NUMBERING.sales_order_no(OrderId(order_id))


def test_without_a_second_letter_the_millionth_order_is_the_operators() -> None:
    numbering = replace(NUMBERING, overflow_letter="")

    assert numbering.sales_order_no(OrderId(999_999)) == "W999999"
    with pytest.raises(SetupError, match="overflow_letter"):
        numbering.sales_order_no(OrderId(1_000_000))


@pytest.mark.parametrize(
    "number",
    [
        "",
        "W",
        "W00025",
        "W0002500",
        "0000250",
        "X000250",
        "X00000U",
        "XILLOLI",
        "W00025A",
        "W00025\u0660",
    ],
)
def test_a_number_of_somebody_else_is_no_order(number: str) -> None:
    with pytest.raises(ValueError, match="not a number of this store"):
        NUMBERING.order_id(SalesOrderNo(number))


@pytest.mark.parametrize(
    ("letter", "overflow_letter", "stack_tag"),
    [
        ("", "X", "x7"),
        ("w", "X", "x7"),
        ("WW", "X", "x7"),
        ("W", "1", "x7"),
        ("W", "W", "x7"),
        ("W", "X", "x"),
        ("W", "X", "x77"),
        ("W", "X", "x-"),
    ],
)
def test_letters_that_could_collide_and_tags_that_sage_would_cut_are_refused(
    *, letter: str, overflow_letter: str, stack_tag: str
) -> None:
    with pytest.raises(SetupError):
        Numbering(letter, stack_tag, overflow_letter)


@given(IDS)
def test_a_marker_fits_the_shortest_layout(order_id: int) -> None:
    assert len(NUMBERING.marker(OrderId(order_id))) <= LONGEST_MARKER


def test_a_marker_tells_store_order_and_stack() -> None:
    assert NUMBERING.marker(OrderId(250)) == "W-250-x7"


def test_a_key_reads_as_a_person_writes_it() -> None:
    assert str(OrderKey(MAIN, OrderId(250))) == "main#250"
    assert str(CustomerKey("00", "W123456")) == "00-W123456"


def test_these_customer_numbers_never_change() -> None:
    assert customer_number_candidates(MAIN, "ada@example.com")[:3] == (
        "WFTCXZH",
        "W3RXERH",
        "WCGNDJE",
    )


@given(st.text(), st.text())
def test_customer_numbers_fit_sage_and_are_a_buyers_own(store: str, email: str) -> None:
    numbers = customer_number_candidates(StoreKey(store), email)

    assert len(numbers) == CUSTOMER_NUMBERS_TO_TRY
    for number in numbers:
        assert len(number) == LONGEST_NUMBER
        assert set(number) <= set(CROCKFORD)
    assert numbers == customer_number_candidates(StoreKey(store), email)
    assert numbers != customer_number_candidates(StoreKey(store), email + "x")


def test_a_fingerprint_tells_buyers_and_stores_apart_and_nothing_of_them() -> None:
    ada = buyer_fingerprint(MAIN, "ada@example.com")

    assert ada != buyer_fingerprint(MAIN, "bob@example.com")
    assert ada != buyer_fingerprint(StoreKey("outlet"), "ada@example.com")
    assert len(ada) == 64
    assert int(ada, 16)
