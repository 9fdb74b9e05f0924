"""Find or create the AR customer of a buyer, so that one buyer is one customer."""

from collections.abc import Mapping

from tieout.domain.customers import FoundCustomer
from tieout.domain.identity import (
    CustomerKey,
    buyer_fingerprint,
    customer_number_candidates,
)
from tieout.domain.mapping import SageDefaults, ar_customer
from tieout.domain.orders import Order
from tieout.errors import RejectedError
from tieout.ports import Created, CustomerLinks, Sage

# A person reads the first few numbers; the rest are found by the e-mail address.
SHOWN = 5


def match_customer(
    order: Order, *, sage: Sage, links: CustomerLinks, company: str, defaults: SageDefaults
) -> CustomerKey:
    """The buyer's AR customer: the one remembered, else the one with this e-mail, else a new one.

    Raises:
        RejectedError: several customers share the e-mail address, the only one is inactive, or Sage
            refused the new one.
    """
    fingerprint = buyer_fingerprint(order.key.store, order.buyer.email)
    remembered = links.find(company, fingerprint)
    if remembered:
        return remembered
    found = _only(sage.find_customers(order.buyer.email))
    key = found or _create(order, sage=sage, defaults=defaults)
    return links.remember(company, fingerprint, key)


def _only(found: tuple[FoundCustomer, ...]) -> CustomerKey | None:
    """The one active customer, or none if nobody has the address.

    A buyer whose customer somebody has set inactive gets no second one behind that person's back.
    """
    active = [customer.key for customer in found if customer.active]
    shown = ", ".join(str(customer.key) for customer in found[:SHOWN])
    if len(active) > 1:
        raise RejectedError(
            f"{len(active)} AR customers have this buyer's e-mail address: {shown}.",
            next_action="Clear the e-mail address on all but the right customer in Sage.",
            code="SeveralCustomers",
        )
    if found and not active:
        raise RejectedError(
            f"The AR customer with this buyer's e-mail address is inactive: {shown}.",
            next_action="Make that customer active in Sage, or clear its e-mail address.",
            code="InactiveCustomer",
        )
    return active[0] if active else None


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
