"""The call that asks what Sage 100 would make of a sales order; nothing is stored."""

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent.api import examples
from tieout_agent.api.described import SalesOrder
from tieout_agent.api.requests import CompanyCode, SalesOrderBody, TheAgent
from tieout_agent.api.sales_orders import check_order
from tieout_agent.sage.sales_order_preview import Previewed, preview
from tieout_agent.sage.sales_order_writing import PREVIEW_NUMBER, OrderDocument
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.writing import Warned

router = APIRouter(tags=["SO/SalesOrder"])

NO_REVISION = 0


class SalesOrderPreviewed(BaseModel):
    """The order as Sage would store it: defaults, prices, tax, totals; and what Sage remarked."""

    model_config = ConfigDict(
        frozen=True,
        alias_generator=to_camel,
        populate_by_name=True,
        json_schema_extra={"examples": [examples.PREVIEWED]},
    )

    sales_order: SalesOrder
    warnings: list[Warned]


@router.post("/v1/{company}/SO/SalesOrder/preview")
def preview_sales_order(
    company: CompanyCode, *, body: SalesOrderBody, agent: TheAgent
) -> SalesOrderPreviewed:
    """Let Sage complete, price and total an order; nothing is stored and no number is used up."""
    check_order(body, creating=True)
    order = OrderDocument(PREVIEW_NUMBER, NO_REVISION, header=body.header, lines=body.lines)

    def task(sessions: Sessions) -> Previewed:
        return preview(sessions.company(company), order)

    previewed = agent.owner.run(task)
    return SalesOrderPreviewed(sales_order=previewed.order, warnings=previewed.warnings)
