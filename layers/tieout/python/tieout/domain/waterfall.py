"""The money waterfall: lines − discounts + charges + tax = total, in cents, or the order is parked."""

from dataclasses import dataclass
from decimal import Decimal

from tieout.domain.money import CENT, ZERO, allocate, to_cents
from tieout.domain.orders import Order
from tieout.errors import RejectedError

_PARK_ACTION = "Open the order in the storefront, compare its totals, and enter it by hand."


@dataclass(frozen=True, slots=True)
class Waterfall:
    """An order's money in whole cents, without tax except for `tax` and `total`.

    `lines` holds one amount per order line, in the order's sequence, before the discount.
    lines + shipping + charges − discount + tax = total, exactly; else it raises ValueError.
    """

    lines: tuple[Decimal, ...]
    shipping: Decimal
    charges: tuple[tuple[str, Decimal], ...]
    discount: Decimal
    tax: Decimal
    total: Decimal

    def __post_init__(self) -> None:
        if sum((amount for name, amount in self.steps() if name != "total"), ZERO) != self.total:
            raise ValueError("the steps of a waterfall must add up to its total")

    def steps(self) -> tuple[tuple[str, Decimal], ...]:
        """The named steps, in the order in which a person adds them up."""
        return (
            ("lines", sum(self.lines, ZERO)),
            ("discount", -self.discount),
            ("shipping", self.shipping),
            *self.charges,
            ("tax", self.tax),
            ("total", self.total),
        )


def waterfall(order: Order) -> Waterfall:
    """Turn an order's four-decimal amounts into cents that add up, or refuse it.

    BigCommerce takes discounts off the total *with* tax and computes tax after them. So the figures
    with tax are held against each other exactly; the amount without tax that a discount takes off is
    what is left over, and `subtotal_ex_tax` of a discounted order is itself derived and binds nobody
    (order arithmetic, as on the documented sample order of 69.84).

    Raises:
        RejectedError: the storefront's own figures do not add up to the cent.
    """
    if not order.lines:
        raise RejectedError("The order has no lines.", next_action=_PARK_ACTION, code="NoLines")
    if order.totals.total < 0:
        raise RejectedError(
            f"The order comes to {order.totals.total:f}; a sales order can't be below zero.",
            next_action=_PARK_ACTION,
            code="BelowZero",
        )
    _check_storefront_sums(order)
    totals = order.totals
    lines = to_cents(sum((line.total for line in order.lines), ZERO))
    shipping = to_cents(order.shipping.amount)
    charges = tuple((c.name, to_cents(c.amount)) for c in order.charges if c.amount)
    total, tax = to_cents(totals.total), to_cents(totals.tax)
    gross = lines + shipping + sum((amount for _, amount in charges), ZERO)
    discount = gross - (total - tax)
    drift = _rounding_drift(order, discount)
    return Waterfall(
        lines=_line_cents(order, lines - drift),
        shipping=shipping,
        charges=charges,
        discount=discount - drift,
        tax=tax,
        total=total,
    )


def _check_storefront_sums(order: Order) -> None:
    totals = order.totals
    parts = (order.shipping, *order.charges)
    with_tax = totals.lines_with_tax + sum((c.amount_with_tax for c in parts), ZERO)
    _same(
        "the sum of the lines with tax",
        sum((x.total_with_tax for x in order.lines), ZERO),
        totals.lines_with_tax,
    )
    _same("lines − discounts + charges", with_tax - totals.discounts, totals.total)
    _same("total without tax + tax", totals.total_without_tax + totals.tax, totals.total)
    if not totals.discounts:
        lines = sum((x.total for x in order.lines), ZERO)
        within = _rounding(order) if totals.prices_include_tax else CENT
        _same("the sum of the lines", lines, totals.lines, within=within)


def _rounding(order: Order) -> Decimal:
    """What rounding each part to a cent can move at most: one cent a part."""
    return CENT * (len(order.lines) + 1 + len(order.charges))


def _same(name: str, found: Decimal, told: Decimal, *, within: Decimal = CENT) -> None:
    if abs(to_cents(found) - to_cents(told)) >= within:
        raise RejectedError(
            f"The order's money does not add up: {name} is {to_cents(found)}, "
            f"the storefront says {to_cents(told)}.",
            next_action=_PARK_ACTION,
            code="MoneyDoesNotAddUp",
        )


def _rounding_drift(order: Order, discount: Decimal) -> Decimal:
    """Cents that rounding alone moved into `discount`; they go to the lines instead.

    Raises:
        RejectedError: what is left over is no rounding: more than a cent a part, or more than the
            storefront says was taken off.
    """
    given, rounding = to_cents(order.totals.discounts), _rounding(order)
    if abs(discount) <= rounding and (not given or discount < 0):
        return discount
    if not 0 <= discount <= (given + rounding if given else ZERO):
        raise RejectedError(
            f"The order's money does not add up: without tax {discount} was taken off, "
            f"the storefront's discounts are {given}.",
            next_action=_PARK_ACTION,
            code="MoneyDoesNotAddUp",
        )
    return ZERO


def _line_cents(order: Order, total: Decimal) -> tuple[Decimal, ...]:
    exact = tuple(to_cents(line.total) for line in order.lines)
    if sum(exact, ZERO) == total:
        return exact
    if any(line.total < 0 for line in order.lines):
        raise RejectedError(
            "A line of the order is negative, so cents of rounding can't be spread over its lines.",
            next_action=_PARK_ACTION,
            code="NegativeLine",
        )
    return allocate(total, [line.total for line in order.lines])
