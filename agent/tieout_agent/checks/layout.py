"""Checks which columns this release of Sage 100 has, and the user-defined ones of our own."""

from collections.abc import Iterator
from dataclasses import dataclass

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.sage.columns import CUSTOMER, HEADER, LINE, UDF, Table
from tieout_agent.sage.com_object import ComObject
from tieout_agent.sage.families import CUSTOMER as CUSTOMER_FAMILY
from tieout_agent.sage.families import SALES_ORDER, Family
from tieout_agent.sage.sales_order_reading import MARKER, REV
from tieout_agent.sage.sessions import Sessions

MOST_NAMED = 5
"""Columns named in one sentence."""

OURS = {MARKER: "text, 15 characters", REV: "number, 9 digits"}
"""Our own columns on the sales order header, and what they have to hold."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one object.

    Attributes:
        what: What it is called to a person.
        missing: Columns that a caller could set and this release lacks.
        udfs: User-defined columns.
    """

    what: str
    missing: tuple[str, ...]
    udfs: tuple[str, ...]


def read_layouts(sessions: Sessions, code: str, made: frozenset[Family]) -> list[Layout]:
    """Read the layouts of those objects that are given."""
    session, layouts = sessions.company(code), list[Layout]()
    if SALES_ORDER in made:
        order = session.use(SALES_ORDER)
        layouts.append(_layout("sales orders", order, HEADER))
        layouts.append(_layout("order lines", order.child("oLines"), LINE))
    if CUSTOMER_FAMILY in made:
        layouts.append(_layout("customers", session.use(CUSTOMER_FAMILY), CUSTOMER))
    return layouts


def check_layouts(code: str, layouts: list[Layout]) -> Iterator[Finding]:
    """Say what they mean for web orders."""
    for layout in layouts:
        yield _check_columns(code, layout)
    for layout in layouts[:1]:
        if layout.what == "sales orders":
            yield _check_ours(code, layout)


def _layout(what: str, source: ComObject, table: Table) -> Layout:
    present = source.layout()
    missing = [name for name, column in table.items() if column.writable and name not in present]
    return Layout(
        what, tuple(missing), tuple(sorted(name for name in present if UDF.fullmatch(name)))
    )


def _check_columns(code: str, layout: Layout) -> Finding:
    what = f"Columns of {layout.what}"
    udfs = f" User-defined: {', '.join(layout.udfs)}." if layout.udfs else ""
    if not layout.missing:
        return good(code, what, f"All there.{udfs}")
    named = ", ".join(layout.missing[:MOST_NAMED])
    more = len(layout.missing) - MOST_NAMED
    says = f"This release lacks {named}{f' and {more} more' if more > 0 else ''}.{udfs}"
    return Finding(code, what, State.WARNING, says, "Map no web order to them.")


def _check_ours(code: str, layout: Layout) -> Finding:
    what = "Columns of our own"
    lacking = [name for name in OURS if name not in layout.udfs]
    if not lacking:
        return good(code, what, f"{' and '.join(OURS)} are there.")
    kinds = ", ".join(f"{name} ({OURS[name]})" for name in lacking)
    return Finding(
        code,
        what,
        State.WARNING,
        f"{', '.join(lacking)} not there: revisions are known from the journal's disk alone.",
        f"Add {kinds} to the S/O sales order header in Custom Office, User-Defined Fields.",
    )
