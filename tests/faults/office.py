"""The people around Sage: warehouse, office, and the operators of both systems."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from tests.faults.cloud import WORKER_LIMIT
from tests.faults.company import HISTORY, INVOICES, OFFICE, OPEN, WAREHOUSE, Company, Document
from tests.faults.customers import Customers
from tests.faults.kinds import Fault
from tests.faults.options import MINUTE
from tests.faults.scheduler import End
from tests.faults.truth import hand_number
from tests.faults.world import World
from tests.unit.orders import STORE
from tests.unit.ports import FakeAudit
from tieout.adapters.queues import wakeup_body
from tieout.domain.identity import OrderId, OrderKey
from tieout.flows.decide import Decision, settle

SOONEST, LATEST = 40_000, 67 * MINUTE
EARLY = 5 * MINUTE
LAST_DEED = 62.0
RECOUNTED_AT = 84.0
CLOSED = "C"
SETTLE_FIRST = "Before you enter it by hand: tieout orders settle"


@dataclass
class Office:
    """What people do to Sage on their own; `haste` is the share of orders that go out at once."""

    world: World
    customers: Customers
    haste: float = 0
    jumps: int = 0

    def plan(self) -> None:
        """Draw the day's deeds."""
        world, dice = self.world, self.world.dice
        world.company.entered = self._work_on
        world.connection.before = self._meanwhile
        self.jumps = int(dice.random() * 3)
        for deed, chance in (
            (self._delete, 0.2),
            (self._edit, 0.2),
            (self._purge, 0.1),
        ):
            if dice.random() < chance:
                world.at(5 + dice.random() * (LAST_DEED - 5), partial(deed))
        if dice.random() < 0.15:
            world.at(dice.random() * 20, partial(self._enter_foreign))
        for at in range(10, int(LAST_DEED), 8):
            world.at(at, partial(self._enter_parked))

    def _work_on(self, document: Document) -> None:
        """The warehouse picks and invoices, sooner or later."""
        dice, scheduler = self.world.dice, self.world.scheduler
        hasty = dice.random() < self.haste
        wait = SOONEST + dice.random() * ((EARLY if hasty else LATEST) - SOONEST)
        if document.author == OFFICE and dice.random() < 0.5:
            return
        scheduler.after(wait * 0.8, partial(self._pick, document.number))
        scheduler.after(wait, partial(self._invoice, document.number, hasty=hasty))

    def _pick(self, number: str) -> None:
        found = self.world.company.tables[OPEN].get(number)
        if found and not found.on_hold:
            self.world.wire.note(f"warehouse picks {number}")
            header = {"PickingSheetPrinted": "Y"}
            self.world.company.change(found, who=WAREHOUSE, header=header)

    def _invoice(self, number: str, *, hasty: bool) -> None:
        world, found = self.world, self.world.company.tables[OPEN].get(number)
        if not found or found.on_hold:
            return
        to = HISTORY if world.dice.random() < 0.7 else INVOICES
        world.wire.note(f"warehouse invoices {number}, {to}")
        world.company.move(found, to, who=WAREHOUSE, OrderStatus=CLOSED)
        if hasty:
            world.wire.strike(Fault.EARLY_INVOICE, number)

    def _delete(self) -> None:
        """A person deletes an order on purpose.

        Where Sage keeps no trace of it, it is one that our ledger has seen there, or that the agent has
        noted down: else nobody in the world could tell later that it ever was.
        """
        world, found = self.world, self._any_open()
        if found is None:
            return
        if self._known(found.number) or world.company.keeps_deleted:
            self.world.wire.strike(Fault.DELETED_BY_HAND, found.number)
            self.world.company.delete(found, who=OFFICE)

    def _edit(self) -> None:
        found = self._any_open()
        if found:
            self._touch(found)

    def _touch(self, found: Document) -> None:
        self.world.wire.strike(Fault.EDITED_BY_HAND, found.number)
        other = "7" if found.lines[0]["QuantityOrdered"] != "7" else "8"
        first = {**found.lines[0], "QuantityOrdered": other}
        self.world.company.change(found, who=OFFICE, lines=(first, *found.lines[1:]))

    def _purge(self) -> None:
        """The order history is thrown away, and some invoices with it.

        Sage purges by age, months after the entry; but never here an order of which neither our ledger
        nor the agent's journal could tell later that it ever was.
        """
        keep = self.world.dice.random() < 0.5
        history = self.world.company.tables[HISTORY]
        young = frozenset(number for number in history if not self._known(number))
        rows, gone = self.world.company.purge(young, keep_invoices=keep, keep_deleted=keep)
        if rows:
            self.world.wire.strike(Fault.PURGED, " ".join(one.number for one in rows))
            self.world.purged |= {one.number for one in gone}

    def _enter_foreign(self) -> None:
        """Somebody types an order of another trade under a number that will be ours."""
        number = f"W{self.world.dice.choice(self.customers.ids):06d}"
        if self.world.company.find(number) is None:
            self._type_foreign(number)

    def _type_foreign(self, number: str) -> None:
        self.world.wire.strike(Fault.FOREIGN_ORDER, number)
        header = {"ARDivisionNo": "00", "CustomerNo": "BIG0001", "CustomerPONo": "4711"}
        line = {"ItemCode": "CRANE", "QuantityOrdered": "1", "UnitPrice": "9999.00"}
        self.world.company.enter(number, header, (line,), who=OFFICE)

    def _enter_parked(self) -> None:
        """The office works through the list of parked orders, as each one's next action says."""
        world = self.world
        for order_id in self.customers.ids:
            row = world.dynamo.tables.get("ledger", {}).get(f"{STORE}#{order_id}", {})
            told = row.get("next_action", {"S": ""})["S"]
            marker = f"W-{order_id}-x7"
            if "parked_at" in row and marker in told and world.dice.random() < 0.4:
                if SETTLE_FIRST in told:
                    self._settle(order_id, partial(self._enter, order_id, marker))
                else:
                    self._enter(order_id, marker)

    def _settle(self, order_id: OrderId, then: Callable[[], None]) -> None:
        """Give the command until the order is settled, and only then go on."""
        world, key, seen = self.world, OrderKey(STORE, order_id), self._read_at(order_id)

        def settled(_end: End, _value: object) -> None:
            row = world.dynamo.tables["ledger"].get(str(key), {})
            if "waived_hash" in row:
                world.settled[order_id] = seen
                world.wire.note(f"a person settled {order_id}")
                then()
            elif "parked_at" in row:
                world.scheduler.after(2 * MINUTE, partial(self._settle, order_id, then))

        deed = Decision(key, who="ada", reason="By hand.", owner=f"ada {world.scheduler.now}")
        world.scheduler.spawn(
            f"settle {order_id}",
            lambda: settle(
                deed, ledger=world.cloud.ledger, audit=FakeAudit(), clock=world.cloud.clock
            ),
            limit=WORKER_LIMIT,
            ended=settled,
        )

    def _read_at(self, order_id: OrderId) -> int:
        """When our side last read the order, which is what a person who settles it decides about."""
        scheduler = self.world.scheduler
        row = self.world.dynamo.tables["ledger"].get(f"{STORE}#{order_id}", {})
        past = scheduler.moment().timestamp() - float(row.get("read_at", {"N": "0"})["N"])
        return scheduler.now - round(past * 1000)

    def _enter(self, order_id: OrderId, marker: str) -> None:
        world, number = self.world, hand_number(order_id)
        if world.company.find(number) or world.company.marked(marker):
            return
        world.wire.strike(Fault.ENTERED_BY_HAND, number)
        total = str(world.shop.last(order_id).totals.total)
        header = {"ARDivisionNo": "00", "CustomerNo": "WEB0001", "CustomerPONo": marker}
        line = {"ItemCode": "/WEB", "QuantityOrdered": "1", "UnitPrice": total}
        world.company.enter(number, header, (line,), who=OFFICE)

    def _meanwhile(self, call: str, number: str) -> None:
        """Now and then a person is quicker by a second than a write of ours."""
        dice = self.world.dice
        likely = 0.05 if call == "create" else 0.3
        if not self.jumps or self.world.fate.stopped or dice.random() > likely:
            return
        found = self.world.company.tables[OPEN].get(number)
        if call == "create" and self.world.company.find(number) is None:
            self.jumps -= 1
            self._type_foreign(number)
        elif found and found.author != OFFICE and not found.on_hold:
            self.jumps -= 1
            self._touch(found)

    def _known(self, number: str) -> bool:
        """Whether anybody will remember the order when Sage has no trace of it any more."""
        if self.world.agent.remembers(number):
            return True
        rows = self.world.dynamo.tables["ledger"].values()
        return not self.world.ledger_at_risk and any(
            row.get("sales_order_no") == {"S": number} and "created_at" in row for row in rows
        )

    def _any_open(self) -> Document | None:
        table = self.world.company.tables[OPEN]
        numbers = sorted(number for number, found in table.items() if found.author != OFFICE)
        return table[self.world.dice.choice(numbers)] if numbers else None


@dataclass
class Operators:
    """What the operators of the stack and of the Sage server do."""

    world: World
    customers: Customers

    def plan(self) -> None:
        """Draw the day's deeds."""
        world, dice = self.world, self.world.dice
        for deed, chance in (
            (self._deploy, 0.2),
            (self._rotate, 0.2),
            (self._replay, 0.3),
        ):
            if dice.random() < chance:
                world.at(3 + dice.random() * 55, partial(deed))
        for restore, chance in ((self._copy_ledger, 0.1), (self._copy_company, 0.07)):
            if dice.random() < chance:
                world.at(3 + dice.random() * 35, partial(restore))
        for at in range(5, 95, 10):
            world.at(at, partial(self._redrive))

    def _deploy(self) -> None:
        self.world.wire.strike(Fault.DEPLOYED)
        self.world.cloud.release = replace(self.world.cloud.release, warehouse="001")

    def _rotate(self) -> None:
        """The shop signs with the new secret at once; our functions know it within five minutes."""
        world, secrets = self.world, self.world.hooks.secrets
        world.wire.strike(Fault.SECRET_ROTATED)
        secrets.signs = "secret 2"
        known = world.dice.random() * 5 * MINUTE
        world.scheduler.after(known, lambda: setattr(secrets, "accepted", ("secret 2", "secret 1")))

    def _replay(self) -> None:
        for order_id in self.customers.ids:
            if self.world.dice.random() < 0.5:
                self.world.queue.put(wakeup_body(OrderKey(STORE, order_id)), "replay")

    def _redrive(self) -> None:
        if self.world.queue.redrive():
            self.world.wire.note("dead letters redriven")

    def _copy_ledger(self) -> None:
        copy = self.world.dynamo.copy()
        self.world.ledger_at_risk = True
        wait = (1 + self.world.dice.random() * 25) * MINUTE
        self.world.scheduler.after(wait, lambda: self._restore_ledger(copy["ledger"]))

    def _restore_ledger(self, copy: dict[str, dict[str, dict[str, str]]]) -> None:
        world = self.world
        world.wire.strike(Fault.LEDGER_RESTORED)
        world.restored["ledger"] = world.scheduler.now
        world.dynamo.tables["ledger"] = copy
        world.cloud.poll("recount_now")
        world.at(RECOUNTED_AT, partial(world.cloud.poll, "recount_now"))
        if "gaps" in dict(world.options.every):  # by itself, each hour; a history may end before
            world.at(RECOUNTED_AT, partial(world.cloud.poll, "gaps"))

    def _copy_company(self) -> None:
        backup = self.world.company.copy()
        wait = (1 + self.world.dice.random() * 25) * MINUTE
        self.world.scheduler.after(wait, partial(self._restore_company, backup))

    def _restore_company(self, backup: Company) -> None:
        world = self.world
        world.wire.strike(Fault.COMPANY_RESTORED)
        world.restored["company"] = world.scheduler.now
        world.company.restore(backup)
        world.scheduler.after(11 * MINUTE, partial(world.cloud.poll, "recount_now"))
        # Whoever put a company back counts once more when the day's trouble is over.
        world.at(RECOUNTED_AT, partial(world.cloud.poll, "recount_now"))
