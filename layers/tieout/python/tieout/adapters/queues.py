"""SQS: the order queue, whose messages say only «look at this order again»."""

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from tieout.domain.identity import OrderId, OrderKey, StoreKey
from tieout.errors import RetryableError

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# SendMessageBatch takes ten (SQS API reference).
BATCH = 10
_DEPTH: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


class OrderQueue:
    """Sends wake-ups; implements the Wakeups port."""

    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self._url = url

    def wake(self, keys: Iterable[OrderKey]) -> None:
        """Queue one message per order; raises RetryableError unless SQS took every one."""
        for batch in _batches(keys):
            try:
                self._send(batch)
            except (BotoCoreError, ClientError) as error:
                raise RetryableError(f"The order queue took no message: {error}.") from error

    def depth(self) -> int:
        """About how many messages there are, waiting or in work (SQS API: the numbers are approximate).

        Raises:
            RetryableError: SQS did not tell.
        """
        try:
            answer = self._client.get_queue_attributes(
                QueueUrl=self._url, AttributeNames=list(_DEPTH)
            )
        except (BotoCoreError, ClientError) as error:
            raise RetryableError(f"The order queue does not tell its depth: {error}.") from error
        return sum(int(answer.get("Attributes", {}).get(name, "0")) for name in _DEPTH)

    def _send(self, batch: list[OrderKey]) -> None:
        if len(batch) == 1:
            self._client.send_message(QueueUrl=self._url, MessageBody=wakeup_body(batch[0]))
            return
        answer = self._client.send_message_batch(
            QueueUrl=self._url,
            Entries=[{"Id": str(n), "MessageBody": wakeup_body(k)} for n, k in enumerate(batch)],
        )
        refused = answer.get("Failed", [])
        if refused:
            raise RetryableError(
                f"The order queue refused {len(refused)} of {len(batch)} messages."
            )


def wakeup_body(key: OrderKey) -> str:
    """The message: store and order id, nothing else."""
    return json.dumps({"store": key.store, "order_id": key.order_id}, separators=(",", ":"))


def read_wakeup(body: str) -> OrderKey:
    """The order that a message is about; raises ValueError for anything that `wake` can't have sent."""
    message: Any = json.loads(body)
    try:
        store, order_id = message["store"], message["order_id"]
    except (KeyError, TypeError):
        raise ValueError("not a wake-up: store or order_id is missing") from None
    if not isinstance(store, str) or type(order_id) is not int:
        raise ValueError("not a wake-up: store is no text or order_id no whole number")
    return OrderKey(StoreKey(store), OrderId(order_id))


def _batches(keys: Iterable[OrderKey]) -> Iterator[list[OrderKey]]:
    rest = iter(keys)
    while batch := list(islice(rest, BATCH)):
        yield batch
