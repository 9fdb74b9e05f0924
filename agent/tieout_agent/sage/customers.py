"""Customers: read, find by e-mail, create and never over another one."""

from collections.abc import Mapping
from dataclasses import dataclass

from tieout_agent.journal import REPEAT
from tieout_agent.problems import problem
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.bulk import quoted, read_rows
from tieout_agent.sage.columns import CUSTOMER
from tieout_agent.sage.com_object import DONE, FAILED, NEW, ComObject
from tieout_agent.sage.families import CUSTOMER as FAMILY
from tieout_agent.sage.session import Session
from tieout_agent.sage.worker import ComFailedError
from tieout_agent.sage.writing import Warned, Writer

MOST_FOUND = 25
"""Customers in one answer; more under one e-mail address is a question for a person anyway."""

CREATED = 201

_DIVISION = CUSTOMER["ARDivisionNo"]
_NUMBER = CUSTOMER["CustomerNo"]
_EMAIL = CUSTOMER["EmailAddress"]


@dataclass(frozen=True, slots=True)
class CustomerKey:
    """A customer's key.

    Attributes:
        division: Two characters.
        number: Up to 20.
    """

    division: str
    number: str


def read(session: Session, key: CustomerKey) -> dict[str, str] | None:
    """Read a customer, or None when Sage has no such key."""
    source = session.use(FAMILY)
    return source.read(CUSTOMER) if _find(source, key) else None


def find_by_email(session: Session, email: str) -> tuple[list[dict[str, str]], bool]:
    """Find the customers with an e-mail address, in any case of letters.

    Sage narrows, this function decides: what `UCS` makes of letters beyond A to Z is not known.

    Returns:
        At most 25 customers, and whether there were more.

    Raises:
        ProblemError: 400, the address holds what Sage can't be asked for.
    """
    source = session.use(FAMILY)
    where = f"UCS({_EMAIL.sage_name})={quoted(email.upper())}"
    candidates = read_rows(source, [_DIVISION, _NUMBER, _EMAIL], where=where)
    keys = [
        CustomerKey(row[_DIVISION.name], row[_NUMBER.name])
        for row in candidates
        if row[_EMAIL.name].strip().casefold() == email.casefold()
    ]
    found = [source.read(CUSTOMER) for key in keys[:MOST_FOUND] if _find(source, key)]
    return found, len(keys) > MOST_FOUND


@dataclass(frozen=True, slots=True)
class Created:
    """A customer as Sage holds it after a create.

    Attributes:
        customer: Its columns.
        warnings: What Sage remarked; nothing in the answer to a repeat.
        repeat: Whether nothing was written now, since it had been before.
    """

    customer: dict[str, str]
    warnings: list[Warned]
    repeat: bool = False


def create_once(
    session: Session, key: CustomerKey, *, values: Mapping[str, str], attempt: Attempt
) -> Created:
    """Create a customer, unless this very request did so before.

    Raises:
        ProblemError: 412 the key is taken or time is up; 422 Sage refused a column; 404 the
            customer was created by this request and is gone; 503.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    if not attempt.was_done(CREATED, landed=lambda: read(session, key) is not None):
        return _create(session, key, values=values, attempt=attempt)
    stored = read(session, key)
    if stored is None:
        raise _gone(key)
    return Created(stored, [], repeat=True)


def _create(
    session: Session, key: CustomerKey, *, values: Mapping[str, str], attempt: Attempt
) -> Created:
    target = session.use(FAMILY)
    if _find(target, key):
        raise _exists(key)
    attempt.deadline.check()
    writer = Writer(target, CUSTOMER, [])
    with attempt.editing(session, FAMILY):
        _write(writer, key, values=values, attempt=attempt)
    attempt.done(CREATED)
    stored = read(session, key)
    if stored is None:
        raise ComFailedError("the customer is absent right after it was written")
    return Created(stored, writer.warnings)


def _write(
    writer: Writer, key: CustomerKey, *, values: Mapping[str, str], attempt: Attempt
) -> None:
    _set_key(writer.target, key)
    code = writer.target.call("nSetKey")
    if code == DONE:
        raise _exists(key)
    if code != NEW:
        raise writer.refusal()
    for name, value in values.items():
        writer.set(name, value)
    attempt.before_commit()
    writer.accept(writer.target.commit())


def _set_key(source: ComObject, key: CustomerKey) -> None:
    source.call("nSetKeyValue", _DIVISION.sage_name, key.division)
    source.call("nSetKeyValue", _NUMBER.sage_name, key.number)


def _find(source: ComObject, key: CustomerKey) -> bool:
    """Position on a key and compare: Sage stops at the first record that is not lower."""
    _set_key(source, key)
    if source.call("nFind") == FAILED:
        return False
    return (source.get(_DIVISION), source.get(_NUMBER)) == (key.division, key.number)


def _exists(key: CustomerKey) -> Exception:
    return problem(
        412,
        "CustomerExists",
        f"Sage 100 has a customer {key.division}-{key.number} already. Nothing was stored. "
        "Read the customer, or take another number.",
    )


def _gone(key: CustomerKey) -> Exception:
    gone = problem(
        404,
        "CustomerAbsent",
        f"This very request stored customer {key.division}-{key.number} before, and Sage 100 has "
        "it no more. Nothing was stored now. To enter it once more, send it with a higher X-Rev.",
    )
    gone.headers.update(REPEAT)
    return gone
