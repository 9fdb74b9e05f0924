"""Examples of bulk answers for the published description; made-up goods and numbers."""

from typing import Any, Final

_AS_OF = "2026-11-20T12:00:00.000000+00:00"
_UPDATED = {"DateUpdated": "20261119", "TimeUpdated": "13.50833"}
_STOCK_NEXT = "TNT-RDG-1P".ljust(30) + "001"
_PRICE_NEXT = "0BULK".ljust(38)


def _page(*rows: dict[str, Any], following: str) -> dict[str, Any]:
    return {"asOf": _AS_OF, "rows": list(rows), "next": following}


ITEMS: Final = _page(
    {
        "ItemCode": "TNT-RDG-1P",
        "ItemType": "1",
        "ItemCodeDesc": "Ridge Tent 1P",
        "InactiveItem": "N",
        "StandardUnitPrice": "177.660000",
        **_UPDATED,
    },
    following="TNT-RDG-1P",
)

STOCK: Final = _page(
    {
        "ItemCode": "TNT-RDG-1P",
        "WarehouseCode": "001",
        "QuantityOnHand": "12.000000",
        "QuantityOnSalesOrder": "2.000000",
        **_UPDATED,
    },
    following=_STOCK_NEXT,
)

PRICES: Final = _page(
    {
        "PriceCodeRecord": "0",
        "PriceCode": "BULK",
        "ItemCode": "",
        "CustomerPriceLevel": "",
        "ARDivisionNo": "",
        "CustomerNo": "",
        "PricingMethod": "D",
        "BreakQuantity1": "11",
        "DiscountMarkup1": "0.000000",
        **_UPDATED,
    },
    following=_PRICE_NEXT,
)

INVOICES: Final = _page(
    {
        "InvoiceNo": "0100001",
        "HeaderSeqNo": "000000",
        "InvoiceType": "IN",
        "InvoiceDate": "20261120",
        "SalesOrderNo": "W000250",
        "TaxableSalesAmt": "200.00",
        "SalesTaxAmt": "17.69",
        "SalesOrders": ["W000250"],
        "OpenBalance": "217.69",
        "InvoiceDueDate": "20261220",
        **_UPDATED,
    },
    following="0100001000000",
)
