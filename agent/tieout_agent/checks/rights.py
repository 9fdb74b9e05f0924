"""Checks whether the agent's user gets each Sage object, and names the right that is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.problems import ProblemError
from tieout_agent.sage.families import (
    CUSTOMER,
    INVOICE_HISTORY,
    ITEM,
    ITEM_WAREHOUSE,
    OPEN_INVOICE,
    ORDER_HISTORY,
    POSTED_LINE,
    POSTED_PACKAGE,
    PRICE_CODE,
    PROBED,
    SALES_ORDER,
    UNPOSTED_INVOICE,
    UNPOSTED_PACKAGE,
    Family,
)
from tieout_agent.sage.grants import NotGrantedError
from tieout_agent.sage.sessions import Sessions


@dataclass(frozen=True, slots=True)
class Right:
    """A right as the person knows it who grants it.

    Attributes:
        task: Where it is in Role Maintenance.
        without: What does not work without it.
        needed: Whether no web order can come in without it.
    """

    task: str
    without: str
    needed: bool = False


_INVOICE_ENTRY = "Invoice Data Entry (Sales Order, Main), to view"
_INVOICE_HISTORY = "Invoice History Inquiry (Accounts Receivable, Inquiries)"

RIGHTS: Final = {
    SALES_ORDER: Right(
        "Sales Order Entry (Sales Order, Main), with create, modify and remove",
        "no order can be written",
        needed=True,
    ),
    CUSTOMER: Right(
        "Customer Maintenance (Accounts Receivable, Main), with create and modify",
        "no customer can be found or made",
        needed=True,
    ),
    ORDER_HISTORY: Right(
        "Sales Order and Quote History Inquiry (Sales Order, Inquiries)",
        "an order that is completed or deleted looks like one that never was",
    ),
    INVOICE_HISTORY: Right(
        _INVOICE_HISTORY,
        "an order whose history was purged looks like one that never was",
    ),
    ITEM: Right("Item Maintenance (Common Information, Main)", "items can't be read"),
    ITEM_WAREHOUSE: Right("a task of Inventory Management", "stock can't be read"),
    PRICE_CODE: Right("a task of Inventory Management", "price codes can't be read"),
    UNPOSTED_INVOICE: Right(_INVOICE_ENTRY, "packages are told from the posting on only"),
    UNPOSTED_PACKAGE: Right(_INVOICE_ENTRY, "packages are told from the posting on only"),
    POSTED_LINE: Right(_INVOICE_HISTORY, "what was shipped of an order can't be read"),
    POSTED_PACKAGE: Right(_INVOICE_HISTORY, "shipments can't be read"),
    OPEN_INVOICE: Right(_INVOICE_HISTORY, "what is still owed on an invoice can't be read"),
}


def right_of(family: Family) -> Right:
    """Say which right opens an object."""
    return RIGHTS[family]


Try = Callable[[Callable[[Sessions], None]], None]
"""Runs a task on the Sage thread."""


def granted(code: str, run: Try) -> tuple[frozenset[Family], list[Finding]]:
    """Try every object of a company, one call each, since a refusal costs a session.

    Args:
        code: The company's code.
        run: The way to the Sage thread.

    Returns:
        The objects that were made, and what was found.
    """
    made: set[Family] = set()
    findings: list[Finding] = []
    for family in PROBED:
        finding = _try(code, family, run)
        findings.append(finding)
        if finding.state is State.OK:
            made.add(family)
    return frozenset(made), findings


def _try(code: str, family: Family, run: Try) -> Finding:
    right, what = right_of(family), f"Right: {family.name}"

    def task(sessions: Sessions) -> None:
        sessions.company(code).use(family)

    state = State.WRONG if right.needed else State.WARNING
    try:
        run(task)
    except NotGrantedError:
        says = f"Sage 100 does not give it, so {right.without}."
        todo = f"Grant {right.task} to the user's role; see that module {family.module} is active."
        return Finding(code, what, state, says, todo)
    except ProblemError as error:
        return Finding(code, what, State.WRONG, error.problem.detail, "Then check again.")
    return good(code, what, f"Granted: {right.task}.")


def missing(made: frozenset[Family]) -> Iterator[Family]:
    """Say which of the objects that a guarantee rests on were not given."""
    return (family for family in (ORDER_HISTORY, INVOICE_HISTORY) if family not in made)
