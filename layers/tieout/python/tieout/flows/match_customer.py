"""Find or create the AR customer of a buyer, so that one buyer is one customer."""

from collections.abc import Mapping

from tieout.domain.identity import (
    CustomerKey,
    buyer_fingerprint,
    customer_number_candidates,
)
from tieout.domain.mapping import SageDefaults, ar_customer
from tieout.domain.orders import Order
from tieout.errors import RejectedError
from tieout.ports import Created, CustomerLinks, Sage


def match_customer(
    order: Order, *, sage: Sage, links: CustomerLinks, company: str, defaults: SageDefaults
) -> CustomerKey:
    """The buyer's AR customer: the one remembered, else the one with this e-mail, else a new one.

    Raises:
        RejectedError: several customers share the e-mail address, or Sage refused the new one.
    """
    fingerprint = buyer_fingerprint(order.key.store, order.buyer.email)
    remembered = links.find(company, fingerprint)
    if remembered:
        return remembered
    found = sage.find_customers(order.buyer.email)
    if len(found) > 1:
        raise RejectedError(
            f"{len(found)} AR customers have this buyer's e-mail address: "
            f"{', '.join(str(key) for key in found[:5])}.",
            next_action="Clear the e-mail address on all but the right customer in Sage.",
            code="SeveralCustomers",
        )
    key = found[0] if found else _create(order, sage=sage, defaults=defaults)
    return links.remember(company, fingerprint, key)


def _create(order: Order, *, sage: Sage, defaults: SageDefaults) -> CustomerKey:
    """Create the customer under the first of its numbers that is free or already this buyer's."""
    columns = ar_customer(order, sage=defaults)
    for number in customer_number_candidates(order.key.store, order.buyer.email):
        key = CustomerKey(defaults.division, number)
        if sage.create_customer(key, columns) is Created.YES:
            return key
        if _is_buyer(sage.read_customer(key), order):
            return key
    raise RejectedError(
        "Every customer number for this buyer is taken by somebody else.",
        next_action="Create the AR customer by hand with the buyer's e-mail address.",
        code="NoCustomerNumber",
    )


def _is_buyer(columns: Mapping[str, str] | None, order: Order) -> bool:
    return bool(columns) and columns.get("EmailAddress", "").strip().lower() == order.buyer.email
