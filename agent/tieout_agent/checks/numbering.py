"""Checks that Sage's own order numbers and those of web orders can't meet."""

import re
from collections.abc import Sequence

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.sage.bulk import read_rows
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.families import ORDER_HISTORY, SALES_ORDER, Family
from tieout_agent.sage.sessions import Sessions

DIGITS = "0123456789"
"""The numbers of a letter are read in ten parts, so that no answer of Sage's is too long."""

MOST_NAMED = 3

LOOK = (
    "See that the next sales order number in Sales Order Options (Sales Order, Setup) does not "
    "begin with {letter}: it can't be read without using it up."
)

_NUMBER, _MARKER = HEADER["SalesOrderNo"], HEADER["CustomerPONo"]


def read_strangers(
    sessions: Sessions, code: str, *, letter: str, made: frozenset[Family]
) -> list[str]:
    """Find orders that have a web order's number and are none.

    A web order's number is a letter and six digits; its `CustomerPONo` tells that it is one.

    Raises:
        ProblemError: 503, Sage refused the read.
    """
    numbered = re.compile(rf"{letter}[0-9]{{6}}")
    marked = re.compile(rf"{letter}-[0-9]+-\w\w", re.ASCII)
    return sorted(
        {
            row[_NUMBER.name]
            for row in _rows(sessions, code, letter=letter, made=made)
            if numbered.fullmatch(row[_NUMBER.name]) and not marked.fullmatch(row[_MARKER.name])
        }
    )


def check_numbering(code: str, letter: str, strangers: Sequence[str]) -> Finding:
    """Say what they mean."""
    what = f"Numbers with {letter}"
    if not strangers:
        says = f"No order but web orders has a number such as {letter}000123."
        return Finding(code, what, State.OK, says, LOOK.format(letter=letter))
    named = ", ".join(strangers[:MOST_NAMED])
    return Finding(
        code,
        what,
        State.WRONG,
        f"{len(strangers)} orders have a web order's number and are none, such as {named}.",
        "Choose another letter for the storefront in the cloud's settings.",
    )


def check_next_number(code: str, letters: Sequence[str], number: str) -> Finding:
    """Judge an automatic number that was drawn in the test company."""
    what = "Automatic number"
    if number[:1] in letters:
        todo = "Choose another letter for the storefront in the cloud's settings."
        return Finding(code, what, State.WRONG, f"Sage 100 drew {number}.", todo)
    return good(code, what, f"Sage 100 drew {number}, which can't meet a web order's.")


def _rows(
    sessions: Sessions, code: str, *, letter: str, made: frozenset[Family]
) -> list[dict[str, str]]:
    session = sessions.company(code)
    families = [family for family in (SALES_ORDER, ORDER_HISTORY) if family in made]
    return [
        row
        for family in families
        for digit in DIGITS
        for row in read_rows(
            session.use(family),
            [_NUMBER, _MARKER],
            begin=f"{letter}{digit}",
            end=f"{letter}{digit}~",
        )
    ]
