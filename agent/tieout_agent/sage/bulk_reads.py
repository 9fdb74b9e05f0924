"""Pages of a whole file along its key: items, stock by warehouse, price codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tieout_agent.clock import Clock
from tieout_agent.sage.bulk import quoted
from tieout_agent.sage.changes import DATE, Since
from tieout_agent.sage.columns import ITEM, ITEM_WAREHOUSE, PRICE_CODE, Table
from tieout_agent.sage.families import ITEM as ITEM_FAMILY
from tieout_agent.sage.families import ITEM_WAREHOUSE as STOCK_FAMILY
from tieout_agent.sage.families import PRICE_CODE as PRICE_FAMILY
from tieout_agent.sage.families import Family
from tieout_agent.sage.file_keys import FileKey
from tieout_agent.sage.key_pages import KeyedFile, Rows, read_page
from tieout_agent.sage.session import Session

MOST_ROWS = 2000
"""Rows in one page: about 1 MB of JSON, half of what a caller accepts."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file that is read as a whole.

    Attributes:
        family: The object that reads it.
        table: Its columns.
        key: The names of its key's columns, in order.
    """

    family: Family
    table: Table
    key: tuple[str, ...]

    @property
    def file_key(self) -> FileKey:
        """The file's key."""
        return FileKey(tuple(self.table[name] for name in self.key))


ITEMS: Final = Source(ITEM_FAMILY, ITEM, ("ItemCode",))
STOCK: Final = Source(STOCK_FAMILY, ITEM_WAREHOUSE, ("ItemCode", "WarehouseCode"))
PRICES: Final = Source(
    PRICE_FAMILY,
    PRICE_CODE,
    (
        "PriceCodeRecord",
        "PriceCode",
        "ItemCode",
        "CustomerPriceLevel",
        "ARDivisionNo",
        "CustomerNo",
    ),
)


@dataclass(frozen=True, slots=True)
class Wish:
    """Which rows are wanted.

    Attributes:
        after: `next` of the page before; empty for the first page.
        limit: Most rows.
        since: Only rows that may have changed since then; None for all.
        warehouses: Only stock in these; none for all.
    """

    after: str = ""
    limit: int = MOST_ROWS
    since: datetime | None = None
    warehouses: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Bulk:
    """What a page of rows is answered with.

    Attributes:
        as_of: When the reading began; what changed later may be missing.
        rows: The rows, with Sage's own columns.
        next: What to send as `after` for the next page; None when this was the last one.
    """

    as_of: datetime
    rows: Rows
    next: str | None


def read(session: Session, source: Source, *, wish: Wish, clock: Clock) -> Bulk:
    """Read a page of a file.

    Raises:
        ProblemError: 503, Sage does not give out the object or refuses the read.
    """
    made = session.use(source.family)
    key = source.file_key
    columns = [*key.columns, *(one for one in made.present(source.table) if one not in key.columns)]
    since = None if wish.since is None else Since(wish.since)
    stamped = since if DATE in made.layout() else None
    file = KeyedFile(made, key, columns, where=_where(stamped, wish.warehouses))
    as_of, began = clock.now(), clock.monotonic()
    page = read_page(
        file,
        after=key.split(wish.after),
        limit=wish.limit,
        elapsed=lambda: clock.monotonic() - began,
    )
    rows = page.rows if stamped is None else [row for row in page.rows if stamped.has(row)]
    return Bulk(as_of, rows, None if page.next is None else key.join(page.next))


def _where(since: Since | None, warehouses: Sequence[str]) -> str:
    conditions = [] if since is None else [since.where]
    if warehouses:
        codes = " OR ".join(f"WarehouseCode$={quoted(code)}" for code in warehouses)
        conditions.append(f"({codes})")
    return " AND ".join(conditions)
