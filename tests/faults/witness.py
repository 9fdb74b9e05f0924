"""Which ways out were taken, seen from outside: in the ledger's rows and in refused conditions."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.faults.cloud import NUMBERING, Cloud
from tests.faults.expressions import Row
from tests.faults.kinds import Branch
from tieout.adapters.ledger_items import order_key

_REASONS = {
    "may still be on its way": Branch.SETTLED,
    "does not have this order yet": Branch.NOT_FOUND_WAITED,
    "too many requests": Branch.BUSY_WAITED,
    "certificate": Branch.SETUP_WAITED,
    "Another order of this buyer": Branch.CUSTOMER_CLAIM_HELD,
    "It is not known whether": Branch.QUESTION_ASKED,
    "is not ours": Branch.PARKED_FOREIGN,
    "is no longer there": Branch.PARKED_DELETED,
    "changed in the storefront and by hand": Branch.PARKED_BOTH_CHANGED,
    "Sage has no item": Branch.PARKED_REFUSED,
    "Sage had finished it": Branch.PARKED_CLOSED,
    "begun to ship it": Branch.PARKED_CLOSED,
    "is not what the storefront sold": Branch.PARKED_DIFFERS,
}
_SENDERS = {
    "poll backfill": Branch.BACKFILL_FOUND,
    "poll due": Branch.DUE_FOUND,
    "redrive": Branch.DEAD_LETTER_REDRIVEN,
}


@dataclass
class Witness:
    """Watches the tables' writes."""

    cloud: Cloud
    skipped: set[str] = field(default_factory=set[str])
    wanted: set[str] = field(default_factory=set[str])

    def saw(self, key: str, before: Row, after: Row) -> None:
        """A write was stored."""
        if key.startswith("note#"):
            self._note(key, before, after)
        elif "epoch" in after or "next_at" in after:
            self._order(key, before, after)

    def refused(self, key: str, row: Row, values: Any) -> None:
        """A condition did not hold."""
        if ":until" in values and not key.startswith(("main#", "note#", "scan#")):
            self._count(Branch.CUSTOMER_CLAIM_HELD)
        if ":my_epoch" not in values or row.get("epoch") == values[":my_epoch"]:
            return
        own = row.get("released_by") == values.get(":released_by", row)
        self._count(Branch.OWN_WRITE_REPORTED_FAILED if own else Branch.LEASE_LOST)

    def _order(self, key: str, before: Row, after: Row) -> None:
        who = self.cloud.wire.scheduler.running
        name = who.name if who else ""
        if not before and name == "poll gaps":
            self._count(Branch.GAPS_FOUND)
        if "lease_until" in after and after.get("epoch") != before.get("epoch"):
            self._claimed(key, before, name)
        if after.get("wanted") != before.get("wanted"):
            self.wanted.add(key)
        if "lease_until" in before and "lease_until" not in after:
            self._released(key, after)

    def _claimed(self, key: str, before: Row, name: str) -> None:
        self.wanted.discard(key)
        for sender, branch in _SENDERS.items():
            if sender in name and (sender != "poll backfill" or not before):
                self._count(branch)

    def _released(self, key: str, after: Row) -> None:
        if key in self.wanted and "next_at" in after:
            self._count(Branch.WANTED)
        reason = after.get("reason", {"S": ""})["S"]
        for words, branch in _REASONS.items():
            if words in reason:
                self._count(branch)
                break
        state = after["state"]["S"]
        if state == "SKIPPED":
            self.skipped.add(key)
        if state == "CREATED":
            self._created(key, after)

    def _created(self, key: str, after: Row) -> None:
        number = after["sales_order_no"]["S"]
        if key in self.skipped:
            self._count(Branch.SKIPPED_THEN_REVIVED)
        if number in self.cloud.connection.unsure:
            self.cloud.connection.unsure.discard(number)
            self._count(Branch.ADOPTED_AFTER_LOST_ANSWER)
        if number != NUMBERING.sales_order_no(order_key(key).order_id):
            self._count(Branch.HAND_ENTRY_ADOPTED)

    def _note(self, key: str, before: Row, after: Row) -> None:
        was: dict[str, str] = json.loads(before["note"]["S"]) if before else {}
        told: dict[str, str] = json.loads(after["note"]["S"])
        if key == "note#breaker":
            opened = told["flow"] != "free"
            if opened != (was.get("flow", "free") != "free"):
                self._count(Branch.BREAKER_OPENED if opened else Branch.BREAKER_CLOSED)
        if key.startswith("note#recount"):
            found = sum(int(told.get(name, 0)) for name in ("missing", "extra", "doubled"))
            if found:
                self._count(Branch.RECOUNT_FOUND)

    def _count(self, branch: Branch) -> None:
        self.cloud.wire.branches[branch] += 1
