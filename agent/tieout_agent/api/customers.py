"""Calls on customers: read one, find by e-mail, create one."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from tieout_agent.api.preconditions import CreateHeaders
from tieout_agent.api.requests import (
    CompanyCode,
    CustomerBody,
    CustomerNumber,
    Division,
    TheAgent,
)
from tieout_agent.journal import REPEAT
from tieout_agent.problems import problem
from tieout_agent.sage import customers
from tieout_agent.sage.column_checks import check_columns
from tieout_agent.sage.columns import CUSTOMER
from tieout_agent.sage.families import CUSTOMER as FAMILY
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.stamps import stamp_of
from tieout_agent.sage.writing import Warned

router = APIRouter(tags=["AR/Customer"])

LONGEST_EMAIL = 250
"""Characters of `EmailAddress` in Sage."""

Email = Annotated[str, Query(min_length=3, max_length=LONGEST_EMAIL, pattern="^[^@]+@[^@]+$")]


class CustomerFound(BaseModel):
    """One customer."""

    model_config = ConfigDict(frozen=True)

    customer: dict[str, str]
    stamp: str


class CustomersFound(BaseModel):
    """The customers with one e-mail address."""

    model_config = ConfigDict(frozen=True)

    customers: list[dict[str, str]]
    truncated: bool


class CustomerCreated(BaseModel):
    """The customer as Sage holds it now, and what Sage remarked on the way."""

    model_config = ConfigDict(frozen=True)

    customer: dict[str, str]
    stamp: str
    warnings: list[Warned]


@router.get("/v1/{company}/AR/Customer")
def find_customers(company: CompanyCode, *, email: Email, agent: TheAgent) -> CustomersFound:
    """Find the customers with an e-mail address, in any case of letters; at most 25."""

    def task(sessions: Sessions) -> tuple[list[dict[str, str]], bool]:
        return customers.find_by_email(sessions.company(company), email)

    found, truncated = agent.owner.run(task)
    return CustomersFound(customers=found, truncated=truncated)


@router.get("/v1/{company}/AR/Customer/{division}-{no}")
def get_customer(
    company: CompanyCode, division: Division, no: CustomerNumber, *, agent: TheAgent
) -> CustomerFound:
    """Read one customer; a barrier, like the look-up of an order."""
    key = customers.CustomerKey(division, no)

    def task(sessions: Sessions) -> dict[str, str] | None:
        return customers.read(sessions.company(company), key)

    found = agent.owner.run(task, barrier=True)
    if found is None:
        raise problem(404, "CustomerAbsent", f"Sage 100 has no customer {division}-{no}.")
    return CustomerFound(customer=found, stamp=stamp_of(found))


@router.put("/v1/{company}/AR/Customer/{division}-{no}", status_code=customers.CREATED)
def put_customer(
    company: CompanyCode,
    division: Division,
    no: CustomerNumber,
    *,
    body: CustomerBody,
    headers: CreateHeaders,
    response: Response,
    agent: TheAgent,
) -> CustomerCreated:
    """Create a customer, never over another one and never after `X-Not-After`."""
    check_columns(body.customer, CUSTOMER, on=FAMILY.name)
    key = customers.CustomerKey(division, no)
    document = f"AR/Customer/{division}-{no}"
    attempt = headers.attempt(agent, company, document=document, action="create")

    def task(sessions: Sessions) -> customers.Created:
        session = sessions.company(company)
        return customers.create_once(session, key, values=body.customer, attempt=attempt)

    created = agent.owner.run(task, barrier=True)
    if created.repeat:
        response.headers.update(REPEAT)
    return CustomerCreated(
        customer=created.customer, stamp=stamp_of(created.customer), warnings=created.warnings
    )
