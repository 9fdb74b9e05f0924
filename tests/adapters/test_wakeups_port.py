"""The port Wakeups: one suite for the fake, the fault harness' queue, and SQS."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import boto3
import pytest

from tests.adapters.cloud import ONCE, account
from tests.adapters.harness_worlds import START, Driven
from tests.faults.fates import ByPlan
from tests.faults.kinds import Trouble
from tests.faults.scheduler import Scheduler
from tests.faults.sqs import Queue
from tests.faults.wire import Wire
from tests.unit.orders import key_of
from tests.unit.ports import FakeWakeups
from tieout.adapters.queues import OrderQueue, read_wakeup
from tieout.domain.identity import OrderKey
from tieout.errors import RetryableError
from tieout.ports import Wakeups

MANY = [key_of(n) for n in range(1, 26)]


@dataclass
class QueueWorld:
    """One queue; `queued` shows what is in it, `break_down` makes it refuse what comes."""

    wakeups: Wakeups
    queued: Callable[[], list[OrderKey]]
    break_down: Callable[[], None]


def fake() -> QueueWorld:
    queue = FakeWakeups()
    return QueueWorld(queue, lambda: queue.queued, lambda: setattr(queue, "broken", True))


def harness() -> QueueWorld:
    """The real adapter on the queue of the fault harness, where nobody takes a message out."""
    plan: dict[int, Trouble] = {}
    wire = Wire(Scheduler(1, START), ByPlan(plan))
    queue = Queue(wire, deliver=lambda _message: False)
    port = Driven(OrderQueue(cast("Any", queue), "orders"), wire.scheduler)

    def break_down() -> None:
        plan.update(dict.fromkeys(range(wire.boundaries + 1, 1000), Trouble.REQUEST_LOST))

    return QueueWorld(
        cast("Wakeups", port),
        lambda: [read_wakeup(message.body) for message in queue.messages.values()],
        break_down,
    )


def sqs() -> QueueWorld:
    client = boto3.client("sqs", config=ONCE)
    url = client.create_queue(QueueName="orders")["QueueUrl"]

    def queued() -> list[OrderKey]:
        found: list[OrderKey] = []
        while messages := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get(
            "Messages"
        ):
            found += [read_wakeup(message.get("Body", "")) for message in messages]
        return found

    return QueueWorld(
        OrderQueue(client, url), queued, lambda: cast("None", client.delete_queue(QueueUrl=url))
    )


@pytest.fixture(params=[fake, harness, sqs])
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[QueueWorld]:
    """Each implementation of the port `Wakeups` in turn."""
    with account(monkeypatch):
        yield request.param()


@pytest.mark.parametrize("count", [0, 1, 2, 10, 11, 25])
def test_each_order_is_queued_once(world: QueueWorld, count: int) -> None:
    world.wakeups.wake(MANY[:count])

    assert Counter(world.queued()) == Counter(MANY[:count])


def test_an_order_may_be_queued_again_while_it_waits(world: QueueWorld) -> None:
    world.wakeups.wake([key_of(1)])
    world.wakeups.wake([key_of(1), key_of(2)])

    assert Counter(world.queued()) == Counter([key_of(1), key_of(1), key_of(2)])


def test_orders_may_come_one_by_one(world: QueueWorld) -> None:
    world.wakeups.wake(key for key in MANY)

    assert Counter(world.queued()) == Counter(MANY)


def test_the_depth_is_the_number_of_messages(world: QueueWorld) -> None:
    before = world.wakeups.depth()

    world.wakeups.wake(MANY)

    assert (before, world.wakeups.depth()) == (0, 25)


@pytest.mark.parametrize("count", [1, 2, 25])
def test_a_queue_that_takes_nothing_is_told(world: QueueWorld, count: int) -> None:
    world.break_down()

    with pytest.raises(RetryableError):
        world.wakeups.wake(MANY[:count])


def test_nothing_to_queue_is_never_an_error(world: QueueWorld) -> None:
    world.break_down()

    world.wakeups.wake([])
