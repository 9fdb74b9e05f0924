"""Item, stock and price files (Sage 100 reference: data dictionary)."""

from .dictionary import AUDIT_BLOCK, Table, table

CI_ITEM: Table = table(
    "CI_Item",
    "ItemCode",
    f"""
ItemCode$ 30
ItemType$ 1 in=1,3,4,5 default=1
ItemCodeDesc$ 30
ProductLine$ 4
ProductType$ 1 in=F,R,D,K default=F
Valuation$ 1 in=1,2,3,4,5,6 default=2
PriceCode$ 4
StandardUnitOfMeasure$ 4 default=EACH
SalesUnitOfMeasure$ 4 default=EACH
PurchaseUnitOfMeasure$ 4 default=EACH
SalesUMConvFctr 11.4 default=1
StandardUnitPrice 15.6
StandardUnitCost 15.6
SuggestedRetailPrice 15.6
SalesPromotionCode$ 10
SaleStartingDate$ 8
SaleEndingDate$ 8
SaleMethod$ 1 in=D,P,N default=N
SalesPromotionPrice 15.6
SalesPromotionDiscountPercent 11.3
InactiveItem$ 1 in=Y,N default=N
EBMEnabled$ 1 in=Y,N default=N
TaxClass$ 2 in=TX,NT default=TX
DefaultWarehouseCode$ 3
Category1$ 10
Category2$ 10
Category3$ 10
Category4$ 10
ImageFile$ 30
ShipWeight$ 10
Volume 10.4
AllowBackOrders$ 1 in=Y,N default=Y
AllowReturns$ 1 in=Y,N default=Y
DropShip$ 1 in=Y,N default=N
VendorItemCode$ 30
RoutingNo$ 20
LastSoldDate$ 8 ro
LastReceiptDate$ 8 ro
TotalQuantityOnHand 15.6 ro
UseInAR$ 1 in=Y,N default=Y
UseInSO$ 1 in=Y,N default=Y
UseInPO$ 1 in=Y,N default=Y
UseInBM$ 1 in=Y,N default=Y
{AUDIT_BLOCK}
""",
    indexes={"KITEMCODEDESC": "ItemCodeDesc", "KSALESPROMOTIONCODE": "SalesPromotionCode"},
)

IM_ITEM_WAREHOUSE: Table = table(
    "IM_ItemWarehouse",
    "ItemCode WarehouseCode",
    f"""
ItemCode$ 30
WarehouseCode$ 3
BinLocation$ 10
ReorderMethod$ 1
QuantityOnHand 15.6 ro
QuantityOnSalesOrder 15.6 ro
QuantityOnBackOrder 15.6 ro
QuantityOnPurchaseOrder 15.6 ro
QuantityRequiredForWO 15.6 ro
QuantityOnWorkOrder 15.6 ro
QuantityInShipping 15.6 ro
ReorderPointQty 15.6
EconomicOrderQty 15.6
MinimumOrderQty 15.6
MaximumOnHandQty 15.6
AverageCost 15.6 ro
TotalWarehouseValue 14.2 ro
{AUDIT_BLOCK}
""",
    indexes={"KWAREHOUSE": "WarehouseCode ItemCode"},
)

IM_WAREHOUSE: Table = table("IM_Warehouse", "WarehouseCode", "WarehouseCode$ 3\nWarehouseDesc$ 30")

IM_PRICE_CODE: Table = table(
    "IM_PriceCode",
    "PriceCodeRecord PriceCode ItemCode CustomerPriceLevel ARDivisionNo CustomerNo",
    f"""
PriceCodeRecord$ 1 in=0,1,2
PriceCode$ 4
ItemCode$ 30
CustomerPriceLevel$ 1
ARDivisionNo$ 2
CustomerNo$ 20
PricingMethod$ 1 in=C,D,M,O,P default=D
BreakQuantity1 8.0
BreakQuantity2 8.0
BreakQuantity3 8.0
BreakQuantity4 8.0
BreakQuantity5 8.0
DiscountMarkup1 15.6
DiscountMarkup2 15.6
DiscountMarkup3 15.6
DiscountMarkup4 15.6
DiscountMarkup5 15.6
{AUDIT_BLOCK}
""",
)
