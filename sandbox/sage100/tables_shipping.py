"""Files of invoices on their way: entered and not posted, and open after it (data dictionary)."""

from .dictionary import AUDIT_BLOCK, Table, table

SO_INVOICE_HEADER: Table = table(
    "SO_InvoiceHeader",
    "InvoiceNo",
    f"""
InvoiceNo$ 7
InvoiceDate$ 8
InvoiceType$ 2 in=IN,CM,DM,AD,FC,CA,XD default=IN
SalesOrderNo$ 7
OrderType$ 1
OrderStatus$ 1
OrderDate$ 8
ARDivisionNo$ 2
CustomerNo$ 20
BillToName$ 50
ShipToName$ 50
ShipToCity$ 30
ShipToState$ 2
ShipToZipCode$ 10
ShipToCountryCode$ 3
ShipDate$ 8
ShipVia$ 15
CustomerPONo$ 30
WarehouseCode$ 3
TaxSchedule$ 9
TermsCode$ 2
EmailAddress$ 250
PaymentType$ 5
ShipperID$ 3
ShipStatus$ 1 in=N,L,S,D default=S
BatchNo$ 5
TaxableAmt 12.2
NonTaxableAmt 12.2
SalesTaxAmt 11.2
DiscountAmt 11.2
FreightAmt 11.2
DepositAmt 12.2
NumberofPackages 4.0
MultipleSalesOrdersApplied$ 1 in=Y,N default=N
{AUDIT_BLOCK}
""",
    indexes={"KDUPLICATEPO": "ARDivisionNo CustomerNo CustomerPONo"},
)

SO_INVOICE_DETAIL: Table = table(
    "SO_InvoiceDetail",
    "InvoiceNo LineKey",
    """
InvoiceNo$ 7
LineKey$ 6
LineSeqNo$ 14
ItemCode$ 30
ItemType$ 1
ItemCodeDesc$ 30
CommentText$ 2048
WarehouseCode$ 3
UnitOfMeasure$ 4
OrderLineKey$ 6
TaxClass$ 2
QuantityOrdered 15.6
QuantityShipped 15.6
QuantityBackordered 15.6
UnitPrice 15.6
ExtensionAmt 11.2
AppliedSalesOrderNo$ 7
AppliedCustomerPONo$ 30
""",
)

_PACKAGE = """
TrackingID$ 30
Comment$ 30
StarshipShipVia$ 15
UpdatedFromStarship$ 1
SendPackageToStarship$ 1
Weight 12.2
FreightAmt 11.2
FreightAmtAddedToInv 11.2
"""

SO_INVOICE_TRACKING: Table = table(
    "SO_InvoiceTracking", "InvoiceNo PackageNo", f"InvoiceNo$ 7\nPackageNo$ 4\n{_PACKAGE}"
)

AR_INVOICE_HISTORY_TRACKING: Table = table(
    "AR_InvoiceHistoryTracking",
    "InvoiceNo HeaderSeqNo PackageNo",
    f"InvoiceNo$ 7\nHeaderSeqNo$ 6\nPackageNo$ 4\n{_PACKAGE}",
)

AR_OPEN_INVOICE: Table = table(
    "AR_OpenInvoice",
    "ARDivisionNo CustomerNo InvoiceNo InvoiceType",
    f"""
ARDivisionNo$ 2
CustomerNo$ 20
InvoiceNo$ 7
InvoiceType$ 2
InvoiceDate$ 8
InvoiceDueDate$ 8
InvoiceDiscountDate$ 8
InvoiceHistoryHeaderSeqNo$ 6
PostingDate$ 8
TermsCode$ 2
TaxSchedule$ 9
Comment$ 30
CreditMemoInvoiceReference$ 7
CustomerPONo$ 30
TaxableAmt 13.2
NonTaxableAmt 13.2
FreightAmt 12.2
SalesTaxAmt 12.2
DiscountAmt 13.2
PaymentsToday 13.2
Balance 13.2
{AUDIT_BLOCK}
""",
)
