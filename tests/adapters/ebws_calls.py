"""One call of each kind to eBusiness Web Services, by a client that knows a password and its successor."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.adapters.ebws_service import Logons, Secret
from tests.adapters.servers import Server
from tests.unit.ports import FakeClock
from tieout.adapters.ebws import EbwsSage
from tieout.adapters.http import Patience
from tieout.domain.identity import Company, CustomerKey, SalesOrderNo
from tieout.domain.sales_orders import SalesOrder
from tieout.settings import Connection

NUMBER = SalesOrderNo("W000250")
MARKER = "W-250-x7"
BUYER = CustomerKey("00", "BUY0001")
NOON = datetime(2026, 11, 21, 12, 0, 0, tzinfo=UTC)
IN_TIME = NOON + timedelta(seconds=20)
ROW = {"ItemCode": "A-1", "QuantityOrdered": "1", "UnitPrice": "1.00"}
DOCUMENT = SalesOrder({"CustomerPONo": MARKER, "ShipToName": "Jane Doe"}, (ROW,), Decimal("1.00"))
IMPATIENT = Patience(read=0.3, total=0.5, connect=0.3, retry_waits=(0.01,))
PATIENT = Patience(read=5, total=5, retry_waits=(0.01, 0.01))
PASSWORD = "the-password-of-the-user"
Call = Callable[[EbwsSage], object]


def logons() -> Logons:
    return Logons(Secret("tieout", PASSWORD), Secret("tieout", "the-new-one"))


def client(
    way: Connection,
    keys: Logons | None = None,
    *,
    patience: Patience = PATIENT,
    clock: FakeClock | None = None,
    company: str = "ABC",
) -> EbwsSage:
    return EbwsSage(
        way,
        Company(company),
        keys or logons(),
        clock=clock or FakeClock(NOON),
        patience=patience,
    )


def told(server: Server, call: Call, keys: Logons | None = None) -> object:
    """What a call to this server returns."""
    with closing(client(server.pinned(), keys)) as sage:
        return call(sage)


def look_up(sage: EbwsSage) -> object:
    return sage.look_up(NUMBER, marker=MARKER)


def read_customer(sage: EbwsSage) -> object:
    return sage.read_customer(BUYER)


def create(sage: EbwsSage) -> object:
    return sage.create(NUMBER, DOCUMENT, customer=BUYER, not_after=IN_TIME, rev=1)


def create_customer(sage: EbwsSage) -> object:
    return sage.create_customer(BUYER, {"CustomerName": "Jane Doe"}, not_after=IN_TIME)


READS: list[Call] = [look_up, read_customer]
WRITES: list[Call] = [create, create_customer]
each_read = pytest.mark.parametrize("call", READS)
each_write = pytest.mark.parametrize("call", WRITES)
each_call = pytest.mark.parametrize("call", READS + WRITES)
