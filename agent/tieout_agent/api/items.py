"""The call that reads items, a page at a time."""

from fastapi import APIRouter

from tieout_agent.api import read_examples
from tieout_agent.api.bulk_queries import (
    USUAL_ROWS,
    After,
    ChangedSince,
    Limit,
    RowPage,
    shown,
    with_example,
)
from tieout_agent.api.requests import CompanyCode, TheAgent
from tieout_agent.sage import bulk_reads
from tieout_agent.sage.bulk_reads import Bulk, Wish
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.sources import ITEMS

router = APIRouter(tags=["CI/Item"])


class ItemPage(RowPage):
    """Items in the order of their codes, with Sage's own column names and decimals as text."""

    model_config = with_example(read_examples.ITEMS)


@router.get("/v1/{company}/CI/Item")
def get_items(
    company: CompanyCode,
    *,
    agent: TheAgent,
    after: After,
    limit: Limit = USUAL_ROWS,
    changed_since: ChangedSince,
) -> ItemPage:
    """Read the items behind a code, in the order of their codes."""
    wish = Wish(after, limit, changed_since)

    def task(sessions: Sessions) -> Bulk:
        return bulk_reads.read(sessions.company(company), ITEMS, wish=wish, clock=agent.clock)

    return shown(agent.owner.run(task), ItemPage)
