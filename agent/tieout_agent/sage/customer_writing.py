"""Creating a customer and never over another one; changing one only as the caller saw it."""

from collections.abc import Mapping
from dataclasses import dataclass

from tieout_agent.journal import REPEAT
from tieout_agent.problems import ProblemError, problem, unavailable
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.columns import CUSTOMER
from tieout_agent.sage.com_object import DONE, NEW, WARNED
from tieout_agent.sage.customers import (
    DIVISION,
    NUMBER,
    CustomerKey,
    customer_stamp,
    has,
    read,
)
from tieout_agent.sage.families import CUSTOMER as FAMILY
from tieout_agent.sage.session import Session
from tieout_agent.sage.worker import ComFailedError
from tieout_agent.sage.writing import Warned, Writer

CREATED = 201
CHANGED = 200

_NAME = CUSTOMER["CustomerName"]

_WATCHED = (_NAME.name, "DateUpdated", "TimeUpdated")
"""What tells, once the record is locked, that nobody stored it since it was read."""

Values = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class StoredCustomer:
    """A customer as Sage holds it after a write.

    Attributes:
        customer: Its columns.
        warnings: What Sage remarked; nothing in the answer to a repeat.
        repeat: Whether nothing was written now, since it had been before.
    """

    customer: dict[str, str]
    warnings: list[Warned]
    repeat: bool = False


def create_once(
    session: Session, key: CustomerKey, *, values: Values, attempt: Attempt
) -> StoredCustomer:
    """Create a customer, unless this very request did so before.

    Raises:
        ProblemError: 412 the key is taken or time is up; 422 Sage refused a column; 404 the
            customer was created by this request and is gone; 503.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """
    if attempt.was_done(CREATED, landed=lambda: read(session, key) is not None):
        return _again(session, key)
    target = session.use(FAMILY)
    if has(target, key):
        raise _exists(key)
    attempt.deadline.check()
    writer = Writer(target, CUSTOMER, [])
    with attempt.editing(session, FAMILY):
        _open_new(writer, key)
        for name, value in values.items():
            writer.set(name, value)
        _commit(writer, attempt)
    attempt.done(CREATED)
    return StoredCustomer(_read_back(session, key), writer.warnings)


def patch_once(
    session: Session, key: CustomerKey, *, stamp: str, values: Values, attempt: Attempt
) -> StoredCustomer:
    """Set just these columns of a customer, unless this very request did so before.

    Args:
        session: The company's session.
        key: Which customer.
        stamp: What the caller saw of it.
        values: Columns and what to set them to.
        attempt: The request; its revision has to be higher than the one stored.

    Raises:
        ProblemError: 404 or 412, it is not the customer that the caller saw; 422, 503.
        ComFailedError: A COM call raised; after the commit had begun the outcome is unknown.
    """

    def landed() -> bool:
        found = read(session, key)
        return found is not None and _holds(found, values)

    if attempt.was_done(CHANGED, landed=landed):
        return _again(session, key)
    found = _check(session, key, stamp=stamp, attempt=attempt)
    writer = Writer(session.use(FAMILY), CUSTOMER, [])
    with attempt.editing(session, FAMILY):
        _open_stored(writer, key, found)
        for name, value in values.items():
            if not writer.holds(name, value):
                writer.set(name, value)
        _commit(writer, attempt)
    attempt.done(CHANGED)
    return StoredCustomer(_read_back(session, key), writer.warnings)


def _holds(customer: Values, values: Values) -> bool:
    """Say whether a customer is what the patch makes of it, so that nothing is left to be done."""
    return all(customer.get(name) == value.rstrip() for name, value in values.items())


def _check(session: Session, key: CustomerKey, *, stamp: str, attempt: Attempt) -> dict[str, str]:
    """Find the customer, and every reason not to touch it."""
    found = read(session, key)
    if found is None:
        raise absent(key)
    if customer_stamp(found) != stamp:
        raise _changed(key)
    request = attempt.request
    stored = attempt.journal.rev(request.company, request.document)
    if stored is not None and request.rev <= stored:
        raise problem(
            412,
            "RevisionNotNewer",
            f"The customer was stored as revision {stored} already, so revision {request.rev} "
            "comes too late. Nothing was stored. Read the customer.",
        )
    attempt.deadline.check()
    return found


def _open_new(writer: Writer, key: CustomerKey) -> None:
    """Open a record that does not exist; a warning is passed on, and the record itself is asked."""
    code = _open(writer, key)
    if code not in (DONE, NEW):
        writer.accept(code)
    if code == DONE or (code == WARNED and writer.target.get(_NAME)):
        raise _exists(key)


def _open_stored(writer: Writer, key: CustomerKey, found: Values) -> None:
    """Open the record, which locks it, and see that nobody stored it since it was read."""
    code = _open(writer, key)
    if code == NEW:
        raise unavailable("Busy", "The customer is being moved inside Sage 100. Read it again.")
    writer.accept(code)
    watched = [CUSTOMER[name] for name in _WATCHED if name in found]
    if any(writer.target.get(column) != found[column.name] for column in watched):
        raise _changed(key)


def _open(writer: Writer, key: CustomerKey) -> int:
    for part, value in ((DIVISION, key.division), (NUMBER, key.number)):
        writer.accept(writer.target.call("nSetKeyValue", part.sage_name, value), column=part.name)
    return writer.target.call("nSetKey")


def _commit(writer: Writer, attempt: Attempt) -> None:
    attempt.before_commit()
    writer.accept(writer.target.commit())


def _read_back(session: Session, key: CustomerKey) -> dict[str, str]:
    """Read what was just stored. A refusal here must not say that nothing was stored."""
    try:
        stored = read(session, key)
    except ProblemError as error:
        raise ComFailedError("the customer can't be read right after it was written") from error
    if stored is None:
        raise ComFailedError("the customer is absent right after it was written")
    return stored


def _again(session: Session, key: CustomerKey) -> StoredCustomer:
    stored = read(session, key)
    if stored is None:
        raise _gone(key)
    return StoredCustomer(stored, [], repeat=True)


def absent(key: CustomerKey) -> ProblemError:
    """Build the 404 for a key that Sage does not have."""
    return problem(404, "CustomerAbsent", f"Sage 100 has no customer {key}.")


def _exists(key: CustomerKey) -> ProblemError:
    return problem(
        412,
        "CustomerExists",
        f"Sage 100 has a customer {key} already. Nothing was stored. Read the customer, or take "
        "another number.",
    )


def _changed(key: CustomerKey) -> ProblemError:
    return problem(
        412,
        "CustomerChanged",
        f"The customer {key} was changed since you saw it. Nothing was stored. Read it again.",
    )


def _gone(key: CustomerKey) -> ProblemError:
    gone = problem(
        404,
        "CustomerAbsent",
        f"This very request stored customer {key} before, and Sage 100 has it no more. Nothing was "
        "stored now. To enter it once more, send it with a higher X-Rev.",
    )
    gone.headers.update(REPEAT)
    return gone
