"""The call that reads what left: packages with tracking, on posted invoices and others."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from tieout_agent.api import examples
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
from tieout_agent.sage import shipments
from tieout_agent.sage.bulk_reads import Wish
from tieout_agent.sage.sessions import Sessions

router = APIRouter(tags=["SO/Shipment"])


def _since(
    since: Annotated[
        str,
        Query(
            pattern=MOMENT,
            description="Posted invoices that may have changed since then, in UTC; what is not "
            "posted is always told. A package that is noted on a posted invoice later moves no "
            "stamp: ask from some days ago now and then.",
            examples=["2026-11-20T12:00:00Z"],
        ),
    ],
) -> datetime | None:
    return moment(since, name="since")


Since = Annotated[datetime | None, Depends(_since)]


class ShippedLine(BaseModel):
    """One line of an invoice; quantities are decimals as text."""

    model_config = ConfigDict(frozen=True, extra="allow")

    ItemCode: str
    QuantityShipped: str


class ShippedOrder(BaseModel):
    """A sales order on the invoice.

    `Lines` are what the invoice has of it. They are null where they aren't known, as before
    posting, and on all rows of an invoice but its first: lines are the invoice's and not a
    package's.
    """

    model_config = ConfigDict(frozen=True)

    SalesOrderNo: str
    Lines: list[ShippedLine] | None


class Package(BaseModel):
    """A package on an invoice; without a `PackageNo`, an invoice on which no package is noted.

    The key is `InvoiceNo`, `HeaderSeqNo` and `PackageNo`. Before posting there is no `HeaderSeqNo`:
    the same package is told again, with one, once its invoice is posted.
    """

    model_config = ConfigDict(frozen=True)

    InvoiceNo: str
    HeaderSeqNo: str
    PackageNo: str
    where: Literal["unposted", "posted"]
    InvoiceType: str
    InvoiceDate: str
    ShipDate: str
    ShipVia: str
    ShipStatus: str
    ARDivisionNo: str
    CustomerNo: str
    CustomerPONo: str
    TrackingID: str | None
    StarshipShipVia: str | None
    Comment: str | None
    Weight: str | None
    FreightAmt: str | None
    SalesOrders: list[ShippedOrder]


class PackagePage(BulkPage):
    """Packages in the order of their invoices.

    `unposted` is false where the agent's user may not see invoices in entry: then packages are told
    from the posting of their invoice on, and not before.
    """

    model_config = with_example(examples.PACKAGES)

    rows: list[Package]
    unposted: bool


@router.get("/v1/{company}/SO/Shipment")
def get_shipments(
    company: CompanyCode,
    *,
    agent: TheAgent,
    since: Since,
    after: After,
    limit: Limit = USUAL_ROWS,
) -> PackagePage:
    """Read packages that left; an invoice is told with all its packages or not at all."""
    wish = Wish(after, limit, since)

    def task(sessions: Sessions) -> shipments.Shipments:
        return shipments.read(sessions, company, wish=wish, clock=agent.clock)

    found = agent.owner.run(task)
    return shown(found.bulk, PackagePage, unposted=found.unposted)
