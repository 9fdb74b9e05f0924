"""What this installation can do: objects that can be made, columns that exist, user fields."""

from dataclasses import dataclass
from typing import Final

from tieout_agent.sage.books import guarantee_words
from tieout_agent.sage.columns import CUSTOMER, HEADER, LINE, UDF, Table
from tieout_agent.sage.com_object import FAILED, ComObject
from tieout_agent.sage.families import COMPANY, SALES_ORDER
from tieout_agent.sage.families import CUSTOMER as CUSTOMER_FAMILY
from tieout_agent.sage.sales_order_reading import PLACES
from tieout_agent.sage.sessions import Sessions
from tieout_agent.sage.sources import (
    ITEMS,
    OPEN_INVOICES,
    POSTED,
    POSTED_LINES,
    POSTED_PACKAGES,
    PRICES,
    STOCK,
    UNPOSTED,
    UNPOSTED_PACKAGES,
)


@dataclass(frozen=True, slots=True)
class Company:
    """One company's capabilities.

    Attributes:
        code: Its code.
        name: Its name, or nothing when the agent's user may not read it.
        objects: Object name -> whether it can be made.
        columns: File -> text column -> characters. Existence is asked of Sage; COM tells no
            lengths, so these are the newest known and an older release may keep fewer.
        udfs: User-defined columns of the sales order header.
    """

    code: str
    name: str
    objects: dict[str, bool]
    columns: dict[str, dict[str, int]]
    udfs: list[str]

    @property
    def guarantees(self) -> tuple[str, ...]:
        """The words that a look-up in this company tells."""
        return guarantee_words(place for place in PLACES if self.objects[place.family.name])


FILES: Final = {
    "CI_Item": ITEMS,
    "IM_ItemWarehouse": STOCK,
    "IM_PriceCode": PRICES,
    "SO_InvoiceHeader": UNPOSTED,
    "SO_InvoiceTracking": UNPOSTED_PACKAGES,
    "AR_InvoiceHistoryHeader": POSTED,
    "AR_InvoiceHistoryDetail": POSTED_LINES,
    "AR_InvoiceHistoryTracking": POSTED_PACKAGES,
    "AR_OpenInvoice": OPEN_INVOICES,
}
"""Files that are only read, by their names in Sage."""


def probe(sessions: Sessions, code: str, objects: dict[str, bool]) -> Company:
    """Find out what a company has; writes nothing.

    Args:
        sessions: The state of the Sage thread.
        code: The company.
        objects: Object name -> whether it can be made, for each of `PROBED`.
    """
    name = company_name(sessions, code)
    session = sessions.company(code)
    columns: dict[str, dict[str, int]] = {}
    udfs: list[str] = []
    if objects[SALES_ORDER.name]:
        order = session.use(SALES_ORDER)
        columns["SO_SalesOrderHeader"] = _lengths(order, HEADER)
        columns["SO_SalesOrderDetail"] = _lengths(order.child("oLines"), LINE)
        udfs = sorted(name for name in order.layout() if UDF.fullmatch(name))
    if objects[CUSTOMER_FAMILY.name]:
        columns["AR_Customer"] = _lengths(session.use(CUSTOMER_FAMILY), CUSTOMER)
    for file, source in FILES.items():
        if objects[source.family.name]:
            columns[file] = _lengths(session.use(source.family), source.table)
    return Company(code, name, objects=objects, columns=columns, udfs=udfs)


def _lengths(source: ComObject, table: Table) -> dict[str, int]:
    return {
        column.name: column.length
        for column in source.present(table)
        if column.length and column.name in table
    }


def company_name(sessions: Sessions, code: str) -> str:
    """Say a company's name, or nothing when the agent's user may not read it."""
    if not sessions.can_use(code, COMPANY):
        return ""
    source = sessions.company(code).use(COMPANY)
    source.call("nSetKeyValue", "CompanyCode$", code)
    if source.call("nFind") == FAILED:
        return ""
    # Sage stops at the next record where this one is missing: another company's name is none.
    return _text(source, "CompanyName$") if _text(source, "CompanyCode$") == code else ""


def _text(source: ComObject, column: str) -> str:
    out = source.by_ref()
    source.call("nGetValue", column, out)
    return str(out.value or "").strip()
