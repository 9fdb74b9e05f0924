"""Web orders with sound defaults: a test names only what it is about."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.domain.money import ZERO, to_cents
from tieout.domain.orders import (
    Address,
    Buyer,
    Charge,
    Line,
    LineKind,
    Order,
    Standing,
    Totals,
)

STORE = StoreKey("main")
PLACED = datetime(2026, 3, 2, 15, 4, 5, tzinfo=UTC)
EMAIL = "ada@example.com"
ADDRESS = Address(
    name="Ada Lovelace",
    company="",
    street_1="12 Main St",
    street_2="",
    city="Reno",
    state="Nevada",
    postal_code="89501",
    country_code="US",
    phone="+1 775 555 0100",
)


def key_of(order_id: int = 250) -> OrderKey:
    return OrderKey(STORE, OrderId(order_id))


def line(
    sku: str = "TENT-2",
    quantity: str = "1",
    total: str = "60.00",
    *,
    with_tax: str | None = None,
    kind: LineKind = LineKind.PHYSICAL,
    options: tuple[str, ...] = (),
) -> Line:
    return Line(
        sku=sku,
        description=f"The {sku or 'nameless'}",
        quantity=Decimal(quantity),
        total=Decimal(total),
        total_with_tax=Decimal(total if with_tax is None else with_tax),
        kind=kind,
        options=options,
    )


def charge(name: str, amount: str, with_tax: str | None = None) -> Charge:
    return Charge(name, Decimal(amount), Decimal(amount if with_tax is None else with_tax))


def totals(
    lines: Iterable[Line], charges: Iterable[Charge], *, discounts: str = "0", net: str = "0"
) -> Totals:
    """What a storefront adds up; `net` is what the discounts take off the total without tax."""
    sold, parts = tuple(lines), tuple(charges)
    without = sum((x.total for x in sold), ZERO)
    with_tax = sum((x.total_with_tax for x in sold), ZERO)
    total = with_tax + sum((c.amount_with_tax for c in parts), ZERO) - Decimal(discounts)
    total_without = without + sum((c.amount for c in parts), ZERO) - Decimal(net)
    return Totals(
        lines=without,
        lines_with_tax=with_tax,
        discounts=Decimal(discounts),
        tax=to_cents(total) - to_cents(total_without),
        total_without_tax=to_cents(total_without),
        total=to_cents(total),
        prices_include_tax=False,
    )


def order(
    order_id: int = 250,
    *,
    lines: Iterable[Line] | None = None,
    shipping: Charge | None = None,
    charges: Iterable[Charge] = (),
    discounts: str = "0",
    net: str | None = None,
) -> Order:
    """An order of one tent and 8.00 shipping, without tax; its totals follow from its parts."""
    sold = (line(),) if lines is None else tuple(lines)
    ship, extra = shipping or charge("shipping", "8.00"), tuple(charges)
    return Order(
        key=key_of(order_id),
        standing=Standing.IMPORTABLE,
        status_name="Awaiting Fulfillment",
        placed_at=PLACED,
        modified_at=PLACED,
        currency="USD",
        buyer=Buyer(EMAIL),
        bill_to=ADDRESS,
        ship_to=ADDRESS,
        ship_to_count=1,
        lines=sold,
        shipping=ship,
        charges=extra,
        totals=totals(
            sold, (ship, *extra), discounts=discounts, net=discounts if net is None else net
        ),
    )


def standing(found: Order, stands: Standing) -> Order:
    """The same order, at another stage."""
    return replace(found, standing=stands, status_name=stands.value)


# BigCommerce's own API description, sample order 218: two reductions, prices that include tax.
SAMPLE_218 = replace(
    order(lines=[line(total="62.6793", with_tax="67.84")]),
    shipping=charge("shipping", "11.09", "12.00"),
    totals=Totals(
        lines=Decimal("62.6793"),
        lines_with_tax=Decimal("67.84"),
        discounts=Decimal("5.0000") + Decimal("5.0000"),
        tax=Decimal("5.31"),
        total_without_tax=Decimal("64.53"),
        total=Decimal("69.84"),
        prices_include_tax=False,
    ),
)
# The same source, sample order 247: several items, no reduction.
SAMPLE_247 = replace(
    order(
        lines=[
            line("A", "4", "868.36", with_tax="940.00"),
            line("B", "7", "56.11", with_tax="60.74"),
        ]
    ),
    shipping=charge("shipping", "7.39", "8.00"),
    totals=Totals(
        lines=Decimal("924.47"),
        lines_with_tax=Decimal("1000.74"),
        discounts=Decimal(0),
        tax=Decimal("76.88"),
        total_without_tax=Decimal("931.86"),
        total=Decimal("1008.74"),
        prices_include_tax=False,
    ),
)
# The same source, sample order 100: tax was taken back afterwards, and the figures disagree.
SAMPLE_100 = replace(
    order(lines=[line(total="336.32", with_tax="361.95")]),
    shipping=charge("shipping", "0"),
    totals=Totals(
        lines=Decimal("336.32"),
        lines_with_tax=Decimal("361.95"),
        discounts=Decimal(0),
        tax=Decimal(0),
        total_without_tax=Decimal("361.95"),
        total=Decimal("361.95"),
        prices_include_tax=False,
    ),
)
