"""The shop's sums: BigCommerce's samples, and that every order it makes adds up like them."""

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.bigcommerce.arithmetic import Charges, LineTerms, TaxTerms, amount, price_order
from sandbox.bigcommerce.money import spread

D = Decimal
TEXAS = TaxTerms(D("8.25"), inclusive=False)
TEXAS_INCLUSIVE = TaxTerms(D("8.25"), inclusive=True)
CENTS = st.integers(1, 50_000).map(lambda n: D(n) / 100)
LINES = st.lists(
    st.builds(LineTerms, price=CENTS, quantity=st.integers(1, 9), taxable=st.booleans()),
    min_size=1,
    max_size=12,
)


def test_a_tax_exclusive_unit_price_is_rounded_to_cents_like_sample_line_65() -> None:
    unit = amount(D("55.99"), TaxTerms(D("16.5"), inclusive=False))

    assert (unit.ex, unit.inc, unit.tax) == (D("55.99"), D("65.23"), D("9.24"))


def test_a_tax_inclusive_line_multiplies_its_rounded_unit_like_sample_line_240() -> None:
    line = amount(D(235), TEXAS_INCLUSIVE).times(4)

    assert (line.ex, line.inc, line.tax) == (D("868.36"), D(940), D("71.64"))


def test_tax_inclusive_shipping_is_split_like_sample_order_218() -> None:
    shipping = amount(D(12), TEXAS_INCLUSIVE)

    assert (shipping.ex, shipping.tax) == (D("11.09"), D("0.91"))


def test_the_discounted_subtotal_without_tax_is_derived_like_sample_order_218() -> None:
    money = price_order(
        [LineTerms(D("67.84"), 1)],
        Charges(shipping=D(12), coupon=D(5), manual_discount=D(5)),
        TEXAS_INCLUSIVE,
    )

    derived = (D("57.84") - money.subtotal_tax) * D("67.84") / D("57.84")
    assert money.total_inc_tax == D("69.84")
    assert money.subtotal_tax == D("4.41")
    assert money.subtotal.ex == derived.quantize(D("0.0001"))
    assert money.subtotal.inc - money.subtotal.ex != money.subtotal_tax


def test_an_undiscounted_subtotal_differs_by_its_tax_like_sample_order_247() -> None:
    money = price_order([LineTerms(D(235), 4), LineTerms(D(45), 1)], Charges(), TEXAS_INCLUSIVE)

    assert money.subtotal.inc - money.subtotal.ex == money.subtotal_tax


def test_discounts_larger_than_the_goods_are_refused() -> None:
    charges = Charges(coupon=D(6), manual_discount=D(5))

    with pytest.raises(ValueError, match="larger than the goods"):
        price_order([LineTerms(D(10), 1)], charges, TEXAS)


def test_goods_by_the_foot_keep_fractions_of_a_cent_per_unit_and_cents_per_line() -> None:
    money = price_order([LineTerms(D("0.362"), 7)], Charges(), TaxTerms(D(0), inclusive=False))

    assert money.lines[0].unit.ex == D("0.362")
    assert money.lines[0].total.ex == D("2.53")


@given(lines=LINES, inclusive=st.booleans(), share=st.integers(0, 100), dice=st.integers(0, 99))
def test_every_order_adds_up(
    lines: list[LineTerms], share: int, dice: int, *, inclusive: bool
) -> None:
    terms = TaxTerms(D("8.25"), inclusive=inclusive)
    goods = price_order(lines, Charges(), terms).subtotal.inc
    off = (goods * share / 100).quantize(D("0.01"), "ROUND_DOWN")
    coupon = (off * Random(dice).randint(0, 100) / 100).quantize(D("0.01"), "ROUND_DOWN")

    money = price_order(
        lines,
        Charges(D("9.95"), D("2.50"), (D("1.25"),), coupon, off - coupon),
        terms,
    )

    assert sum(line.total.inc for line in money.lines) == money.subtotal.inc
    assert sum(line.coupon for line in money.lines) == coupon
    assert sum(line.manual for line in money.lines) == off - coupon
    assert all(line.discounted >= 0 for line in money.lines)
    assert money.total_inc_tax == goods - off + money.outside.inc
    assert money.total_tax == sum(line.tax_due for line in money.lines) + money.outside.tax


@given(
    weights=st.lists(st.integers(0, 9999).map(lambda n: D(n) / 100), min_size=1),
    part=st.integers(0, 100),
)
def test_a_spread_sums_exactly_and_never_exceeds_a_weight(weights: list[D], part: int) -> None:
    total = (sum(weights, D(0)) * part / 100).quantize(D("0.01"), "ROUND_DOWN")

    shares = spread(total, weights)

    assert sum(shares) == total
    assert all(0 <= share <= weight for share, weight in zip(shares, weights, strict=True))
