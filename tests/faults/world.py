"""One history's world: shop, network, cloud, Sage and the people, all on one clock and one seed."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from tests.faults.agent import Agent
from tests.faults.cloud import Cloud
from tests.faults.company import Company
from tests.faults.connection import Connection
from tests.faults.dynamo import Dynamo
from tests.faults.hooks import STORE_HASH, Hooks
from tests.faults.kinds import Fault
from tests.faults.options import MINUTE, Options
from tests.faults.scheduler import Scheduler
from tests.faults.shop import Replicas, Shop, Weather
from tests.faults.sqs import Queue
from tests.faults.wire import Fate, Wire
from tests.faults.witness import Witness
from tests.unit.orders import STORE
from tieout.settings import Connection as Address
from tieout.settings import Store

# In the night in which New York's clocks repeat an hour.
START = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)
NOWHERE = Address("https://example.invalid")
WEB_STORE = Store(
    key=STORE,
    platform="bigcommerce",
    letter="W",
    overflow_letter="X",
    store_hash=STORE_HASH,
    api=NOWHERE,
    secret_arn="none",
    import_statuses=frozenset({11}),
    companies={"USD": "ABC"},
)


@dataclass
class World:
    """All of it. `sweeps_lost` and `sweeps_twice` are the shares of schedules that fire wrongly.

    `purged` are numbers that no table of Sage has any more; `ledger_at_risk` once a copy of the ledger
    was taken to which it will be put back.
    """

    seed: int
    options: Options
    fate: Fate
    sweeps_lost: float = 0
    sweeps_twice: float = 0
    restored: dict[str, int] = field(default_factory=dict[str, int])
    settled: dict[int, int] = field(default_factory=dict[int, int])
    purged: set[str] = field(default_factory=set[str])
    ledger_at_risk: bool = False
    refused_items: set[str] = field(default_factory=set[str])

    def __post_init__(self) -> None:
        self.scheduler = Scheduler(self.seed, START)
        self.dice = self.scheduler.dice
        self.wire = Wire(self.scheduler, self.fate)
        self.shop = Shop(self.scheduler.moment, lambda: self.scheduler.now)
        self.weather = Weather(self.dice)
        self.company = Company(lambda: self.scheduler.now)
        self.agent = Agent(self.wire, self.company, self.options.agent)
        self.agent.has_journal = self.options.agent.deadline
        self.connection = Connection(self.wire, self.agent)
        self.dynamo = Dynamo(self.wire)
        self.queue = Queue(self.wire)
        self.cloud = Cloud(
            self.wire,
            self.dynamo,
            self.queue,
            Replicas(self.shop, self.wire, self.weather),
            self.connection,
            WEB_STORE,
            switches=self.options.switches,
            worker=self.options.worker,
            marks=self.options.marks,
        )
        self.hooks = Hooks(self.cloud, self.dice, receive=self.options.receive)
        self.shop.told = self.hooks.tell
        self.witness = Witness(self.cloud)
        self.dynamo.watch, self.dynamo.watch_refused = self.witness.saw, self.witness.refused
        for job, minutes in self.options.every:
            self.scheduler.after(self.dice.random() * MINUTE, partial(self._fire, job, minutes))

    def at(self, minutes: float, action: "partial[None]") -> None:
        """Do something so many minutes after the beginning."""
        self.scheduler.after(minutes * MINUTE - self.scheduler.now, action)

    def calm(self) -> None:
        """Faults stop here; what is on its way still arrives."""
        self.fate.stopped = True
        self.hooks.stopped = self.weather.stopped = True
        self.weather.list_lag = 0
        self.weather.storms = ()
        self.sweeps_lost = self.sweeps_twice = 0
        agent = self.agent
        agent.slow = agent.restarts = 0
        agent.off = agent.locked = agent.hour_repeated = False
        self.connection.trusted = True
        self.connection.faulty = False

    def _fire(self, job: str, minutes: int) -> None:
        self.scheduler.after(minutes * MINUTE, partial(self._fire, job, minutes))
        if self.dice.random() < self.sweeps_lost:
            self.wire.strike(Fault.SWEEP_LOST, job)
            return
        self.cloud.poll(job)
        if self.dice.random() < self.sweeps_twice:
            self.wire.strike(Fault.SWEEP_TWICE, job)
            self.cloud.poll(job)
