"""Examples of the published description: one shop, one buyer, one order."""

from typing import Any, Final

from tieout_agent.api.described import STAMP

Example = dict[str, Any]

HEADER: Final[Example] = {
    "ARDivisionNo": "00",
    "CustomerNo": "WEB0001",
    "OrderDate": "20261120",
    "CustomerPONo": "W-250-x7",
    "ShipToName": "Jane Doe",
    "ShipToAddress1": "1 Pearl St",
    "ShipToZipCode": "80302",
    "FreightAmt": "7.50",
}

LINE: Final[Example] = {"ItemCode": "SB-100", "QuantityOrdered": "2", "UnitPrice": "19.99"}

ORDER: Final[Example] = {"header": HEADER, "lines": [LINE]}

WARNING: Final[Example] = {
    "object": "SO_SalesOrder_bus",
    "column": "CustomerPONo",
    "message": "The purchase order number has been used before.",
}

_PRICED = {**LINE, "LineKey": "000001", "UnitPrice": "19.990000", "ExtensionAmt": "39.98"}

_TOTALLED: Final[Example] = {
    **HEADER,
    "TaxableAmt": "0.00",
    "NonTaxableAmt": "39.98",
    "SalesTaxAmt": "0.00",
    "DiscountAmt": "0.00",
    "Lines": [_PRICED],
}

PREVIEWED: Final[Example] = {"salesOrder": _TOTALLED, "warnings": []}

_HELD: Final[Example] = {
    "where": "open",
    "stamp": STAMP,
    "rev": 1,
    "writtenStamp": STAMP,
    "writtenRev": 1,
    "salesOrder": {"SalesOrderNo": "W000250", **_TOTALLED},
}

FOUND: Final[Example] = {**_HELD, "markerMatches": ["W000250"]}

STORED: Final[Example] = {**_HELD, "warnings": [WARNING]}

DELETED: Final[Example] = {"where": "history", "stamp": "", "warnings": []}

LISTED: Final[Example] = {
    "number": "W000250",
    "where": "open",
    "status": "N",
    "marker": "W-250-x7",
    "total": "47.48",
}

LIST: Final[Example] = {"asOf": "2026-11-20T12:00:00+00:00", "orders": [LISTED], "next": "W000250"}

CUSTOMER: Final[Example] = {
    "CustomerName": "Alpine Outfitters",
    "AddressLine1": "1 Pearl St",
    "ZipCode": "80302",
    "EmailAddress": "buyer@alpine.example",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
    "TermsCode": "00",
}

_CUSTOMER_HELD: Final[Example] = {"ARDivisionNo": "00", "CustomerNo": "WEB0001", **CUSTOMER}

CUSTOMER_FOUND: Final[Example] = {"customer": _CUSTOMER_HELD, "stamp": STAMP}

CUSTOMERS_FOUND: Final[Example] = {"customers": [_CUSTOMER_HELD], "truncated": False}

CUSTOMER_STORED: Final[Example] = {**CUSTOMER_FOUND, "warnings": []}

_PACKAGE: Final[Example] = {
    "InvoiceNo": "0100001",
    "HeaderSeqNo": "000000",
    "PackageNo": "0001",
    "where": "posted",
    "InvoiceType": "IN",
    "InvoiceDate": "20261120",
    "ShipDate": "20261120",
    "ShipVia": "UPS GROUND",
    "ShipStatus": "S",
    "ARDivisionNo": "00",
    "CustomerNo": "WEB0001",
    "CustomerPONo": "W-250-x7",
    "TrackingID": "1Z0000000000000000",
    "StarshipShipVia": "UPS GROUND",
    "Comment": "",
    "Weight": "2.00",
    "FreightAmt": "7.50",
    "SalesOrders": [
        {
            "SalesOrderNo": "W000250",
            "Lines": [{"ItemCode": "SB-100", "QuantityShipped": "2.000000"}],
        }
    ],
}

PACKAGES: Final[Example] = {
    "asOf": "2026-11-20T12:00:00.000000+00:00",
    "rows": [_PACKAGE],
    "next": "0100001",
    "unposted": True,
}

PROBLEM: Final[Example] = {
    "type": "about:blank",
    "title": "Unprocessable Content",
    "status": 422,
    "detail": "ShipToName has 61 characters, but Sage 100 keeps 50. Shorten it.",
    "code": "Refused",
    "object": "SO_SalesOrder_bus",
    "column": "ShipToName",
    "sent": 61,
    "allowed": "at most 50 characters",
    "retryable": False,
}

_GUARANTEES: Final[Example] = {
    "createOnly": True,
    "deadline": True,
    "barrier": True,
    "history": True,
    "invoiceHistory": True,
    "replace": True,
}

CAPABILITIES: Final[Example] = {
    "version": "0.1.0",
    "companies": [
        {
            "code": "ABC",
            "name": "Summit Outdoor Supply",
            "objects": {"SO_SalesOrder_bus": True, "AR_Customer_bus": True},
            "columns": {"SO_SalesOrderHeader": {"SalesOrderNo": 7, "ShipToName": 50}},
            "udfs": ["UDF_TIEOUT_MARKER", "UDF_TIEOUT_REV"],
            "guarantees": _GUARANTEES,
        }
    ],
    "guarantees": _GUARANTEES,
}
