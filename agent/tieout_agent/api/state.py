"""Calls on the agent itself: whether it is well, and what this installation can do."""

from collections.abc import Collection
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent import __version__
from tieout_agent.api import examples
from tieout_agent.api.requests import TheAgent
from tieout_agent.sage.capabilities import Company, probe
from tieout_agent.sage.families import PROBED, Family
from tieout_agent.sage.sessions import Sessions

router = APIRouter(tags=["agent"])


class Health(BaseModel):
    """How the agent is; answered without waiting for Sage.

    `restarts` counts the workers that ended unasked since the agent was started, by a call that
    hung in Sage as a rule; `lastRestart` is when the last of them was noticed.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    status: Literal["ok", "paused", "degraded"]
    version: str
    session: Literal["closed", "open", "broken"]
    queued: int
    time: str
    restarts: int
    last_restart: str | None


class Guarantees(BaseModel):
    """What callers may build on; over all companies, what holds in each of them."""

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    create_only: bool
    deadline: bool
    barrier: bool
    history: bool
    invoice_history: bool
    replace: bool


class CompanyCapabilities(BaseModel):
    """What one company has."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    objects: dict[str, bool]
    columns: dict[str, dict[str, int]]
    udfs: list[str]
    guarantees: Guarantees


class Capabilities(BaseModel):
    """What this installation can do."""

    model_config = ConfigDict(frozen=True, json_schema_extra={"examples": [examples.CAPABILITIES]})

    version: str
    companies: list[CompanyCapabilities]
    guarantees: Guarantees


@router.get("/v1/health")
async def get_health(agent: TheAgent) -> Health:
    """Say how the agent is, even while a call hangs inside Sage."""
    session = agent.owner.session
    last = agent.restarts.last
    degraded = session == "broken" or agent.journal.broken
    status: Literal["ok", "paused", "degraded"] = "degraded" if degraded else "ok"
    return Health(
        status="paused" if agent.owner.paused else status,
        version=__version__,
        session=session,
        queued=agent.owner.queued,
        time=agent.clock.now().isoformat(timespec="seconds"),
        restarts=agent.restarts.count,
        last_restart=None if last is None else last.isoformat(timespec="seconds"),
    )


@router.get("/v1/capabilities")
def get_capabilities(agent: TheAgent) -> Capabilities:
    """Try out every company. Each object is a call of its own to Sage, so none outlasts its time."""
    companies = [_probe(agent, code) for code in agent.settings.companies]
    in_all = set[str].intersection(*(set(company.guarantees) for company in companies))
    return Capabilities(
        version=__version__,
        companies=[_shown(company) for company in companies],
        guarantees=_guarantees(in_all),
    )


def _shown(company: Company) -> CompanyCapabilities:
    return CompanyCapabilities(
        code=company.code,
        name=company.name,
        objects=company.objects,
        columns=company.columns,
        udfs=company.udfs,
        guarantees=_guarantees(company.guarantees),
    )


def _guarantees(words: Collection[str]) -> Guarantees:
    names = (field.alias or name for name, field in Guarantees.model_fields.items())
    return Guarantees.model_validate({name: name in words for name in names})


def _probe(agent: TheAgent, code: str) -> Company:
    objects = {family.name: _can_use(agent, code, family) for family in PROBED}

    def task(sessions: Sessions) -> Company:
        return probe(sessions, code, objects)

    return agent.owner.run(task)


def _can_use(agent: TheAgent, code: str, family: Family) -> bool:
    def task(sessions: Sessions) -> bool:
        return sessions.can_use(code, family)

    return agent.owner.run(task)
