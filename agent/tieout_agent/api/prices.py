"""The call that reads price codes, a page at a time."""

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
from tieout_agent.sage.sources import PRICES

router = APIRouter(tags=["IM/PriceCode"])


class PricePage(RowPage):
    """Price codes in the order of their keys, with Sage's own column names and decimals as text."""

    model_config = with_example(read_examples.PRICES)


@router.get("/v1/{company}/IM/PriceCode")
def get_price_codes(
    company: CompanyCode,
    *,
    agent: TheAgent,
    after: After,
    limit: Limit = USUAL_ROWS,
    changed_since: ChangedSince,
) -> PricePage:
    """Read price codes: breaks and discounts by code, item, level and customer."""
    wish = Wish(after, limit, changed_since)

    def task(sessions: Sessions) -> Bulk:
        return bulk_reads.read(sessions.company(company), PRICES, wish=wish, clock=agent.clock)

    return shown(agent.owner.run(task), PricePage)
