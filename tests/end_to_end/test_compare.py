"""The demonstration's judge: it must see what is missing, doubled or apart."""

from decimal import Decimal

import pytest

from sandbox.demo.compare import Entered, Sold, closing_line, compare


def sold(order_id: int, total: str = "10.00") -> Sold:
    return Sold(order_id, "guest, one line", "USD", Decimal(1), Decimal(total))


def entered(order_id: int, total: str = "10.00", number: str = "W000100") -> Entered:
    return Entered(number, "ABC", "00-W123456", f"W-{order_id}-x7", Decimal(1), Decimal(total))


def test_the_same_on_both_sides_is_tied_out() -> None:
    found = compare([sold(100), sold(101, "0.99")], [entered(101, "0.99"), entered(100)])

    assert found.tied_out
    assert closing_line(found) == "demo: 2 sold, 2 in Sage, 0 missing, 0 doubled, 0.00 apart"


def test_an_order_that_sage_lacks_is_missing_and_not_apart() -> None:
    found = compare([sold(100), sold(101)], [entered(100)])

    assert not found.tied_out
    assert closing_line(found) == "demo: 2 sold, 1 in Sage, 1 missing, 0 doubled, 0.00 apart"


def test_a_second_sales_order_for_one_web_order_is_doubled() -> None:
    found = compare([sold(100)], [entered(100), entered(100, number="W000200")])

    assert not found.tied_out
    assert closing_line(found) == "demo: 1 sold, 1 in Sage, 0 missing, 1 doubled, 10.00 apart"


def test_a_web_order_in_sage_that_nobody_sold_is_one_too_many() -> None:
    found = compare([sold(100)], [entered(100), entered(999)])

    assert found.doubled == 1
    assert [one.order_id for one in found.strangers] == [999]


def test_differences_of_opposite_sign_do_not_cancel_out() -> None:
    found = compare([sold(100), sold(101)], [entered(100, "10.01"), entered(101, "9.99")])

    assert found.apart == Decimal("0.02")
    assert not found.tied_out


@pytest.mark.parametrize("customer_po", ["", "PO 4711", "W-12", "W-12-x7-more", "V-12-x7"])
def test_a_sales_order_that_was_keyed_in_by_hand_is_not_a_web_order(customer_po: str) -> None:
    by_hand = Entered("0000012", "ABC", "01-ABF", customer_po, Decimal(1), Decimal(5))

    found = compare([], [by_hand])

    assert found.strangers == ()
