"""What a connection to Sage tells of itself, of what it can't do, and of the sales orders in a company."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from tieout.domain.identity import SalesOrderNo


class Capability(StrEnum):
    """What a connection to Sage may be unable to do."""

    LISTS = "lists"
    MARKERS = "markers"
    HISTORY = "history"
    CHANGES = "changes"
    CUSTOMER_SEARCH = "customer_search"
    ITEMS = "items"
    STOCK = "stock"
    PRICES = "prices"
    SHIPMENTS = "shipments"


# What it means for whoever runs the system, by what is missing.
WITHOUT: Mapping[Capability, str] = {
    Capability.LISTS: "This connection can't list sales orders: the nightly recount only checks that "
    "the ledger knows every order of the storefront from first_order_id on.",
    Capability.MARKERS: "This connection finds a sales order by its number alone: one that was entered "
    "by hand under another number is not seen.",
    Capability.HISTORY: "This connection shows open sales orders only: what became of one that has left "
    "them is not seen, and a person is asked where that matters.",
    Capability.CHANGES: "This connection can't change a sales order safely: edits and cancellations of "
    "an order that is in Sage are for a person.",
    Capability.CUSTOMER_SEARCH: "This connection can't search customers: a buyer whom Sage has under "
    "another number than the one that we would give is entered anew.",
    Capability.ITEMS: "This connection can't read items: they can't be compared with the storefront.",
    Capability.STOCK: "This connection can't read stock: none can be brought to the storefront.",
    Capability.PRICES: "This connection can't read prices: none can be brought to the storefront.",
    Capability.SHIPMENTS: "This connection can't read shipments: no tracking can be brought to the "
    "storefront.",
}


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the agent would take an order now; `reason` says in plain words why not."""

    ready: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One sales order in a company's list; `marker` is what stands in CustomerPONo.

    `deleted` if a person deleted it and only the order history remembers it.
    """

    number: SalesOrderNo
    marker: str
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some sales orders by rising number; the next page begins after `next`, None at the end."""

    orders: tuple[Listed, ...]
    next: SalesOrderNo | None
