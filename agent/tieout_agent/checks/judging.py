"""Judges what Sage 100 made of the test order."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.checks.stage import Stage
from tieout_agent.problems import ProblemError
from tieout_agent.sage.books import Books
from tieout_agent.sage.changes import DATE, TIME, local_time
from tieout_agent.sage.sales_order_reading import Found
from tieout_agent.sage.sales_order_writing import OrderDocument

CLOCK_TOLERANCE = timedelta(minutes=2)
"""Between Sage's stamp on a record just written and this server's time: stamps have seconds."""

STOP = "Write no web orders; tell Tieout which release of Sage 100 this is."

Document = Mapping[str, Any]


def compared(finding: Finding, held: Document, order: OrderDocument) -> Finding:
    """See that Sage holds the lines that were sent, in their order, with quantity and price."""
    if _lines(held["Lines"]) == _lines(order.lines):
        return finding
    return replace(
        finding,
        state=State.WRONG,
        says=f"{finding.says} Sage 100 holds other lines, quantities or prices than were sent.",
        todo="Write no web orders; look at the item's pricing, and tell Tieout what you see.",
    )


def found_both(company: str, number: str, found: Found | None) -> Finding:
    """See that a look-up by number and marker found the order by either."""
    what = "Test order found"
    if found is not None and found.where == "open" and number in found.marker_matches:
        return good(company, what, "By its number, and by its customer PO number.")
    return Finding(company, what, State.WRONG, "Not by number and customer PO both.", STOP)


def stamped(company: str, document: Document, now: datetime) -> Finding:
    """Compare Sage's own stamp on the new record with this server's time and zone."""
    what, here = "Sage's clock and zone", now.astimezone().replace(tzinfo=None)
    stamp = local_time(document.get(DATE, ""), document.get(TIME, ""))
    if stamp is None:
        says = "Sage 100 stamps no time on orders, so it can't be told."
        return Finding(company, what, State.UNKNOWN, says)
    if abs(here - stamp) <= CLOCK_TOLERANCE:
        return good(company, what, f"As here: it stamped {stamp:%H:%M}.")
    says = f"Sage 100 stamps {stamp:%Y-%m-%d %H:%M} when it is {here:%Y-%m-%d %H:%M} here."
    todo = "Give this machine the clock and time zone of the Sage 100 server."
    return Finding(company, what, State.WARNING, says, todo)


def refused(stage: Stage, what: str, work: Callable[[Books], None], *, code: str) -> Finding:
    """See that a write which has to be refused is.

    Raises:
        ProblemError: It was refused for another reason.
    """
    try:
        stage.run(work)
    except ProblemError as error:
        if error.problem.code == code:
            return good(stage.company, what, "Refused, as it has to be.")
        raise
    return Finding(stage.company, what, State.WRONG, "It was not refused.", STOP)


def _lines(lines: Sequence[Document]) -> list[tuple[str, Decimal, Decimal]]:
    return [
        (line["ItemCode"], Decimal(line["QuantityOrdered"]), Decimal(line["UnitPrice"]))
        for line in lines
    ]
