"""One invoice that goods left on: its packages, the sales orders it belongs to, and how it is told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tieout_agent.sage.file_keys import Key

NO_SHIPMENTS = ("CM", "DM", "FC", "AD")
"""Types of invoices with which nothing leaves: credit and debit memos, finance charges, adjustments."""

Where = Literal["unposted", "posted"]
Row = Mapping[str, str]

_OF_HEADER = (
    "InvoiceNo",
    "InvoiceType",
    "InvoiceDate",
    "ShipDate",
    "ShipVia",
    "ARDivisionNo",
    "CustomerNo",
    "CustomerPONo",
)
_OF_PACKAGE = ("PackageNo", "TrackingID", "StarshipShipVia", "Comment", "Weight", "FreightAmt")
_OF_LINE = (
    "ItemCode",
    "ItemType",
    "UnitOfMeasure",
    "WarehouseCode",
    "QuantityOrdered",
    "QuantityShipped",
    "QuantityBackordered",
)
_SAME = ("InvoiceNo", "ARDivisionNo", "CustomerNo", "SalesOrderNo")


@dataclass(frozen=True, slots=True)
class ShippedInvoice:
    """An invoice and what belongs to it.

    Attributes:
        header: Its header.
        where: Which file the header is in.
        packages: Package number to the package, with its own `where`.
        lines: Its lines, each with the order that it was applied to; None where they aren't known.
        orders: Sales orders known otherwise than by header and lines.
    """

    header: Row
    where: Where
    packages: Mapping[str, Row]
    lines: tuple[Row, ...] | None = None
    orders: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """Its key; what is not posted has no sequence number yet."""
        return (self.header["InvoiceNo"], self.header.get("HeaderSeqNo", ""))

    @property
    def counts(self) -> bool:
        """Whether it tells of goods that left for a sales order or in a package."""
        shipped = self.header.get("InvoiceType", "") not in NO_SHIPMENTS
        return shipped and bool(self.packages or self._numbers())

    def is_same_as(self, other: "ShippedInvoice") -> bool:
        """Say whether another one is this invoice too; numbers alone are used again after years."""
        return all(self.header.get(name) == other.header.get(name) for name in _SAME)

    def posted_with(self, lines: Iterable[Row], packages: Iterable[Row]) -> "ShippedInvoice":
        """Add what posting has written; a package met before it was posted counts as it is now."""
        posted = {one["PackageNo"]: {**one, "where": "posted"} for one in packages}
        return replace(self, lines=tuple(lines), packages={**self.packages, **posted})

    def rows(self) -> list[dict[str, Any]]:
        """Tell it: one row per package, or one without a package where none is noted.

        The lines go with the first row alone: they are the invoice's, and no package's.
        """
        packages = [self.packages[number] for number in sorted(self.packages)]
        rows = [self._row(package) for package in packages or [{"PackageNo": ""}]]
        for row in rows[1:]:
            row["SalesOrders"] = [{**one, "Lines": None} for one in row["SalesOrders"]]
        return rows

    def _row(self, package: Row) -> dict[str, Any]:
        number, sequence = self.key
        head = {name: self.header.get(name, "") for name in _OF_HEADER}
        return {
            **head,
            "InvoiceNo": number,
            "HeaderSeqNo": sequence,
            "ShipStatus": self.header.get("ShipStatus", ""),
            **{name: package.get(name) for name in _OF_PACKAGE},
            "where": package.get("where", self.where),
            "SalesOrders": [self._order(one) for one in self._numbers()],
        }

    def _order(self, number: str) -> dict[str, Any]:
        if self.lines is None:
            return {"SalesOrderNo": number, "Lines": None}
        lines = [line for line in self.lines if self._order_of(line) == number]
        shown = [{name: line[name] for name in _OF_LINE if name in line} for line in lines]
        return {"SalesOrderNo": number, "Lines": shown}

    def _order_of(self, line: Row) -> str:
        return line.get("AppliedSalesOrderNo", "") or self.header.get("SalesOrderNo", "")

    def _numbers(self) -> list[str]:
        named = {self.header.get("SalesOrderNo", ""), *self.orders}
        return sorted(named.union(map(self._order_of, self.lines or ())) - {""})
