"""How an order's totals come about: units, lines, discounts, tax, fees, in this order.

What the three sample orders in BigCommerce's own API description say, to the cent:

- Order 218 (two reductions of 5.00): 67.84 subtotal incl. + 12.00 shipping incl. - 5.00
  `discount_amount` - 5.00 `coupon_discount` = 69.84 `total_inc_tax`. Both reductions are at face
  value on the tax-inclusive side, and the two fields are separate.
- 218: 4.40 `subtotal_tax` + 0.91 `shipping_cost_tax` = 5.31 `total_tax`, and 69.84 - 5.31 = 64.53
  `total_ex_tax`. But 67.84 - 62.6793 = 5.1607, not 4.40: `subtotal_inc_tax` is before discounts
  while `subtotal_tax` is the tax inside the discounted 57.84 (57.84 * 8.25 / 108.25 = 4.408).
- 218: 62.6793 itself is derived: (57.84 - 4.40) * 67.84 / 57.84 = 62.6793, the discounted net
  amount scaled back up. Its base prices include tax (base shipping 12.00 = incl. side) although
  its `is_tax_inclusive_pricing` is false.
- Order 247 (no discount): 1000.74 + 8.00 = 1008.74; 1000.74 - 924.47 = 76.27 = `subtotal_tax`.
- Order 100 (no discount): 361.95 - 336.32 = 25.63 = `subtotal_tax`, yet `total_tax` is 0 and both
  totals are 361.95: the totals' tax need not follow from the subtotal's. Not reproduced here; a
  tester gets it with raw `overrides`.
- Line 65 of order 149: 55.99 * 1.165 = 65.22835 -> 65.23, so the unit is rounded to cents, then
  multiplied (line 240: 217.09 * 4 = 868.36). `total_*` of a line is before discounts, and
  65.23 - 1.59 (`applied_discounts`) = 63.64 (`discounted_total_inc_tax`): face value, incl. side.

Reproduced here for both kinds of store. A tax-exclusive store has exact `*_ex_tax` prices and its
`subtotal_ex_tax` is the sum of its lines; a tax-inclusive one has exact `*_inc_tax` prices and,
when discounted, the derived `subtotal_ex_tax` of sample 218. No sample shows a discount in a store
whose prices are entered without tax together with its header, nor a fee inside a total: there the
shape of 218 is assumed, and fees are added with their tax.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sandbox.bigcommerce.money import CENT, ZERO, cents, finely, spread

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class TaxTerms:
    """How the store taxes: `percent` (8.25 means 8.25 %) and whether prices include it."""

    percent: Decimal
    inclusive: bool


@dataclass(frozen=True)
class Amount:
    """One price seen from both sides; `base` is as the merchant entered it, tax = inc - ex."""

    base: Decimal
    ex: Decimal
    inc: Decimal

    @property
    def tax(self) -> Decimal:
        """The tax inside."""
        return self.inc - self.ex

    def times(self, quantity: int) -> "Amount":
        """The line's amount: rounded to cents, because that is what is paid."""
        return Amount(
            cents(self.base * quantity), cents(self.ex * quantity), cents(self.inc * quantity)
        )


NOTHING = Amount(ZERO, ZERO, ZERO)


@dataclass(frozen=True)
class LineTerms:
    """What a line is sold for: the entered unit price, and gift wrap for the whole line."""

    price: Decimal
    quantity: int
    taxable: bool = True
    wrapping: Decimal = ZERO


@dataclass(frozen=True)
class LineMoney:
    """A line's amounts; `tax_due` is the tax after discounts, `total.tax` the one before."""

    unit: Amount
    total: Amount
    wrapping: Amount
    coupon: Decimal
    manual: Decimal
    tax_due: Decimal

    @property
    def discounted(self) -> Decimal:
        """Line after every discount, tax included."""
        return self.total.inc - self.coupon - self.manual


@dataclass(frozen=True)
class Charges:
    """Money outside the lines, as entered."""

    shipping: Decimal = ZERO
    handling: Decimal = ZERO
    fees: tuple[Decimal, ...] = ()
    coupon: Decimal = ZERO
    manual_discount: Decimal = ZERO


@dataclass(frozen=True)
class OrderMoney:
    """Every amount of one order."""

    lines: tuple[LineMoney, ...]
    subtotal: Amount
    subtotal_tax: Decimal
    shipping: Amount
    handling: Amount
    wrapping: Amount
    fees: tuple[Amount, ...]
    coupon: Decimal
    manual_discount: Decimal

    @property
    def outside(self) -> Amount:
        """Shipping, handling, wrapping and fees together."""
        return total([self.shipping, self.handling, self.wrapping, *self.fees])

    @property
    def total_inc_tax(self) -> Decimal:
        """What the buyer owes."""
        return self.subtotal.inc + self.outside.inc - self.manual_discount - self.coupon

    @property
    def total_tax(self) -> Decimal:
        """Tax in what the buyer owes."""
        return self.subtotal_tax + self.outside.tax


def amount(entered: Decimal, terms: TaxTerms, *, taxable: bool = True) -> Amount:
    """Both sides of an entered price; the other side is rounded to cents.

    Prices below a cent's precision (goods by the foot) keep four decimals on both sides.
    """
    rounded = cents if entered == entered.quantize(CENT) else finely
    factor = 1 + terms.percent / HUNDRED if taxable else Decimal(1)
    if terms.inclusive:
        return Amount(entered, rounded(entered / factor), entered)
    return Amount(entered, entered, rounded(entered * factor))


def total(amounts: Sequence[Amount]) -> Amount:
    """The sum, side by side."""
    return Amount(
        sum((one.base for one in amounts), ZERO),
        sum((one.ex for one in amounts), ZERO),
        sum((one.inc for one in amounts), ZERO),
    )


def price_order(lines: Sequence[LineTerms], charges: Charges, terms: TaxTerms) -> OrderMoney:
    """All amounts of an order.

    Raises:
        ValueError: The reductions are larger than the goods.
    """
    units = [amount(line.price, terms, taxable=line.taxable) for line in lines]
    totals = [unit.times(line.quantity) for unit, line in zip(units, lines, strict=True)]
    goods = total(totals)
    if charges.coupon + charges.manual_discount > goods.inc:
        raise ValueError(f"discounts are larger than the goods ({goods.inc})")
    coupons = spread(charges.coupon, [one.inc for one in totals])
    left = [one.inc - off for one, off in zip(totals, coupons, strict=True)]
    manuals = spread(charges.manual_discount, left)
    priced = tuple(
        LineMoney(
            unit=units[n],
            total=totals[n],
            wrapping=amount(line.wrapping, terms, taxable=line.taxable),
            coupon=coupons[n],
            manual=manuals[n],
            tax_due=_tax_due(totals[n], coupons[n] + manuals[n]),
        )
        for n, line in enumerate(lines)
    )
    return _sum_up(priced, charges, terms)


def _tax_due(before: Amount, discount: Decimal) -> Decimal:
    if not discount:
        return before.tax
    return cents((before.inc - discount) * before.tax / before.inc)


def _sum_up(lines: tuple[LineMoney, ...], charges: Charges, terms: TaxTerms) -> OrderMoney:
    subtotal_tax = sum((line.tax_due for line in lines), ZERO)
    goods = total([line.total for line in lines])
    reduction = charges.coupon + charges.manual_discount
    return OrderMoney(
        lines=lines,
        subtotal=_subtotal(goods, goods.inc - reduction, tax=subtotal_tax, terms=terms),
        subtotal_tax=subtotal_tax,
        shipping=amount(charges.shipping, terms),
        handling=amount(charges.handling, terms),
        wrapping=total([line.wrapping for line in lines]),
        fees=tuple(amount(fee, terms) for fee in charges.fees),
        coupon=charges.coupon,
        manual_discount=charges.manual_discount,
    )


def _subtotal(goods: Amount, paid: Decimal, *, tax: Decimal, terms: TaxTerms) -> Amount:
    """Sample 218's derived `subtotal_ex_tax` where the store's prices include tax."""
    if not terms.inclusive or paid == goods.inc or not paid:
        return goods
    return Amount(goods.base, finely((paid - tax) * goods.inc / paid), goods.inc)
