"""The order queue: one durable message per order, or an error; and only our own messages are read."""

import json
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.cloud import ONCE, account, answer, lose_the_first_answer, refusal
from tests.unit.orders import key_of
from tieout.adapters.queues import BATCH, OrderQueue, read_wakeup, wakeup_body
from tieout.domain.identity import LARGEST_ORDER_ID, OrderId, OrderKey, StoreKey
from tieout.errors import RetryableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Generator["SQSClient"]:
    with account(monkeypatch):
        yield boto3.client("sqs", config=ONCE)


@pytest.fixture
def url(client: "SQSClient") -> str:
    return client.create_queue(QueueName="orders")["QueueUrl"]


@pytest.fixture
def queue(client: "SQSClient", url: str) -> OrderQueue:
    return OrderQueue(client, url)


def received(client: "SQSClient", url: str) -> list[str]:
    """Every message there is, read and deleted."""
    bodies: list[str] = []
    while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            bodies.append(message.get("Body", ""))
            client.delete_message(QueueUrl=url, ReceiptHandle=message.get("ReceiptHandle", ""))
    return bodies


@pytest.mark.parametrize("count", [0, 1, 2, BATCH, BATCH + 1, 25])
def test_every_order_becomes_one_message(
    client: "SQSClient", url: str, queue: OrderQueue, *, count: int
) -> None:
    keys = [key_of(n) for n in range(1, count + 1)]

    queue.wake(iter(keys))

    assert sorted(map(read_wakeup, received(client, url)), key=lambda k: k.order_id) == keys


def test_a_message_says_store_and_order_and_nothing_else(
    client: "SQSClient", url: str, queue: OrderQueue
) -> None:
    queue.wake([key_of(250)])

    assert received(client, url) == ['{"store":"main","order_id":250}']


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize("code", ["AWS.SimpleQueueService.NonExistentQueue", "AccessDenied"])
def test_a_queue_that_refuses_is_told(
    client: "SQSClient", queue: OrderQueue, *, count: int, code: str
) -> None:
    answer(client, "*", refusal(code))

    with pytest.raises(RetryableError, match="took no message"):
        queue.wake(key_of(n) for n in range(count))


def test_a_queue_that_is_gone_is_told(client: "SQSClient", url: str, queue: OrderQueue) -> None:
    client.delete_queue(QueueUrl=url)

    with pytest.raises(RetryableError):
        queue.wake([key_of()])


def test_a_queue_out_of_reach_is_told(client: "SQSClient", queue: OrderQueue) -> None:
    def hang_up(**_event: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://sqs.example")

    client.meta.events.register_first("before-send.*.*", hang_up)

    with pytest.raises(RetryableError, match="took no message"):
        queue.wake([key_of()])


def test_one_message_that_a_batch_refused_is_told(client: "SQSClient", queue: OrderQueue) -> None:
    done = {"Id": "0", "MessageId": "m", "MD5OfMessageBody": "d41d8cd98f00b204e9800998ecf8427e"}
    failed = {"Id": "1", "SenderFault": False, "Code": "InternalError"}
    answer(client, "SendMessageBatch", (200, {"Successful": [done], "Failed": [failed]}))

    with pytest.raises(RetryableError, match="refused 1 of 2"):
        queue.wake([key_of(1), key_of(2)])


@pytest.mark.usefixtures("client")
def test_a_message_whose_answer_got_lost_is_there(url: str) -> None:
    patient = boto3.client("sqs")
    lose_the_first_answer(patient, "SendMessage")

    OrderQueue(patient, url).wake([key_of()])

    assert set(received(patient, url)) == {wakeup_body(key_of())}


@given(st.text(min_size=1), st.integers(0, LARGEST_ORDER_ID))
def test_a_wakeup_comes_back_as_it_was_sent(store: str, order_id: int) -> None:
    key = OrderKey(StoreKey(store), OrderId(order_id))

    assert read_wakeup(wakeup_body(key)) == key


@pytest.mark.parametrize(
    "body",
    ["", "{", "null", "[]", "250", '"main"', "{}", '{"store":"main"}', '{"order_id":250}',
     '{"store":null,"order_id":250}', '{"store":"main","order_id":"250"}',
     '{"store":"main","order_id":true}', '{"store":"main","order_id":2.5}'],
)  # fmt: skip
def test_what_no_wakeup_can_be_is_refused(body: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the caller looks at nothing else
        read_wakeup(body)


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["store", "order_id"]), inner),
)


@given(JSON)
def test_whatever_message_comes_it_is_an_order_or_a_value_error(message: object) -> None:
    try:
        key = read_wakeup(json.dumps(message))
    except ValueError:
        return

    assert message == {"store": key.store, "order_id": key.order_id}
