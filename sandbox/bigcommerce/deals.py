"""From a tester's wish to a full deal: who buys what, for how much, where it goes."""

from dataclasses import dataclass, replace
from decimal import Decimal
from random import Random

from sandbox.bigcommerce.arithmetic import (
    Charges,
    LineTerms,
    OrderMoney,
    TaxTerms,
    amount,
    price_order,
)
from sandbox.bigcommerce.catalog.shelf import Shelf
from sandbox.bigcommerce.goods import Product
from sandbox.bigcommerce.model import Address, Customer, Settings
from sandbox.bigcommerce.money import ZERO, cents
from sandbox.bigcommerce.spec import AddressSpec, EditSpec, LineSpec, OrderSpec

MOST_LINES_BY_CHANCE = 4
MOST_UNITS_BY_CHANCE = 3
SHIPPING_BY_CHANCE = ("0", "7.50", "9.95", "12.00", "18.40")
PERCENT = Decimal(100)


class WishError(Exception):
    """The control API was asked for an order that cannot be."""


@dataclass(frozen=True)
class DealLine:
    """One line, complete; `price` is as entered in the store (with or without tax)."""

    wish: LineSpec
    product: Product
    price: Decimal
    kind: str
    taxable: bool


@dataclass(frozen=True)
class Deal:
    """Everything that decides an order's documents; nothing in it is left to chance any more.

    Attributes:
        spec: The wish it came from, for texts, overrides and tender.
        customer_id: 0 for guests.
        ship_to: One address per shipment; empty for digital goods and pickups.
    """

    spec: OrderSpec
    customer_id: int
    billing: Address
    ship_to: tuple[Address, ...]
    lines: tuple[DealLine, ...]
    shipping: Decimal
    terms: TaxTerms
    currency: str
    status_id: int

    def money(self) -> OrderMoney:
        """All its amounts.

        Raises:
            WishError: The reductions are larger than the goods.
        """
        lines = [
            LineTerms(one.price, one.wish.quantity, one.taxable, one.wish.wrapping)
            for one in self.lines
        ]
        charges = Charges(
            shipping=self.shipping,
            handling=self.spec.handling,
            fees=tuple(fee.cost for fee in self.spec.fees),
            coupon=self._coupon(),
            manual_discount=self.spec.manual_discount,
        )
        try:
            return price_order(lines, charges, self.terms)
        except ValueError as wrong:
            raise WishError(f"This order cannot be placed: {wrong}.") from wrong

    def _coupon(self) -> Decimal:
        coupon = self.spec.coupon
        if coupon is None:
            return ZERO
        if not coupon.percent:
            return cents(coupon.amount)
        goods = sum(
            (
                amount(one.price, self.terms, taxable=one.taxable).times(one.wish.quantity).inc
                for one in self.lines
            ),
            ZERO,
        )
        return cents(goods * coupon.amount / PERCENT)


def strike_deal(
    spec: OrderSpec, customer: Customer, *, goods: Shelf, settings: Settings, dice: Random
) -> Deal:
    """Fill every gap of a wish with the shop's seeded dice.

    Raises:
        WishError: An unknown SKU, or a line that points at no address.
    """
    lines = _lines(spec, goods, dice)
    digital = all(line.kind != "physical" for line in lines)
    billing = _billing(spec, customer)
    deal = Deal(
        spec=spec,
        customer_id=0 if spec.guest else customer.id,
        billing=billing,
        ship_to=() if digital or spec.pickup else _ship_to(spec.addresses, billing),
        lines=lines,
        shipping=_shipping(spec, dice, nothing_to_ship=digital or spec.pickup),
        terms=_terms(spec, settings),
        currency=spec.currency or settings.currency,
        status_id=_status(spec, digital=digital),
    )
    _check_addresses(deal)
    return deal


def amend(deal: Deal, edit: EditSpec, *, goods: Shelf, dice: Random) -> Deal:
    """The deal after staff changed it; what the edit does not name stays.

    Raises:
        WishError: As for a new deal.
    """
    changes = {
        name: getattr(edit, name)
        for name in edit.model_fields_set
        if name not in {"webhook", "late_seconds"}
    }
    spec = deal.spec.model_copy(update=changes)
    lines = _lines(spec, goods, dice) if "lines" in changes else deal.lines
    billing = laid_over(deal.billing, edit.billing_address)
    ship_to = deal.ship_to
    if "addresses" in changes and ship_to:
        ship_to = tuple(laid_over(ship_to[0], one) for one in edit.addresses) or ship_to
    shipping = deal.shipping if edit.shipping is None else edit.shipping
    amended = replace(
        deal, spec=spec, lines=lines, billing=billing, ship_to=ship_to, shipping=shipping
    )
    _check_addresses(amended)
    return amended


def laid_over(address: Address, wish: AddressSpec | None) -> Address:
    """The address with the named fields replaced."""
    if wish is None:
        return address
    return replace(address, **wish.model_dump(exclude_none=True, exclude={"id"}))


def _billing(spec: OrderSpec, customer: Customer) -> Address:
    return laid_over(laid_over(customer.address, spec.customer), spec.billing_address)


def _ship_to(wishes: tuple[AddressSpec, ...], billing: Address) -> tuple[Address, ...]:
    return tuple(laid_over(billing, wish) for wish in wishes) or (billing,)


def _lines(spec: OrderSpec, goods: Shelf, dice: Random) -> tuple[DealLine, ...]:
    wishes = list(spec.lines)
    wanted = spec.line_count or (len(wishes) or dice.randint(1, MOST_LINES_BY_CHANCE))
    wishes += [
        LineSpec(quantity=dice.randint(1, MOST_UNITS_BY_CHANCE))
        for _ in range(wanted - len(wishes))
    ]
    if spec.wrapping is not None:
        wishes[0] = wishes[0].model_copy(update={"wrapping": spec.wrapping})
    return tuple(_line(wish, spec, goods=goods, dice=dice) for wish in wishes)


def _line(wish: LineSpec, spec: OrderSpec, *, goods: Shelf, dice: Random) -> DealLine:
    product = _product(wish, goods, digital=spec.digital, dice=dice)
    kind = wish.kind or ("digital" if product.digital or spec.digital else "physical")
    return DealLine(
        wish=wish,
        product=replace(product, name=wish.name or product.name),
        price=goods.price(product, wish.quantity) if wish.price is None else wish.price,
        kind=kind,
        taxable=product.taxable if wish.taxable is None else wish.taxable,
    )


def _product(wish: LineSpec, goods: Shelf, *, digital: bool, dice: Random) -> Product:
    if wish.picked is not None and goods.by_sku(wish.picked) is None:
        raise WishError(f"The catalogue has no SKU {wish.picked!r} to pick; name one that it has.")
    if wish.custom or wish.kind == "giftcertificate":
        return Product(0, wish.sku or "", wish.name or "Custom item", wish.price or ZERO)
    if wish.sku is None:
        return _drawn(goods, dice, digital=digital)
    product = goods.by_sku(wish.sku)
    if product is None:
        raise WishError(
            f"The catalogue has no SKU {wish.sku!r}; name one that it has, or set custom."
        )
    return product


def _drawn(goods: Shelf, dice: Random, *, digital: bool) -> Product:
    try:
        return goods.draw(dice, digital=digital)
    except LookupError as nothing:
        raise WishError(str(nothing)) from nothing


def _shipping(spec: OrderSpec, dice: Random, *, nothing_to_ship: bool) -> Decimal:
    if spec.shipping is not None:
        return spec.shipping
    return ZERO if nothing_to_ship else Decimal(dice.choice(SHIPPING_BY_CHANCE))


def _terms(spec: OrderSpec, settings: Settings) -> TaxTerms:
    return TaxTerms(
        settings.tax_rate if spec.tax_rate is None else spec.tax_rate,
        settings.tax_inclusive if spec.tax_inclusive is None else spec.tax_inclusive,
    )


def _status(spec: OrderSpec, *, digital: bool) -> int:
    """BigCommerce docs: paid goods land in 11, paid digital orders in 10, pickups wait in 8."""
    if spec.status_id is not None:
        return spec.status_id
    return 10 if digital else 8 if spec.pickup else 11


def _check_addresses(deal: Deal) -> None:
    furthest = max(one.wish.address for one in deal.lines)
    if furthest and furthest >= len(deal.ship_to):
        raise WishError(
            f"A line goes to address {furthest}, but the order has {len(deal.ship_to)} "
            "(counted from 0); add the address or change the line."
        )
