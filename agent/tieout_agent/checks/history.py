"""Checks what Sage 100 keeps of orders that are completed or deleted, as far as its history shows."""

from collections.abc import Iterator

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.families import ORDER_HISTORY
from tieout_agent.sage.sales_order_reading import DELETED, browse
from tieout_agent.sage.sessions import Sessions

MOST_LOOKED_AT = 500
"""Orders of the history whose status is read, oldest first: a second or two."""

COMPLETED = ("C",)

COMPLETED_KEPT, DELETED_KEPT = "History of completed orders", "History of deleted orders"
TEST_DELETED = "Test order deleted"
"""What findings are called that show whether an order leaves a trace."""

_STATUS = HEADER["OrderStatus"]


def read_statuses(sessions: Sessions, code: str) -> frozenset[str]:
    """Say which statuses the first orders of the history have."""
    source = sessions.company(code).use(ORDER_HISTORY)
    return frozenset(source.get(_STATUS) for _ in browse(source, limit=MOST_LOOKED_AT))


def check_history(code: str, statuses: frozenset[str]) -> Iterator[Finding]:
    """Say what they prove. The option itself is in no object that is known to be readable."""
    yield _kept(code, COMPLETED_KEPT, "completed", seen=statuses.intersection(COMPLETED))
    yield _kept(code, DELETED_KEPT, "deleted", seen=statuses.intersection(DELETED))


def _kept(code: str, what: str, kind: str, *, seen: frozenset[str]) -> Finding:
    if seen:
        return good(code, what, "It is kept: the history has some.")
    return Finding(
        code,
        what,
        State.UNKNOWN,
        f"None among the first {MOST_LOOKED_AT} orders of the history, so it can't be told.",
        "Look in Sales Order Options (Sales Order, Setup), tab History: keep sales order history, "
        f"{kind} orders too.",
    )
