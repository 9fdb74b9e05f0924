"""Fingerprints of documents: by them a caller tells whether anybody changed what it saw."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

BOOKKEEPING: Final = re.compile(
    r"Print\w*|(SalesOrder|PickingSheet)Printed|(Date|Time)(Created|Updated)|User\w*"
)
"""Header columns that Sage itself moves: printing and the audit block. No user-defined column is
among them, since those begin with `UDF_`."""

IN_WORK: Final = {"O": "N"}
"""Statuses that count as one: Sage turns a new order (N) into an open one (O) and back as it prints
and releases. On hold (H) and closed (C) are somebody's decision, and count."""

_DIGITS = 32


def stamp_of(document: Mapping[str, Any]) -> str:
    """Say the fingerprint of a document, 32 hexadecimal digits."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:_DIGITS]


def content_stamp(order: Mapping[str, Any]) -> str:
    """Say the fingerprint of a sales order's content, without Sage's own bookkeeping.

    Printing an order, or opening and storing it unchanged, leaves it as it is; any other change
    of header or lines does not.
    """
    content = {name: value for name, value in order.items() if not BOOKKEEPING.fullmatch(name)}
    status = content.get("OrderStatus")
    if status in IN_WORK:
        content["OrderStatus"] = IN_WORK[status]
    return stamp_of(content)
