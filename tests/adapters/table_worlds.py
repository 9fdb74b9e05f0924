"""The ports that are kept in tables: fakes, DynamoDB (moto), and the fault harness' DynamoDB."""

from dataclasses import dataclass
from typing import Any, cast

from tests.adapters.cloud import CUSTOMERS, LEDGER, dynamodb, make_tables
from tests.adapters.harness_worlds import Driven, untroubled
from tests.faults.dynamo import Dynamo
from tests.unit.ports import FakeClock, FakeCustomerLinks, FakeLedger, FakeNotes, FakeWatermarks
from tieout.adapters.dynamodb import DynamoCustomerLinks, DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.notes import DynamoNotes
from tieout.ports import CustomerLinks, Ledger, Notes, Watermarks


@dataclass
class Tables:
    """One implementation of each port."""

    ledger: Ledger
    links: CustomerLinks
    marks: Watermarks
    notes: Notes


def tables_of(kind: str, clock: FakeClock) -> Tables:
    """The fakes, or the real adapters on one of two DynamoDBs; moto's account must be open."""
    if kind == "fake":
        return Tables(FakeLedger(clock), FakeCustomerLinks(clock), FakeWatermarks(), FakeNotes())
    if kind == "harness":
        wire = untroubled()
        made = _on(cast("Any", Dynamo(wire)), clock)
        driven = [Driven(port, wire.scheduler) for port in vars(made).values()]
        return Tables(*cast("list[Any]", driven))
    client = dynamodb()
    make_tables(client)
    return _on(client, clock)


def _on(client: Any, clock: FakeClock) -> Tables:
    orders, customers = Table(client, LEDGER), Table(client, CUSTOMERS)
    return Tables(
        DynamoLedger(orders, clock),
        DynamoCustomerLinks(customers, clock),
        DynamoWatermarks(orders),
        DynamoNotes(orders),
    )
