"""How many characters this release keeps: tried in an order that is dropped before it is stored."""

from collections.abc import Sequence

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.sage.books import Books
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.com_object import FAILED
from tieout_agent.sage.families import SALES_ORDER
from tieout_agent.sage.sales_order_columns import CUSTOMER_FIRST, set_present
from tieout_agent.sage.sales_order_reading import MARKER, REV
from tieout_agent.sage.sales_order_writing import OrderDocument, open_new
from tieout_agent.sage.writing import Writer

MEASURED = ("CustomerPONo", "ShipToName", "ShipToAddress1", "ShipToCity", "ConfirmTo", "Comment")
"""Header texts that anything may be typed into, and whose lengths differ from release to release."""

OURS = {MARKER: "x" * 15, REV: "9" * 9}
"""The longest that our own columns have to hold."""


def measure(books: Books, order: OrderDocument) -> list[str]:
    """Say which columns refuse what the newest release keeps.

    Raises:
        ProblemError: 422 or 503.
    """
    with books.session.fresh(SALES_ORDER) as target:
        writer = Writer(target, HEADER, [])
        open_new(writer, order.number)
        set_present(writer, CUSTOMER_FIRST, order.header)
        present = target.layout()
        texts = {name: HEADER[name] for name in MEASURED if name in present}
        tried = {name: (column, "x" * (column.length or 0)) for name, column in texts.items()}
        ours = {name: (target.udf(name), OURS[name]) for name in OURS if name in present}
        return [
            name
            for name, (column, value) in (tried | ours).items()
            if target.put(column, value) == FAILED
        ]


def check_lengths(company: str, short: Sequence[str]) -> Finding:
    """Say what it means."""
    what = "Lengths"
    if not short:
        return good(company, what, f"{', '.join(MEASURED)} take what the newest release keeps.")
    says = f"This release keeps fewer characters in {', '.join(short)}."
    todo = "Shorten what the mapping sends there; our own columns want 15 characters and 9 digits."
    return Finding(company, what, State.WARNING, says, todo)
