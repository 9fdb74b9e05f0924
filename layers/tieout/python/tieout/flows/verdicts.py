"""What a person is told when an order and its sales order don't agree."""

from tieout.domain.orders import Order
from tieout.domain.outcomes import Parked
from tieout.domain.sales_orders import FoundSalesOrder, Where
from tieout.flows.desk import Run

# A person reads the first few differences; the rest are in the two systems.
DIFFERENCES_SHOWN = 5


def deleted(run: Run, *, in_history: bool = False) -> Parked:
    """Sage had the order, and a person deleted it, or Sage's data were put back: never made again.

    A number that Sage's history knows as deleted is used up.
    """
    else_ = "tieout orders again"
    if in_history:
        else_ = f"enter it by hand with the customer PO {run.marker}, then: tieout orders settle"
    return Parked(
        f"Sales order {run.entry.sales_order_no or run.number} was in Sage and is no longer there.",
        f"If that was on purpose, cancel the order in the storefront; else: {else_}.",
    )


def not_what_was_sold(number: str, told: tuple[str, ...]) -> Parked:
    """Sage's sales order differs, in these points."""
    shown = "; ".join(told[:DIFFERENCES_SHOWN])
    return Parked(
        f"Sales order {number} is not what the storefront sold: {shown}.",
        f"Correct sales order {number} in Sage, or the order in the storefront.",
    )


def cancel_by_hand(order: Order, found: FoundSalesOrder) -> Parked:
    """The storefront cancelled what stands in Sage, and we may not."""
    if found.on_hold:
        do = f"Stop the shipment of {found.number}, which is on hold, and credit what has shipped."
    elif found.where is Where.OPEN:
        do = f"Cancel sales order {found.number} in Sage, and stop its shipment."
    else:
        do = f"Write a credit memo for sales order {found.number} in Sage."
    return Parked(
        f"The storefront has the order as {order.status_name}; it is sales order {found.number}.",
        do,
    )


def finished_without_sage(order: Order) -> Parked:
    """The shop has dealt with the order to its end, and Sage never had it."""
    return Parked(
        f"The storefront has the order as {order.status_name}, and Sage never had it.",
        "Set it to a status that is imported, or enter it by hand.",
    )
