"""What the flows need from the outside world; each port has one adapter and one fake."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from tieout.domain.agents import Capability, Health, ListPage
from tieout.domain.customers import FoundCustomer
from tieout.domain.hooks import Hook
from tieout.domain.identity import (
    Company,
    CustomerKey,
    OrderId,
    OrderKey,
    SalesOrderNo,
    StoreKey,
)
from tieout.domain.ledger import Claim, Entry
from tieout.domain.orders import Order, OrderStamp
from tieout.domain.sales_orders import Guard, LookUp, SalesOrder
from tieout.domain.sweeps import Note

# Every order of a store has this id or a higher one.
FIRST_ID = OrderId(0)
# More than a person works through in a week; whoever lists them says that there are more.
MOST_PARKED = 1000


class Clock(Protocol):
    """The time, aware and in UTC."""

    def now(self) -> datetime:
        """The present moment."""
        ...


class Storefront(Protocol):
    """One shop. Every method may raise RetryableError or SetupError."""

    def read_order(self, order_id: OrderId) -> Order | None:
        """The order in full, with all its lines; None when the storefront has no such order.

        Raises:
            RejectedError: the order can't be read as one, for example for money that isn't a number.
        """
        ...

    def changed_since(
        self, since: datetime, *, from_id: OrderId = FIRST_ID
    ) -> Iterator[tuple[OrderStamp, ...]]:
        """Pages of orders changed at or after `since`, by rising id, none skipped while rows move.

        Those with a lower id than `from_id` are left out.
        """
        ...

    def orders_from(self, from_id: OrderId) -> Iterator[tuple[OrderStamp, ...]]:
        """Pages of all orders from this id on, by rising id, whenever they were placed or changed."""
        ...

    def first_since(self, created: datetime) -> OrderId | None:
        """The lowest id of the orders placed at or after `created`; None when there is none."""
        ...


class Created(Enum):
    """How a create-only write ended when Sage, or the agent for it, gave a definite answer."""

    YES = "yes"
    EXISTS = "exists"
    TOO_LATE = "too_late"
    GONE = "gone"  # this very write was carried out before, and what it stored is no longer there


class Changed(Enum):
    """How a guarded change of a sales order ended, when there was a definite answer."""

    YES = "yes"
    MOVED_ON = "moved_on"  # it is not as it was read, or carries our revision or a newer one
    TOO_LATE = "too_late"
    CLOSED = "closed"  # it is no longer open, or on its way to the buyer, or somebody else's


class Sage(Protocol):
    """One company in Sage 100. Every method may raise RetryableError or SetupError.

    A write raises NotSentError when the request never left, OutcomeUnknownError when it may have been
    carried out or may still be, RejectedError when Sage refused it and stored nothing, SetupError when
    it was turned away before Sage could store anything.
    """

    def look_up(self, number: SalesOrderNo, *, marker: str) -> LookUp:
        """Open orders, then history, then invoice history, behind any write that is running."""
        ...

    def create(
        self,
        number: SalesOrderNo,
        document: SalesOrder,
        *,
        customer: CustomerKey,
        not_after: datetime,
        rev: int,
    ) -> Created:
        """Create the sales order unless the number exists or `not_after` (Sage's clock) has passed."""
        ...

    def replace(self, number: SalesOrderNo, document: SalesOrder, *, guard: Guard) -> Changed:
        """Give an open sales order the header columns and exactly the lines of `document`."""
        ...

    def hold(self, number: SalesOrderNo, *, on: bool, comment: str, guard: Guard) -> Changed:
        """Put an open sales order on hold, or take it off again, and set its Comment."""
        ...

    def delete(self, number: SalesOrderNo, *, guard: Guard) -> Changed:
        """Delete an open sales order."""
        ...

    def read_customer(self, key: CustomerKey) -> Mapping[str, str] | None:
        """The AR customer's columns; None when there is none."""
        ...

    def find_customers(self, email: str) -> tuple[FoundCustomer, ...]:
        """The AR customers with exactly this e-mail address, letter case aside."""
        ...

    def create_customer(
        self, key: CustomerKey, columns: Mapping[str, str], *, not_after: datetime
    ) -> Created:
        """Create the AR customer unless the number exists or `not_after` (Sage's clock) has passed."""
        ...


class Ledger(Protocol):
    """One record per web order. Every write is conditional; every method may raise RetryableError."""

    def claim(self, key: OrderKey, *, owner: str) -> Claim | None:
        """Take the order for LEASE, making its record on first sight; None while another holds it.

        The claim counts one attempt and makes the record due at the lease's end, so that a worker
        which dies is noticed by the sweep for due work.
        """
        ...

    def want(self, key: OrderKey) -> None:
        """Tell whoever holds the order that it changed again."""
        ...

    def save(self, claim: Claim, entry: Entry) -> None:
        """Write `entry` under the claim's epoch and keep the claim.

        Raises:
            LeaseLostError: the claim was taken over or released; nothing was written.
        """
        ...

    def release(self, claim: Claim, entry: Entry) -> None:
        """Write `entry` and give the order back; due at once if it was wanted in the meantime.

        Raises:
            LeaseLostError: another worker has taken over; nothing was written.
        """
        ...

    def read(self, key: OrderKey) -> Entry | None:
        """The record as it stands."""
        ...

    def read_many(self, keys: Iterable[OrderKey]) -> Mapping[OrderKey, Entry]:
        """The records of up to 250 orders; orders without one are absent."""
        ...

    def due(self, store: StoreKey, *, now: datetime, limit: int) -> tuple[OrderKey, ...]:
        """Orders whose `next_at` has come, the longest waiting first."""
        ...

    def put_off(self, key: OrderKey, *, now: datetime, until: datetime) -> None:
        """Make an order that is due `now` due `until` then, unless something else moved it meanwhile."""
        ...

    def expect(self, key: OrderKey) -> None:
        """Make a record that is due now, unless the order has one already."""
        ...

    def doubt(self, key: OrderKey, *, anew: bool = False) -> bool:
        """Make the order due now, with nothing known of when Sage was asked about it.

        `anew` forgets too that Sage was ever seen to have it right. False, and nothing written, when it
        has no record or a worker holds it at this moment.
        """
        ...

    def parked(self, store: StoreKey) -> Iterator[Entry]:
        """Orders that wait for a person, the oldest first, at most MOST_PARKED."""
        ...


class CustomerLinks(Protocol):
    """Which AR customer a buyer is, by fingerprint and company. Methods may raise RetryableError."""

    def find(self, company: str, fingerprint: str) -> CustomerKey | None:
        """The AR customer that this buyer was linked to."""
        ...

    def claim(self, company: str, fingerprint: str, *, owner: str, lease: timedelta) -> bool:
        """Take the buyer for `lease`, so that one run alone creates the customer; False while held.

        A claim is never given back, it ends with the link or with its time: so by the time that
        somebody else gets it, a create that was sent under it has long passed its deadline.
        """
        ...

    def remember(self, company: str, fingerprint: str, key: CustomerKey) -> CustomerKey:
        """Link the buyer unless linked already, and end any claim; returns the link that stands."""
        ...


class Wakeups(Protocol):
    """The order queue: a message says no more than «look at this order again»."""

    def wake(self, keys: Iterable[OrderKey]) -> None:
        """Queue one message per order; returns when all are durable, else raises RetryableError."""
        ...

    def depth(self) -> int:
        """About how many messages wait or are being worked on; may raise RetryableError."""
        ...


class Audit(Protocol):
    """What people decided, for ever: entries are added and never changed."""

    def append(self, key: OrderKey, *, deed: str, who: str, reason: str, at: datetime) -> None:
        """Write one decision down; may raise RetryableError."""
        ...


class Watermarks(Protocol):
    """How far each scan has come. Methods may raise RetryableError."""

    def read(self, store: StoreKey, scan: str) -> datetime | None:
        """The moment up to which the scan is complete; None before the first."""
        ...

    def advance(self, store: StoreKey, scan: str, to: datetime) -> None:
        """Move forward, never backward; an older `to` changes nothing."""
        ...


class Notes(Protocol):
    """What sweepers write down for their next run and for the operator; may raise RetryableError.

    The last writer wins, so a note should only ever save work: a lost or old one costs time. The one
    exception is the ledger's heartbeat (flows/memory.py), which says why it may be.
    """

    def read(self, name: str) -> Note:
        """The note; empty when there is none."""
        ...

    def write(self, name: str, note: Note) -> None:
        """Put the note in the place of the last one."""
        ...


class SageDoor(Protocol):
    """The way into Sage as the sweepers see it: itself and its lists, and no single order."""

    @property
    def lacks(self) -> frozenset[Capability]:
        """What this connection can't do, whatever the company; nothing for the agent."""
        ...

    def health(self) -> Health:
        """Whether the agent would take an order now. Never raises: out of reach is an answer too."""
        ...

    def promises(self) -> Mapping[Company, frozenset[str]]:
        """What the agent promises for each company, in its own words. May raise RetryableError or SetupError."""
        ...

    def sales_orders(self, company: Company, *, prefix: str, after: str) -> ListPage:
        """Sales orders whose number begins with `prefix` and comes after `after`, open and history.

        May raise RetryableError or SetupError. Not to be asked where Capability.LISTS is lacking.
        """
        ...


class Hooks(Protocol):
    """What one storefront tells us of. Every method may raise RetryableError or SetupError."""

    @property
    def wanted(self) -> tuple[str, ...]:
        """The events that we have to be told of, in the storefront's words."""
        ...

    def is_secret_changing(self) -> bool:
        """Whether our secret was replaced so lately that some function may still know the one before."""
        ...

    def ours(self) -> tuple[Hook, ...]:
        """The hooks that lead to our own address; those that lead elsewhere are none of our business."""
        ...

    def register(self, event: str) -> None:
        """Make a hook with our present key; RejectedError when refused, as one that exists is."""
        ...

    def mend(self, hook_id: int) -> None:
        """Switch a hook on and give it our present key; RejectedError when refused."""
        ...


class WebhookDoor(Protocol):
    """Our own public address, as a storefront comes to it."""

    def tell(self, order_id: OrderId) -> int:
        """Send a genuine notice about an order; returns the HTTP status of the answer.

        Raises:
            NotSentError: the address could not be reached.
            RetryableError: there was no answer.
            SetupError: a secret is missing, or the certificate is not trusted.
        """
        ...
