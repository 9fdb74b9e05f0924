"""The default mapping: a web order becomes the columns of a sales order and of an AR customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tieout.domain.addresses import country_code_3, state_code
from tieout.domain.money import UNIT_PRICE_STEP, to_cents
from tieout.domain.orders import Address, Line, LineKind, Order
from tieout.domain.sales_orders import SalesOrder
from tieout.domain.waterfall import Waterfall, waterfall
from tieout.errors import RejectedError, SetupError

# Raised with every change of what this module writes; the ledger keeps it with each order written.
MAPPING_VERSION = 2


@dataclass(frozen=True, slots=True)
class SageDefaults:
    """The company's own names for what every web order needs (the settings' `sage` table).

    Charges that Sage has no header column for become miscellaneous charge items. Tax was computed
    and collected by the storefront, so it is written as such a charge under a schedule that adds
    none: Sage's own figure could differ by a cent. `time_zone` (IANA name) is the company's: it decides
    on which day an order was placed.
    """

    division: str = "00"
    warehouse: str = "000"
    tax_schedule: str = "NONTAX"
    customer_tax_schedule: str = "NONTAX"
    terms: str = "00"
    salesperson_division: str = "00"
    salesperson: str = "0100"
    tax_item: str = "/TAX"
    handling_item: str = "/HANDLING"
    wrapping_item: str = "/WRAP"
    fee_item: str = "/FEE"
    gift_certificate_item: str = "/GIFT"
    comment_item: str = "/C"
    time_zone: str = "UTC"

    def charge_item(self, name: str) -> str:
        """The item code for a charge of the waterfall; fees share one."""
        return {"handling": self.handling_item, "wrapping": self.wrapping_item}.get(
            name, self.fee_item
        )


def sales_order(order: Order, *, marker: str, sage: SageDefaults) -> SalesOrder:
    """Map a web order; the sums of the result equal the storefront's total to the cent.

    Raises:
        RejectedError: money that doesn't add up, a line without SKU or quantity, an address in a
            country or state that Sage has no code for, or more than one ship-to address.
    """
    if order.ship_to_count > 1:
        raise RejectedError(
            f"The order ships to {order.ship_to_count} addresses; a sales order has one.",
            next_action="Enter one sales order per address by hand.",
            code="SeveralShipTos",
        )
    money = waterfall(order)
    lines: list[Mapping[str, str]] = []
    for line, cents in zip(order.lines, money.lines, strict=True):
        lines += _item_lines(line, cents, sage)
    lines += [_charge_line(sage.charge_item(name), cents) for name, cents in money.charges if cents]
    if money.tax:
        lines.append(_charge_line(sage.tax_item, money.tax))
    return SalesOrder(
        header=_header(order, money, marker=marker, sage=sage),
        lines=tuple(lines),
        total=money.total,
    )


def ar_customer(order: Order, *, sage: SageDefaults) -> dict[str, str]:
    """The columns of a new AR customer, from the buyer's billing address.

    Raises:
        RejectedError: the billing address has a country or state that Sage has no code for.
    """
    bill_to = order.bill_to
    columns = {
        "CustomerName": bill_to.company or bill_to.name,
        "AddressLine1": bill_to.street_1,
        "AddressLine2": bill_to.street_2,
        "City": bill_to.city,
        "State": state_code(bill_to),
        "ZipCode": bill_to.postal_code,
        "CountryCode": country_code_3(bill_to),
        "TelephoneNo": bill_to.phone,
        "EmailAddress": order.buyer.email,
        "TaxSchedule": sage.customer_tax_schedule,
        "TermsCode": sage.terms,
        "SalespersonDivisionNo": sage.salesperson_division,
        "SalespersonNo": sage.salesperson,
    }
    return {name: value for name, value in columns.items() if value}


# Sent even when empty: Sage has filled them from the customer, whose second line is not the buyer's.
_EMPTIED = frozenset({"ShipToAddress2", "ShipToAddress3"})


def _header(order: Order, money: Waterfall, *, marker: str, sage: SageDefaults) -> dict[str, str]:
    columns = {
        "OrderDate": order.placed_at.astimezone(_zone(sage.time_zone)).strftime("%Y%m%d"),
        "CustomerPONo": marker,
        "WarehouseCode": sage.warehouse,
        "TaxSchedule": sage.tax_schedule,
        "EmailAddress": order.buyer.email,
        "Comment": f"Web order {order.key.order_id}",
        **(_ship_to(order.ship_to) if order.ship_to else {}),
    }
    amounts = {"FreightAmt": money.shipping, "DiscountAmt": money.discount}
    kept = {name: value for name, value in columns.items() if value or name in _EMPTIED}
    return kept | {name: f"{amount:.2f}" for name, amount in amounts.items() if amount}


def _ship_to(address: Address) -> dict[str, str]:
    return {
        "ShipToName": address.company or address.name,
        "ShipToAddress1": address.street_1,
        "ShipToAddress2": address.street_2,
        # With a company on the first line the person's name still has to reach the label.
        "ShipToAddress3": f"Attn {address.name}" if address.company and address.name else "",
        "ShipToCity": address.city,
        "ShipToState": state_code(address),
        "ShipToZipCode": address.postal_code,
        "ShipToCountryCode": country_code_3(address),
    }


def _item_lines(line: Line, cents: Decimal, sage: SageDefaults) -> list[Mapping[str, str]]:
    item = sage.gift_certificate_item if line.kind is LineKind.GIFT_CERTIFICATE else line.sku
    if not item:
        raise RejectedError(
            f"The line “{line.description}” has no SKU, so no item can be found for it.",
            next_action="Give the product a SKU, or enter this order by hand.",
            code="NoSku",
        )
    sold = {
        "ItemCode": item,
        "QuantityOrdered": f"{line.quantity.normalize():f}",
        "UnitPrice": f"{_unit_price(line, cents):f}",
    }
    if line.kind is LineKind.PHYSICAL:
        sold["WarehouseCode"] = sage.warehouse
    return [sold, *({"ItemCode": sage.comment_item, "CommentText": text} for text in line.options)]


def _unit_price(line: Line, cents: Decimal) -> Decimal:
    if line.quantity <= 0:
        raise RejectedError(
            f"The line “{line.description}” has the quantity {line.quantity}.",
            next_action="Correct the quantity in the storefront.",
            code="NoQuantity",
        )
    price = (cents / line.quantity).quantize(UNIT_PRICE_STEP)
    if to_cents(price * line.quantity) != cents:
        raise RejectedError(
            f"No unit price makes {line.quantity} × “{line.description}” come to {cents}.",
            next_action="Split the line in the storefront, or enter this order by hand.",
            code="NoUnitPrice",
        )
    return price


def _charge_line(item: str, cents: Decimal) -> dict[str, str]:
    return {"ItemCode": item, "QuantityOrdered": "1", "UnitPrice": f"{cents:.2f}"}


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SetupError(f"“{name}” is no time zone: use a name such as America/Denver.") from error
