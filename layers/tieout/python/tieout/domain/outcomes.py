"""How working on one order can end."""

from dataclasses import dataclass
from datetime import datetime

from tieout.domain.identity import SalesOrderNo


@dataclass(frozen=True, slots=True)
class Taken:
    """The sales order stands in Sage as the web order has it; `adopted` if it already stood there."""

    number: SalesOrderNo
    adopted: bool
    placed_at: datetime


@dataclass(frozen=True, slots=True)
class AlreadyTaken:
    """Nothing to do: Sage has this very content."""

    number: SalesOrderNo


@dataclass(frozen=True, slots=True)
class Updated:
    """The order was changed in the storefront, and its sales order in Sage with it."""

    number: SalesOrderNo


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nobody needs to act: looked at again at `until`, or when the order changes if that is None."""

    reason: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Parked:
    """A person needs to act."""

    reason: str
    next_action: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The order is not for Sage, and nothing was written there."""

    reason: str


@dataclass(frozen=True, slots=True)
class NeedsSetup:
    """An operator needs to act; the order is tried again at `until`."""

    reason: str
    until: datetime


@dataclass(frozen=True, slots=True)
class HeldByAnother:
    """Another worker has the order, and has been told to look again."""


# How a worker that has the order can end; the ledger remembers each.
Ending = Taken | AlreadyTaken | Updated | Waiting | Parked | Skipped | NeedsSetup
Outcome = Ending | HeldByAnother
