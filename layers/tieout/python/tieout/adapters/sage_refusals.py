"""Sage's refusals in words that a person can act on, without the buyer's particulars."""

import re
from collections.abc import Iterable, Mapping

from tieout.errors import RejectedError

# What Sage says is kept in the ledger, which holds no personal data: values that we sent in these
# columns are taken out of its words. ZIP codes stay, since they are what a clerk has to mend.
_PERSONAL = re.compile(r"Name|Address|City|Telephone|ConfirmTo|Comment")
_SHORTEST_PERSONAL = 3
LONGEST_REASON = 300

_ADDRESS = "Correct the address in the storefront."
_ZIP = "Correct the ZIP code in the storefront, or add it to the ZIP codes in Sage 100."
# Sage's columns are no words of the storefront's: each is told as what stands in it.
_SHORTEN = "Shorten or correct {} in the storefront, or enter this order by hand."
_SHIP_TO = "of the shipping address"
_BILL_TO = "of the billing address"
_SETTING = "Set it up in Sage 100, or correct it in the store's settings."
_CUSTOMER = "Check in Sage 100 that the customer exists, is active and not on hold."
NEXT_ACTIONS = {
    "ItemCode": "Add the item to Sage 100, or correct the product's SKU in the storefront.",
    "QuantityOrdered": "Check the item's unit of measure in Sage 100 and the order's quantity.",
    "UnitPrice": "Check the item's pricing in Sage 100.",
    "ShipToZipCode": _ZIP,
    "ZipCode": _ZIP,
    "ShipToCity": _ADDRESS,
    "ShipToState": _ADDRESS,
    "ShipToCountryCode": _ADDRESS,
    "City": _ADDRESS,
    "State": _ADDRESS,
    "CountryCode": _ADDRESS,
    "CustomerNo": _CUSTOMER,
    "ARDivisionNo": _CUSTOMER,
    "CustomerName": _SHORTEN.format(f"the company or name {_BILL_TO}"),
    "ShipToName": _SHORTEN.format(f"the company or name {_SHIP_TO}"),
    "ShipToAddress1": _SHORTEN.format(f"the first street line {_SHIP_TO}"),
    "ShipToAddress2": _SHORTEN.format(f"the second street line {_SHIP_TO}"),
    "ShipToAddress3": _SHORTEN.format(f"the person's name {_SHIP_TO}"),
    "AddressLine1": _SHORTEN.format(f"the first street line {_BILL_TO}"),
    "AddressLine2": _SHORTEN.format(f"the second street line {_BILL_TO}"),
    "EmailAddress": "Correct the e-mail address in the storefront.",
    "OrderDate": "Check that the order's date lies in an open period in Sage 100.",
    "WarehouseCode": _SETTING,
    "TaxSchedule": _SETTING,
    "TermsCode": _SETTING,
    "SalespersonNo": _SETTING,
    "SalespersonDivisionNo": _SETTING,
}
_ANY = "Correct it in the storefront or in Sage 100, then let the order be tried again."


def refusal(detail: str, column: str, *, sent: Iterable[Mapping[str, str]]) -> RejectedError:
    """The error for a document that Sage, or the agent for it, turned down.

    `column` may be empty; `sent` are the columns that we sent, whose personal values must not come
    back in the reason.
    """
    said = _without_personal(" ".join(detail.split()), sent)
    reason = said or f"Sage refused {column or 'the document'}."
    if column and column not in reason:
        reason = f"Sage refused {column}: {reason}"
    return RejectedError(
        reason[:LONGEST_REASON],
        next_action=NEXT_ACTIONS.get(column, _ANY),
        code=column or "Refused",
    )


def _without_personal(text: str, sent: Iterable[Mapping[str, str]]) -> str:
    values = {
        value
        for columns in sent
        for name, value in columns.items()
        if _PERSONAL.search(name) and len(value) >= _SHORTEST_PERSONAL
    }
    for value in sorted(values, key=len, reverse=True):
        text = re.sub(re.escape(value), "…", text, flags=re.IGNORECASE)
    return text
