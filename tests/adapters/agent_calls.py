"""One call of each kind to the Sage agent, and the answers that a scripted agent gives."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.adapters.servers import Server, answer
from tests.agent.harness import KEY
from tieout.adapters.sage_agent import SageAgent
from tieout.domain.identity import Company, CustomerKey, SalesOrderNo
from tieout.domain.sales_orders import Guard, SalesOrder
from tieout.errors import RejectedError, RetryableError, SetupError

DATE = "Sat, 21 Nov 2026 12:00:00 GMT"
AGENT = {"X-Tieout-Agent": "0.1.0", "Date": DATE}
NUMBER = SalesOrderNo("W000250")
MARKER = "W-250-x7"
BUYER = CustomerKey("00", "BUY0001")
NOON = datetime(2026, 11, 21, 12, 0, 20, 500_000, tzinfo=UTC)
GUARD = Guard("0f" * 16, NOON, 4)
DOCUMENT = SalesOrder(
    {
        "CustomerPONo": MARKER,
        "ShipToName": "Jane Doe",
        "ShipToCity": "Boulder",
        "ShipToZipCode": "99999",
    },
    ({"ItemCode": "A-1", "QuantityOrdered": "1", "UnitPrice": "1.00"},),
    Decimal("1.00"),
)
ORDER: dict[str, Any] = {
    "where": "open",
    "stamp": "20261121",
    "rev": 1,
    "salesOrder": {"SalesOrderNo": "W000250", "CustomerPONo": MARKER, "Lines": []},
    "markerMatches": ["W000250"],
    "warnings": [],
}
Call = Callable[[SageAgent], object]


@dataclass
class Secret:
    api_key: str


class Keys:
    """An API key in memory; `after_rotation` is what a refresh finds."""

    def __init__(self, key: str = KEY, *, after_rotation: str = KEY) -> None:
        self._keys = [key, after_rotation]
        self.refreshed = 0

    def current(self) -> Secret:
        return Secret(self._keys[min(self.refreshed, 1)])

    def refresh(self) -> Secret:
        self.refreshed += 1
        return self.current()


def look_up(sage: SageAgent) -> object:
    return sage.look_up(NUMBER, marker=MARKER)


def read_customer(sage: SageAgent) -> object:
    return sage.read_customer(BUYER)


def find_customers(sage: SageAgent) -> object:
    return sage.find_customers("jane@example.com")


def create(sage: SageAgent) -> object:
    return sage.create(NUMBER, DOCUMENT, customer=BUYER, not_after=NOON, rev=3)


def create_customer(sage: SageAgent) -> object:
    return sage.create_customer(BUYER, {"CustomerName": "Jane Doe"}, not_after=NOON)


def replace(sage: SageAgent) -> object:
    return sage.replace(NUMBER, DOCUMENT, guard=GUARD)


def hold(sage: SageAgent) -> object:
    return sage.hold(NUMBER, on=True, comment="Cancelled", guard=GUARD)


def delete(sage: SageAgent) -> object:
    return sage.delete(NUMBER, guard=GUARD)


READS: list[Call] = [look_up, read_customer, find_customers]
CREATES: list[Call] = [create, create_customer]
CHANGES: list[Call] = [replace, hold, delete]
WRITES: list[Call] = [*CREATES, *CHANGES]


def given(server: Server, call: Call, keys: Keys | None = None) -> object:
    """What a call to this server returns."""
    with closing(SageAgent(server.pinned(), Company("ABC"), keys or Keys())) as sage:
        return call(sage)


def raised(server: Server, call: Call) -> BaseException:
    """What a call to this server raises."""
    with pytest.raises((RetryableError, RejectedError, SetupError)) as caught:
        given(server, call)
    return caught.value


def problem(status: int, code: str, *, detail: str = "", column: str | None = None) -> bytes:
    """A refusal of the agent."""
    document = {
        "type": "about:blank", "title": "X", "status": status, "detail": detail, "code": code,
        "object": None, "column": column, "retryable": False,
    }  # fmt: skip
    return answer(status, json.dumps(document).encode(), AGENT, kind="application/problem+json")


def said(document: object, status: int = 200, **headers: str) -> bytes:
    """A document that the agent hands out."""
    return answer(status, json.dumps(document).encode(), AGENT | headers)
