"""Calls on customers: read one, find by e-mail or name, create one, change one."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict

from tieout_agent.api import examples
from tieout_agent.api.described import JOURNAL, TO_CHANGE, TO_CREATE, carrying, taking
from tieout_agent.api.preconditions import ChangeHeaders, CreateHeaders
from tieout_agent.api.requests import (
    CompanyCode,
    CustomerBody,
    CustomerNumber,
    CustomerPatchBody,
    Division,
    TheAgent,
)
from tieout_agent.journal import REPEAT
from tieout_agent.problems import bad_request
from tieout_agent.sage.column_checks import check_columns
from tieout_agent.sage.columns import CUSTOMER
from tieout_agent.sage.customer_writing import (
    CREATED,
    StoredCustomer,
    absent,
    create_once,
    patch_once,
)
from tieout_agent.sage.customers import CustomerKey, customer_stamp, find, read
from tieout_agent.sage.families import CUSTOMER as FAMILY
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.writing import Warned

router = APIRouter(tags=["AR/Customer"])

LONGEST_EMAIL = 250
"""Characters of `EmailAddress` in Sage."""

LONGEST_NAME = 50
"""Characters of `CustomerName` in Sage."""

ONE_LINE = r"^[^\x00-\x1f\x7f]+$"
"""A text without control characters."""

Email = Annotated[
    str | None,
    Query(
        min_length=3,
        max_length=LONGEST_EMAIL,
        pattern=r"^[^@\x00-\x1f\x7f]+@[^@\x00-\x1f\x7f]+$",
        description="The customers with this e-mail address, in any case of letters.",
        examples=["buyer@alpine.example"],
    ),
]
Name = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=LONGEST_NAME,
        pattern=ONE_LINE,
        description="The customers with exactly this name, in any case of letters.",
    ),
]


class CustomerFound(BaseModel):
    """One customer."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [examples.CUSTOMER_FOUND]}
    )

    customer: dict[str, str]
    stamp: str


class CustomersFound(BaseModel):
    """The customers with one e-mail address or name."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [examples.CUSTOMERS_FOUND]}
    )

    customers: list[dict[str, str]]
    truncated: bool


class CustomerStored(BaseModel):
    """The customer as Sage holds it now, and what Sage remarked on the way."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [examples.CUSTOMER_STORED]}
    )

    customer: dict[str, str]
    stamp: str
    warnings: list[Warned]


@router.get("/v1/{company}/AR/Customer")
def find_customers(
    company: CompanyCode, *, agent: TheAgent, email: Email = None, name: Name = None
) -> CustomersFound:
    """Find the customers with an e-mail address, or with a name, in any case of letters.

    Exactly one of the two is asked for. At most 25 are answered; `truncated` tells of more.
    """
    if (email is None) == (name is None):
        raise bad_request("Ask for an `email` or for a `name`, and not for both.")

    def task(sessions: Sessions) -> tuple[list[dict[str, str]], bool]:
        session = sessions.company(company)
        if email is not None:
            return find(session, "EmailAddress", email)
        return find(session, "CustomerName", name or "")

    found, truncated = agent.owner.run(task)
    return CustomersFound(customers=found, truncated=truncated)


@router.get("/v1/{company}/AR/Customer/{division}-{no}")
def get_customer(
    company: CompanyCode, division: Division, no: CustomerNumber, *, agent: TheAgent
) -> CustomerFound:
    """Read one customer; a barrier, like the look-up of an order."""
    key = CustomerKey(division, no)

    def task(sessions: Sessions) -> dict[str, str] | None:
        agent.journal.hold_off.check(company, _path(key))
        return read(sessions.company(company), key)

    found = agent.owner.run(task, barrier=True)
    if found is None:
        raise absent(key)
    return CustomerFound(customer=found, stamp=customer_stamp(found))


@router.put(
    "/v1/{company}/AR/Customer/{division}-{no}",
    status_code=CREATED,
    response_description="Created",
    responses=carrying(_201=JOURNAL, _404=JOURNAL),
    openapi_extra=taking(*TO_CREATE, optional=["X-Rev"]),
)
def put_customer(
    company: CompanyCode,
    division: Division,
    no: CustomerNumber,
    *,
    body: CustomerBody,
    headers: CreateHeaders,
    response: Response,
    agent: TheAgent,
) -> CustomerStored:
    """Create a customer, never over another one and never after `X-Not-After`."""
    check_columns(body.customer, CUSTOMER, on=FAMILY.name)
    key = CustomerKey(division, no)
    attempt = headers.attempt(agent, company, document=_path(key), action="create")

    def task(sessions: Sessions) -> StoredCustomer:
        session = sessions.company(company)
        return create_once(session, key, values=body.customer, attempt=attempt)

    return _shown(agent.owner.run(task, barrier=True), response)


@router.patch(
    "/v1/{company}/AR/Customer/{division}-{no}",
    responses=carrying(_200=JOURNAL, _404=JOURNAL),
    openapi_extra=taking(*TO_CHANGE),
)
def patch_customer(
    company: CompanyCode,
    division: Division,
    no: CustomerNumber,
    *,
    body: CustomerPatchBody,
    headers: ChangeHeaders,
    response: Response,
    agent: TheAgent,
) -> CustomerStored:
    """Set just these columns of a customer, if it is still the one that the caller saw.

    Never over a change that the caller has not seen, and never after `X-Not-After`.
    """
    check_columns(body.customer, CUSTOMER, on=FAMILY.name)
    key = CustomerKey(division, no)
    attempt = headers.attempt(agent, company, document=_path(key), action="patch")

    def task(sessions: Sessions) -> StoredCustomer:
        session = sessions.company(company)
        stamp = headers.stamp or ""
        return patch_once(session, key, stamp=stamp, values=body.customer, attempt=attempt)

    return _shown(agent.owner.run(task, barrier=True), response)


def _path(key: CustomerKey) -> str:
    return f"AR/Customer/{key}"


def _shown(stored: StoredCustomer, response: Response) -> CustomerStored:
    if stored.repeat:
        response.headers.update(REPEAT)
    return CustomerStored(
        customer=stored.customer,
        stamp=customer_stamp(stored.customer),
        warnings=stored.warnings,
    )
