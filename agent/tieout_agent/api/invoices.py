"""The call that reads posted invoices and credit memos."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from tieout_agent.api import read_examples
from tieout_agent.api.bulk_queries import (
    MOMENT,
    USUAL_ROWS,
    After,
    BulkPage,
    Limit,
    moment,
    shown,
    with_example,
)
from tieout_agent.api.requests import CompanyCode, TheAgent
from tieout_agent.sage import invoices
from tieout_agent.sage.bulk_reads import Bulk, Wish
from tieout_agent.sage.sessions import Sessions

router = APIRouter(tags=["AR/Invoice"])


def _since(
    since: Annotated[
        str | None,
        Query(
            pattern=MOMENT,
            description="Only invoices that may have changed since then, in UTC. Payments don't "
            "move an invoice's stamp.",
            examples=["2026-11-20T12:00:00Z"],
        ),
    ] = None,
) -> datetime | None:
    return moment(since, name="since")


Since = Annotated[datetime | None, Depends(_since)]


class InvoicePage(BulkPage):
    """Posted invoices and credit memos in the order of their numbers.

    Each has the columns of its header, the numbers of the sales orders on it (`SalesOrders`), and
    what is still to be paid (`OpenBalance`): null where Sage keeps none, or the agent's user may
    not read it.
    """

    model_config = with_example(read_examples.INVOICES)

    rows: list[dict[str, str | list[str] | None]]


@router.get("/v1/{company}/AR/Invoice")
def get_invoices(
    company: CompanyCode,
    *,
    agent: TheAgent,
    since: Since,
    after: After,
    limit: Limit = USUAL_ROWS,
) -> InvoicePage:
    """Read posted invoices, credit memos (`CM`) too, with their orders and what is open."""
    wish = Wish(after, limit, since)

    def task(sessions: Sessions) -> Bulk:
        return invoices.read(sessions, company, wish=wish, clock=agent.clock)

    return shown(agent.owner.run(task), InvoicePage)
