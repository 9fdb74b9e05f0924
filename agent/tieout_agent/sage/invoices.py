"""Posted invoices and credit memos: the sales orders that they belong to, and what is still open."""

from collections.abc import Sequence
from typing import Any

from tieout_agent.clock import Clock
from tieout_agent.sage.bulk_reads import Bulk, Wish, changed_page
from tieout_agent.sage.families import OPEN_INVOICE
from tieout_agent.sage.file_keys import Key
from tieout_agent.sage.invoice_parts import may_read, parts_of
from tieout_agent.sage.key_pages import ENOUGH_SECONDS, Rows
from tieout_agent.sage.session import Session
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.sources import OPEN_INVOICES, POSTED, POSTED_LINES

AT_ONCE = 100
"""Invoices whose orders and balances are read before the time is looked at again."""

_CUSTOMER = ("ARDivisionNo", "CustomerNo", "InvoiceNo", "InvoiceType")
_SEQUENCE = "InvoiceHistoryHeaderSeqNo"


def read(sessions: Sessions, company: str, *, wish: Wish, clock: Clock) -> Bulk:
    """Read a page of posted invoices.

    Raises:
        ProblemError: 503, Sage does not give out the headers or lines, or refuses a read.
    """
    sessions.company(company).use(POSTED.family)
    with_balances = may_read(sessions, company, OPEN_INVOICE)
    session = sessions.company(company)
    as_of, began = clock.now(), clock.monotonic()
    after = POSTED.file_key.split(wish.after)
    page = changed_page(
        session, POSTED, wish=wish, after=after, elapsed=lambda: clock.monotonic() - began
    )
    rows: list[dict[str, Any]] = []
    following = page.next
    for begin in range(0, len(page.rows), AT_ONCE):
        if begin and clock.monotonic() - began > ENOUGH_SECONDS:
            following = POSTED.file_key.of(page.rows[begin - 1])
            break
        headers = page.rows[begin : begin + AT_ONCE]
        rows += _told(session, headers, with_balances=with_balances)
    return Bulk(as_of, rows, None if following is None else POSTED.file_key.join(following))


def _told(session: Session, headers: Rows, *, with_balances: bool) -> list[dict[str, Any]]:
    keys = [POSTED.file_key.of(row) for row in headers]
    lines = parts_of(session, POSTED_LINES, keys)
    owed = _balances(session, headers) if with_balances else {}
    return [
        {**row, "SalesOrders": _orders(row, lines[key]), **_open(row, owed)}
        for row, key in zip(headers, keys, strict=True)
    ]


def _orders(header: dict[str, str], lines: Sequence[dict[str, str]]) -> list[str]:
    named = {header["SalesOrderNo"], *(line.get("AppliedSalesOrderNo", "") for line in lines)}
    return sorted(named - {""})


def _balances(session: Session, headers: Rows) -> dict[Key, Rows]:
    keys = [tuple(row[name] for name in _CUSTOMER) for row in headers]
    return parts_of(session, OPEN_INVOICES, list(dict.fromkeys(keys)))


def _open(header: dict[str, str], owed: dict[Key, Rows]) -> dict[str, str | None]:
    """Say what is still to be paid; None where that is not on file, or may not be read."""
    found = owed.get(tuple(header[name] for name in _CUSTOMER), [])
    mine = [one for one in found if one.get(_SEQUENCE, "") in ("", header["HeaderSeqNo"])]
    first = mine[0] if mine else {}
    return {"OpenBalance": first.get("Balance"), "InvoiceDueDate": first.get("InvoiceDueDate")}
