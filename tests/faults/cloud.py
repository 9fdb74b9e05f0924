"""Our functions in the cloud: the real handlers, started as Lambda and SQS and the schedules start them."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, cast

from aws_lambda_powertools.utilities.batch.exceptions import BatchProcessingError

from functions import take_orders
from functions.poll import jobs_of
from tests.faults.connection import Connection
from tests.faults.door import NOTHING, UNLISTED, Door
from tests.faults.dynamo import Dynamo
from tests.faults.kinds import Fault
from tests.faults.sage import AgentClient, Switches
from tests.faults.scheduler import End, Process, Scheduler
from tests.faults.shop import Replicas
from tests.faults.sqs import Message, Queue
from tests.faults.wire import Wire
from tests.unit.orders import STORE
from tieout.adapters.dynamodb import DynamoCustomerLinks, DynamoLedger, DynamoWatermarks, Table
from tieout.adapters.notes import DynamoNotes
from tieout.adapters.queues import OrderQueue
from tieout.domain.identity import Numbering, StoreKey
from tieout.domain.mapping import SageDefaults
from tieout.domain.sales_orders import OnCancel
from tieout.entry import metrics
from tieout.errors import TieoutError
from tieout.flows.desk import Desk
from tieout.jobs import run_job
from tieout.settings import Store
from tieout.wiring.polling import Edges

TAG = "x7"
NUMBERING = Numbering("W", TAG, "X")
WORKER_LIMIT, RECEIVER_LIMIT, POLL_LIMIT = 60_000, 10_000, 300_000
Event = dict[str, Any]
Worker = Callable[..., Event]


@dataclass
class VirtualClock:
    """The workers' clock."""

    scheduler: Scheduler

    def now(self) -> datetime:
        return self.scheduler.moment()


@dataclass
class Context:
    """What our functions use of Lambda's context."""

    process: Process | None
    scheduler: Scheduler

    def get_remaining_time_in_millis(self) -> int:
        return max(self.process.stop_at - self.scheduler.now, 0) if self.process else 0


@dataclass
class Cloud:
    """One stack: its tables, its queue, its functions. `release` are the settings of this release."""

    wire: Wire
    dynamo: Dynamo
    queue: Queue
    storefront: Replicas
    connection: Connection
    store: Store
    switches: Switches = field(default_factory=Switches)
    worker: Worker = take_orders.answer
    marks: Callable[[Table], DynamoWatermarks] = DynamoWatermarks
    on_cancel: OnCancel = OnCancel.HOLD
    concurrency: int = 3
    release: SageDefaults = field(default_factory=SageDefaults)
    invocations: Counter[str] = field(default_factory=Counter[str])
    broken: list[Exception] = field(default_factory=list[Exception])
    busy: int = 0

    def __post_init__(self) -> None:
        client = cast("Any", self.dynamo)
        self.clock = VirtualClock(self.wire.scheduler)
        self.ledger = DynamoLedger(Table(client, "ledger"), self.clock)
        self.notes = DynamoNotes(Table(client, "ledger"))
        self.links = DynamoCustomerLinks(Table(client, "customers"), self.clock)
        self.wakeups = OrderQueue(cast("Any", self.queue), "orders")
        self.queue.deliver = self.take
        self.jobs = jobs_of(self._edges(self.marks(Table(client, "ledger"))))

    def desk(self, _store: StoreKey) -> Desk:
        """The desk of the release that is out."""
        return Desk(
            ledger=self.ledger,
            storefront=self.storefront,
            sage=lambda _company: AgentClient(self.connection, self.switches),
            links=self.links,
            notes=self.notes,
            clock=self.clock,
            numbering=NUMBERING,
            companies={"USD": "ABC"},
            defaults=self.release,
            on_cancel=self.on_cancel,
        )

    def take(self, message: Message) -> bool:
        """A message is handed to a worker; False while all of them are busy."""
        if self.busy >= self.concurrency:
            return False
        self.busy += 1
        number = f"m{message.number}.{message.received + 1}"
        event = {"Records": [{"messageId": number, "body": message.body, "eventSource": "aws:sqs"}]}
        self.start(
            f"worker {number} ({message.sender})",
            lambda context: self.worker(event, context, desk_of=self.desk),
            limit=WORKER_LIMIT,
            ended=partial(self._taken, message),
        )
        return True

    def poll(self, job: str) -> None:
        """A schedule fires."""
        self.start(
            f"poll {job}",
            lambda context: run_job({"job": job}, context, jobs=self.jobs, stores=(STORE,)),
            limit=POLL_LIMIT,
            ended=lambda _end, _value: None,
        )

    def start(
        self,
        name: str,
        work: Callable[[Context], Any],
        *,
        limit: int,
        ended: Callable[[End, Any], None],
    ) -> None:
        """Lambda starts a function."""
        self.invocations[name.split(maxsplit=1)[0]] += 1
        context = Context(None, self.wire.scheduler)
        context.process = self.wire.scheduler.spawn(
            name, partial(work, context), limit=limit, ended=partial(self._ended, ended)
        )

    def _ended(self, ended: Callable[[End, Any], None], end: End, value: object) -> None:
        metrics.clear_metrics()
        if end is End.CUT_OFF:
            self.wire.strike(Fault.CUT_OFF)
        if end is End.RAISED:
            self.broken += [error for error in _causes(value) if not isinstance(error, TieoutError)]
        ended(end, value)

    def _taken(self, message: Message, end: End, value: object) -> None:
        self.busy -= 1
        failures = cast("Event", value)["batchItemFailures"] if end is End.RETURNED else ["all"]
        if not failures:
            self.queue.done(message)
        self.wire.note(f"message {message.number} {'back' if failures else 'done'}: {end.value}")

    def _edges(self, marks: DynamoWatermarks) -> Edges:
        promises = self.connection.agent.promises
        return Edges(
            stack_tag=TAG,
            stores={STORE: self.store},
            ledger=self.ledger,
            wakeups=self.wakeups,
            watermarks=marks,
            notes=self.notes,
            door=Door(self.connection, lacks=NOTHING if promises.searches else UNLISTED),
            clock=self.clock,
            storefront=lambda _store: self.storefront,
        )


def _causes(error: object) -> list[Exception]:
    if isinstance(error, BatchProcessingError):
        return [e for _, e, _ in error.child_exceptions if isinstance(e, Exception)]
    return [error] if isinstance(error, Exception) else []
