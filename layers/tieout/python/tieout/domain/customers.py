"""AR customers, as far as matching a buyer needs them."""

from dataclasses import dataclass

from tieout.domain.identity import CustomerKey


@dataclass(frozen=True, slots=True)
class FoundCustomer:
    """An AR customer with the e-mail address that was asked for; orders go to active ones only."""

    key: CustomerKey
    active: bool = True
