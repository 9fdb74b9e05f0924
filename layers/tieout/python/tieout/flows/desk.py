"""What taking an order works with: the store's ports and rules, and the run's own record."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from tieout.domain.identity import Company, CustomerKey, Numbering, SalesOrderNo
from tieout.domain.ledger import (
    AGENT_DEADLINE,
    LEASE_NEEDED_TO_CREATE,
    TIME_NEEDED_TO_CREATE,
    Claim,
    Entry,
)
from tieout.domain.mapping import SageDefaults
from tieout.domain.orders import Order, Standing
from tieout.domain.outcomes import Waiting
from tieout.domain.sales_orders import LookUp, OnCancel, SalesOrder
from tieout.ports import Clock, CustomerLinks, Ledger, Notes, Sage, Storefront


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
    notes: Notes
    clock: Clock
    numbering: Numbering
    companies: Mapping[str, str]
    defaults: SageDefaults
    first_order_id: int = 0
    on_cancel: OnCancel = OnCancel.HOLD


@dataclass(slots=True)
class Run:
    """One run over one claimed order.

    `sees_all` once Sage was seen to show what it ever had of it. `entry` is the record as it is to be written; it changes as the run finds things out, so that
    whatever stops the run, what was found is not forgotten. `stop_at` is when the worker is cut off.
    """

    desk: Desk
    claim: Claim
    entry: Entry
    stop_at: datetime
    sees_all: bool = False

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

    def too_late_to_write(self) -> Waiting | None:
        """Why nothing may be written to Sage any more in this run; None if it may."""
        now = self.now()
        lease_left, time_left = self.claim.lease_until - now, self.stop_at - now
        if lease_left < LEASE_NEEDED_TO_CREATE or time_left < TIME_NEEDED_TO_CREATE:
            return Waiting("Too little time was left to write safely.", now)
        return None


@dataclass(frozen=True, slots=True)
class Sale:
    """A web order, and the sales order that it is to be in one company; `customer` once matched."""

    order: Order
    document: SalesOrder
    company: str
    content: str
    customer: CustomerKey | None = None

    @property
    def importable(self) -> bool:
        """Whether the storefront still wants it in Sage."""
        return self.order.standing is Standing.IMPORTABLE


@dataclass(frozen=True, slots=True)
class Look:
    """A look at Sage: what it answered, and when; `written` once this run may change nothing more.

    `answered` once Sage has said yes to a write of this run: what is seen is what that made.
    """

    run: Run
    sage: Sage
    answer: LookUp
    answered_at: datetime
    written: bool = False
    answered: bool = False

    @classmethod
    def at(cls, run: Run, sage: Sage, *, written: bool = False, answered: bool = False) -> "Look":
        """Ask Sage for the run's order, and note that it was asked."""
        answer = sage.look_up(run.number, marker=run.marker)
        answered_at = run.now()
        run.sees_all = answer.guarantees.sees_all
        run.entry = replace(run.entry, checked_at=answered_at)
        return cls(run, sage, answer, answered_at, written, answered)

    def deadline(self) -> datetime:
        """AGENT_DEADLINE from now on Sage's clock, or a little less: the answer was under way, too."""
        return self.answer.at + (self.run.now() - self.answered_at) + AGENT_DEADLINE
