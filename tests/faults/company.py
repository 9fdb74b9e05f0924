"""One Sage company as the harness knows it: its tables, and the truth about who did what when.

Written apart from the code under test, from the data dictionary and the agent's contract alone.
"""

from collections.abc import Callable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from decimal import ROUND_HALF_UP, Decimal
from hashlib import blake2b

OPEN, HISTORY, INVOICES = "open", "history", "invoiceHistory"
PLACES = (OPEN, HISTORY, INVOICES)
US, OFFICE, WAREHOUSE = "us", "office", "warehouse"
_CENT = Decimal("0.01")
_BOOKKEEPING = frozenset({"SalesOrderPrinted", "PickingSheetPrinted", "DateUpdated", "TimeUpdated"})
Columns = Mapping[str, str]


@dataclass(frozen=True)
class Document:
    """A sales order. `author` entered it; `by_hand` if a person's change is in it."""

    number: str
    where: str
    header: Columns
    lines: tuple[Columns, ...]
    rev: int = 0
    author: str = US
    by_hand: bool = False

    @property
    def marker(self) -> str:
        return self.header.get("CustomerPONo", "")

    @property
    def total(self) -> Decimal:
        names = ("TaxableAmt", "NonTaxableAmt", "SalesTaxAmt", "FreightAmt")
        plus = sum((Decimal(self.header.get(name) or 0) for name in names), Decimal(0))
        return plus - Decimal(self.header.get("DiscountAmt") or 0)

    @property
    def deleted(self) -> bool:
        return self.where == HISTORY and self.header["OrderStatus"] == "X"

    @property
    def on_hold(self) -> bool:
        return self.where == OPEN and self.header["OrderStatus"] == "H"

    @property
    def stamp(self) -> str:
        """A fingerprint of the content, without what Sage itself moves."""
        told = sorted((k, v) for k, v in self.header.items() if k not in _BOOKKEEPING)
        content = (told, [sorted(line.items()) for line in self.lines], self.rev)
        return blake2b(repr(content).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class Deed:
    """Something that was done to a sales order; `before` and `after` are None where it wasn't."""

    at: int
    who: str
    what: str
    number: str
    before: Document | None
    after: Document | None


@dataclass
class Company:
    """The tables of one company. A number stands in one of them, as Sage moves it."""

    now: Callable[[], int]
    tables: dict[str, dict[str, Document]] = field(
        default_factory=lambda: {place: dict[str, Document]() for place in PLACES}
    )
    customers: dict[tuple[str, str], Columns] = field(
        default_factory=dict[tuple[str, str], Columns]
    )
    deeds: list[Deed] = field(default_factory=list[Deed])
    unknown_items: set[str] = field(default_factory=set[str])
    keeps_deleted: bool = True
    entered: Callable[[Document], None] = lambda _document: None

    def find(self, number: str, places: tuple[str, ...] = PLACES) -> Document | None:
        """The document under a number, open ones first."""
        for place in places:
            if number in self.tables[place]:
                return self.tables[place][number]
        return None

    def marked(self, marker: str, places: tuple[str, ...] = PLACES) -> list[Document]:
        """All documents that carry a marker."""
        return [d for p in places for d in self.tables[p].values() if d.marker == marker]

    def documents(self) -> list[Document]:
        """All documents of all tables."""
        return [d for place in PLACES for d in self.tables[place].values()]

    def refused(self, lines: tuple[Columns, ...]) -> str:
        """The first item that the company doesn't have."""
        return next((x["ItemCode"] for x in lines if x["ItemCode"] in self.unknown_items), "")

    def enter(
        self, number: str, header: Columns, lines: tuple[Columns, ...], *, who: str, rev: int = 0
    ) -> None:
        """A new open sales order."""
        columns = {"OrderStatus": "N", "Comment": "", **header}
        made = _with_sums(Document(number, OPEN, columns, lines, rev, author=who))
        self._store(who, "entered", made)
        self.entered(made)

    def change(
        self,
        found: Document,
        *,
        who: str,
        header: Columns | None = None,
        lines: tuple[Columns, ...] | None = None,
        rev: int | None = None,
    ) -> None:
        """Other columns, other lines, or both, for an open sales order."""
        changed = replace(
            found,
            header={**found.header, **(header or {})},
            lines=found.lines if lines is None else lines,
            rev=found.rev if rev is None else rev,
            by_hand=who == OFFICE or (found.by_hand and (who == WAREHOUSE or lines is None)),
        )
        self._store(who, "changed", _with_sums(changed))

    def add_lines(self, found: Document, lines: tuple[Columns, ...], *, rev: int) -> None:
        """What a bad agent does: it opens the key of an order that exists, and enters once more."""
        self.change(found, who=US, lines=(*found.lines, *lines), rev=rev)

    def move(self, found: Document, to: str, *, who: str, **columns: str) -> None:
        """The document goes on its way to another table."""
        del self.tables[found.where][found.number]
        moved = replace(found, where=to, header={**found.header, **columns})
        self.tables[to][found.number] = moved
        self._tell(who, f"moved to {to}", before=found, after=moved)

    def delete(self, found: Document, *, who: str) -> None:
        """Somebody deletes an open sales order; the history remembers it if the company wants so."""
        if self.keeps_deleted:
            self.move(found, HISTORY, who=who, OrderStatus="X")
        else:
            del self.tables[found.where][found.number]
        self._tell(who, "deleted", before=found, after=None)

    def purge(
        self, young: frozenset[str], *, keep_invoices: bool, keep_deleted: bool
    ) -> tuple[list[Document], list[Document]]:
        """Throw the order history away but the young; returns what went, and what is nowhere any more."""
        rows = [row for row in self.tables[HISTORY].values() if row.number not in young]
        for row in rows:
            if keep_invoices and not row.deleted:
                self.move(row, INVOICES, who=WAREHOUSE)
            elif not (keep_deleted and row.deleted):
                del self.tables[HISTORY][row.number]
        return rows, [row for row in rows if self.find(row.number) is None]

    def copy(self) -> "Company":
        """A backup of the tables."""
        kept = copy(self)
        kept.tables = {place: dict(rows) for place, rows in self.tables.items()}
        kept.customers = dict(self.customers)
        return kept

    def restore(self, backup: "Company") -> None:
        """Put the tables back to a backup."""
        self.tables = {place: dict(rows) for place, rows in backup.tables.items()}
        self.customers = dict(backup.customers)

    def _store(self, who: str, what: str, made: Document) -> None:
        before = self.tables[OPEN].get(made.number)
        self.tables[OPEN][made.number] = made
        self._tell(who, what, before=before, after=made)

    def _tell(
        self, who: str, what: str, *, before: Document | None, after: Document | None
    ) -> None:
        number = (after or before or Document("", OPEN, {}, ())).number
        self.deeds.append(Deed(self.now(), who, what, number, before, after))


def _with_sums(made: Document) -> Document:
    goods = sum((_extension(line) for line in made.lines), Decimal(0))
    sums = {"TaxableAmt": "0.00", "NonTaxableAmt": str(goods), "SalesTaxAmt": "0.00"}
    return replace(made, header={**made.header, **sums})


def _extension(line: Columns) -> Decimal:
    amount = Decimal(line.get("QuantityOrdered") or 0) * Decimal(line.get("UnitPrice") or 0)
    return amount.quantize(_CENT, ROUND_HALF_UP)
