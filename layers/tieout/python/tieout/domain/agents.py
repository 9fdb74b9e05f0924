"""What the Sage agent tells of itself, and of the sales orders that a company holds."""

from dataclasses import dataclass

from tieout.domain.identity import SalesOrderNo


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
