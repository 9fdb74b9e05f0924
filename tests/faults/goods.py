"""What the shop sells: web orders drawn by the dice, and how customers change them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random

from tests.unit.orders import ADDRESS, line, order, totals
from tieout.domain.orders import Address, Buyer, Line, Order

ITEMS = ("TENT-2", "ROPE-50", "LAMP-3", "BOOT-44", "MAP-7", "KNIFE-1")
STREETS = ("12 Main St", "7 Oak Ave", "100 Hill Rd")
MOST_LINES = 4
CENT = Decimal("0.01")
ELSEWHERE: Sequence[Address] = tuple(replace(ADDRESS, street_1=street) for street in STREETS)


def new_order(dice: Random, order_id: int, *, email: str, placed_at: datetime) -> Order:
    """An order of one to four lines, no item twice."""
    items = dice.sample(ITEMS, 1 + int(dice.random() * MOST_LINES))
    lines = [_line(dice, item) for item in items]
    return replace(
        order(order_id, lines=lines), buyer=Buyer(email), placed_at=placed_at, modified_at=placed_at
    )


def edited(dice: Random, found: Order) -> Order:
    """The same order, changed in a way that a person would call an edit."""
    if dice.random() < 0.25:
        others = [address for address in ELSEWHERE if address != found.ship_to]
        return replace(found, ship_to=dice.choice(others))
    lines = list(found.lines)
    free = [item for item in ITEMS if item not in {one.sku for one in lines}]
    if free and dice.random() < 0.4:
        lines.append(_line(dice, dice.choice(free)))
    elif len(lines) > 1 and dice.random() < 0.4:
        lines.pop(int(dice.random() * len(lines)))
    else:
        place = int(dice.random() * len(lines))
        lines[place] = _line(dice, lines[place].sku, other_than=lines[place])
    ship = found.shipping
    return replace(found, lines=tuple(lines), totals=totals(lines, (ship,)))


def _line(dice: Random, item: str, *, other_than: Line | None = None) -> Line:
    while True:
        quantity, price = 1 + int(dice.random() * 3), 100 + int(dice.random() * 9_900)
        made = line(item, str(quantity), str(price * quantity * CENT))
        if other_than is None or (made.quantity, made.total) != (
            other_than.quantity,
            other_than.total,
        ):
            return made
