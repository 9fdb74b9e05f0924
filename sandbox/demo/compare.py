"""Lay what the shop sold beside what Sage 100 has, to the cent. Knows nothing of the product."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

# What Tieout writes into a sales order's customer PO: the store's letter, the web order's id, and
# the tag of the deployment. It is told in the runbook, so anybody can look an order up in Sage.
MARKER = re.compile(r"^W-(?P<order>\d+)-[0-9a-z]{2}$")
ZERO = Decimal(0)


@dataclass(frozen=True)
class Sold:
    """One order as the storefront has it: `units` of goods, `total` owed in `currency`."""

    order_id: int
    title: str
    currency: str
    units: Decimal
    total: Decimal


@dataclass(frozen=True)
class Entered:
    """One sales order as Sage 100 has it, open or in history, in one company.

    `customer` is division and number, `units` the ordered quantity of goods, not of charges.
    """

    number: str
    company: str
    customer: str
    customer_po: str
    units: Decimal
    total: Decimal

    @property
    def order_id(self) -> int | None:
        """The web order that it says to be; None for a sales order that isn't from the web."""
        match = MARKER.match(self.customer_po)
        return int(match["order"]) if match else None


@dataclass(frozen=True)
class Row:
    """One order of the storefront and all sales orders that say to be it."""

    sold: Sold
    entered: tuple[Entered, ...]

    @property
    def apart(self) -> Decimal:
        """How far the totals differ, sign and all: Sage minus storefront; nothing when missing."""
        return (
            sum((one.total for one in self.entered), ZERO) - self.sold.total
            if self.entered
            else ZERO
        )


@dataclass(frozen=True)
class Comparison:
    """Both sides of everything that was sold, and what in Sage nobody has sold."""

    rows: tuple[Row, ...]
    strangers: tuple[Entered, ...]

    @property
    def in_sage(self) -> int:
        """How many of the sold orders Sage has."""
        return sum(1 for row in self.rows if row.entered)

    @property
    def missing(self) -> tuple[Row, ...]:
        """The sold orders that Sage lacks."""
        return tuple(row for row in self.rows if not row.entered)

    @property
    def doubled(self) -> int:
        """How many sales orders there are too many: second ones, and those nobody has sold."""
        return sum(max(0, len(row.entered) - 1) for row in self.rows) + len(self.strangers)

    @property
    def apart(self) -> Decimal:
        """The sum of all differences, each taken as a positive amount."""
        return sum((abs(row.apart) for row in self.rows), ZERO)

    @property
    def tied_out(self) -> bool:
        """Whether both sides are the same."""
        return not self.missing and not self.doubled and not self.apart


def compare(sold: Sequence[Sold], entered: Iterable[Entered]) -> Comparison:
    """Find each sold order in Sage by its marker; a web order in Sage that wasn't sold is a stranger."""
    known = {one.order_id for one in sold}
    web = [one for one in entered if one.order_id is not None]
    rows = [Row(one, tuple(e for e in web if e.order_id == one.order_id)) for one in sold]
    return Comparison(tuple(rows), tuple(one for one in web if one.order_id not in known))


def closing_line(comparison: Comparison) -> str:
    """Return the demonstration's last line, counted from what was found."""
    return (
        f"demo: {len(comparison.rows)} sold, {comparison.in_sage} in Sage, "
        f"{len(comparison.missing)} missing, {comparison.doubled} doubled, "
        f"{comparison.apart:.2f} apart"
    )
