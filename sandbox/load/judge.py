"""The judge: each order is in Sage exactly once and to the cent, or parked with a reason, and told."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sandbox.demo.compare import Comparison, Entered, Sold, compare
from sandbox.demo.ledger import PARKED, Entry
from sandbox.load.figures import Promise
from sandbox.load.goods import Ordered

CENT = Decimal("0.01")
# How many orders are named when something is wrong with more.
NAMED = 5


@dataclass(frozen=True)
class Evidence:
    """Everything that was read when all had settled.

    Attributes:
        orders: The orders in question.
        headers: The storefront's figures of each, by order id.
        entered: All sales orders of Sage.
        ledger: What Tieout has written down about each order.
    """

    orders: Sequence[Ordered]
    headers: Mapping[int, Mapping[str, Any]]
    entered: Sequence[Entered]
    ledger: Mapping[int, Entry]

    @property
    def comparison(self) -> Comparison:
        """Both sides of the orders that Sage must have, and of no others."""
        ids = {one.order_id for one in self.orders}
        wanted = [one.order_id for one in self.orders if not one.refused]
        ours = [one for one in self.entered if one.order_id in ids]
        return compare([_sold(one, self.headers[one]) for one in wanted], ours)


def _sold(order_id: int, header: Mapping[str, Any]) -> Sold:
    return Sold(
        order_id=order_id,
        title="",
        currency=header["default_currency_code"],
        units=Decimal(header["items_total"]),
        total=Decimal(header["total_inc_tax"]).quantize(CENT),
    )


def promises(evidence: Evidence) -> list[Promise]:
    """Return what must be true of every order, however busy it was."""
    both = evidence.comparison
    missing = [row.sold.order_id for row in both.missing]
    apart = [row.sold.order_id for row in both.rows if row.apart]
    short = [r.sold.order_id for r in both.rows for e in r.entered if e.units != r.sold.units]
    doubled = f"{both.doubled} too many among {both.in_sage}"
    return [
        Promise("none lost", not missing, _named(missing, evidence.ledger)),
        Promise("none doubled", not both.doubled, doubled),
        Promise("to the cent, and every unit", not apart + short, _some(apart + short)),
        _parked(evidence),
    ]


def _parked(evidence: Evidence) -> Promise:
    refused = [one.order_id for one in evidence.orders if one.refused]
    entries = [evidence.ledger.get(one) for one in refused]
    plain = [e for e in entries if e and e.state == PARKED and e.reason and e.next_action]
    told = f"{len(plain)} of {len(refused)} parked with a reason and a next action"
    return Promise("what Sage must refuse is parked", len(plain) == len(refused), told)


def nothing_strange(entered: Iterable[Entered], sold: Collection[int]) -> Promise:
    """Nothing in Sage says to be a web order that the shop never sold."""
    strange = [one.order_id for one in entered if one.order_id not in (None, *sold)]
    return Promise("nothing in Sage that nobody sold", not strange, _some(strange))


def closing_line(comparison: Comparison, *, parked: int, broken: int) -> str:
    """Return the run's last line, counted from what was found."""
    return (
        f"load: {len(comparison.rows)} sold, {comparison.in_sage} in Sage, "
        f"{len(comparison.missing)} missing, {comparison.doubled} doubled, "
        f"{comparison.apart:.2f} apart; {parked} parked; {broken} promises broken"
    )


def _named(missing: Sequence[int], ledger: Mapping[int, Entry]) -> str:
    entries = ((one, ledger.get(one)) for one in missing[:NAMED])
    names = [f"{one} ({e.state}: {e.reason})" if e else f"{one} (unknown)" for one, e in entries]
    return _some(missing, names)


def _some(orders: Sequence[object], names: Sequence[str] = ()) -> str:
    shown = names or [str(one) for one in orders[:NAMED]]
    return f"{len(orders)}: {', '.join(shown)}" if orders else "none"
