"""Money: rounded once, split without losing a cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tieout.domain.money import CENT, allocate, as_integer_cents, to_cents

CENTS = st.integers(-(10**11), 10**11).map(lambda n: n * CENT)
WEIGHTS = st.lists(st.decimals(0, 1_000_000, places=4, allow_nan=False), min_size=1, max_size=60)


@given(CENTS, WEIGHTS)
def test_the_parts_add_up_to_the_cent(total: Decimal, weights: list[Decimal]) -> None:
    parts = allocate(total, weights)

    assert sum(parts) == total
    assert len(parts) == len(weights)
    assert all(part == to_cents(part) for part in parts)


@given(CENTS, WEIGHTS)
def test_no_part_is_a_cent_away_from_its_exact_share(
    total: Decimal, weights: list[Decimal]
) -> None:
    parts, whole = allocate(total, weights), sum(weights)

    for part, weight in zip(parts, weights, strict=True):
        if whole:
            assert abs(part - total * weight / whole) < CENT


@given(CENTS, WEIGHTS)
def test_no_part_has_another_sign_than_the_total(total: Decimal, weights: list[Decimal]) -> None:
    assert all(part * total >= 0 for part in allocate(total, weights))


@given(CENTS, WEIGHTS)
def test_a_refund_splits_like_its_sale(total: Decimal, weights: list[Decimal]) -> None:
    sale = allocate(total, weights)

    assert allocate(-total, weights) == tuple(-part for part in sale)


def test_the_cents_left_over_go_to_the_largest_remainders_and_the_earlier_of_two() -> None:
    parts = allocate(Decimal("0.05"), [Decimal(1), Decimal(1), Decimal(1)])

    assert parts == (Decimal("0.02"), Decimal("0.02"), Decimal("0.01"))
    assert allocate(Decimal("0.10"), [Decimal(1), Decimal(2)]) == (Decimal("0.03"), Decimal("0.07"))


def test_without_any_weight_the_first_part_gets_all() -> None:
    assert allocate(Decimal("1.01"), [Decimal(0), Decimal(0)]) == (Decimal("1.01"), Decimal(0))


@pytest.mark.parametrize(
    ("total", "weights"), [("1.00", []), ("1.00", ["1", "-1"]), ("1.001", ["1"])]
)
def test_what_cannot_be_split_is_refused(total: str, weights: list[str]) -> None:
    with pytest.raises(ValueError, match=r"weight|parts of a cent"):
        allocate(Decimal(total), [Decimal(weight) for weight in weights])


@pytest.mark.parametrize(
    ("exact", "rounded"),
    [("0.005", "0.01"), ("-0.005", "-0.01"), ("0.0049", "0.00"), ("62.6793", "62.68")],
)
def test_half_a_cent_is_rounded_away_from_zero(exact: str, rounded: str) -> None:
    assert str(to_cents(Decimal(exact))) == rounded


@given(st.integers(-(10**12), 10**12))
def test_cents_are_whole_numbers_and_back(cents: int) -> None:
    assert as_integer_cents(cents * CENT) == cents


def test_a_part_of_a_cent_is_no_number_of_cents() -> None:
    with pytest.raises(ValueError, match="parts of a cent"):
        as_integer_cents(Decimal("0.001"))
