"""Stock and price files (Sage 100 reference: data dictionary)."""

from .dictionary import AUDIT_BLOCK, Table, table

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
CostCalcQtyCommitted 15.6 ro
CostCalcCostCommitted 15.6 ro
LastPhysicalCountDate$ 8 ro
{AUDIT_BLOCK}
""",
    indexes={"KWAREHOUSE": "WarehouseCode BinLocation ItemCode"},
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
PriceCodeDesc$ 25
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
    indexes={
        "KITEM": "ItemCode",
        "KITEMCUSTOMER": "ItemCode ARDivisionNo CustomerNo",
        "KCUSTOMERITEM": "ARDivisionNo CustomerNo ItemCode",
        "KCUSTOMER": "ARDivisionNo CustomerNo",
    },
)
