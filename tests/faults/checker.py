"""The judge: compares shop, ledger and Sage at the end of a history. It knows nothing of our flows."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.faults.causes import causes
from tests.faults.company import OFFICE, OPEN, US, Deed
from tests.faults.kinds import Finding
from tests.faults.truth import Case, held, one_of
from tests.faults.world import World
from tests.unit.orders import STORE
from tieout.domain.orders import Standing

_SOLD = frozenset({Standing.IMPORTABLE, Standing.FINISHED})
_WAITS_FOR_NOTHING = frozenset({"CREATED", "SKIPPED", "WAIT_STATUS", "PARKED"})
_HOLD_COLUMNS = frozenset({"OrderStatus", "Comment"})
Row = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Found:
    """One defect."""

    finding: Finding
    subject: str
    words: str

    def __str__(self) -> str:
        return f"{self.finding}: {self.subject}: {self.words}"


@dataclass
class Checker:
    """Judges one world; `parked` counts the parked orders by cause."""

    world: World
    calm_at: int
    parked: Counter[str]

    def findings(self) -> list[Found]:
        """Everything that must not be."""
        world = self.world
        found = [f for order_id in world.shop.versions for f in self._order(order_id)]
        found += self._customers()
        found += self._queue()
        broken = world.cloud.broken
        found += [Found(Finding.BROKE, type(e).__name__, str(e)[:200]) for e in broken]
        return found

    def _order(self, order_id: Any) -> Iterator[Found]:
        case = Case.of(self.world, order_id)
        row: Row = self.world.dynamo.tables.get("ledger", {}).get(f"{STORE}#{order_id}", {})
        for finding, words in (
            *self._doubled(case),
            *self._overwritten(case),
            *self._ended(case, row),
        ):
            yield Found(finding, f"order {order_id}", words)

    def _doubled(self, case: Case) -> Iterator[tuple[Finding, str]]:
        ours = [one for one in case.marked if one.author == US]
        if len(ours) > 1:
            yield Finding.DOUBLED_ORDER, " and ".join(f"{d.number} {d.where}" for d in ours)
        entered = case.did(US, "entered")
        yield from self._entered_again(case, entered)
        for hand in case.by_hand:
            typed = next(d for d in self.world.company.deeds if d.number == hand.number)
            if entered and entered[-1].at > typed.at:
                yield Finding.DOUBLED_ORDER, f"{hand.number} stood there, entered by hand"
        document = case.document
        if document:
            items = Counter(line["ItemCode"] for line in document.lines)
            if max(items.values(), default=0) > 1:
                yield Finding.DOUBLED_LINES, f"{dict(items)}"

    def _entered_again(self, case: Case, entered: list[Deed]) -> Iterator[tuple[Finding, str]]:
        for first, second in pairwise(entered):
            restored = self.world.restored.get("company", -1)
            if first.at <= restored <= second.at:
                continue
            deleted = [d for d in case.did(OFFICE, "deleted") if first.at <= d.at <= second.at]
            finding = Finding.RESURRECTED if deleted else Finding.DOUBLED_ORDER
            yield finding, f"entered at {first.at} and again at {second.at}"

    def _overwritten(self, case: Case) -> Iterator[tuple[Finding, str]]:
        for deed in case.did(US):
            before, after = deed.before, deed.after
            if before is None:
                continue
            if before.author == OFFICE:
                yield Finding.OVERWROTE_FOREIGN, f"{deed.what} at {deed.at}"
            elif before.by_hand and after and after.where == OPEN:
                names = before.header.keys() | after.header.keys()
                other = {n for n in names if before.header.get(n) != after.header.get(n)}
                if before.lines != after.lines or other - _HOLD_COLUMNS:
                    yield Finding.OVERWROTE_FOREIGN, f"a person's change, at {deed.at}"

    def _ended(self, case: Case, row: Row) -> Iterator[tuple[Finding, str]]:
        state = row.get("state", {"S": ""})["S"]
        if state == "PARKED":
            yield from self._parked(case, row)
        elif not row:
            if case.final.standing in _SOLD:
                yield Finding.LOST, "the ledger has never heard of it"
        elif state not in _WAITS_FOR_NOTHING or "next_at" in row or "lease_until" in row:
            yield Finding.STUCK, f"{state}: {row.get('reason', {'S': ''})['S']}"
        elif not (state == "SKIPPED" and self._settled(case)):
            yield from self._at_rest(case, state)

    def _at_rest(self, case: Case, state: str) -> Iterator[tuple[Finding, str]]:
        if case.final.standing is Standing.CANCELLED:
            yield from self._cancelled(case)
        elif case.final.standing in _SOLD:
            yield from self._sold(case, state)
        elif case.final.standing is Standing.RETIRED:
            yield from self._content(case)

    def _parked(self, case: Case, row: Row) -> Iterator[tuple[Finding, str]]:
        reason = row["reason"]["S"]
        if not reason or not row.get("next_action", {"S": ""})["S"]:
            yield Finding.PARKED_WITHOUT_CAUSE, "it says neither why nor what to do"
        explained = causes(self.world, case)
        self.parked[explained[0] if explained else "none"] += 1
        if not explained:
            yield Finding.PARKED_WITHOUT_CAUSE, reason

    def _settled(self, case: Case) -> bool:
        """Whether a person said that the order is dealt with, and the shop left it so since."""
        settled = self.world.settled.get(case.order_id)
        if settled is None or case.as_of(settled) != case.wanted:
            return False
        since = [version for version in case.versions if version.at > settled]
        return Standing.CANCELLED not in {version.order.standing for version in since}

    def _cancelled(self, case: Case) -> Iterator[tuple[Finding, str]]:
        for document in (*case.ours, *case.by_hand):
            if document.where == OPEN and not document.on_hold:
                yield Finding.CANCEL_MISSED, f"{document.number} is open"
            elif document.where != OPEN and not document.deleted:
                yield Finding.CANCEL_MISSED, f"{document.number} is in {document.where}"

    def _sold(self, case: Case, state: str) -> Iterator[tuple[Finding, str]]:
        document = case.document
        if document is None or document.deleted:
            if not (case.by_hand or self._gone(case)):
                yield Finding.LOST, f"{state}, and Sage does not have it"
            return
        if document.on_hold and not document.by_hand:
            yield Finding.EDIT_MISSED, "it is on hold, and the shop wants it"
        yield from self._content(case)

    def _gone(self, case: Case) -> bool:
        """Whether a person or a restore took it away after its last change, so that nobody asks."""
        taken = [deed.at for deed in case.did(OFFICE, "deleted")]
        if not self.world.purged.isdisjoint(case.numbers):
            return True
        if "company" in self.world.restored and not self.world.agent.promises.history:
            return True  # nobody can tell it from an order that was invoiced
        return bool(taken) and case.as_of(taken[-1]) == case.wanted

    def _content(self, case: Case) -> Iterator[tuple[Finding, str]]:
        document = case.document
        if document is None or document.deleted or held(document) == case.wanted:
            return
        if document.by_hand and case.written == case.wanted:
            return
        content = case.written if document.by_hand else held(document)
        if content is not None and not one_of(case.versions, content):
            yield Finding.AMOUNT_DIFFERS, f"{held(document)} and not {case.wanted}"
        elif document.where == OPEN:
            yield Finding.EDIT_MISSED, f"{held(document)} and not {case.wanted}"
        else:
            yield (
                Finding.SILENT_LATE_CHANGE,
                f"{document.where}: {held(document)} not {case.wanted}",
            )

    def _customers(self) -> Iterator[Found]:
        many = Counter(row["EmailAddress"] for row in self.world.company.customers.values())
        for email, count in many.items():
            if count > 1:
                yield Found(Finding.DOUBLED_CUSTOMER, email, f"{count} customers")

    def _queue(self) -> Iterator[Found]:
        for at, message in self.world.queue.buried:
            if at > self.calm_at + 35 * 60_000:
                yield Found(Finding.DEAD_LETTERS, message.body, f"buried at {at}")
