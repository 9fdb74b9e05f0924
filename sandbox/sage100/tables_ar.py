"""Receivables files: customers, posted invoices and the small code files (data dictionary)."""

from .dictionary import AUDIT_BLOCK, Table, table

AR_CUSTOMER: Table = table(
    "AR_Customer",
    "ARDivisionNo CustomerNo",
    f"""
ARDivisionNo$ 2
CustomerNo$ 20
CustomerName$ 50
AddressLine1$ 40
AddressLine2$ 40
AddressLine3$ 40
City$ 30
State$ 2
ZipCode$ 10
CountryCode$ 3
TelephoneNo$ 20
TelephoneExt$ 6
FaxNo$ 20
EmailAddress$ 250
URLAddress$ 50
ContactCode$ 10
ShipMethod$ 15
TaxSchedule$ 9
TaxExemptNo$ 15
TermsCode$ 2 default=00
SalespersonDivisionNo$ 2
SalespersonNo$ 4
Comment$ 30
SortField$ 10
CustomerType$ 4
PriceLevel$ 1
PrimaryShipToCode$ 4
DefaultPaymentType$ 5 default=CHECK
CustomerStatus$ 1 in=A,I,T default=A
InactiveReasonCode$ 5
CreditHold$ 1 in=Y,N default=N
CreditLimit 13.2
OpenOrderAmt 13.2 ro
CurrentBalance 13.2 ro
AgingCategory1 13.2 ro
AgingCategory2 13.2 ro
AgingCategory3 13.2 ro
AgingCategory4 13.2 ro
LastPaymentAmt 13.2 ro
CustomerDiscountRate 12.3
OpenItemCustomer$ 1 in=Y,N default=Y
ResidentialAddress$ 1 in=Y,N default=N
{AUDIT_BLOCK}
""",
    indexes={"KNAME": "CustomerName", "KSORTFIELD": "SortField", "KZIPCODE": "ZipCode"},
)

AR_CUSTOMER_CONTACT: Table = table(
    "AR_CustomerContact",
    "ARDivisionNo CustomerNo ContactCode",
    f"""
ARDivisionNo$ 2
CustomerNo$ 20
ContactCode$ 10
ContactName$ 50
AddressLine1$ 40
AddressLine2$ 40
AddressLine3$ 40
City$ 30
State$ 2
ZipCode$ 10
CountryCode$ 3
Salutation$ 10
ContactTitle$ 15
TelephoneNo1$ 20
TelephoneExt1$ 6
TelephoneNo2$ 20
TelephoneExt2$ 6
FaxNo$ 20
EmailAddress$ 50
EBMUserID$ 15
ContactNotes$ 2048
{AUDIT_BLOCK}
""",
)

AR_INVOICE_HISTORY_HEADER: Table = table(
    "AR_InvoiceHistoryHeader",
    "InvoiceNo HeaderSeqNo",
    f"""
InvoiceNo$ 7
HeaderSeqNo$ 6
ModuleCode$ 3
InvoiceType$ 2 in=IN,CM,DM,AD,FC,CA,XD
InvoiceDate$ 8
TransactionDate$ 8
ARDivisionNo$ 2
CustomerNo$ 20
SalesOrderNo$ 7
OrderDate$ 8
CustomerPONo$ 30
ApplyToInvoiceNo$ 7
ShipDate$ 8
ShipVia$ 15
BillToName$ 50
ShipToName$ 50
ShipToCity$ 30
ShipToState$ 2
ShipToZipCode$ 10
TermsCode$ 2
TaxSchedule$ 9
EmailAddress$ 250
PaymentType$ 5
FreightAmt 11.2
SalesTaxAmt 11.2
TaxableSalesAmt 12.2
NonTaxableSalesAmt 12.2
DiscountAmt 11.2
DepositAmt 12.2
NumberOfPackages 5.0
MultipleSalesOrdersApplied$ 1 in=Y,N default=N
{AUDIT_BLOCK}
""",
    indexes={
        "KCUSTOMER": "ARDivisionNo CustomerNo",
        "KDUPLICATEPO": "ARDivisionNo CustomerNo CustomerPONo",
    },
)

AR_INVOICE_HISTORY_DETAIL: Table = table(
    "AR_InvoiceHistoryDetail",
    "InvoiceNo HeaderSeqNo DetailSeqNo",
    """
InvoiceNo$ 7
HeaderSeqNo$ 6
DetailSeqNo$ 6
ItemCode$ 30
ItemType$ 1
ItemCodeDesc$ 30
CommentText$ 2048
WarehouseCode$ 3
UnitOfMeasure$ 4
QuantityOrdered 15.6
QuantityShipped 15.6
QuantityBackordered 15.6
UnitPrice 15.6
ExtensionAmt 11.2
TaxClass$ 2
AppliedSalesOrderNo$ 7
""",
)

AR_DIVISION: Table = table("AR_Division", "ARDivisionNo", "ARDivisionNo$ 2\nARDivisionDesc$ 30")

AR_TERMS_CODE: Table = table(
    "AR_TermsCode",
    "TermsCode",
    "TermsCode$ 2\nTermsCodeDesc$ 30\nDaysBeforeDue$ 3\nDiscountRate 7.3",
)

AR_PAYMENT_TYPE: Table = table(
    "AR_PaymentType",
    "PaymentType",
    """
PaymentType$ 5
PaymentDesc$ 30
PaymentMethod$ 1 in=C,O,R,D default=C
DefaultTransaction$ 1 in=D,P
EBMInternetEnabled$ 1 in=Y,N default=N
""",
)

AR_SALESPERSON: Table = table(
    "AR_Salesperson",
    "SalespersonDivisionNo SalespersonNo",
    "SalespersonDivisionNo$ 2\nSalespersonNo$ 4\nSalespersonName$ 30",
)

SO_SHIP_TO_ADDRESS: Table = table(
    "SO_ShipToAddress",
    "ARDivisionNo CustomerNo ShipToCode",
    f"""
ARDivisionNo$ 2
CustomerNo$ 20
ShipToCode$ 4
ShipToName$ 50
ShipToAddress1$ 40
ShipToAddress2$ 40
ShipToAddress3$ 40
ShipToCity$ 30
ShipToState$ 2
ShipToZipCode$ 10
ShipToCountryCode$ 3
EmailAddress$ 50
ContactCode$ 10
SalespersonDivisionNo$ 2
SalespersonNo$ 4
WarehouseCode$ 3
TaxSchedule$ 9
ShipVia$ 15
{AUDIT_BLOCK}
""",
    indexes={"KSHIPTOCODE": "ShipToCode"},
)
