"""What is kept and told of orders holds nothing of their buyers: ledger, links, logs and metrics."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.adapters.cloud import CUSTOMERS, LEDGER, dynamodb
from tests.agent.harness import sku
from tests.functions import test_take_orders
from tests.functions.test_take_orders import Floor, sell
from tieout.domain.ledger import State

# The same shop, agent and function as there.
outside = test_take_orders.outside
environment = test_take_orders.environment
floor = test_take_orders.floor

BUYER = {
    "first_name": "Canaryfirst", "last_name": "Canarylast", "company": "Canarycompany",
    "street_1": "1 Canarystreet", "street_2": "Canaryfloor 2", "city": "Canarycity",
    "state": "Nevada", "country": "United States", "country_iso2": "US", "zip": "89501",
    "email": "canary.mail@example.com", "phone": "555-0142-777",
}  # fmt: skip
CANARIES = ("canary", "555-0142")
NO_SUCH_ITEM = {"sku": "NO-SUCH-ITEM", "custom": True, "price": "9.00"}


@dataclass(frozen=True)
class Story:
    """How an order ends, and what of it differs from an ordinary one."""

    ends: State
    address: dict[str, str] = field(default_factory=dict[str, str])
    line: dict[str, Any] = field(default_factory=dict[str, Any])


def engraved(text: str) -> dict[str, Any]:
    return {"sku": sku(0), "options": [{"name": "Engraving", "value": text}]}


STORIES = [
    Story(State.CREATED),
    Story(State.CREATED, line=engraved("For Canarylast")),
    Story(State.PARKED, line=NO_SUCH_ITEM),
    Story(State.PARKED, line=engraved("For Canarylast " * 200)),
    Story(State.PARKED, line=engraved("For Canarylast \N{GRINNING FACE}")),
    Story(State.PARKED, {"state": "Canarystate"}),
    Story(State.PARKED, {"country": "Canaryland", "country_iso2": "Canaryland"}),
    Story(State.PARKED, {"zip": "00000"}),
    Story(State.PARKED, {"street_1": "Canarystreet " * 10}),
    Story(State.PARKED, {"company": "Canarycompany " * 10}),
    Story(State.PARKED, {"first_name": "Canary\N{GRINNING FACE}"}),
    Story(State.PARKED, {"city": "Canary\x07city"}),
    Story(State.CREATED, {"email": 'canary("mail")@example.com'}),
    Story(State.CREATED, {"email": "canäry@example.com"}),
    Story(State.PARKED, {"email": "canary.mail"}),
]


def place(floor: Floor, story: Story) -> int:
    address = BUYER | story.address
    return sell(
        floor,
        lines=[story.line or {"sku": sku(0)}],
        guest=True,
        billing_address=address,
        addresses=[address],
        customer_message="Canary, ring twice",
    )


def test_nothing_of_a_buyer_is_kept_or_told_however_the_order_ends(
    floor: Floor, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()

    ends = [(place(floor, story), story.ends) for story in STORIES]
    floor.take(*(order_id for order_id, _ in ends))

    heard = capsys.readouterr()
    kept = [dynamodb().scan(TableName=name)["Items"] for name in (LEDGER, CUSTOMERS)]
    told = f"{json.dumps(kept)}{heard.out}{heard.err}".lower()
    assert [floor.entry(order_id).state for order_id, _ in ends] == [state for _, state in ends]
    assert all(f"main#{order_id}" in told for order_id, _ in ends)
    assert not [canary for canary in CANARIES if canary in told]
