"""Ways of taking an order that others ship: each is known to lose or double orders."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from functions import take_orders
from tests.faults.cloud import Context
from tests.faults.company import PLACES
from tests.faults.sage import AgentClient, Switches
from tests.faults.scheduler import Scheduler
from tieout.adapters.dynamodb import (
    DynamoLedger,
    Table,
    _ConditionError,  # pyright: ignore[reportPrivateUsage]
)
from tieout.adapters.ledger_items import stamp
from tieout.adapters.queues import read_wakeup
from tieout.domain.guarantees import ALL
from tieout.domain.identity import (
    Company,
    CustomerKey,
    OrderId,
    OrderKey,
    SalesOrderNo,
    StoreKey,
    customer_number_candidates,
)
from tieout.domain.mapping import ar_customer, sales_order
from tieout.domain.orders import Order, Standing
from tieout.domain.sales_orders import LookUp, SalesOrder
from tieout.errors import NotSentError, RetryableError, TieoutError
from tieout.flows.desk import Desk
from tieout.ports import Clock, Created, Sage
from tieout.queue_entry import records

DeskOf = Callable[[StoreKey], Desk]
Event = dict[str, Any]
COMPANY = Company("ABC")
NO_DEADLINE = timedelta(days=1)
# The window of an idempotency record that is in progress: until the function is cut off.
IN_PROGRESS = timedelta(seconds=60)
FREE = "attribute_not_exists(#status) OR #status = :failed OR (#status = :busy AND #until < :now)"


def ask_then_create(event: Event, _context: Context, *, desk_of: DeskOf) -> Event:
    """Ask Sage for the marker, and if it isn't there, create under Sage's next number."""
    return records(event, partial(_with, desk_of, _asked_and_created))


def idempotent(event: Event, _context: Context, *, desk_of: DeskOf) -> Event:
    """The same inside an idempotency library's record: its end and its removal carry no condition."""
    return records(event, partial(_with, desk_of, _once))


def create_only(event: Event, _context: Context, *, desk_of: DeskOf) -> Event:
    """One number for ever, and Sage refuses a second create: no lease, no edits, no cancellations."""
    return records(event, partial(_with, desk_of, _created))


def with_next_number(event: Event, context: Context, *, desk_of: DeskOf) -> Event:
    """The real flow, and a new number each time one is asked for by another run."""

    def other(store: StoreKey) -> Desk:
        desk = desk_of(store)
        numbers: Any = _NextNumbers(desk)
        return replace(desk, numbering=numbers)

    return take_orders.answer(event, context, desk_of=other)


def beside_a_liar(event: Event, context: Context, *, desk_of: DeskOf) -> Event:
    """The real flow, and an agent that claims more than it does."""

    def other(store: StoreKey) -> Desk:
        desk = desk_of(store)
        honest = desk.sage(COMPANY)
        assert isinstance(honest, AgentClient)
        liar = _Liar(honest.connection, Switches(history_consulted=False))
        return replace(desk, sage=_only(liar))

    return take_orders.answer(event, context, desk_of=other)


def half_not_sent(event: Event, context: Context, *, desk_of: DeskOf) -> Event:
    """The real flow, and a way to the agent on which every other create never leaves."""

    def other(store: StoreKey) -> Desk:
        desk = desk_of(store)
        honest = desk.sage(COMPANY)
        assert isinstance(honest, AgentClient)
        return replace(desk, sage=_only(_BadWay(honest.connection)))

    return take_orders.answer(event, context, desk_of=other)


def slow_to_want(event: Event, context: Context, *, desk_of: DeskOf) -> Event:
    """The real flow, on a table that takes seconds to note that an order is wanted."""

    def other(store: StoreKey) -> Desk:
        desk = desk_of(store)
        return replace(desk, ledger=_Slow(context.scheduler, _table(desk), desk.clock))

    return take_orders.answer(event, context, desk_of=other)


class _Slow(DynamoLedger):
    """A ledger that lets the holder finish before it says that the order is wanted."""

    def __init__(self, scheduler: Scheduler, table: Table, clock: Clock) -> None:
        super().__init__(table, clock)
        self._scheduler = scheduler

    def want(self, key: OrderKey) -> None:
        self._scheduler.pause(1_000 + self._scheduler.dice.random() * 3_000)
        super().want(key)


def _only(sage: Sage) -> Callable[[Company], Sage]:
    return lambda _company: sage


class _BadWay(AgentClient):
    """Its creates leave or don't, by the dice."""

    def create(
        self,
        number: SalesOrderNo,
        document: SalesOrder,
        *,
        customer: CustomerKey,
        not_after: datetime,
        rev: int,
    ) -> Created:
        if self.connection.wire.scheduler.dice.random() < 0.5:
            raise NotSentError("The Sage agent was not reached.")
        return super().create(number, document, customer=customer, not_after=not_after, rev=rev)


class _Liar(AgentClient):
    """Its look-up sees all, its create-only open orders alone; and it says that it keeps deadlines."""

    def look_up(self, number: SalesOrderNo, *, marker: str) -> LookUp:
        return replace(super().look_up(number, marker=marker), guarantees=ALL)

    def _places(self) -> tuple[str, ...]:
        return PLACES


@dataclass
class _NextNumbers:
    """Sage's next number in the place of the order's own."""

    desk: Desk
    number: SalesOrderNo | None = None

    def sales_order_no(self, _order_id: OrderId) -> SalesOrderNo:
        self.number = self.number or _next_number(self.desk)
        return self.number

    def marker(self, order_id: OrderId) -> str:
        return self.desk.numbering.marker(order_id)


def _with(desk_of: DeskOf, work: Callable[[Desk, Order], None], record: SQSRecord) -> None:
    key = read_wakeup(record.body)
    desk = desk_of(key.store)
    order = desk.storefront.read_order(key.order_id)
    if order is not None and order.standing is Standing.IMPORTABLE:
        work(desk, order)


def _asked_and_created(desk: Desk, order: Order) -> None:
    marker = desk.numbering.marker(order.key.order_id)
    found = desk.sage(COMPANY).look_up(SalesOrderNo("-"), marker=marker).found
    number = found.number if found else _next_number(desk)
    if found is None:
        _create(desk, order, number)
    _note(desk, order, number)


def _created(desk: Desk, order: Order) -> None:
    number = desk.numbering.sales_order_no(order.key.order_id)
    _create(desk, order, number)
    _note(desk, order, number)


def _create(desk: Desk, order: Order, number: SalesOrderNo) -> None:
    sage, not_after = desk.sage(COMPANY), desk.clock.now() + NO_DEADLINE
    first = customer_number_candidates(order.key.store, order.buyer.email)[0]
    customer = CustomerKey(desk.defaults.division, first)
    columns = ar_customer(order, sage=desk.defaults)
    sage.create_customer(customer, columns, not_after=not_after)
    marker = desk.numbering.marker(order.key.order_id)
    document = sales_order(order, marker=marker, sage=desk.defaults)
    sage.create(number, document, customer=customer, not_after=not_after, rev=1)


def _once(desk: Desk, order: Order) -> None:
    """An idempotency record as libraries keep it: taken under a condition, ended without one."""
    try:
        _record(desk, order.key, "INPROGRESS", condition=FREE)
    except _ConditionError:
        kept: Mapping[str, Any] = _table(desk).get(f"record#{order.key}") or {}
        if kept.get("status") == "COMPLETED":
            return
        raise RetryableError("Another worker is at this order.") from None
    try:
        _asked_and_created(desk, order)
    except TieoutError:
        _record(desk, order.key, "FAILED")
        raise
    _record(desk, order.key, "COMPLETED")


def _record(desk: Desk, key: OrderKey, status: str, *, condition: str = "") -> None:
    now = desk.clock.now()
    values = {"status": status, "until": stamp(now + IN_PROGRESS)}
    if condition:
        values |= {"now": stamp(now), "failed": "FAILED", "busy": "INPROGRESS"}
    change = "SET #status = :status, #until = :until"
    _table(desk).update(f"record#{key}", update=change, condition=condition, values=values)


def _note(desk: Desk, order: Order, number: SalesOrderNo) -> None:
    """What a ledger would say of it: done."""
    values = {
        "state": "CREATED",
        "number": number,
        "modified": stamp(order.modified_at),
        "now": stamp(desk.clock.now()),
    }
    change = (
        "SET #state = :state, #sales_order_no = :number, #modified_at = :modified,"
        " #read_at = :now, #created_at = :now"
    )
    _table(desk).update(str(order.key), update=change, condition="", values=values)


def _next_number(desk: Desk) -> SalesOrderNo:
    """Sage's own next number: it moves on whether it is used or not."""
    numbers = vars(desk.ledger).setdefault("next_number", count(1))
    return SalesOrderNo(f"{next(numbers):07d}")


def _table(desk: Desk) -> Table:
    assert isinstance(desk.ledger, DynamoLedger)
    return vars(desk.ledger)["_table"]
