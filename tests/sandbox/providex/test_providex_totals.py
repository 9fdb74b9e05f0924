"""Amounts of an order: tax by schedule and class, the header discount, freight; read back."""

from decimal import Decimal

import pytest

from sandbox.sage100.totals import recalculate, total
from tests.sandbox.providex.client import ITEM, Sage, add_line, number

FOOD = "MEL-RDG-BEEF"
COLORADO = Decimal("8.845")


def test_only_taxable_classes_are_taxed(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=100.0)
    add_line(orders, FOOD, quantity=1.0, price=10.0)
    orders.nWrite()
    orders.nFind("W000250")

    assert number(orders, "TaxableAmt") == 100.0
    assert number(orders, "NonTaxableAmt") == 10.0
    assert number(orders, "SalesTaxAmt") == 8.85


def test_the_schedule_for_no_tax_makes_everything_untaxed(sage: Sage) -> None:
    orders = sage.begin()
    orders.nSetValue("TaxSchedule$", "NONTAX")
    add_line(orders, ITEM, quantity=1.0, price=100.0)
    orders.nWrite()
    orders.nFind("W000250")

    assert number(orders, "SalesTaxAmt") == 0.0
    assert number(orders, "TaxableAmt") == 0.0
    assert number(orders, "NonTaxableAmt") == 100.0


def test_a_header_discount_lowers_the_tax_but_not_the_taxable_amount(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=100.0)
    orders.nSetValue("DiscountAmt", 20.0)
    orders.nWrite()
    orders.nFind("W000250")

    assert number(orders, "TaxableAmt") == 100.0
    assert number(orders, "SalesTaxAmt") == 7.08


def test_a_discount_rate_becomes_an_amount(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=100.0)
    orders.nSetValue("DiscountRate", 12.5)
    orders.nWrite()
    orders.nFind("W000250")

    assert number(orders, "DiscountAmt") == 12.5


def test_a_discount_above_the_lines_is_refused_at_the_write(sage: Sage) -> None:
    orders = sage.begin()
    add_line(orders, ITEM, quantity=1.0, price=100.0)
    orders.nSetValue("DiscountAmt", 100.01)

    assert orders.nWrite() == 0
    assert "DiscountAmt" in orders.sLastErrorMsg
    assert orders.nSetValue("DiscountAmt", 100.0) == 1
    assert orders.nWrite() == 1


@pytest.mark.parametrize(
    ("amount", "tax"),
    [("0.51", "0.05"), ("10.00", "0.88"), ("100.00", "8.85"), ("5.65", "0.50"), ("0.05", "0")],
)
def test_tax_is_rounded_half_up_once_per_order(amount: str, tax: str) -> None:
    header: dict[str, str] = {}
    line = {"ItemType": "1", "ExtensionAmt": amount, "TaxClass": "TX", "Discount": "Y"}

    recalculate(header, [line], COLORADO)

    assert Decimal(header["SalesTaxAmt"]) == Decimal(tax)


def test_the_total_adds_tax_and_freight_and_takes_the_discount_off() -> None:
    header = {
        "TaxableAmt": "100.00",
        "NonTaxableAmt": "10.00",
        "SalesTaxAmt": "8.85",
        "FreightAmt": "7.50",
        "DiscountAmt": "5.00",
    }

    assert total(header) == Decimal("121.35")
