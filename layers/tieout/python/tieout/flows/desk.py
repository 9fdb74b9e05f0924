"""What taking an order works with: the store's ports and rules, and the run's own record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from tieout.domain.identity import Company, Numbering, SalesOrderNo
from tieout.domain.ledger import Claim, Entry
from tieout.domain.mapping import SageDefaults
from tieout.ports import Clock, CustomerLinks, Ledger, Sage, Storefront


@dataclass(frozen=True, slots=True)
class Desk:
    """All that taking a store's orders needs.

    `companies` maps a currency to a Sage company. Orders below `first_order_id` were entered by hand
    before Tieout came: taking them would double them.
    """

    ledger: Ledger
    storefront: Storefront
    sage: Callable[[Company], Sage]
    links: CustomerLinks
    clock: Clock
    numbering: Numbering
    companies: Mapping[str, str]
    defaults: SageDefaults
    first_order_id: int = 0


@dataclass(slots=True)
class Run:
    """One run over one claimed order.

    `entry` is the record as it is to be written; it changes as the run finds things out, so that
    whatever stops the run, what was found is not forgotten. `stop_at` is when the worker is cut off.
    """

    desk: Desk
    claim: Claim
    entry: Entry
    stop_at: datetime

    @property
    def number(self) -> SalesOrderNo:
        """The order's one sales order number."""
        return self.desk.numbering.sales_order_no(self.entry.key.order_id)

    @property
    def marker(self) -> str:
        """The order's marker in CustomerPONo."""
        return self.desk.numbering.marker(self.entry.key.order_id)

    def now(self) -> datetime:
        """The desk's clock."""
        return self.desk.clock.now()
