"""What the calls take: path parts and bodies, checked before Sage is asked."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, WithJsonSchema

from tieout_agent.api import examples
from tieout_agent.api.described import columns_schema
from tieout_agent.clock import Clock
from tieout_agent.journal import Journal
from tieout_agent.life import NEVER, Restarts
from tieout_agent.problems import problem
from tieout_agent.sage.columns import CUSTOMER, HEADER, LINE, Table
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


CompanyPath = Annotated[
    str,
    Path(
        description="Sage 100's company code, three capitals or digits; one that the agent is set "
        "up for.",
        json_schema_extra={"pattern": "^[0-9A-Z]{3}$"},
        examples=["ABC"],
    ),
]


def _company(company: CompanyPath, agent: TheAgent) -> str:
    if company not in agent.settings.companies:
        raise problem(
            404,
            "UnknownCompany",
            "The agent is not set up for this company code. Correct the code, or add it to "
            "`companies` in the agent's settings file.",
        )
    return company


CompanyCode = Annotated[str, Depends(_company)]
OrderNumber = Annotated[
    str, Path(pattern="^[0-9A-Z]{7}$", description="The order's number.", examples=["W000250"])
]
Division = Annotated[
    str, Path(pattern="^[0-9A-Z]{2}$", description="The customer's division.", examples=["00"])
]
CustomerNumber = Annotated[
    str,
    Path(pattern="^[0-9A-Z]{1,20}$", description="The customer's number.", examples=["WEB0001"]),
]
Marker = Annotated[
    str | None,
    Query(
        pattern="^[0-9A-Za-z-]{1,15}$",
        description="What `CustomerPONo` of the order holds: a look-up finds it under any number, "
        "and a create is refused beside an open order that bears it.",
        examples=["W-250-x7"],
    ),
]

_Columns = Annotated[
    dict[Annotated[str, StringConstraints(max_length=60)], str], Field(max_length=MOST_COLUMNS)
]


def _some(table: Table) -> WithJsonSchema:
    """Describe a record of which at least one column is sent."""
    return WithJsonSchema(columns_schema(table) | {"minProperties": 1})


class SalesOrderBody(BaseModel):
    """A whole sales order: Sage's columns without `$`, decimals and dates as text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [examples.ORDER]}
    )

    header: Annotated[_Columns, WithJsonSchema(columns_schema(HEADER))]
    lines: list[
        Annotated[_Columns, WithJsonSchema(columns_schema(LINE, required=["ItemCode"]))]
    ] = Field(min_length=1, max_length=MOST_LINES)


class PatchBody(BaseModel):
    """Header columns to set on an open sales order."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"header": {"OrderStatus": "H", "Comment": "On hold"}}]},
    )

    header: Annotated[_Columns, Field(min_length=1), _some(HEADER)]


class CustomerBody(BaseModel):
    """A customer to create: columns of `AR_Customer` without `$`; the key is in the path."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"customer": examples.CUSTOMER}]},
    )

    customer: Annotated[_Columns, WithJsonSchema(columns_schema(CUSTOMER))]


class CustomerPatchBody(BaseModel):
    """Columns to set on a customer that is there."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"examples": [{"customer": {"EmailAddress": "new@alpine.example"}}]},
    )

    customer: Annotated[_Columns, Field(min_length=1), _some(CUSTOMER)]
