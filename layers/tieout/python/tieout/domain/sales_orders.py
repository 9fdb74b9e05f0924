"""The sales order as Sage 100 is asked to hold it, and as it was found there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from tieout.domain.guarantees import NOTHING, Guarantees
from tieout.domain.identity import CustomerKey, SalesOrderNo
from tieout.domain.money import ZERO, to_cents


class Where(StrEnum):
    """Where Sage 100 keeps the document; it only ever moves downwards through this list."""

    OPEN = "open"
    HISTORY = "history"
    INVOICE_HISTORY = "invoiceHistory"


class OnCancel(StrEnum):
    """What becomes of an open sales order whose web order was cancelled."""

    HOLD = "hold"
    DELETE = "delete"


DECIMAL_COLUMNS = frozenset({"QuantityOrdered", "UnitPrice", "FreightAmt", "DiscountAmt"})
_GOODS = ("TaxableAmt", "NonTaxableAmt")
# What our settings put into a sales order, and not the buyer.
OF_SETTINGS = frozenset({"OrderDate", "TaxSchedule", "WarehouseCode"})
# The history mirror's status of a sales order that a person deleted (data dictionary, 2.3).
DELETED = "X"
# OrderStatus of a sales order that is open, and of one on hold (data dictionary, 2.1), and what we
# write into its Comment (30 characters) when we put it there.
WORKED_ON = "O"
ON_HOLD = "H"
HOLD_COMMENT = "Cancelled in the web store"


@dataclass(frozen=True, slots=True)
class SalesOrder:
    """A sales order to be written: Sage's own column names, decimals as text.

    `header` has everything but the customer; `total` is what the document must come to, in cents.
    """

    header: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class FoundSalesOrder:
    """A sales order as Sage 100 has it. `rev` is 0 when the document carries none of ours.

    `written_stamp` is the stamp that it had right after our last write; "" when that is not known.
    """

    number: SalesOrderNo
    where: Where
    stamp: str
    rev: int
    header: Mapping[str, str]
    lines: tuple[Mapping[str, str], ...]
    written_stamp: str = ""

    @property
    def marker(self) -> str:
        """What stands in CustomerPONo."""
        return self.header.get("CustomerPONo", "")

    @property
    def customer(self) -> CustomerKey:
        """Whose order it is."""
        header = self.header
        return CustomerKey(header.get("ARDivisionNo", ""), header.get("CustomerNo", ""))

    @property
    def deleted(self) -> bool:
        """Whether a person deleted it, so that only the history remembers it."""
        return self.where is Where.HISTORY and self.header.get("OrderStatus") == DELETED

    @property
    def on_hold(self) -> bool:
        """Whether it is on hold, whoever put it there."""
        return self.where is Where.OPEN and self.header.get("OrderStatus") == ON_HOLD

    @property
    def held_by_us(self) -> bool:
        """Whether it is on hold because the storefront cancelled it."""
        return self.on_hold and self.header.get("Comment", "") == HOLD_COMMENT

    @property
    def on_its_way(self) -> bool:
        """Whether it is being picked, or part of it has shipped."""
        shipped = any(_number(line, "QuantityShipped") for line in self.lines)
        return shipped or self.header.get("PickingSheetPrinted") == "Y"

    @property
    def total(self) -> Decimal:
        """The document's total; Sage has no column for it (data dictionary, 2.1).

        Invoice history calls the goods TaxableSalesAmt and NonTaxableSalesAmt (2.9).
        """
        header = self.header
        of_invoice = "TaxableAmt" not in header and "TaxableSalesAmt" in header
        goods = ("TaxableSalesAmt", "NonTaxableSalesAmt") if of_invoice else _GOODS
        added = sum((_number(header, name) for name in (*goods, "SalesTaxAmt", "FreightAmt")), ZERO)
        return added - _number(header, "DiscountAmt")


@dataclass(frozen=True, slots=True)
class LookUp:
    """The answer of a barrier look-up: final once `at` (Sage's clock) is past every deadline.

    `stored_rev` tells, where nothing was found, the highest revision under the number that the other
    side remembers having stored; 0 when it remembers none.
    """

    found: FoundSalesOrder | None
    marker_matches: tuple[SalesOrderNo, ...]
    at: datetime
    guarantees: Guarantees = NOTHING
    stored_rev: int = 0


@dataclass(frozen=True, slots=True)
class Guard:
    """Under what a sales order in Sage may be changed: as it was read, in time, by a newer revision.

    `stamp` is the one that it was read with, `not_after` the deadline on Sage's clock, `rev` our
    revision, which must be above the one that Sage's document carries.
    """

    stamp: str
    not_after: datetime
    rev: int


def differences(
    wanted: SalesOrder,
    found: FoundSalesOrder,
    customer: CustomerKey | None = None,
    *,
    just_written: bool = True,
) -> tuple[str, ...]:
    """What a person must know: each point in which the document in Sage isn't what was asked for.

    The customer is compared when it is given, and what our settings say only when it was just written:
    they may have changed since. Sage fills columns that were not sent; those are its own business. What
    differs in a column of text is not quoted: it could be personal data, and the ledger holds none.
    """
    if not just_written:
        wanted = _without_settings(wanted)
    told = [
        *(_differ("customer", customer, found.customer) if customer else ()),
        *_differ("number of lines", len(wanted.lines), len(found.lines)),
        *_differ("total", to_cents(wanted.total), to_cents(found.total)),
    ]
    told += _columns_differ(wanted.header, found.header, "")
    for place, (ours, theirs) in enumerate(zip(wanted.lines, found.lines, strict=False), 1):
        told += _columns_differ(ours, theirs, f" on line {place}")
    return tuple(told)


def finished_differences(wanted: SalesOrder, found: FoundSalesOrder) -> tuple[str, ...]:
    """The same for a document that Sage has finished, as far as it still shows what it was.

    Invoice history has no lines, and other columns are missing too.
    """
    wanted = _without_settings(wanted)
    told = _differ("total", to_cents(wanted.total), to_cents(found.total))
    told += _columns_differ(_shown(wanted.header, found.header), found.header, "")
    if found.lines:
        told += _differ("number of lines", len(wanted.lines), len(found.lines))
    for place, (ours, theirs) in enumerate(zip(wanted.lines, found.lines, strict=False), 1):
        told += _columns_differ(_shown(ours, theirs), theirs, f" on line {place}")
    return tuple(told)


def _without_settings(document: SalesOrder) -> SalesOrder:
    def sold(columns: Mapping[str, str]) -> dict[str, str]:
        return {name: value for name, value in columns.items() if name not in OF_SETTINGS}

    return replace(document, header=sold(document.header), lines=tuple(map(sold, document.lines)))


def _shown(ours: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in ours.items() if name in theirs}


def _columns_differ(ours: Mapping[str, str], theirs: Mapping[str, str], place: str) -> list[str]:
    told: list[str] = []
    for column, value in ours.items():
        if column in DECIMAL_COLUMNS:
            told += _differ(column + place, _number(ours, column), _number(theirs, column))
        elif column == "ItemCode":
            told += _differ(column + place, value, theirs.get(column, ""))
        elif value.strip() != theirs.get(column, "").strip():
            told.append(f"{column}{place} differs")
    return told


def _differ(name: str, ours: object, theirs: object) -> list[str]:
    return [] if ours == theirs else [f"{name}: {ours} expected, Sage has {theirs}"]


def _number(columns: Mapping[str, str], name: str) -> Decimal:
    return Decimal(columns.get(name) or "0")
