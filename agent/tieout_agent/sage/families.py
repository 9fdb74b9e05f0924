"""The Sage objects that the agent uses, each with the module and task that open the way to it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Family:
    """One business object (Sage 100 reference: objects).

    Attributes:
        module: Set on the session before the object is made; none for system objects.
        task: Looked up and set as the program: it is what Sage checks the user's role against.
        name: The object's own name.
    """

    module: str
    task: str
    name: str

    @property
    def is_service(self) -> bool:
        """Whether it only reads, and needs no particular task."""
        return self.name.endswith("_svc")


SALES_ORDER: Final = Family("S/O", "SO_SalesOrder_ui", "SO_SalesOrder_bus")
ORDER_HISTORY: Final = Family(
    "S/O", "SO_SalesOrderHistoryInquiry_ui", "SO_SalesOrderHistoryInquiry_bus"
)
INVOICE_HISTORY: Final = Family(
    "A/R", "AR_InvoiceHistoryInquiry_ui", "AR_InvoiceHistoryInquiry_bus"
)
CUSTOMER: Final = Family("A/R", "AR_Customer_ui", "AR_Customer_bus")
ITEM: Final = Family("C/I", "CI_ItemCode_ui", "CI_ItemCode_svc")
ITEM_WAREHOUSE: Final = Family("I/M", "IM_ItemWarehouse_ui", "IM_ItemWarehouse_svc")
PRICE_CODE: Final = Family("I/M", "IM_PriceCode_ui", "IM_PriceCode_svc")
UNPOSTED_INVOICE: Final = Family("S/O", "SO_Invoice_ui", "SO_Invoice_svc")
UNPOSTED_PACKAGE: Final = Family("S/O", "SO_Invoice_ui", "SO_InvoiceTracking_svc")
POSTED_LINE: Final = Family(
    "A/R", "AR_InvoiceHistoryInquiry_ui", "AR_InvoiceHistoryInquiryDetail_bus"
)
POSTED_PACKAGE: Final = Family(
    "A/R", "AR_InvoiceHistoryInquiry_ui", "AR_InvoiceHistoryTracking_svc"
)
OPEN_INVOICE: Final = Family("A/R", "AR_InvoiceHistoryInquiry_ui", "AR_OpenInvoice_svc")
COMPANY: Final = Family("", "", "SY_Company_svc")

PROBED: Final = (
    SALES_ORDER,
    ORDER_HISTORY,
    INVOICE_HISTORY,
    CUSTOMER,
    ITEM,
    ITEM_WAREHOUSE,
    PRICE_CODE,
    UNPOSTED_INVOICE,
    UNPOSTED_PACKAGE,
    POSTED_LINE,
    POSTED_PACKAGE,
    OPEN_INVOICE,
)
"""What `capabilities` tries to make, since rights and modules differ from site to site."""
