"""The call that reads stock by warehouse, a page at a time."""

from typing import Annotated

from fastapi import APIRouter, Query

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
from tieout_agent.sage.sources import STOCK

router = APIRouter(tags=["IM/ItemWarehouse"])

MOST_WAREHOUSES = 20
"""Warehouses that one call may name; each is looked at for each record."""

Warehouse = Annotated[str, Query(pattern="^[0-9A-Z]{1,3}$")]
Warehouses = Annotated[
    tuple[Warehouse, ...],
    Query(
        alias="warehouse",
        max_length=MOST_WAREHOUSES,
        description="Only stock in these warehouses; may be given several times.",
    ),
]


class StockPage(RowPage):
    """Stock in the order of items and warehouses, with Sage's own column names and decimals as text."""

    model_config = with_example(read_examples.STOCK)


@router.get("/v1/{company}/IM/ItemWarehouse")
def get_stock(
    company: CompanyCode,
    *,
    agent: TheAgent,
    after: After,
    limit: Limit = USUAL_ROWS,
    changed_since: ChangedSince,
    warehouse: Warehouses = (),
) -> StockPage:
    """Read stock by item and warehouse: on hand, on orders, in shipping, as Sage counts it."""
    wish = Wish(after, limit, changed_since, warehouse)

    def task(sessions: Sessions) -> Bulk:
        return bulk_reads.read(sessions.company(company), STOCK, wish=wish, clock=agent.clock)

    return shown(agent.owner.run(task), StockPage)
