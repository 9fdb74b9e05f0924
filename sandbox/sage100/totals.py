"""Amounts of a sales order: extensions, the header discount's share, tax, and the total.

All pure. Amounts are stored texts with two decimals, rounded half up; tax is rounded once per
order (Sage 100 reference: sales order header; there is no column for the total).
"""

from collections.abc import Iterable
from decimal import Decimal

from .dictionary import Record
from .values import number_of, rounded, text_of

AMOUNT_PLACES = 2
HUNDRED = Decimal(100)
CHARGE, COMMENT = "3", "4"


def extension(line: Record) -> Decimal:
    """Return quantity times price less the line discount; a charge keeps its own amount."""
    if line.get("ItemType") == CHARGE:
        return number_of(line.get("ExtensionAmt"))
    gross = number_of(line.get("QuantityOrdered")) * number_of(line.get("UnitPrice"))
    share = 1 - number_of(line.get("LineDiscountPercent")) / HUNDRED
    return rounded(gross * share, AMOUNT_PLACES)


def recalculate(header: Record, lines: Iterable[Record], rate: Decimal) -> None:
    """Fill the header's calculated amounts from its lines.

    Args:
        header: Changed in place.
        lines: All written lines.
        rate: Percent of the tax schedule; at zero nothing is taxable.
    """
    lines = list(lines)
    taxable = _sum(lines, taxable=True) if rate else Decimal(0)
    everything = _sum(lines)
    subject = _sum(lines, discounted=True)
    taxable_subject = _sum(lines, taxable=True, discounted=True) if rate else Decimal(0)
    if number_of(header.get("DiscountRate")):
        header["DiscountAmt"] = _amount(subject * number_of(header["DiscountRate"]) / HUNDRED)
    share = taxable_subject / subject if subject else Decimal(0)
    base = taxable - number_of(header.get("DiscountAmt")) * share
    header["TaxableAmt"] = _amount(taxable)
    header["NonTaxableAmt"] = _amount(everything - taxable)
    header["TaxableSubjectToDiscount"] = _amount(taxable_subject)
    header["NonTaxableSubjectToDiscount"] = _amount(subject - taxable_subject)
    header["SalesTaxAmt"] = _amount(base * rate / HUNDRED)


def total(header: Record) -> Decimal:
    """Return what the customer owes: lines, tax and freight less the header discount."""
    added = ("TaxableAmt", "NonTaxableAmt", "SalesTaxAmt", "FreightAmt")
    owed = sum((number_of(header.get(name)) for name in added), Decimal(0))
    return owed - number_of(header.get("DiscountAmt"))


def _sum(lines: list[Record], *, taxable: bool = False, discounted: bool = False) -> Decimal:
    amounts = (
        number_of(line.get("ExtensionAmt"))
        for line in lines
        if not (taxable and line.get("TaxClass") != "TX")
        and not (discounted and line.get("Discount") != "Y")
    )
    return sum(amounts, Decimal(0))


def _amount(number: Decimal) -> str:
    return text_of(rounded(number, AMOUNT_PLACES))
