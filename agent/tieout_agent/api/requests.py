"""What the calls take: path parts and bodies, checked before Sage is asked."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tieout_agent.clock import Clock
from tieout_agent.journal import Journal
from tieout_agent.life import NEVER, Restarts
from tieout_agent.problems import problem
from tieout_agent.sage.owner import Owner
from tieout_agent.sage.sessions import Sessions
from tieout_agent.settings import Settings

MOST_LINES = 1000
"""Lines of one order; writing more would outlast the deadline of a call."""

MOST_COLUMNS = 200
"""Columns of one record; Sage's widest has fewer."""


@dataclass(frozen=True, slots=True)
class Agent:
    """What every call works with.

    Attributes:
        settings: The agent's settings.
        owner: The way to the Sage thread.
        clock: The agent's clock.
        journal: The journal of writes.
        restarts: How often the worker had to be started anew.
    """

    settings: Settings
    owner: Owner[Sessions]
    clock: Clock
    journal: Journal
    restarts: Restarts = NEVER


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
    """A whole sales order: Sage's columns without `$`, decimals and dates as text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header: _Columns
    lines: list[_Columns] = Field(min_length=1, max_length=MOST_LINES)


class PatchBody(BaseModel):
    """Header columns to set on an open sales order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    header: _Columns = Field(min_length=1)


class CustomerBody(BaseModel):
    """A customer to create: columns of `AR_Customer` without `$`; the key is in the path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer: _Columns


class CustomerPatchBody(BaseModel):
    """Columns to set on a customer that is there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    customer: _Columns = Field(min_length=1)
