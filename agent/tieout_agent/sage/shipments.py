"""Packages that left, on invoices that are posted and on those that are not yet.

Tracking stands in a file without stamps beside the invoice, and moves to another file when the
invoice is posted. Invoices that are not posted are few, so all of them are told each time; posted
ones are found by the stamp of their header. What is not posted is read first: a package that moves
meanwhile is met at least once, and where both have it, the posted one counts. A user who may not
see invoices in entry is told the posted ones alone, and that it is so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from tieout_agent.clock import Clock
from tieout_agent.sage.bulk import read_rows
from tieout_agent.sage.bulk_reads import Bulk, Wish, changed_page
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.families import (
    POSTED_LINE,
    POSTED_PACKAGE,
    SALES_ORDER,
    UNPOSTED_INVOICE,
    UNPOSTED_PACKAGE,
)
from tieout_agent.sage.file_keys import Key, order
from tieout_agent.sage.invoice_parts import may_read, need, parts_of
from tieout_agent.sage.key_pages import ENOUGH_SECONDS, Elapsed, Rows, read_page
from tieout_agent.sage.session import Session
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.shipped_invoices import ShippedInvoice
from tieout_agent.sage.sources import (
    POSTED,
    POSTED_LINES,
    POSTED_PACKAGES,
    UNPOSTED,
    UNPOSTED_PACKAGES,
)

AT_ONCE = 100
"""Invoices whose lines and packages are read before the time is looked at again."""

BEHIND = "~"
"""As a sequence number it sorts behind all that there are."""

_ORDER = HEADER["SalesOrderNo"]
_INVOICE_OF_ORDER = HEADER["CurrentInvoiceNo"]


@dataclass(frozen=True, slots=True)
class _Reading:
    """One page in the making.

    Attributes:
        session: The company's session.
        wish: What is wanted.
        after: The key to begin behind: invoice and sequence.
        elapsed: Says the seconds since the page began.
    """

    session: Session
    wish: Wish
    after: Key
    elapsed: Elapsed


@dataclass(frozen=True, slots=True)
class Shipments:
    """A page of packages.

    Attributes:
        bulk: The page.
        unposted: Whether invoices that are not posted were looked through; else nothing is said
            of them.
    """

    bulk: Bulk
    unposted: bool


def read(sessions: Sessions, company: str, *, wish: Wish, clock: Clock) -> Shipments:
    """Read a page of packages; an invoice is told with all its packages or not at all.

    A page holds more rows than were wanted only where one invoice alone has more packages.

    Raises:
        ProblemError: 403 `NotGranted`, the user may not read posted invoices; 503, Sage refuses
            what it gave before, or a read.
    """
    for family in (POSTED.family, POSTED_LINE, POSTED_PACKAGE):
        need(sessions, company, family)
    unposted = all(
        may_read(sessions, company, family) for family in (UNPOSTED_INVOICE, UNPOSTED_PACKAGE)
    )
    as_of, began = clock.now(), clock.monotonic()
    after = POSTED.file_key.split(wish.after)
    session = sessions.company(company)
    reading = _Reading(session, wish, after, lambda: clock.monotonic() - began)
    rows, following = _page(reading, unposted=unposted)
    key = None if following is None else POSTED.file_key.join(following)
    return Shipments(Bulk(as_of, rows, key), unposted)


def _page(reading: _Reading, *, unposted: bool) -> tuple[list[dict[str, Any]], Key | None]:
    waiting, waiting_end = _unposted(reading) if unposted else ([], None)
    page = changed_page(
        reading.session, POSTED, wish=reading.wish, after=reading.after, elapsed=reading.elapsed
    )
    end = min((one for one in (waiting_end, page.next) if one), key=order, default=None)
    invoices = [
        one for one in _each_once(waiting, page.rows) if end is None or order(one.key) <= order(end)
    ]
    rows, last = _told(reading, invoices)
    return rows, last or end


def _each_once(unposted: Sequence[ShippedInvoice], posted: Rows) -> list[ShippedInvoice]:
    """Put both together; what was posted meanwhile is kept as posted, with what it had before."""
    waiting = {one.header["InvoiceNo"]: one for one in unposted}
    found: list[ShippedInvoice] = []
    for row in posted:
        invoice = ShippedInvoice(row, "posted", {})
        before = waiting.get(row["InvoiceNo"])
        if before is not None and before.is_same_as(invoice):
            invoice = replace(invoice, packages=before.packages)
            del waiting[row["InvoiceNo"]]
        found.append(invoice)
    return sorted([*found, *waiting.values()], key=lambda one: order(one.key))


def _unposted(reading: _Reading) -> tuple[list[ShippedInvoice], Key | None]:
    page = read_page(
        UNPOSTED.opened(reading.session),
        after=reading.after[:1],
        limit=reading.wish.limit,
        elapsed=reading.elapsed,
    )
    numbers = [(row["InvoiceNo"],) for row in page.rows]
    packages = parts_of(reading.session, UNPOSTED_PACKAGES, numbers)
    orders = _orders_by_invoice(reading.session, page.rows)
    found = [
        ShippedInvoice(
            row,
            "unposted",
            {one["PackageNo"]: {**one, "where": "unposted"} for one in packages[number]},
            orders=tuple(orders.get(row["InvoiceNo"], ())),
        )
        for row, number in zip(page.rows, numbers, strict=True)
    ]
    # With every sequence of that number, so that an invoice which is being posted is told once.
    return found, None if page.next is None else (page.next[0], BEHIND)


def _orders_by_invoice(session: Session, headers: Rows) -> dict[str, list[str]]:
    """Find the orders on invoices that cover several; the header names one of them or none.

    By the orders' own word, since lines of invoices in entry can only be read by a user who may
    enter invoices.
    """
    several = [row for row in headers if _may_cover_several(row)]
    if not several:
        return {}
    found: dict[str, list[str]] = {}
    columns = [_ORDER, _INVOICE_OF_ORDER]
    where = f'{_INVOICE_OF_ORDER.sage_name}<>""'
    for row in read_rows(session.use(SALES_ORDER), columns, where=where):
        found.setdefault(row[_INVOICE_OF_ORDER.name], []).append(row[_ORDER.name])
    return found


def _may_cover_several(header: dict[str, str]) -> bool:
    return not header["SalesOrderNo"] or header.get("MultipleSalesOrdersApplied", "Y") == "Y"


def _told(
    reading: _Reading, invoices: Sequence[ShippedInvoice]
) -> tuple[list[dict[str, Any]], Key | None]:
    """Tell invoices until the page is full or the time is used up.

    Returns:
        The rows, and the key of the last invoice that was looked at; None when all were.
    """
    rows: list[dict[str, Any]] = []
    last: Key | None = None
    for begin in range(0, len(invoices), AT_ONCE):
        if begin and reading.elapsed() > ENOUGH_SECONDS:
            return rows, last
        for invoice in _completed(reading.session, invoices[begin : begin + AT_ONCE]):
            more = invoice.rows() if invoice.counts else []
            if rows and len(rows) + len(more) > reading.wish.limit:
                return rows, last
            rows += more
            last = invoice.key
    return rows, None


def _completed(session: Session, invoices: Sequence[ShippedInvoice]) -> list[ShippedInvoice]:
    """Add the lines and packages of posted invoices."""
    keys = [one.key for one in invoices if one.where == "posted"]
    lines = parts_of(session, POSTED_LINES, keys)
    packages = parts_of(session, POSTED_PACKAGES, keys)
    return [
        one.posted_with(lines[one.key], packages[one.key]) if one.where == "posted" else one
        for one in invoices
    ]
