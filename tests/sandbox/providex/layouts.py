"""Columns, types and lengths as the Sage 100 reference's data dictionary has them (chapter 2).

Written down a second time and apart from the simulator, so that a slip there shows. A text column
has `$` and its length, a number its digits and decimals; the key comes first, before the bar.
"""

AUDIT = (
    "DateCreated$ 8 TimeCreated$ 8 UserCreatedKey$ 10 "
    "DateUpdated$ 8 TimeUpdated$ 8 UserUpdatedKey$ 10"
)


def _address(prefix: str) -> str:
    lengths = "Name$ 50 Address1$ 40 Address2$ 40 Address3$ 40 City$ 30 State$ 2 ZipCode$ 10"
    words = f"{lengths} CountryCode$ 3".split()
    return " ".join(f"{prefix}{word}" if word[0].isalpha() else word for word in words)


LAYOUTS = {
    "SO_SalesOrderHeader": f"""
        SalesOrderNo$ 7 | OrderDate$ 8 ShipExpireDate$ 8 OrderType$ 1 OrderStatus$ 1
        ARDivisionNo$ 2 CustomerNo$ 20 {_address("BillTo")} ShipToCode$ 4 {_address("ShipTo")}
        BillToDivisionNo$ 2 BillToCustomerNo$ 20 ShipVia$ 15 ShipZone$ 5 ShipZoneActual$ 5
        ShipWeight$ 5 CustomerPONo$ 30 FOB$ 15 WarehouseCode$ 3 ConfirmTo$ 50 Comment$ 30
        TermsCode$ 2 TaxSchedule$ 9 TaxExemptNo$ 15 EmailAddress$ 250 FaxNo$ 20 BatchEmail$ 1
        BatchFax$ 1 PaymentType$ 5 PaymentTypeCategory$ 1 OtherPaymentTypeRefNo$ 24
        CheckNoForDeposit$ 10 FreightAmt 11.2 FreightCalculationMethod$ 1 DiscountRate 7.3
        DiscountAmt 11.2 DepositAmt 12.2 Weight 11.2 TaxableAmt 12.2 NonTaxableAmt 12.2
        TaxableSubjectToDiscount 12.2 NonTaxableSubjectToDiscount 12.2 SalesTaxAmt 11.2
        SalespersonDivisionNo$ 2 SalespersonNo$ 4
        SalespersonDivisionNo2$ 2 SalespersonNo2$ 4 SplitCommRate2 8.3
        SalespersonDivisionNo3$ 2 SalespersonNo3$ 4 SplitCommRate3 8.3
        SalespersonDivisionNo4$ 2 SalespersonNo4$ 4 SplitCommRate4 8.3
        SalespersonDivisionNo5$ 2 SalespersonNo5$ 4 SplitCommRate5 8.3
        CommissionRate 8.3 RMANo$ 7 JobNo$ 7 MasterRepeatingOrderNo$ 7 CurrentInvoiceNo$ 7
        LastInvoiceOrderNo$ 7 CancelReasonCode$ 5 CycleCode$ 2 ResidentialAddress$ 1
        PrintSalesOrders$ 1 PrintPickingSheets$ 1 SalesOrderPrinted$ 1 PickingSheetPrinted$ 1
        InvalidTaxCalc$ 1 LotSerialLinesExist$ 1 EBMUserType$ 1 EBMSubmissionType$ 1
        EBMUserIDSubmittingThisOrder$ 15 CRMUserID$ 11 CRMPersonID$ 11 CRMOpportunityID$ 11
        CRMCompanyID$ 11 CRMProspectID$ 11 {AUDIT}""",
    "SO_SalesOrderDetail": """
        SalesOrderNo$ 7 LineKey$ 6 | LineSeqNo$ 14 ItemCode$ 30 ItemType$ 1 ItemCodeDesc$ 30
        ExtendedDescriptionKey$ 10 QuantityOrdered 15.6 QuantityShipped 15.6
        QuantityBackordered 15.6 UnitPrice 15.6 UnitCost 15.6 ExtensionAmt 11.2 UnitOfMeasure$ 4
        UnitOfMeasureConvFactor 11.4 WarehouseCode$ 3 PriceLevel$ 1 PriceOverridden$ 1
        LineDiscountPercent 8.3 Discount$ 1 TaxClass$ 2 SubjectToExemption$ 1 Commissionable$ 1
        PromiseDate$ 8 DropShip$ 1 AliasItemNo$ 30 SalesKitLineKey$ 6 ExplodedKitItem$ 1
        StandardKitBill$ 1 SkipPrintCompLine$ 1 BillOption1$ 2 BillOption9$ 2 Revision$ 3
        PurchaseOrderRequiredDate$ 8 CostCode$ 9 CostType$ 1 WarrantyCode$ 10 ExpirationDate$ 8
        TaxTypeApplied$ 4 AlternateTaxIdentifier$ 15""",
    "SO_SalesOrderHistoryHeader": f"""
        SalesOrderNo$ 7 | OrderStatus$ 1 LastInvoiceDate$ 8 LastInvoiceNo$ 7 InvoicedAmt 12.2
        CustomerPONo$ 30 {AUDIT}""",
    "SO_SalesOrderHistoryDetail": """
        SalesOrderNo$ 7 SequenceNo$ 14 | LineKey$ 6 QuantityOrderedOriginal 15.6
        QuantityOrderedRevised 15.6 QuantityShipped 15.6 QuantityBackordered 15.6
        OriginalUnitPrice 15.6 LastUnitPrice 15.6 LastExtensionAmt 11.2 CancelledLine$ 1
        CancelReasonCode$ 5""",
    "AR_Customer": f"""
        ARDivisionNo$ 2 CustomerNo$ 20 | CustomerName$ 50 AddressLine1$ 40 AddressLine2$ 40
        AddressLine3$ 40 City$ 30 State$ 2 ZipCode$ 10 CountryCode$ 3 TelephoneNo$ 20
        TelephoneExt$ 6 FaxNo$ 20 EmailAddress$ 250 URLAddress$ 50 ContactCode$ 10 ShipMethod$ 15
        TaxSchedule$ 9 TaxExemptNo$ 15 TermsCode$ 2 SalespersonDivisionNo$ 2 SalespersonNo$ 4
        Comment$ 30 SortField$ 10 CustomerType$ 4 PriceLevel$ 1 PrimaryShipToCode$ 4
        DefaultPaymentType$ 5 CustomerStatus$ 1 InactiveReasonCode$ 5 CreditHold$ 1
        CreditLimit 13.2 OpenOrderAmt 13.2 CurrentBalance 13.2 AgingCategory1 13.2
        AgingCategory2 13.2 AgingCategory3 13.2 AgingCategory4 13.2 LastPaymentAmt 13.2
        CustomerDiscountRate 12.3 OpenItemCustomer$ 1 ResidentialAddress$ 1 {AUDIT}""",
    "AR_CustomerContact": """
        ARDivisionNo$ 2 CustomerNo$ 20 ContactCode$ 10 | ContactName$ 50 EmailAddress$ 50
        Salutation$ 10 ContactTitle$ 15""",
    "SO_ShipToAddress": f"""
        ARDivisionNo$ 2 CustomerNo$ 20 ShipToCode$ 4 | {_address("ShipTo")} EmailAddress$ 50
        ContactCode$ 10 SalespersonNo$ 4 WarehouseCode$ 3 TaxSchedule$ 9 ShipVia$ 15 {AUDIT}""",
    "AR_TermsCode": "TermsCode$ 2 | TermsCodeDesc$ 30",
    "SY_ZipCode": "ZipCode$ 10 | City$ 20 StateCode$ 2 CountryCode$ 3",
    "CI_Item": f"""
        ItemCode$ 30 | ItemType$ 1 ItemCodeDesc$ 30 ProductLine$ 4 ProductType$ 1 Valuation$ 1
        PriceCode$ 4 StandardUnitOfMeasure$ 4 SalesUnitOfMeasure$ 4 PurchaseUnitOfMeasure$ 4
        SalesUMConvFctr 11.4 StandardUnitPrice 15.6 StandardUnitCost 15.6
        SuggestedRetailPrice 15.6 SalesPromotionCode$ 10 SaleStartingDate$ 8 SaleEndingDate$ 8
        SaleMethod$ 1 SalesPromotionPrice 15.6 SalesPromotionDiscountPercent 11.3 InactiveItem$ 1
        EBMEnabled$ 1 TaxClass$ 2 DefaultWarehouseCode$ 3 Category1$ 10 Category4$ 10
        ImageFile$ 30 ShipWeight$ 10 Volume 10.4 AllowBackOrders$ 1 AllowReturns$ 1 DropShip$ 1
        VendorItemCode$ 30 RoutingNo$ 20 LastSoldDate$ 8 LastReceiptDate$ 8
        TotalQuantityOnHand 15.6 UseInAR$ 1 UseInSO$ 1 UseInPO$ 1 UseInBM$ 1 {AUDIT}""",
    "IM_ItemWarehouse": f"""
        ItemCode$ 30 WarehouseCode$ 3 | QuantityOnHand 15.6 QuantityOnSalesOrder 15.6
        QuantityOnBackOrder 15.6 QuantityOnPurchaseOrder 15.6 QuantityRequiredForWO 15.6
        QuantityOnWorkOrder 15.6 QuantityInShipping 15.6 ReorderPointQty 15.6
        EconomicOrderQty 15.6 MinimumOrderQty 15.6 MaximumOnHandQty 15.6 AverageCost 15.6
        BinLocation$ 10 ReorderMethod$ 1 TotalWarehouseValue 14.2 {AUDIT}""",
    "IM_PriceCode": f"""
        PriceCodeRecord$ 1 PriceCode$ 4 ItemCode$ 30 CustomerPriceLevel$ 1 ARDivisionNo$ 2
        CustomerNo$ 20 | PricingMethod$ 1 BreakQuantity1 8.0 BreakQuantity5 8.0
        DiscountMarkup1 15.6 DiscountMarkup5 15.6 {AUDIT}""",
    "SO_InvoiceHeader": f"""
        InvoiceNo$ 7 | InvoiceType$ 2 SalesOrderNo$ 7 OrderType$ 1 ShipDate$ 8 ShipVia$ 15
        ShipStatus$ 1 {AUDIT}""",
    "SO_InvoiceTracking": """
        InvoiceNo$ 7 PackageNo$ 4 | TrackingID$ 30 Comment$ 30 StarshipShipVia$ 15 Weight 12.2
        FreightAmt 11.2""",
    "AR_InvoiceHistoryTracking": """
        InvoiceNo$ 7 HeaderSeqNo$ 6 PackageNo$ 4 | TrackingID$ 30 Comment$ 30
        StarshipShipVia$ 15 Weight 12.2 FreightAmt 11.2""",
    "AR_InvoiceHistoryHeader": f"""
        InvoiceNo$ 7 HeaderSeqNo$ 6 | ModuleCode$ 3 SalesOrderNo$ 7 CustomerPONo$ 30 {AUDIT}""",
    "AR_InvoiceHistoryDetail": """
        InvoiceNo$ 7 HeaderSeqNo$ 6 DetailSeqNo$ 6 | ItemCode$ 30 AppliedSalesOrderNo$ 7""",
    "AR_OpenInvoice": f"""
        ARDivisionNo$ 2 CustomerNo$ 20 InvoiceNo$ 7 InvoiceType$ 2 | InvoiceDueDate$ 8
        CustomerPONo$ 30 Balance 13.2 {AUDIT}""",
    "AR_PaymentType": """
        PaymentType$ 5 | PaymentDesc$ 30 PaymentMethod$ 1 DefaultTransaction$ 1
        EBMInternetEnabled$ 1""",
    "SY_User": "UserLogon$ 60 | UserKey$ 10 UserCode$ 3",
}

INDEXES = {
    "SO_SalesOrderHeader": {
        "KCUSTOMER": ("ARDivisionNo", "CustomerNo"),
        "KBILLTO": ("BillToDivisionNo", "BillToCustomerNo"),
        "KCUSTOMERPO": ("CustomerPONo",),
        "KDUPLICATEPO": ("ARDivisionNo", "CustomerNo", "CustomerPONo"),
    },
    "SO_InvoiceHeader": {"KDUPLICATEPO": ("ARDivisionNo", "CustomerNo", "CustomerPONo")},
}

DEFAULTS = {
    ("SO_SalesOrderHeader", "OrderStatus"): "N",
    ("SO_SalesOrderHeader", "OrderType"): "S",
    ("SO_SalesOrderHeader", "PaymentTypeCategory"): "D",
    ("SO_SalesOrderHeader", "FreightCalculationMethod"): "A",
    ("AR_Customer", "TermsCode"): "00",
    ("AR_Customer", "DefaultPaymentType"): "CHECK",
    ("AR_Customer", "CustomerStatus"): "A",
    ("AR_PaymentType", "PaymentMethod"): "C",
}

CHOICES = {
    ("SO_SalesOrderHeader", "OrderType"): "SBQMRP",
    ("SO_SalesOrderHeader", "OrderStatus"): "NOCH",
    ("SO_SalesOrderHistoryHeader", "OrderStatus"): "ACXQZ",
    ("SO_SalesOrderHeader", "PaymentTypeCategory"): "PD",
    ("SO_SalesOrderHeader", "FreightCalculationMethod"): "APW",
    ("AR_Customer", "CustomerStatus"): "AIT",
    ("AR_PaymentType", "PaymentMethod"): "CORD",
    ("AR_PaymentType", "DefaultTransaction"): "DP",
    ("CI_Item", "ItemType"): "1345",
    ("CI_Item", "ProductType"): "FRDK",
    ("CI_Item", "Valuation"): "123456",
    ("IM_PriceCode", "PricingMethod"): "CDMOP",
}

READ_ONLY = {
    "SO_SalesOrderHeader": (
        "TaxableAmt NonTaxableAmt TaxableSubjectToDiscount NonTaxableSubjectToDiscount SalesTaxAmt "
        "BillToDivisionNo BillToCustomerNo DateCreated TimeCreated UserCreatedKey DateUpdated "
        "TimeUpdated UserUpdatedKey"
    ),
    "SO_SalesOrderDetail": "LineWeight LineKey",
    "CI_Item": "TotalQuantityOnHand",
}
