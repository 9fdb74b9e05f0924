"""The item file (Sage 100 reference: data dictionary)."""

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
