"""What the calls take: path parts, headers and bodies, checked before Sage is asked."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Header, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_agent.clock import Clock
from tieout_agent.problems import bad_request, problem
from tieout_agent.sage.deadline import Deadline
from tieout_agent.sage.owner import Owner
from tieout_agent.sage.sessions import Sessions
from tieout_agent.settings import Settings

MOST_LINES = 1000
"""Lines of one order; writing more would outlast the deadline of a call."""

MOST_COLUMNS = 200
"""Columns of one record; Sage's widest has fewer."""

NOT_AFTER_RANGE = timedelta(minutes=10)
"""How far a deadline may be from now: callers give 20 s, so more means a wrong clock."""

MOST_REVISIONS = 999_999_999
"""Highest revision: nine digits, what the user-defined column holds."""

_NUMBER = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Agent:
    """What every call works with.

    Attributes:
        settings: The agent's settings.
        owner: The way to the Sage thread.
        clock: The agent's clock.
    """

    settings: Settings
    owner: Owner[Sessions]
    clock: Clock


def _agent(request: Request) -> Agent:
    agent: Agent = request.app.state.agent
    return agent


TheAgent = Annotated[Agent, Depends(_agent)]


def _company(company: str, agent: TheAgent) -> str:
    if company not in agent.settings.companies:
        raise problem(
            404,
            "UnknownCompany",
            "The agent is not set up for this company code. Correct the code, or add it to "
            "`companies` in the agent's settings file.",
        )
    return company


CompanyCode = Annotated[str, Depends(_company)]
OrderNumber = Annotated[str, Path(pattern="^[0-9A-Z]{7}$")]
Division = Annotated[str, Path(pattern="^[0-9A-Z]{2}$")]
CustomerNumber = Annotated[str, Path(pattern="^[0-9A-Z]{1,20}$")]
Marker = Annotated[str | None, Query(pattern="^[0-9A-Za-z-]{1,15}$")]
Day = Annotated[str | None, Query(alias="changedSince", pattern="^[0-9]{8}$")]

_Columns = Annotated[
    dict[Annotated[str, StringConstraints(max_length=60)], str], Field(max_length=MOST_COLUMNS)
]


class SalesOrderBody(BaseModel):
    """A sales order to create: Sage's columns without `$`, decimals and dates as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header: _Columns
    lines: list[_Columns] = Field(min_length=1, max_length=MOST_LINES)


class CustomerBody(BaseModel):
    """A customer to create: columns of `AR_Customer` without `$`; the key is in the path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer: _Columns


@dataclass(frozen=True, slots=True)
class Preconditions:
    """The headers under which a document may be stored.

    Attributes:
        deadline: From `X-Not-After`, where one was given.
        rev: From `X-Rev`.
    """

    deadline: Deadline | None
    rev: int


def _preconditions(
    agent: TheAgent,
    *,
    if_none_match: Annotated[str | None, Header()] = None,
    if_match: Annotated[str | None, Header()] = None,
    x_not_after: Annotated[str | None, Header()] = None,
    x_rev: Annotated[str, Header()] = "1",
) -> Preconditions:
    if if_match is not None:
        raise bad_request(
            "This version of the agent creates documents and does not replace them "
            "(`replace` is false under `guarantees`). Send `If-None-Match: *` to create."
        )
    if if_none_match is None:
        raise _required("If-None-Match: *")
    if if_none_match != "*":
        raise bad_request("If-None-Match has to be `*`: create, and never over anything else.")
    if not _NUMBER.fullmatch(x_rev):
        raise bad_request(f"X-Rev has to be a whole number from 0 to {MOST_REVISIONS}.")
    deadline = None if x_not_after is None else read_deadline(x_not_after, agent.clock)
    return Preconditions(deadline, int(x_rev))


CreateHeaders = Annotated[Preconditions, Depends(_preconditions)]


def required_deadline(headers: Preconditions) -> Deadline:
    """Hand out the deadline of a call that can't do without.

    Raises:
        ProblemError: 428, the header is missing.
    """
    if headers.deadline is None:
        raise _required("X-Not-After")
    return headers.deadline


def read_deadline(text: str, clock: Clock) -> Deadline:
    """Read `X-Not-After`.

    Raises:
        ProblemError: 400, it is no time with a zone, or far from the agent's own time.
    """
    try:
        not_after = datetime.fromisoformat(text)
    except ValueError:
        not_after = None
    if not_after is None or not_after.tzinfo is None:
        raise bad_request("X-Not-After has to be a time such as 2026-01-31T12:00:00Z.")
    if abs(not_after - clock.now()) > NOT_AFTER_RANGE:
        raise bad_request(
            "X-Not-After is more than 10 minutes from the agent's time. Take the agent's own "
            "`Date` header as now, and correct the clock that is wrong."
        )
    return Deadline(not_after, clock)


def _required(header: str) -> Exception:
    return problem(
        428, "PreconditionRequired", f"This call stores something and needs the header `{header}`."
    )
