"""What the sweepers need of ledger, notes, queue and shop: one suite for the fakes and for the real ones."""

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from tests.adapters.bigcommerce_shop import Credentials, RunningShop
from tests.adapters.cloud import LEDGER, ONCE, account, answer, dynamodb, make_tables, refusal
from tests.adapters.table_worlds import Tables
from tests.unit.orders import PLACED, STORE, key_of, order
from tests.unit.ports import FakeClock, FakeStorefront, FakeWakeups
from tieout.adapters.bigcommerce import BigCommerce
from tieout.adapters.dynamodb import DynamoLedger, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.queues import OrderQueue
from tieout.domain.identity import OrderId, OrderKey
from tieout.domain.ledger import LEASE, Entry, State
from tieout.domain.orders import OrderStamp
from tieout.errors import RetryableError
from tieout.ports import Ledger, Notes, Storefront, Wakeups

KEY = key_of(250)
SECOND = timedelta(seconds=1)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    with account(monkeypatch):
        yield


@pytest.fixture
def notes(tables: Tables) -> Notes:
    return tables.notes


def table() -> Table:
    client = dynamodb()
    make_tables(client)
    return Table(client, LEDGER)


@pytest.fixture(params=["fake", "sqs"])
def wakeups(request: pytest.FixtureRequest) -> Wakeups:
    if request.param == "fake":
        return FakeWakeups()
    client = boto3.client("sqs")
    return OrderQueue(client, client.create_queue(QueueName="orders")["QueueUrl"])


def due(ledger: Ledger, clock: FakeClock) -> Sequence[OrderKey]:
    return ledger.due(STORE, now=clock.now(), limit=9)


def created(ledger: Ledger, clock: FakeClock) -> Entry:
    """An order that Sage was asked about a moment ago, and that waits for nothing."""
    claim = ledger.claim(KEY, owner="me")
    assert claim
    entry = replace(
        claim.entry, state=State.CREATED, created_at=PLACED, checked_at=clock.now(), next_at=None
    )
    ledger.release(claim, entry)
    return stored(ledger)


def stored(ledger: Ledger) -> Entry:
    entry = ledger.read(KEY)
    assert entry
    return entry


def test_an_order_that_is_expected_has_a_record_and_is_due(
    ledger: Ledger, clock: FakeClock
) -> None:
    ledger.expect(KEY)

    now = clock.now()
    assert stored(ledger) == Entry(KEY, state=State.SEEN, first_seen=now, next_at=now)
    assert due(ledger, clock) == (KEY,)
    assert ledger.claim(KEY, owner="me")


def test_an_order_that_has_a_record_is_left_alone_when_it_is_expected(
    ledger: Ledger, clock: FakeClock
) -> None:
    before = created(ledger, clock)
    clock.advance(SECOND)

    ledger.expect(KEY)

    assert stored(ledger) == before
    assert due(ledger, clock) == ()


def test_an_order_in_doubt_is_due_and_sage_was_never_asked(
    ledger: Ledger, clock: FakeClock
) -> None:
    before = created(ledger, clock)
    clock.advance(SECOND)

    assert ledger.doubt(KEY)
    assert stored(ledger) == replace(before, checked_at=None, next_at=clock.now())
    assert due(ledger, clock) == (KEY,)


def test_an_order_without_a_record_is_not_doubted(ledger: Ledger, clock: FakeClock) -> None:
    assert not ledger.doubt(KEY)
    assert ledger.read(KEY) is None
    assert due(ledger, clock) == ()


def test_an_order_that_a_worker_holds_is_not_doubted(ledger: Ledger, clock: FakeClock) -> None:
    created(ledger, clock)
    ledger.claim(KEY, owner="me")
    clock.advance(LEASE)
    before = stored(ledger)

    assert not ledger.doubt(KEY)
    assert stored(ledger) == before


def test_an_order_whose_worker_died_is_doubted(ledger: Ledger, clock: FakeClock) -> None:
    created(ledger, clock)
    ledger.claim(KEY, owner="me")
    clock.advance(LEASE + SECOND)

    assert ledger.doubt(KEY)
    assert stored(ledger).checked_at is None


def test_a_note_is_empty_until_it_is_written(notes: Notes) -> None:
    assert notes.read("gaps#main") == {}


def test_the_last_note_stands_whole(notes: Notes) -> None:
    notes.write("gaps#main", {"floor": "5", "reason": "“Zürich” {}"})
    notes.write("gaps#outlet", {"floor": "7"})
    notes.write("gaps#main", {"ahead": "9"})

    assert notes.read("gaps#main") == {"ahead": "9"}
    assert notes.read("gaps#outlet") == {"floor": "7"}


def test_a_note_is_no_order(clock: FakeClock) -> None:
    place = table()
    DynamoNotes(place).write("main#5", {"a": "b"})

    assert DynamoLedger(place, clock).read(key_of(5)) is None


def test_a_queue_tells_how_many_messages_it_has(wakeups: Wakeups) -> None:
    before = wakeups.depth()
    wakeups.wake([key_of(n) for n in range(12)])

    assert (before, wakeups.depth()) == (0, 12)


def test_messages_in_work_count_as_well() -> None:
    client = boto3.client("sqs")
    url = client.create_queue(QueueName="orders")["QueueUrl"]
    queue = OrderQueue(client, url)
    queue.wake([key_of(1), key_of(2)])
    client.receive_message(QueueUrl=url, MaxNumberOfMessages=1)

    assert queue.depth() == 2


def test_a_queue_that_does_not_tell_its_depth_is_said_so() -> None:
    client = boto3.client("sqs", config=ONCE)
    queue = OrderQueue(client, client.create_queue(QueueName="orders")["QueueUrl"])
    answer(client, "GetQueueAttributes", refusal("AccessDenied"))

    with pytest.raises(RetryableError, match="depth"):
        queue.depth()


@pytest.fixture(params=["fake", "bigcommerce"])
def shop_of_five(
    request: pytest.FixtureRequest, shop: RunningShop, clock: FakeClock
) -> Generator[tuple[Storefront, list[OrderId]]]:
    """Five orders, and the shop that has them."""
    if request.param == "fake":
        fake = FakeStorefront(clock)
        yield fake, [fake.put(order(n)).order_id for n in range(100, 105)]
        return
    sold = [shop.sell(line_count=1) for _ in range(5)]
    with closing(BigCommerce(shop.store, Credentials(shop.token))) as real:
        yield real, sold


def ids(pages: Iterable[tuple[OrderStamp, ...]]) -> list[int]:
    return [stamp.key.order_id for page in pages for stamp in page]


def test_orders_are_listed_by_id_whenever_they_changed(
    shop_of_five: tuple[Storefront, list[OrderId]],
) -> None:
    storefront, sold = shop_of_five

    assert ids(storefront.orders_from(OrderId(0))) == sold
    assert ids(storefront.orders_from(sold[2])) == sold[2:]
    assert ids(storefront.orders_from(OrderId(sold[-1] + 1))) == []


def test_changed_orders_are_listed_from_an_id_on(
    shop_of_five: tuple[Storefront, list[OrderId]],
) -> None:
    storefront, sold = shop_of_five

    assert ids(storefront.changed_since(LONG_AGO, from_id=sold[3])) == sold[3:]


def test_the_first_order_since_a_time_is_told_by_its_id(
    shop_of_five: tuple[Storefront, list[OrderId]],
) -> None:
    storefront, sold = shop_of_five

    assert storefront.first_since(LONG_AGO) == sold[0]
    assert storefront.first_since(datetime(2100, 1, 1, tzinfo=UTC)) is None


def test_a_list_by_id_asks_for_no_date_and_for_the_id_after_the_last_one(
    shop: RunningShop,
) -> None:
    shop.sell(line_count=1)
    with closing(BigCommerce(shop.store, Credentials(shop.token))) as storefront:
        list(storefront.orders_from(OrderId(7)))
        storefront.first_since(LONG_AGO)

    assert [one.query for one in shop.heard] == [
        "min_id=7&sort=id&limit=250&page=1",
        "min_id=0&sort=id&limit=1&page=1&min_date_created=Wed%2C+01+Jan+2020+00%3A00%3A00+%2B0000",
    ]
