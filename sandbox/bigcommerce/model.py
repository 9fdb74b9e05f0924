"""What the shop remembers: accounts, customers, orders with their past, hooks and settings."""

import math
from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from sandbox.bigcommerce.inventory.places import Item, Place

if TYPE_CHECKING:
    from sandbox.bigcommerce.deals import Deal

Json: TypeAlias = dict[str, Any]
"""One JSON object on its way in or out."""

ALL_SCOPES = frozenset(
    {
        "store_v2_orders",
        "store_v2_transactions_read_only",
        "store_v2_customers_read_only",
        "store_v2_information_read_only",
        "store_v2_products",
        "store_inventory",
        "store_locations_read_only",
    }
)


@dataclass(frozen=True)
class Account:
    """One store-level API account."""

    client_id: str = "sandboxclient"
    client_secret: str = "sandbox-client-secret-0123456789abcdef"  # noqa: S105 - made up, well known
    access_token: str = "sandbox-access-token"  # noqa: S105 - made up, well known
    scopes: frozenset[str] = ALL_SCOPES


@dataclass(frozen=True)
class Address:
    """Where somebody lives, with V2's field names; `state` is a full name as in real orders."""

    first_name: str = ""
    last_name: str = ""
    company: str = ""
    street_1: str = ""
    street_2: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = "United States"
    country_iso2: str = "US"
    phone: str = ""
    email: str = ""


@dataclass(frozen=True)
class Customer:
    """One account of the shop; guests have none, and group 0 is no group."""

    id: int
    address: Address
    group_id: int = 0


@dataclass
class OrderDocument:
    """One order as the API shows it, cut into the API's own resources."""

    header: Json
    lines: list[Json]
    addresses: list[Json]
    pickups: list[Json]
    coupons: list[Json]
    taxes: list[Json]
    fees: list[Json]
    transactions: list[Json]
    shipments: list[Json] = field(default_factory=list[Json])
    refunds: list[Json] = field(default_factory=list[Json])

    @property
    def id(self) -> int:
        """The order's number."""
        return self.header["id"]


@dataclass
class Order:
    """An order, the deal behind it, and all its past states as (Unix seconds, document), oldest first.

    Attributes:
        booked: The units of stock that it stands for.
        taken: What of them it found, and where.
    """

    deal: "Deal"
    versions: list[tuple[float, OrderDocument]]
    modified: float
    booked: Counter[Item] = field(default_factory=Counter[Item])
    taken: Counter[Place] = field(default_factory=Counter[Place])

    @property
    def current(self) -> OrderDocument:
        """The newest state."""
        return self.versions[-1][1]

    def as_of(self, moment: float) -> OrderDocument | None:
        """What a replica that stopped at `moment` shows; None before the order was placed."""
        if moment == math.inf:
            return self.current
        known = [document for at, document in self.versions if at <= moment]
        return known[-1] if known else None


@dataclass
class Hook:
    """One registered webhook; only its creator's token sees it."""

    id: int
    client_id: str
    scope: str
    destination: str
    headers: dict[str, str]
    is_active: bool
    created_at: int
    updated_at: int
    deactivated: bool = False


@dataclass
class Settings:
    """What the control API can change about the shop while it runs.

    Attributes:
        currency: The store's default currency.
        tax_inclusive: Whether prices include tax.
        tax_rate: Percent, used by orders that don't name one.
        quota: Requests in one window (BigCommerce docs: 150 on Standard and Plus).
        window_seconds: Length of the window (BigCommerce docs: 30 s).
        retry_factor: Shrinks webhook retry waits and block-list times; 1 is the real schedule.
        restamp_retries: Whether a retry gets a fresh `webhook-timestamp`; undocumented.
        list_incomplete: Whether unfiltered lists show status 0; undocumented.
        list_archived: Whether unfiltered lists show archived orders; undocumented.
        shipments_move_status: Whether a shipment made by API moves the status; sources disagree.
        update_stock_behavior: When orders take stock (BigCommerce docs: inventory settings).
        edit_order_stock_adjustment: Whether an edited order takes other stock.
        refund_order_stock_adjustment: Whether refund and cancellation give stock back.
        aggregated_stock: Whether the storefront sells every location's stock, not the default's.
        inventory_delay_seconds: How long an accepted adjustment takes to show; undocumented.
        absolute_conflict: Which of two absolute adjustments sent at once wins; undocumented.
        inventory_partial, catalog_partial: Whether a refused batch is saved but for its wrong
            items; undocumented.
        records_partial: The same for price records, where the documents hint at it.
        records_replace: Whether an upserted price record loses what it does not name; undocumented.
        adjustments_at_once: How many adjustments of a kind the store takes at the same time; the
            documents advise one. 0 for any number.
        work_seconds: How long a request is under way at endpoints that take only so many at once.
        public_url: What `url` fields in answers begin with.
        store_hash: The store's name in the API's paths.
    """

    currency: str = "USD"
    tax_inclusive: bool = False
    tax_rate: Decimal = Decimal(0)
    quota: int = 150
    window_seconds: float = 30
    retry_factor: float = 1
    restamp_retries: bool = True
    list_incomplete: bool = True
    list_archived: bool = False
    shipments_move_status: bool = True
    update_stock_behavior: Literal["order_placed", "order_completed_or_shipped"] = "order_placed"
    edit_order_stock_adjustment: bool = True
    refund_order_stock_adjustment: bool = False
    aggregated_stock: bool = False
    inventory_delay_seconds: float = 1
    absolute_conflict: Literal["last", "first", "dice"] = "last"
    inventory_partial: bool = False
    catalog_partial: bool = False
    records_partial: bool = True
    records_replace: bool = False
    adjustments_at_once: int = 1
    work_seconds: float = 0
    public_url: str = "https://api.bigcommerce.com"
    store_hash: str = "sandbox1"
