"""Checks that Sage's own order numbers and those of web orders can't meet."""

import re
from collections.abc import Iterator, Sequence

from tieout_agent.checks.findings import Finding, State, good
from tieout_agent.sage.columns import HEADER
from tieout_agent.sage.com_object import ComObject
from tieout_agent.sage.families import ORDER_HISTORY, SALES_ORDER, Family
from tieout_agent.sage.file_keys import FileKey, Key, order
from tieout_agent.sage.key_pages import KeyedFile, read_page
from tieout_agent.sage.sessions import Sessions

PAGE = 2000
"""Orders read at once, so that no answer of Sage's is too long."""

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

    A web order's number is a letter and six digits; its `CustomerPONo` tells that it is one. Numbers
    of ids beyond six digits, with an overflow letter, are not looked at.

    Raises:
        ProblemError: 503, Sage refused the read.
    """
    numbered = re.compile(rf"{letter}[0-9]{{6}}")
    marked = re.compile(rf"{letter}-[0-9]+-\w\w", re.ASCII)
    session = sessions.company(code)
    return sorted(
        {
            row[_NUMBER.name]
            for family in (SALES_ORDER, ORDER_HISTORY)
            if family in made
            for row in _rows(session.use(family), letter)
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


def _rows(source: ComObject, letter: str) -> Iterator[dict[str, str]]:
    """Read the orders whose numbers begin with a letter, page by page."""
    key = FileKey((_NUMBER,))
    file = KeyedFile(source, key, [_NUMBER, _MARKER])
    behind = (f"{letter}~",)
    after: Key | None = (f"{chr(ord(letter) - 1)}~",)
    while after is not None and order(after) < order(behind):
        page = read_page(file, after=after, limit=PAGE, elapsed=lambda: 0.0)
        yield from (row for row in page.rows if row[_NUMBER.name].startswith(letter))
        after = page.next
