"""The money waterfall: cents that add up to what was charged, or no sales order at all."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.orders import SAMPLE_100, SAMPLE_218, SAMPLE_247, charge, line, order
from tieout.domain.money import CENT, ZERO, to_cents
from tieout.domain.orders import Line, Order
from tieout.domain.waterfall import Waterfall, waterfall
from tieout.errors import RejectedError


def money(text: str) -> Decimal:
    return Decimal(text)


def test_the_documented_order_with_two_reductions_comes_to_its_total() -> None:
    found = waterfall(SAMPLE_218)

    assert found == Waterfall(
        lines=(money("62.68"),),
        shipping=money("11.09"),
        charges=(),
        discount=money("9.24"),
        tax=money("5.31"),
        total=money("69.84"),
    )


def test_the_documented_order_without_reductions_comes_to_its_total() -> None:
    found = waterfall(SAMPLE_247)

    assert found == Waterfall(
        lines=(money("868.36"), money("56.11")),
        shipping=money("7.39"),
        charges=(),
        discount=money("0"),
        tax=money("76.88"),
        total=money("1008.74"),
    )


def test_the_documented_order_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(RejectedError, match="does not add up") as refused:
        waterfall(SAMPLE_100)

    assert refused.value.code == "MoneyDoesNotAddUp"
    assert refused.value.next_action


def test_an_order_without_lines_is_refused() -> None:
    with pytest.raises(RejectedError, match="has no lines"):
        waterfall(order(lines=[]))


def a_cent_more(name: str) -> Callable[[Order], Order]:
    def change(found: Order) -> Order:
        total: Decimal = getattr(found.totals, name)
        return replace(found, totals=replace(found.totals, **{name: total + CENT}))

    return change


def a_cent_more_on_a_line(name: str) -> Callable[[Order], Order]:
    def change(found: Order) -> Order:
        first = found.lines[0]
        changed = replace(first, **{name: getattr(first, name) + CENT})
        return replace(found, lines=(changed, *found.lines[1:]))

    return change


def a_cent_more_shipping(found: Order) -> Order:
    dearer = replace(found.shipping, amount_with_tax=found.shipping.amount_with_tax + CENT)
    return replace(found, shipping=dearer)


WITH_TAX = [
    a_cent_more("lines_with_tax"),
    a_cent_more("discounts"),
    a_cent_more("tax"),
    a_cent_more("total_without_tax"),
    a_cent_more("total"),
    a_cent_more_on_a_line("total_with_tax"),
    a_cent_more_shipping,
]


@pytest.mark.parametrize("sample", [SAMPLE_218, SAMPLE_247])
@pytest.mark.parametrize("change", WITH_TAX)
def test_a_cent_off_any_figure_that_was_charged_is_refused(
    sample: Order, change: Callable[[Order], Order]
) -> None:
    with pytest.raises(RejectedError, match="does not add up"):
        waterfall(change(sample))


@pytest.mark.parametrize("change", [a_cent_more("lines"), a_cent_more_on_a_line("total")])
def test_a_cent_off_the_lines_is_refused_where_no_discount_makes_them_an_estimate(
    change: Callable[[Order], Order],
) -> None:
    with pytest.raises(RejectedError, match="the sum of the lines"):
        waterfall(change(SAMPLE_247))


def test_a_discount_that_nobody_gave_is_refused() -> None:
    sold = order(lines=[line(total="60.00", with_tax="65.00")])
    taken = replace(sold.totals, tax=money("8.00"), total_without_tax=money("65.00"))

    with pytest.raises(RejectedError, match=r"without tax 3\.00 was taken off"):
        waterfall(replace(sold, totals=taken))


def test_more_off_than_the_storefront_says_is_refused() -> None:
    sold = order(discounts="5.00", net="5.04")

    with pytest.raises(RejectedError, match=r"without tax 5\.04 was taken off"):
        waterfall(sold)


def test_a_negative_discount_is_refused() -> None:
    with pytest.raises(RejectedError, match="does not add up"):
        waterfall(order(discounts="5.00", net="-5.00"))


def test_prices_that_include_tax_leave_the_rounding_to_the_lines() -> None:
    sold = order(
        lines=[line("A", total="9.2379", with_tax="10.00") for _ in range(3)],
        shipping=charge("shipping", "4.6189", "5.00"),
    )
    exact = replace(
        sold.totals,
        prices_include_tax=True,
        total_without_tax=money("32.34"),
        tax=money("2.66"),
        lines=money("27.70"),
    )

    found = waterfall(replace(sold, totals=exact))

    assert found.total == money("35.00")
    assert found.discount == 0
    assert sum(found.lines) + found.shipping + found.tax == found.total
    assert found.lines == (money("9.24"), money("9.24"), money("9.24"))


def test_a_rounding_below_zero_does_not_become_a_negative_discount() -> None:
    found = waterfall(order(discounts="0.02", net="-0.01"))

    assert found.discount == 0
    assert sum(found.lines) == money("60.01")


def test_charges_without_an_amount_are_no_step() -> None:
    found = waterfall(order(charges=[charge("handling", "0"), charge("wrapping", "2.50")]))

    assert found.charges == (("wrapping", money("2.50")),)


def test_the_steps_are_named_in_the_sequence_in_which_a_person_adds() -> None:
    found = waterfall(order(charges=[charge("handling", "1.50")], discounts="5.00"))

    assert found.steps() == (
        ("lines", money("60.00")),
        ("discount", money("-5.00")),
        ("shipping", money("8.00")),
        ("handling", money("1.50")),
        ("tax", money("0")),
        ("total", money("64.50")),
    )


def test_a_negative_line_is_refused_where_cents_would_have_to_be_spread() -> None:
    lines = [line("A", total="65.004"), line("B", total="-5.001"), line("C", total="0.002")]

    with pytest.raises(RejectedError, match="is negative"):
        waterfall(order(lines=lines))


def test_a_negative_line_that_needs_no_rounding_is_kept_as_it_is() -> None:
    found = waterfall(order(lines=[line("A", total="65.00"), line("B", total="-5.00")]))

    assert found.lines == (money("65.00"), money("-5.00"))


def test_steps_that_do_not_add_up_are_no_waterfall() -> None:
    found = waterfall(order())

    with pytest.raises(ValueError, match="must add up"):
        replace(found, total=found.total + CENT)


AMOUNTS = st.decimals(0, 5_000, places=2, allow_nan=False)
FINE_AMOUNTS = st.decimals(0, 5_000, places=4, allow_nan=False)
RATES = st.sampled_from([Decimal(0), Decimal("0.05"), Decimal("0.0825"), Decimal("0.165")])


@st.composite
def web_orders(draw: st.DrawFn) -> Order:
    """What a shop makes of lines, charges, one tax rate and a discount below their sum."""
    rate = draw(RATES)

    def taxed(amount: Decimal) -> str:
        return str(to_cents(amount * (1 + rate)))

    lines: list[Line] = [
        line(f"SKU-{n}", total=str(amount), with_tax=taxed(amount))
        for n, amount in enumerate(draw(st.lists(AMOUNTS | FINE_AMOUNTS, min_size=1, max_size=12)))
    ]
    parts = [
        charge(f"fee {n}", str(a), taxed(a))
        for n, a in enumerate(draw(st.lists(AMOUNTS, max_size=3)))
    ]
    postage = draw(AMOUNTS)
    shipping = charge("shipping", str(postage), taxed(postage))
    without = sum((x.total for x in lines), ZERO)
    net = draw(st.decimals(0, min(to_cents(without), Decimal(4_000)), places=2, allow_nan=False))
    discounts = to_cents(net * (1 + rate))
    return order(
        lines=lines, shipping=shipping, charges=parts, discounts=str(discounts), net=str(net)
    )


@given(web_orders())
def test_the_steps_of_every_order_add_up_to_what_was_charged(sold: Order) -> None:
    found = waterfall(sold)

    steps = [amount for name, amount in found.steps() if name != "total"]
    assert sum(steps) == found.total == sold.totals.total
    assert all(amount == to_cents(amount) for amount in (*steps, *found.lines))
    assert found.tax == sold.totals.tax
    assert found.discount >= 0


@given(web_orders())
def test_no_line_is_more_than_the_rounding_away_from_its_price(sold: Order) -> None:
    found = waterfall(sold)

    most = CENT * (len(sold.lines) + len(sold.charges) + 2)
    for cents, row in zip(found.lines, sold.lines, strict=True):
        assert abs(cents - row.total) <= most


def test_an_order_below_zero_is_for_a_person() -> None:
    sold = order()
    below = replace(sold, totals=replace(sold.totals, total=Decimal("-0.01")))

    with pytest.raises(RejectedError, match="below zero"):
        waterfall(below)
