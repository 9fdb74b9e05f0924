"""Pages of a whole file along its key: items, stock by warehouse, price codes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from tieout_agent.clock import Clock
from tieout_agent.sage.bulk import quoted
from tieout_agent.sage.changes import DATE, Since
from tieout_agent.sage.file_keys import Key
from tieout_agent.sage.key_pages import Elapsed, Page, read_page
from tieout_agent.sage.session import Session
from tieout_agent.sage.sources import Source

MOST_ROWS = 2000
"""Rows in one page: about 1 MB of JSON, half of what a caller accepts."""


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
    rows: list[dict[str, Any]]
    next: str | None


def read(session: Session, source: Source, *, wish: Wish, clock: Clock) -> Bulk:
    """Read a page of a file.

    Raises:
        ProblemError: 503, Sage does not give out the object or refuses the read.
    """
    as_of, began = clock.now(), clock.monotonic()
    after = source.file_key.split(wish.after)
    page = changed_page(
        session, source, wish=wish, after=after, elapsed=lambda: clock.monotonic() - began
    )
    following = None if page.next is None else source.file_key.join(page.next)
    return Bulk(as_of, [dict(row) for row in page.rows], following)


def changed_page(
    session: Session, source: Source, *, wish: Wish, after: Key, elapsed: Elapsed
) -> Page:
    """Read a page of those rows that may have changed since the moment wished for.

    Raises:
        ProblemError: 503, Sage does not give out the object or refuses the read.
    """
    file = source.opened(session)
    since = Since(wish.since) if wish.since and DATE in file.source.layout() else None
    file = replace(file, where=_where(since, wish.warehouses))
    page = read_page(file, after=after, limit=wish.limit, elapsed=elapsed)
    if since is None:
        return page
    return replace(page, rows=[row for row in page.rows if since.has(row)])


def _where(since: Since | None, warehouses: Sequence[str]) -> str:
    conditions = [] if since is None else [since.where]
    if warehouses:
        codes = " OR ".join(f"WarehouseCode$={quoted(code)}" for code in warehouses)
        conditions.append(f"({codes})")
    return " AND ".join(conditions)
