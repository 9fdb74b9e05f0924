"""What counts as an edit of an order, and what doesn't."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from tests.unit.orders import ADDRESS, charge, line, order
from tieout.domain.orders import Buyer, Order, Standing

SOLD = order(lines=[line(), line()])


def test_this_hash_never_changes() -> None:
    """It is kept in ledgers: another one would look like an edit of every order ever taken."""
    assert SOLD.content_hash() == "90f56567b3b1f8b31781996bbcc316596c59413b7a98df21e3f4febadbbaea62"


@pytest.mark.parametrize(
    "same",
    [
        replace(SOLD, standing=Standing.FINISHED, status_name="Shipped"),
        replace(SOLD, modified_at=SOLD.modified_at + timedelta(days=1)),
        replace(
            SOLD, lines=tuple(replace(x, total=x.total + Decimal("0.0000")) for x in SOLD.lines)
        ),
    ],
)
def test_status_times_and_trailing_zeros_are_no_content(same: Order) -> None:
    assert same.content_hash() == SOLD.content_hash()


@pytest.mark.parametrize(
    "edited",
    [
        replace(SOLD, currency="CAD"),
        replace(SOLD, buyer=Buyer("another@example.com")),
        replace(SOLD, ship_to=replace(ADDRESS, city="Elsewhere")),
        replace(SOLD, ship_to=None),
        replace(SOLD, ship_to_count=2),
        replace(SOLD, shipping=charge("shipping", "8.01")),
        replace(SOLD, charges=(charge("handling", "1.00"),)),
        replace(SOLD, totals=replace(SOLD.totals, tax=Decimal("0.01"))),
        replace(SOLD, lines=SOLD.lines[:1]),
        replace(SOLD, lines=(replace(SOLD.lines[0], sku="OTHER"), SOLD.lines[1])),
        replace(SOLD, lines=(replace(SOLD.lines[0], quantity=Decimal(3)), SOLD.lines[1])),
        replace(SOLD, lines=(replace(SOLD.lines[0], options=("Engraving: A",)), SOLD.lines[1])),
    ],
)
def test_goods_money_buyer_and_ship_to_are_content(edited: Order) -> None:
    assert edited.content_hash() != SOLD.content_hash()
