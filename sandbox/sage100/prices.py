"""What Sage 100 charges for an item: contract, level and quantity breaks, then the list price.

Order of evaluation as in the Sage 100 reference: item and customer, item at the customer's level,
item, price code at the level, price code, standard price. Promotions are not simulated.
"""

from decimal import Decimal

from .company import Company
from .dictionary import Record
from .tables_im import IM_PRICE_CODE
from .values import number_of, rounded

BREAKS = 5
PRICE_PLACES = 6
HUNDRED = Decimal(100)


def unit_price(company: Company, item: Record, customer: Record, *, quantity: Decimal) -> Decimal:
    """Return the price of one unit for this customer when `quantity` are bought."""
    standard = number_of(item.get("StandardUnitPrice"))
    for key in _keys(item, customer):
        found = company.find(IM_PRICE_CODE, *key)
        if found is not None:
            return _priced(found, item, quantity)
    return standard


def _keys(item: Record, customer: Record) -> list[tuple[str, str, str, str, str, str]]:
    code, price_code = item["ItemCode"], item.get("PriceCode", "")
    level = customer.get("PriceLevel", "")
    party = (customer.get("ARDivisionNo", ""), customer.get("CustomerNo", ""))
    keys = [
        ("2", "", code, "", *party),
        ("1", "", code, level, "", ""),
        ("1", "", code, "", "", ""),
    ]
    if price_code:
        keys += [("0", price_code, "", level, "", ""), ("0", price_code, "", "", "", "")]
    return keys


def _priced(rule: Record, item: Record, quantity: Decimal) -> Decimal:
    figure = number_of(rule.get(f"DiscountMarkup{_tier(rule, quantity)}"))
    standard = number_of(item.get("StandardUnitPrice"))
    cost = number_of(item.get("StandardUnitCost"))
    price = {
        "C": cost + figure,
        "D": standard * (1 - figure / HUNDRED),
        "M": cost * (1 + figure / HUNDRED),
        "O": figure,
        "P": standard - figure,
    }[rule["PricingMethod"]]
    return rounded(price, PRICE_PLACES)


def _tier(rule: Record, quantity: Decimal) -> int:
    for tier in range(1, BREAKS):
        if quantity <= number_of(rule.get(f"BreakQuantity{tier}")):
            return tier
    return BREAKS
