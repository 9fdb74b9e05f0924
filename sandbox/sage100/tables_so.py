"""Sales order files: columns and lengths of today's releases (Sage 100 reference: data dictionary)."""

from .dictionary import AUDIT_BLOCK, Table, table

_PARTIES = """
BillToName$ 50
BillToAddress1$ 40
BillToAddress2$ 40
BillToAddress3$ 40
BillToCity$ 30
BillToState$ 2
BillToZipCode$ 10
BillToCountryCode$ 3
ShipToCode$ 4
ShipToName$ 50
ShipToAddress1$ 40
ShipToAddress2$ 40
ShipToAddress3$ 40
ShipToCity$ 30
ShipToState$ 2
ShipToZipCode$ 10
ShipToCountryCode$ 3
"""

_HEADER = f"""
SalesOrderNo$ 7
OrderDate$ 8
OrderType$ 1 in=S,B,Q,M,R,P default=S
OrderStatus$ 1 in=N,O,C,H default=N
ShipExpireDate$ 8
ARDivisionNo$ 2
CustomerNo$ 20
{_PARTIES}
BillToDivisionNo$ 2 ro
BillToCustomerNo$ 20 ro
ShipVia$ 15
ShipZone$ 5
ShipZoneActual$ 5
ShipWeight$ 5
CustomerPONo$ 30
FOB$ 15
WarehouseCode$ 3
ConfirmTo$ 50
Comment$ 30
TermsCode$ 2
TaxSchedule$ 9
TaxExemptNo$ 15
EmailAddress$ 250
FaxNo$ 20
BatchEmail$ 1 in=Y,N default=N
BatchFax$ 1 in=Y,N default=N
PaymentType$ 5
PaymentTypeCategory$ 1 in=P,D default=D
OtherPaymentTypeRefNo$ 24
CheckNoForDeposit$ 10
FreightAmt 11.2
FreightCalculationMethod$ 1 in=A,P,W default=A
DiscountRate 7.3
DiscountAmt 11.2
DepositAmt 12.2
Weight 11.2
TaxableAmt 12.2 ro
NonTaxableAmt 12.2 ro
TaxableSubjectToDiscount 12.2 ro
NonTaxableSubjectToDiscount 12.2 ro
SalesTaxAmt 11.2 ro
SalespersonDivisionNo$ 2
SalespersonNo$ 4
SalespersonDivisionNo2$ 2
SalespersonNo2$ 4
SplitCommRate2 8.3
SalespersonDivisionNo3$ 2
SalespersonNo3$ 4
SplitCommRate3 8.3
SalespersonDivisionNo4$ 2
SalespersonNo4$ 4
SplitCommRate4 8.3
SalespersonDivisionNo5$ 2
SalespersonNo5$ 4
SplitCommRate5 8.3
CommissionRate 8.3
RMANo$ 7 ro
JobNo$ 7
MasterRepeatingOrderNo$ 7 ro
CurrentInvoiceNo$ 7 ro
LastInvoiceOrderNo$ 7 ro
CancelReasonCode$ 5
CycleCode$ 2
ResidentialAddress$ 1 in=Y,N default=N
PrintSalesOrders$ 1 in=Y,N default=Y
PrintPickingSheets$ 1 in=Y,N default=Y
SalesOrderPrinted$ 1 ro default=N
PickingSheetPrinted$ 1 ro default=N
InvalidTaxCalc$ 1 ro default=N
LotSerialLinesExist$ 1 ro default=N
EBMUserType$ 1
EBMSubmissionType$ 1
EBMUserIDSubmittingThisOrder$ 15
CRMUserID$ 11
CRMPersonID$ 11
CRMOpportunityID$ 11
CRMCompanyID$ 11
CRMProspectID$ 11
UDF_TIEOUT_MARKER$ 30
UDF_TIEOUT_REV 9.0
{AUDIT_BLOCK}
"""

_ORDER_INDEXES = {
    "KCUSTOMER": "ARDivisionNo CustomerNo",
    "KCUSTOMERPO": "CustomerPONo",
    "KDUPLICATEPO": "ARDivisionNo CustomerNo CustomerPONo",
}
_BILL_TO = {"KBILLTO": "BillToDivisionNo BillToCustomerNo"}

SO_SALES_ORDER_HEADER: Table = table(
    "SO_SalesOrderHeader", "SalesOrderNo", _HEADER, indexes=_ORDER_INDEXES | _BILL_TO
)

SO_SALES_ORDER_DETAIL: Table = table(
    "SO_SalesOrderDetail",
    "SalesOrderNo LineKey",
    """
SalesOrderNo$ 7 ro
LineKey$ 6 ro
LineSeqNo$ 14 ro
ItemCode$ 30
ItemType$ 1 ro
ItemCodeDesc$ 30
ExtendedDescriptionKey$ 10 ro
CommentText$ 2048
QuantityOrdered 15.6
QuantityShipped 15.6 ro
QuantityBackordered 15.6
UnitPrice 15.6
UnitCost 15.6
ExtensionAmt 11.2
UnitOfMeasure$ 4
UnitOfMeasureConvFactor 11.4 ro
WarehouseCode$ 3
PriceLevel$ 1
PriceOverridden$ 1 ro default=N
LineDiscountPercent 8.3
Discount$ 1 in=Y,N default=Y
TaxClass$ 2 in=TX,NT
SubjectToExemption$ 1 in=Y,N default=N
Commissionable$ 1 in=Y,N default=Y
PromiseDate$ 8
DropShip$ 1 in=Y,N default=N
AliasItemNo$ 30
SalesKitLineKey$ 6 ro
ExplodedKitItem$ 1 ro default=N
StandardKitBill$ 1 ro default=N
SkipPrintCompLine$ 1 in=Y,N default=N
CostCode$ 9
CostType$ 1
BillOption1$ 2 ro
BillOption2$ 2 ro
BillOption3$ 2 ro
BillOption4$ 2 ro
BillOption5$ 2 ro
BillOption6$ 2 ro
BillOption7$ 2 ro
BillOption8$ 2 ro
BillOption9$ 2 ro
Revision$ 3 ro
QuantityPerBill 15.6 ro
APDivisionNo$ 2
VendorNo$ 7
PurchaseOrderNo$ 7
PurchaseOrderRequiredDate$ 8
WarrantyCode$ 10
ExpirationDate$ 8
Valuation$ 1 ro
LineWeight 11.2 ro
TaxAmt 11.2 ro
TaxRate 9.5 ro
TaxTypeApplied$ 4 ro
AlternateTaxIdentifier$ 15
""",
)

SO_SALES_ORDER_HISTORY_HEADER: Table = table(
    "SO_SalesOrderHistoryHeader",
    "SalesOrderNo",
    f"""
SalesOrderNo$ 7
OrderDate$ 8
OrderType$ 1
OrderStatus$ 1 in=A,C,X,Q,Z
ARDivisionNo$ 2
CustomerNo$ 20
{_PARTIES}
ShipVia$ 15
CustomerPONo$ 30
WarehouseCode$ 3
ConfirmTo$ 50
Comment$ 30
TermsCode$ 2
TaxSchedule$ 9
EmailAddress$ 250
PaymentType$ 5
OtherPaymentTypeRefNo$ 24
FreightAmt 11.2
DiscountRate 7.3
DiscountAmt 11.2
DepositAmt 12.2
TaxableAmt 12.2
NonTaxableAmt 12.2
SalesTaxAmt 11.2
SalespersonDivisionNo$ 2
SalespersonNo$ 4
LastInvoiceDate$ 8
LastInvoiceNo$ 7
InvoicedAmt 12.2
UDF_TIEOUT_MARKER$ 30
UDF_TIEOUT_REV 9.0
{AUDIT_BLOCK}
""",
    indexes=_ORDER_INDEXES,
)

SO_SALES_ORDER_HISTORY_DETAIL: Table = table(
    "SO_SalesOrderHistoryDetail",
    "SalesOrderNo SequenceNo",
    """
SalesOrderNo$ 7
SequenceNo$ 14
LineKey$ 6
ItemCode$ 30
ItemType$ 1
ItemCodeDesc$ 30
CommentText$ 2048
WarehouseCode$ 3
UnitOfMeasure$ 4
QuantityOrderedOriginal 15.6
QuantityOrderedRevised 15.6
QuantityShipped 15.6
QuantityBackordered 15.6
OriginalUnitPrice 15.6
LastUnitPrice 15.6
LastExtensionAmt 11.2
CancelledLine$ 1 in=Y,N default=N
CancelReasonCode$ 5
""",
)

SO_SHIPPING_RATE_CODE: Table = table(
    "SO_ShippingRateCode", "ShippingCode", "ShippingCode$ 15\nShippingCodeDesc$ 30"
)

SO_OPTIONS: Table = table(
    "SO_Options", "ModuleCode", "ModuleCode$ 3\nRetainDeletedOrders$ 1 in=Y,N default=Y"
)
"""Options of the module; the column's name is made up, and no business object shows it."""
