"""Sage's columns as the agent knows them: text lengths, decimals, and which a caller may write.

Source of names, lengths and decimals: Sage 100 reference, data dictionary (layouts of 2023).
Older releases are shorter in places; then Sage itself refuses the value.
"""

import re
from dataclasses import dataclass
from typing import Final

UDF: Final = re.compile(r"UDF_[A-Z0-9_]{1,40}")
"""What a user-defined column is called in Sage."""

UDF_DECIMALS = 6
"""Decimals kept of a user-defined number, whose own layout is not known: the most Sage has."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: As callers write it, without `$`.
        length: Characters of a text column; None for a number, 0 for text of unknown length.
        decimals: Decimals of a number column.
        writable: Whether a caller may set it.
    """

    name: str
    length: int | None = None
    decimals: int = 0
    writable: bool = True

    @property
    def is_text(self) -> bool:
        """Whether values are text."""
        return self.length is not None

    @property
    def sage_name(self) -> str:
        """As ProvideX writes it: text columns end in `$`."""
        return f"{self.name}$" if self.is_text else self.name


Table = dict[str, Column]


def _columns(*, text: str = "", numbers: str = "", writable: bool) -> Table:
    table: Table = {}
    for part in text.split():
        name, length = part.split(":")
        table[name] = Column(name, length=int(length), writable=writable)
    for part in numbers.split():
        name, decimals = part.split(":")
        table[name] = Column(name, decimals=int(decimals), writable=writable)
    return table


_ADDRESS = (
    "{0}Name:50 {0}Address1:40 {0}Address2:40 {0}Address3:40 {0}City:30 {0}State:2 {0}ZipCode:10 "
    "{0}CountryCode:3 "
)

_AUDIT = "DateCreated:8 TimeCreated:8 DateUpdated:8 TimeUpdated:8"

HEADER: Final = _columns(
    text="ARDivisionNo:2 CustomerNo:20 OrderDate:8 ShipExpireDate:8 OrderType:1 OrderStatus:1 "
    "CustomerPONo:30 ShipToCode:4 "
    + _ADDRESS.format("BillTo")
    + _ADDRESS.format("ShipTo")
    + "ShipVia:15 FOB:15 WarehouseCode:3 ConfirmTo:50 Comment:30 TermsCode:2 TaxSchedule:9 "
    "TaxExemptNo:15 EmailAddress:250 FaxNo:20 SalespersonDivisionNo:2 SalespersonNo:4 "
    "ResidentialAddress:1 PaymentType:5 PaymentTypeCategory:1 OtherPaymentTypeRefNo:24 "
    "CheckNoForDeposit:10",
    numbers="FreightAmt:2 DiscountRate:3 DiscountAmt:2 DepositAmt:2",
    writable=True,
) | _columns(
    text="SalesOrderNo:7 CycleCode:2 CancelReasonCode:5 CurrentInvoiceNo:7 LastInvoiceNo:7 "
    "LastInvoiceDate:8 PickingSheetPrinted:1 SalesOrderPrinted:1 " + _AUDIT,
    numbers="TaxableAmt:2 NonTaxableAmt:2 TaxableSubjectToDiscount:2 NonTaxableSubjectToDiscount:2 "
    "SalesTaxAmt:2 Weight:2",
    writable=False,
)

LINE: Final = _columns(
    text="ItemCode:30 ItemCodeDesc:30 CommentText:2048 UnitOfMeasure:4 WarehouseCode:3 "
    "TaxClass:2 PromiseDate:8 DropShip:1 AliasItemNo:30 Discount:1 PriceLevel:1 Commissionable:1",
    numbers="QuantityOrdered:6 UnitPrice:6 ExtensionAmt:2 LineDiscountPercent:3",
    writable=True,
) | _columns(
    text="LineKey:6 LineSeqNo:14 ItemType:1 PriceOverridden:1 SalesKitLineKey:6",
    numbers="QuantityShipped:6 QuantityBackordered:6",
    writable=False,
)

CUSTOMER: Final = _columns(
    text="CustomerName:50 AddressLine1:40 AddressLine2:40 AddressLine3:40 City:30 State:2 "
    "ZipCode:10 CountryCode:3 TelephoneNo:20 TelephoneExt:6 FaxNo:20 EmailAddress:250 "
    "URLAddress:50 ContactCode:10 ShipMethod:15 TaxSchedule:9 TaxExemptNo:15 TermsCode:2 "
    "SalespersonDivisionNo:2 SalespersonNo:4 Comment:30 SortField:10 CustomerType:4 PriceLevel:1 "
    "PrimaryShipToCode:4 DefaultPaymentType:5 CustomerStatus:1 CreditHold:1 ResidentialAddress:1",
    numbers="CreditLimit:2 CustomerDiscountRate:3",
    writable=True,
) | _columns(
    text="ARDivisionNo:2 CustomerNo:20 " + _AUDIT,
    numbers="OpenOrderAmt:2 CurrentBalance:2",
    writable=False,
)

ITEM: Final = _columns(
    text="ItemCode:30 ItemType:1 ItemCodeDesc:30 ProductLine:4 ProductType:1 PriceCode:4 "
    "StandardUnitOfMeasure:4 SalesUnitOfMeasure:4 TaxClass:2 DefaultWarehouseCode:3 Category1:10 "
    "Category2:10 Category3:10 Category4:10 ImageFile:30 ShipWeight:10 InactiveItem:1 "
    "EBMEnabled:1 SaleMethod:1 SaleStartingDate:8 SaleEndingDate:8 AllowBackOrders:1 " + _AUDIT,
    numbers="SalesUMConvFctr:4 StandardUnitPrice:6 SuggestedRetailPrice:6 SalesPromotionPrice:6 "
    "SalesPromotionDiscountPercent:3 TotalQuantityOnHand:6",
    writable=False,
)

ITEM_WAREHOUSE: Final = _columns(
    text="ItemCode:30 WarehouseCode:3 BinLocation:10 ReorderMethod:1 " + _AUDIT,
    numbers="QuantityOnHand:6 QuantityOnSalesOrder:6 QuantityOnBackOrder:6 "
    "QuantityOnPurchaseOrder:6 QuantityRequiredForWO:6 QuantityOnWorkOrder:6 QuantityInShipping:6 "
    "ReorderPointQty:6 EconomicOrderQty:6 MinimumOrderQty:6 MaximumOnHandQty:6 AverageCost:6 "
    "TotalWarehouseValue:2",
    writable=False,
)

PRICE_CODE: Final = _columns(
    text="PriceCodeRecord:1 PriceCode:4 ItemCode:30 CustomerPriceLevel:1 ARDivisionNo:2 "
    "CustomerNo:20 PriceCodeDesc:25 PricingMethod:1 " + _AUDIT,
    numbers="BreakQuantity1:0 BreakQuantity2:0 BreakQuantity3:0 BreakQuantity4:0 BreakQuantity5:0 "
    "DiscountMarkup1:6 DiscountMarkup2:6 DiscountMarkup3:6 DiscountMarkup4:6 DiscountMarkup5:6",
    writable=False,
)

INVOICE: Final = _columns(
    text="SalesOrderNo:7 InvoiceNo:7 HeaderSeqNo:6 InvoiceDate:8 InvoiceType:2 ARDivisionNo:2 "
    "CustomerNo:20 CustomerPONo:30 OrderDate:8 " + _AUDIT,
    numbers="TaxableSalesAmt:2 NonTaxableSalesAmt:2 TaxableAmt:2 NonTaxableAmt:2 SalesTaxAmt:2 "
    "FreightAmt:2 DiscountAmt:2",
    writable=False,
)

POSTED_INVOICE: Final = _columns(
    text="InvoiceNo:7 HeaderSeqNo:6 ModuleCode:3 InvoiceType:2 InvoiceDate:8 ARDivisionNo:2 "
    "CustomerNo:20 SalesOrderNo:7 OrderDate:8 CustomerPONo:30 ApplyToInvoiceNo:7 ShipDate:8 "
    "ShipVia:15 TermsCode:2 TaxSchedule:9 PaymentType:5 MultipleSalesOrdersApplied:1 " + _AUDIT,
    numbers="TaxableSalesAmt:2 NonTaxableSalesAmt:2 SalesTaxAmt:2 FreightAmt:2 DiscountAmt:2 "
    "DepositAmt:2 NumberOfPackages:0",
    writable=False,
)

POSTED_LINE: Final = _columns(
    text="InvoiceNo:7 HeaderSeqNo:6 DetailSeqNo:6 ItemCode:30 ItemType:1 UnitOfMeasure:4 "
    "WarehouseCode:3 AppliedSalesOrderNo:7",
    numbers="QuantityOrdered:6 QuantityShipped:6 QuantityBackordered:6",
    writable=False,
)

OPEN_INVOICE: Final = _columns(
    text="ARDivisionNo:2 CustomerNo:20 InvoiceNo:7 InvoiceType:2 InvoiceHistoryHeaderSeqNo:6 "
    "InvoiceDueDate:8",
    numbers="Balance:2",
    writable=False,
)

UNPOSTED_INVOICE: Final = _columns(
    text="InvoiceNo:7 InvoiceType:2 InvoiceDate:8 SalesOrderNo:7 ARDivisionNo:2 CustomerNo:20 "
    "CustomerPONo:30 ShipDate:8 ShipVia:15 ShipStatus:1 MultipleSalesOrdersApplied:1 " + _AUDIT,
    writable=False,
)

PACKAGE: Final = _columns(
    text="InvoiceNo:7 HeaderSeqNo:6 PackageNo:4 TrackingID:30 Comment:30 StarshipShipVia:15",
    numbers="Weight:2 FreightAmt:2",
    writable=False,
)

HISTORY_LINE: Final = _columns(
    text="LineKey:6 SequenceNo:14 ItemCode:30 ItemType:1 ItemCodeDesc:30 UnitOfMeasure:4 "
    "WarehouseCode:3 CommentText:2048 CancelledLine:1",
    numbers="QuantityOrderedOriginal:6 QuantityOrderedRevised:6 QuantityShipped:6 "
    "QuantityBackordered:6 OriginalUnitPrice:6 LastUnitPrice:6 LastExtensionAmt:2",
    writable=False,
)
