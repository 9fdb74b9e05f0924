"""Find or create the AR customer of a buyer, so that one buyer is one customer."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from tieout.domain.customers import FoundCustomer
from tieout.domain.guarantees import SETTLE_WITHOUT_DEADLINE, Mode
from tieout.domain.identity import (
    CustomerKey,
    buyer_fingerprint,
    customer_number_candidates,
)
from tieout.domain.ledger import LEASE
from tieout.domain.mapping import ar_customer
from tieout.domain.orders import Order
from tieout.errors import RejectedError, RetryableError
from tieout.flows.desk import Look, Run, Sale
from tieout.ports import Created

# CustomerStatus of a customer that is not to be sold to (data dictionary, 2.4).
INACTIVE = "I"
# A person reads the first few numbers; the rest are found by the e-mail address.
SHOWN = 5


def match_customer(seen: Look, sale: Sale) -> CustomerKey:
    """The buyer's AR customer: the one remembered, else the one with this e-mail, else a new one.

    A create is sent by the holder of the buyer's claim alone, with a deadline; the claim outlasts
    that, so whoever gets it next sees all that was sent before.

    Raises:
        RejectedError: several customers share the e-mail address, the only one is inactive, or Sage
            refused the new one.
        RetryableError: another order of the same buyer is at it.
    """
    links, order, not_after = seen.run.desk.links, sale.order, seen.deadline()
    fingerprint = buyer_fingerprint(order.key.store, order.buyer.email)
    remembered = links.find(sale.company, fingerprint)
    if remembered:
        return remembered
    lease = _lease(seen.answer.guarantees.mode)
    if not links.claim(sale.company, fingerprint, owner=seen.run.claim.owner, lease=lease):
        raise RetryableError("Another order of this buyer is being taken.")
    found = _only(seen.sage.find_customers(order.buyer.email))
    key = found or _create(seen, order, not_after=not_after)
    return links.remember(sale.company, fingerprint, key)


def linked_customer(run: Run, sale: Sale) -> CustomerKey | None:
    """The AR customer that the buyer is linked to, if any; asks Sage nothing."""
    fingerprint = buyer_fingerprint(sale.order.key.store, sale.order.buyer.email)
    return run.desk.links.find(sale.company, fingerprint)


def _lease(mode: Mode) -> timedelta:
    return LEASE if mode is Mode.FULL else SETTLE_WITHOUT_DEADLINE


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
        raise _inactive(shown)
    return active[0] if active else None


def _create(seen: Look, order: Order, *, not_after: datetime) -> CustomerKey:
    """Create the customer under the first of its numbers that is free or already this buyer's."""
    sage, defaults = seen.sage, seen.run.desk.defaults
    columns = ar_customer(order, sage=defaults)
    for number in customer_number_candidates(order.key.store, order.buyer.email):
        key = CustomerKey(defaults.division, number)
        created = sage.create_customer(key, columns, not_after=not_after)
        if created is Created.TOO_LATE:
            raise RetryableError("The agent was reached too late to write the customer.")
        if created is Created.GONE:
            raise RejectedError(
                f"The AR customer {key} was made for this buyer, and a person has deleted it since.",
                next_action="Enter the AR customer by hand, with the buyer's e-mail address.",
                code="CustomerDeleted",
            )
        known = None if created is Created.YES else sage.read_customer(key)
        if created is Created.YES or _is_buyer(known, order):
            return _usable(key, known)
    raise RejectedError(
        "Every customer number for this buyer is taken by somebody else.",
        next_action="Create the AR customer by hand with the buyer's e-mail address.",
        code="NoCustomerNumber",
    )


def _usable(key: CustomerKey, columns: Mapping[str, str] | None) -> CustomerKey:
    """The buyer's own customer, found by its number alone: somebody may have set it inactive."""
    if columns and columns.get("CustomerStatus") == INACTIVE:
        raise _inactive(str(key))
    return key


def _inactive(shown: str) -> RejectedError:
    return RejectedError(
        f"The AR customer with this buyer's e-mail address is inactive: {shown}.",
        next_action="Make that customer active in Sage, or clear its e-mail address.",
        code="InactiveCustomer",
    )


def _is_buyer(columns: Mapping[str, str] | None, order: Order) -> bool:
    return bool(columns) and columns.get("EmailAddress", "").strip().lower() == order.buyer.email
