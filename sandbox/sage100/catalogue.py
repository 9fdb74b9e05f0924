"""Which business objects there are, behind which task and module, over which file."""

from dataclasses import dataclass
from typing import Literal

from .dictionary import Table
from .tables_ar import (
    AR_CUSTOMER,
    AR_CUSTOMER_CONTACT,
    AR_INVOICE_HISTORY_DETAIL,
    AR_INVOICE_HISTORY_HEADER,
    SO_SHIP_TO_ADDRESS,
)
from .tables_ci import CI_ITEM
from .tables_im import IM_ITEM_WAREHOUSE, IM_PRICE_CODE
from .tables_shipping import (
    AR_INVOICE_HISTORY_TRACKING,
    AR_OPEN_INVOICE,
    SO_INVOICE_HEADER,
    SO_INVOICE_TRACKING,
)
from .tables_so import (
    SO_SALES_ORDER_DETAIL,
    SO_SALES_ORDER_HEADER,
    SO_SALES_ORDER_HISTORY_DETAIL,
    SO_SALES_ORDER_HISTORY_HEADER,
)
from .tables_sy import SY_COMPANY

ObjectKind = Literal["order", "customer", "record", "inquiry", "service"]


@dataclass(frozen=True)
class ObjectInfo:
    """One business object.

    Attributes:
        name: As `NewObject` wants it.
        table: Its main file.
        module: Module that must be set, or empty for system objects.
        task: Task whose program must be set, or empty when any task of the module will do.
        kind: What it can do: write orders, customers or plain records, or only read (an inquiry
            has lines, a service answers `nFind` and browsing but not `nSetKey`).
        lines: File of its lines, if it has any.
        scattered: Index in whose order an unfiltered browse goes when nobody chose one; empty is
            the key's own order.
    """

    name: str
    table: Table
    module: str
    task: str
    kind: ObjectKind
    lines: Table | None = None
    scattered: str = ""


_OBJECTS = (
    ObjectInfo(
        "SO_SalesOrder_bus",
        SO_SALES_ORDER_HEADER,
        "S/O",
        "SO_SalesOrder_ui",
        "order",
        SO_SALES_ORDER_DETAIL,
    ),
    ObjectInfo(
        "SO_SalesOrderHistoryInquiry_bus",
        SO_SALES_ORDER_HISTORY_HEADER,
        "S/O",
        "SO_SalesOrderHistoryInquiry_ui",
        "inquiry",
        SO_SALES_ORDER_HISTORY_DETAIL,
    ),
    ObjectInfo(
        "AR_InvoiceHistoryInquiry_bus",
        AR_INVOICE_HISTORY_HEADER,
        "A/R",
        "AR_InvoiceHistoryInquiry_ui",
        "inquiry",
        AR_INVOICE_HISTORY_DETAIL,
    ),
    ObjectInfo(
        "AR_InvoiceHistoryInquiryDetail_bus",
        AR_INVOICE_HISTORY_DETAIL,
        "A/R",
        "AR_InvoiceHistoryInquiry_ui",
        "inquiry",
    ),
    ObjectInfo("AR_InvoiceHistoryTracking_svc", AR_INVOICE_HISTORY_TRACKING, "A/R", "", "service"),
    ObjectInfo("AR_OpenInvoice_svc", AR_OPEN_INVOICE, "A/R", "", "service"),
    ObjectInfo("SO_Invoice_svc", SO_INVOICE_HEADER, "S/O", "", "service"),
    ObjectInfo("SO_InvoiceTracking_svc", SO_INVOICE_TRACKING, "S/O", "", "service"),
    ObjectInfo("AR_Customer_bus", AR_CUSTOMER, "A/R", "AR_Customer_ui", "customer"),
    ObjectInfo("AR_Customer_svc", AR_CUSTOMER, "A/R", "", "service"),
    ObjectInfo(
        "AR_CustomerContact_bus", AR_CUSTOMER_CONTACT, "A/R", "AR_CustomerContact_ui", "record"
    ),
    ObjectInfo("SO_ShipToAddress_bus", SO_SHIP_TO_ADDRESS, "S/O", "SO_ShipToAddress_ui", "record"),
    ObjectInfo(
        "SO_ShipToAddress_svc", SO_SHIP_TO_ADDRESS, "S/O", "", "service", scattered="KSHIPTOCODE"
    ),
    ObjectInfo("CI_ItemCode_bus", CI_ITEM, "C/I", "CI_ItemCode_ui", "record"),
    ObjectInfo("CI_ItemCode_svc", CI_ITEM, "C/I", "", "service"),
    ObjectInfo("IM_ItemWarehouse_svc", IM_ITEM_WAREHOUSE, "I/M", "", "service"),
    ObjectInfo("IM_PriceCode_svc", IM_PRICE_CODE, "I/M", "", "service"),
    ObjectInfo("SY_Company_svc", SY_COMPANY, "", "", "service"),
)
OBJECTS = {info.name: info for info in _OBJECTS}

FIRST_TASK_ID = 100_017
_TASK_MODULES = {
    "SO_SalesOrder_ui": "S/O",
    "SO_SalesOrderHistoryInquiry_ui": "S/O",
    "AR_InvoiceHistoryInquiry_ui": "A/R",
    "SO_Invoice_ui": "S/O",
    "AR_Customer_ui": "A/R",
    "CI_ItemCode_ui": "C/I",
    "IM_ItemWarehouse_ui": "I/M",
    "IM_PriceCode_ui": "I/M",
    "AR_CustomerContact_ui": "A/R",
    "SO_ShipToAddress_ui": "S/O",
}
TASKS = {name: FIRST_TASK_ID + place for place, name in enumerate(_TASK_MODULES)}
"""Task name to the number that `nLookupTask` gives."""

MODULES = {module: 10_240 + place for place, module in enumerate(("S/O", "A/R", "C/I", "I/M"))}
"""Module to what `nSetModule` returns: large numbers, of which only 0 would be a failure."""


def task_named(number: int) -> str | None:
    """Return the name of the task with this number, or None."""
    return next((name for name, known in TASKS.items() if known == number), None)


def module_of(task: str) -> str:
    """Return the module that a task belongs to."""
    return _TASK_MODULES[task]
