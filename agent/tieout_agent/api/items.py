"""Calls on items: a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent.api.requests import CompanyCode, Day, TheAgent
from tieout_agent.sage import items
from tieout_agent.sage.sessions import Sessions

router = APIRouter(tags=["CI/Item"])

USUAL_ITEMS = 500

After = Annotated[str, Query(max_length=30)]
Limit = Annotated[int, Query(ge=1, le=items.MOST_ITEMS)]


class ItemPage(BaseModel):
    """Items in the order of their codes.

    `as_of` is when the read began: a change after it may be missing. `next` is what to send as
    `after` for the page that follows; None on the last one.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    as_of: str
    items: list[dict[str, str]]
    next: str | None


@router.get("/v1/{company}/CI/Item")
def get_items(
    company: CompanyCode,
    *,
    agent: TheAgent,
    after: After = "",
    limit: Limit = USUAL_ITEMS,
    changed_since: Day = None,
) -> ItemPage:
    """Read the items behind a code."""
    as_of = agent.clock.now().isoformat(timespec="seconds")

    def task(sessions: Sessions) -> tuple[list[dict[str, str]], str | None]:
        session = sessions.company(company)
        return items.page(session, after=after, limit=limit, changed_since=changed_since)

    found, following = agent.owner.run(task)
    return ItemPage(as_of=as_of, items=found, next=following)
