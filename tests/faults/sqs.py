"""SQS as its client shows it, and as it delivers: at least once, in any order, five times at most."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any

from botocore.exceptions import ReadTimeoutError

from tests.faults.kinds import Fault, Trouble
from tests.faults.wire import Wire, names

EDGE = names(
    REQUEST_LOST=Fault.QUEUE_REQUEST_LOST,
    ANSWER_LOST=Fault.QUEUE_ANSWER_LOST,
    LATE=Fault.QUEUE_LATE,
    PARTIAL_BODY=Fault.QUEUE_PARTIAL,
    TWICE=Fault.QUEUE_TWICE,
)
READ_EDGE = {t: f for t, f in EDGE.items() if t not in {Trouble.TWICE, Trouble.LATE}}
VISIBILITY = 360_000
MOST_RECEIVES = 5
GIVES_UP = 2_000
LATEST = 120_000
DELIVERS_WITHIN = 400
BUSY_FOR = 500


@dataclass
class Message:
    """One message; `received` counts its deliveries, `sender` is the run that sent it."""

    number: int
    body: str
    sender: str
    received: int = 0
    deleted: bool = False


@dataclass
class Queue:
    """The order queue and its dead letters.

    `deliver` hands a message to the function, and is False while all workers are busy.
    """

    wire: Wire
    deliver: Callable[[Message], bool] = lambda _message: True
    messages: dict[int, Message] = field(default_factory=dict[int, Message])
    dead: list[Message] = field(default_factory=list[Message])
    buried: list[tuple[int, Message]] = field(default_factory=list[tuple[int, Message]])
    _numbers: Any = field(default_factory=lambda: count(1))

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> dict[str, Any]:  # noqa: N803
        return self._send(QueueUrl, [MessageBody])

    def send_message_batch(self, *, QueueUrl: str, Entries: list[Any]) -> dict[str, Any]:  # noqa: N803
        return self._send(QueueUrl, [entry["MessageBody"] for entry in Entries])

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:  # noqa: N803
        trouble = self.wire.begin(f"depth of {QueueUrl}", READ_EDGE)
        if trouble and trouble not in {Trouble.CRASH_AFTER, Trouble.ZOMBIE}:
            raise _no_answer()
        self.wire.end(trouble)
        return {"Attributes": {AttributeNames[0]: str(len(self.messages))}}

    def put(self, body: str, sender: str, *, delay: float = 0, twice: bool = False) -> None:
        """A message is in the queue."""
        message = Message(next(self._numbers), body, sender)
        self.messages[message.number] = message
        scheduler = self.wire.scheduler
        for _ in range(1 + twice):
            wait = delay + scheduler.dice.random() * DELIVERS_WITHIN
            scheduler.after(wait, partial(self._hand_out, message))

    def done(self, message: Message) -> None:
        """A worker ended well with it."""
        message.deleted = True
        self.messages.pop(message.number, None)

    def redrive(self) -> int:
        """An operator sends the dead letters back; returns how many there were."""
        dead, self.dead = self.dead, []
        for message in dead:
            self.put(message.body, "redrive")
        return len(dead)

    def _send(self, url: str, bodies: list[str]) -> dict[str, Any]:
        scheduler = self.wire.scheduler
        sender = scheduler.running.name if scheduler.running else ""
        trouble = self.wire.begin(f"send {' '.join(bodies)} to {url}", EDGE)
        if trouble is Trouble.REQUEST_LOST:
            scheduler.pause(GIVES_UP)
            raise _no_answer()
        delay = scheduler.dice.random() * LATEST if trouble is Trouble.LATE else 0
        for body in bodies:
            self.put(body, sender, delay=delay, twice=trouble is Trouble.TWICE)
        if trouble in {Trouble.ANSWER_LOST, Trouble.PARTIAL_BODY}:
            scheduler.pause(GIVES_UP)
            raise _no_answer()
        self.wire.end(trouble)
        return {}

    def _hand_out(self, message: Message) -> None:
        if message.deleted:
            return
        if message.received >= MOST_RECEIVES:
            self.messages.pop(message.number, None)
            message.deleted = True
            self.dead.append(message)
            self.buried.append((self.wire.scheduler.now, message))
            self.wire.note(f"dead letter: {message.body}")
            return
        again = BUSY_FOR
        if self.deliver(message):
            message.received += 1
            again = VISIBILITY
        self.wire.scheduler.after(again, partial(self._hand_out, message))


def _no_answer() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="the simulated queue")
