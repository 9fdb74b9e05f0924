"""What Sage 100 has in its books, read from the simulator's control API."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import httpx

from sandbox.demo.compare import Entered
from sandbox.health import client

# Order-level columns that make up what a customer owes; Sage 100 keeps no such total itself
# (Sage 100 reference: sales order header). The discount is a positive amount that is taken off.
ADDED = ("TaxableAmt", "NonTaxableAmt", "SalesTaxAmt", "FreightAmt")
TAKEN_OFF = "DiscountAmt"
# Sage 100's miscellaneous items: tax, fees, comments (Sage 100 reference: sales order lines).
CHARGE = "/"

# A load run's thousands of orders are listed in one go.
LISTING_SECONDS = 120.0


class BooksError(Exception):
    """The simulated Sage 100 did not answer."""


class Books:
    """The sales orders of all companies: open ones, and those that moved to history."""

    def __init__(self, control: str, companies: Sequence[str]) -> None:
        self._control = control
        self._companies = companies

    def entered(self) -> list[Entered]:
        """Return every sales order that was ever entered, wherever it is now.

        Raises:
            BooksError: the control API can't be reached, or refuses.
        """
        with client() as http:
            return [one for company in self._companies for one in self._of(http, company)]

    def _of(self, http: httpx.Client, company: str) -> list[Entered]:
        url = f"{self._control}/companies/{company}/sales-orders"
        try:
            answer = http.get(url, timeout=LISTING_SECONDS).raise_for_status()
        except httpx.HTTPError as error:
            raise BooksError(f"The simulated Sage 100 did not answer: {error}") from error
        return [_entered(company, one) for one in answer.json()["salesOrders"]]


def _entered(company: str, found: Mapping[str, Any]) -> Entered:
    part = found["open"] or found["history"] or found["invoices"][0]
    header: Mapping[str, str] = part["header"]
    return Entered(
        number=found["salesOrderNo"],
        company=company,
        customer=f"{header['ARDivisionNo']}-{header['CustomerNo']}",
        customer_po=header.get("CustomerPONo", ""),
        units=sum((_units(line) for line in part["lines"]), Decimal(0)),
        total=owed(header),
    )


def _units(line: Mapping[str, str]) -> Decimal:
    charge = line["ItemCode"].startswith(CHARGE)
    return Decimal(0) if charge else Decimal(line["QuantityOrdered"] or 0)


def owed(header: Mapping[str, str]) -> Decimal:
    """Add up what the customer owes for a sales order."""
    return sum((Decimal(header[name]) for name in ADDED), -Decimal(header[TAKEN_OFF]))
