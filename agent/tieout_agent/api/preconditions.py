"""Headers under which something may be stored: what must be there, until when, as which revision."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Header, Request

from tieout_agent import journal
from tieout_agent.api.described import MOST_REVISIONS
from tieout_agent.api.requests import Agent, TheAgent
from tieout_agent.clock import Clock
from tieout_agent.problems import bad_request, problem
from tieout_agent.sage.attempt import Attempt
from tieout_agent.sage.deadline import Deadline

NOT_AFTER_RANGE = timedelta(minutes=10)
"""How far ahead a deadline may be: callers give 20 s, so more means a wrong clock."""

FIRST_REVISION = "1"
"""What counts for documents that have no revisions, customers that is."""

_NUMBER = re.compile(r"[0-9]{1,9}")
_STAMP = re.compile(r'"([0-9a-f]{32})"')

# Left out of what FastAPI describes: it knows no header that must be there and is answered by 428.
# The routes describe them by `taking`.
_Undescribed = Header(include_in_schema=False)
IfMatch = Annotated[str | None, _Undescribed]
IfNoneMatch = Annotated[str | None, _Undescribed]
NotAfter = Annotated[str | None, _Undescribed]
Rev = Annotated[str | None, _Undescribed]


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The headers of a write.

    Attributes:
        stamp: From `If-Match`; None for a create, which comes with `If-None-Match: *`.
        deadline: From `X-Not-After`.
        rev: From `X-Rev`.
        body: SHA-256 of the request's body.
    """

    stamp: str | None
    deadline: Deadline
    rev: int
    body: str

    def attempt(
        self, agent: Agent, company: str, *, document: str, action: journal.Action
    ) -> Attempt:
        """Begin an attempt under these headers."""
        request = journal.Request(company, document, action, self.rev, self.body)
        return Attempt(agent.journal, request, self.deadline)


def _to_create(
    request: Request,
    agent: TheAgent,
    *,
    if_none_match: IfNoneMatch = None,
    x_not_after: NotAfter = None,
    x_rev: Rev = None,
) -> Preconditions:
    _check_create_only(if_none_match)
    return _read(request, agent, stamp=None, not_after=x_not_after, rev=x_rev or FIRST_REVISION)


def _to_change(
    request: Request,
    agent: TheAgent,
    *,
    if_match: IfMatch = None,
    x_not_after: NotAfter = None,
    x_rev: Rev = None,
) -> Preconditions:
    stamp = _read_stamp(if_match)
    return _read(request, agent, stamp=stamp, not_after=x_not_after, rev=x_rev)


def _to_put(
    request: Request,
    agent: TheAgent,
    *,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
    x_not_after: NotAfter = None,
    x_rev: Rev = None,
) -> Preconditions:
    if if_match is not None and if_none_match is not None:
        raise bad_request("Send If-None-Match: * to create, or If-Match to replace, but not both.")
    if if_match is None:
        _check_create_only(if_none_match)
    stamp = None if if_match is None else _read_stamp(if_match)
    return _read(request, agent, stamp=stamp, not_after=x_not_after, rev=x_rev)


CreateHeaders = Annotated[Preconditions, Depends(_to_create)]
ChangeHeaders = Annotated[Preconditions, Depends(_to_change)]
PutHeaders = Annotated[Preconditions, Depends(_to_put)]


def _check_create_only(if_none_match: str | None) -> None:
    if if_none_match is None:
        raise _required("If-None-Match: *")
    if if_none_match != "*":
        raise bad_request("If-None-Match has to be `*`: create, and never over anything else.")


def _read_stamp(if_match: str | None) -> str:
    if if_match is None:
        raise _required("If-Match")
    stamp = _STAMP.fullmatch(if_match)
    if stamp is None:
        raise bad_request('If-Match has to be the `stamp` of a look-up, in quotes: "0f…".')
    return stamp[1]


def _read(
    request: Request, agent: Agent, *, stamp: str | None, not_after: str | None, rev: str | None
) -> Preconditions:
    if not_after is None:
        raise _required("X-Not-After")
    if rev is None:
        raise _required("X-Rev")
    if not _NUMBER.fullmatch(rev):
        raise bad_request(f"X-Rev has to be a whole number from 0 to {MOST_REVISIONS}.")
    deadline = _read_deadline(not_after, agent.clock)
    return Preconditions(stamp, deadline, int(rev), request.state.body_hash)


def _read_deadline(text: str, clock: Clock) -> Deadline:
    """Read `X-Not-After`. One that has passed, however long ago, is judged inside the write lock.

    Raises:
        ProblemError: 400, it is no time with a zone, or far ahead of the agent's own time.
    """
    try:
        not_after = datetime.fromisoformat(text)
    except ValueError:
        not_after = None
    if not_after is None or not_after.tzinfo is None:
        raise bad_request("X-Not-After has to be a time such as 2026-01-31T12:00:00Z.")
    if not_after - clock.now() > NOT_AFTER_RANGE:
        raise bad_request(
            "X-Not-After is more than 10 minutes ahead of the agent's time. Take the agent's own "
            "`Date` header as now, and correct the clock that is wrong."
        )
    return Deadline(not_after, clock)


def _required(header: str) -> Exception:
    return problem(
        428, "PreconditionRequired", f"This call stores something and needs the header `{header}`."
    )
