"""What is DynamoDB's own: lost answers, faults, sparse indexes, and no personal data in any item."""

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.cloud import (
    LEDGER,
    ONCE,
    account,
    answer,
    dynamodb,
    lose_the_first_answer,
    make_tables,
    refusal,
)
from tests.adapters.test_ledgers import FULL, KEY
from tests.unit.orders import ADDRESS, EMAIL, PLACED, STORE, key_of, line, order
from tests.unit.ports import FakeClock
from tests.unit.world import World
from tieout.adapters.dynamodb import (
    BATCH_ATTEMPTS,
    DynamoCustomerLinks,
    DynamoLedger,
    DynamoWatermarks,
    Table,
)
from tieout.adapters.ledger_items import entry_of, item_of, moment, stamp
from tieout.domain.identity import CustomerKey
from tieout.domain.ledger import LEASE, Entry, State
from tieout.errors import LeaseLostError, RetryableError, SetupError
from tieout.flows.take_order import take_order

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

SECOND = timedelta(seconds=1)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Generator["DynamoDBClient"]:
    with account(monkeypatch):
        made = dynamodb(ONCE)
        make_tables(made)
        yield made


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ledger(client: "DynamoDBClient", clock: FakeClock) -> DynamoLedger:
    return DynamoLedger(Table(client, LEDGER), clock)


def items(client: "DynamoDBClient", index: str | None = None) -> list[dict[str, Any]]:
    where: dict[str, Any] = {"IndexName": index} if index else {}
    return client.scan(TableName=LEDGER, **where)["Items"]  # pyright: ignore[reportReturnType]


def count(client: "DynamoDBClient", operation: str) -> list[dict[str, Any]]:
    """The requests of this kind, as they are made."""
    made: list[dict[str, Any]] = []

    def note(params: dict[str, Any], **_event: object) -> None:
        made.append(dict(params))

    client.meta.events.register(f"provide-client-params.*.{operation}", note)
    return made


def patient(clock: FakeClock) -> tuple["DynamoDBClient", DynamoLedger]:
    """A ledger whose SDK tries again, as it does in a function."""
    client = dynamodb()
    return client, DynamoLedger(Table(client, LEDGER), clock)


@pytest.mark.usefixtures("client")
def test_a_claim_whose_answer_got_lost_is_not_refused_by_itself(clock: FakeClock) -> None:
    client, ledger = patient(clock)
    sent = lose_the_first_answer(client, "UpdateItem")

    claim = ledger.claim(KEY, owner="me")

    assert len(sent) == 2
    assert claim is not None
    ledger.save(claim, claim.entry)
    assert ledger.claim(KEY, owner="you") is None


@pytest.mark.usefixtures("client")
def test_a_release_whose_answer_got_lost_is_repeated_without_harm(clock: FakeClock) -> None:
    client, ledger = patient(clock)
    claim = ledger.claim(KEY, owner="me")
    assert claim is not None
    sent = lose_the_first_answer(client, "UpdateItem")

    ledger.release(claim, FULL)

    assert len(sent) == 2
    assert ledger.read(KEY) == replace(FULL, epoch=2)


@pytest.mark.usefixtures("client")
def test_a_wanted_release_whose_answer_got_lost_is_still_due(clock: FakeClock) -> None:
    client, ledger = patient(clock)
    claim = ledger.claim(KEY, owner="me")
    assert claim is not None
    ledger.want(KEY)
    lose_the_first_answer(client, "UpdateItem")

    ledger.release(claim, replace(FULL, next_at=None))

    assert ledger.due(STORE, now=clock.now(), limit=9) == (KEY,)


@pytest.mark.usefixtures("client")
def test_a_mark_whose_answer_got_lost_has_moved(clock: FakeClock) -> None:
    client = dynamodb()
    marks = DynamoWatermarks(Table(client, LEDGER))
    lose_the_first_answer(client, "UpdateItem")

    marks.advance(STORE, "backfill", clock.now())

    assert marks.read(STORE, "backfill") == clock.now()


def test_the_indexes_hold_only_what_is_due_or_parked(
    client: "DynamoDBClient", ledger: DynamoLedger
) -> None:
    for order_id, entry in (
        (1, replace(FULL, next_at=None, parked_at=None)),
        (2, replace(FULL, parked_at=None)),
        (3, replace(FULL, next_at=None)),
    ):
        claim = ledger.claim(key_of(order_id), owner="me")
        assert claim is not None
        ledger.release(claim, replace(entry, key=key_of(order_id)))
    DynamoWatermarks(Table(client, LEDGER)).advance(STORE, "backfill", PLACED)

    assert [item["key"]["S"] for item in items(client, "due")] == ["main#2"]
    assert [item["key"]["S"] for item in items(client, "parked")] == ["main#3"]
    assert len(items(client)) == 4


def test_no_more_orders_are_read_than_asked_for_though_pages_end_early(
    client: "DynamoDBClient", ledger: DynamoLedger, clock: FakeClock
) -> None:
    asked = count(client, "Query")
    rows = [{"key": {"S": f"main#{n}"}} for n in range(3)]
    more: dict[str, Any] = {"Items": rows, "LastEvaluatedKey": {"key": {"S": "main#2"}}}
    answer(client, "Query", (200, more), (200, {"Items": rows[:1]}))

    found = ledger.due(STORE, now=clock.now(), limit=4)

    assert [request["Limit"] for request in asked] == [4, 1]
    assert len(found) == 4


DEEDS: dict[str, Callable[[DynamoLedger], object]] = {
    "claim": lambda ledger: ledger.claim(KEY, owner="me"),
    "want": lambda ledger: ledger.want(KEY),
    "read": lambda ledger: ledger.read(KEY),
    "read_many": lambda ledger: ledger.read_many([KEY]),
    "due": lambda ledger: ledger.due(STORE, now=PLACED, limit=9),
    "parked": lambda ledger: list(ledger.parked(STORE)),
}


@pytest.mark.parametrize(
    ("code", "status", "error"),
    [
        ("ProvisionedThroughputExceededException", 400, RetryableError),
        ("ThrottlingException", 400, RetryableError),
        ("InternalServerError", 500, RetryableError),
        ("TransactionConflictException", 400, RetryableError),
        ("AccessDeniedException", 400, SetupError),
        ("ResourceNotFoundException", 400, SetupError),
    ],
)
def test_a_fault_is_told_apart_by_who_must_act(
    client: "DynamoDBClient",
    ledger: DynamoLedger,
    *,
    code: str,
    status: int,
    error: type[Exception],
) -> None:
    answer(client, "*", refusal(code, status))

    for deed in DEEDS.values():
        with pytest.raises(error, match=code):
            deed(ledger)


@pytest.mark.parametrize("method", ["save", "release"])
@pytest.mark.parametrize(
    ("code", "error"),
    [("ThrottlingException", RetryableError), ("AccessDeniedException", SetupError)],
)
def test_a_fault_while_writing_is_no_lost_lease(
    client: "DynamoDBClient",
    ledger: DynamoLedger,
    *,
    method: str,
    code: str,
    error: type[Exception],
) -> None:
    claim = ledger.claim(KEY, owner="me")
    assert claim is not None
    answer(client, "UpdateItem", refusal(code))

    with pytest.raises(error) as raised:
        getattr(ledger, method)(claim, FULL)

    assert not isinstance(raised.value, LeaseLostError)


def test_a_table_out_of_reach_is_a_passing_fault(
    client: "DynamoDBClient", ledger: DynamoLedger
) -> None:
    def hang_up(**_event: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dynamodb.example")

    client.meta.events.register_first("before-send.*.*", hang_up)

    with pytest.raises(RetryableError, match="was not reached"):
        ledger.read(KEY)


def test_keys_that_a_batch_left_unread_are_asked_for_again(
    client: "DynamoDBClient", ledger: DynamoLedger
) -> None:
    ledger.claim(KEY, owner="me")
    found = {"key": {"S": "main#250"}, "state": {"S": "SEEN"}}
    left: dict[str, Any] = {LEDGER: {"Keys": [{"key": {"S": "main#250"}}]}}
    answer(
        client,
        "BatchGetItem",
        (200, {"Responses": {}, "UnprocessedKeys": left}),
        (200, {"Responses": {LEDGER: [found]}, "UnprocessedKeys": {}}),
    )

    assert ledger.read_many([KEY]) == {KEY: Entry(KEY)}


def test_a_batch_that_stays_unread_is_a_passing_fault(
    client: "DynamoDBClient", ledger: DynamoLedger
) -> None:
    asked = count(client, "BatchGetItem")
    left: dict[str, Any] = {LEDGER: {"Keys": [{"key": {"S": "main#250"}}]}}
    answer(client, "BatchGetItem", (200, {"Responses": {}, "UnprocessedKeys": left}))

    with pytest.raises(RetryableError, match="left keys of a batch unread"):
        ledger.read_many([KEY])

    assert len(asked) == BATCH_ATTEMPTS


TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(TIMES)
def test_a_time_keeps_its_milliseconds_however_often_it_is_written(when: datetime) -> None:
    once = moment(stamp(when))

    assert timedelta(0) <= when - once < timedelta(milliseconds=1)
    assert moment(stamp(once)) == once


@given(TIMES, TIMES)
def test_times_sort_as_their_stamps_do(one: datetime, other: datetime) -> None:
    assert (stamp(one) <= stamp(other)) or one > other


def test_an_item_has_no_empty_attribute() -> None:
    assert item_of(Entry(KEY)) == {
        "state": "SEEN", "rev": 0, "sage_rev": 0, "absent_rev": 0, "map_version": 0, "waits": 0,
    }  # fmt: skip


def test_an_item_of_an_older_release_is_still_read() -> None:
    assert entry_of({"key": "main#250"}) == Entry(KEY)


def canaries() -> list[str]:
    return [EMAIL, "Lovelace", "12 Main", "Reno", "89501", "555 0100", "engraved", "red"]


@pytest.mark.parametrize("deed", ["take", "edit", "refuse", "cancel"])
def test_no_item_holds_anything_of_the_buyer(client: "DynamoDBClient", deed: str) -> None:
    world = World()
    ledger = DynamoLedger(Table(client, LEDGER), world.clock)
    links = DynamoCustomerLinks(Table(client, "customers"), world.clock)
    desk = replace(world.desk, ledger=ledger, links=links)
    sold = order(lines=[line(options=("Text: engraved for Ada", "Colour: red"))])
    key = world.storefront.put(sold)

    def take() -> None:
        end = world.clock.now() + timedelta(minutes=1)
        take_order(key, desk=desk, owner=str(end), stop_at=end)

    if deed == "refuse":
        world.sage.unknown_items.add("TENT-2")
    take()
    world.clock.advance(LEASE)
    moved = replace(ADDRESS, name="Lovelace", city="Reno Two", street_1="12 Main Alley")
    if deed == "edit":
        other = replace(sold.lines[0], options=("Text: engraved again", "Colour: red", "More: red"))
        world.storefront.put(replace(sold, ship_to=moved, bill_to=moved, lines=(other,)))
    take()

    stored = str([*items(client), *client.scan(TableName="customers")["Items"]])
    assert [word for word in canaries() if word in stored] == []
    entry = ledger.read(key)
    assert entry is not None
    assert (entry.state is State.PARKED) == (deed == "refuse")


def test_links_survive_a_lost_answer(client: "DynamoDBClient", clock: FakeClock) -> None:
    patient_client = dynamodb()
    links = DynamoCustomerLinks(Table(patient_client, "customers"), clock)
    lose_the_first_answer(patient_client, "UpdateItem")
    mine = CustomerKey("00", "W123456")

    assert links.remember("ABC", "f1", mine) == mine
    assert len(client.scan(TableName="customers")["Items"]) == 1
