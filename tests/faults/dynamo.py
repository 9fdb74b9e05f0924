"""DynamoDB as its client shows it: conditions, indexes, and a network that loses, repeats and delays.

The real adapters run on it, so their reading-back and their conditions are under test as well.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

from tests.faults.expressions import Row, condition, number_or_text, update
from tests.faults.kinds import Fault, Trouble
from tests.faults.wire import Wire, names
from tests.unit.orders import STORE

EDGE = names(
    REQUEST_LOST=Fault.LEDGER_REQUEST_LOST,
    ANSWER_LOST=Fault.LEDGER_ANSWER_LOST,
    LATE=Fault.LEDGER_LATE,
    PARTIAL_BODY=Fault.LEDGER_PARTIAL,
    TWICE=Fault.LEDGER_TWICE,
)
# A read that is carried out late or twice shows the same as one that isn't.
READ_EDGE = {t: f for t, f in EDGE.items() if t not in {Trouble.TWICE, Trouble.LATE}}
# What the SDK waits for an answer, and how much later the network may still deliver the request.
GIVES_UP = 2_000
LATEST = 60_000
_KEYS = {"due": ("due_store", "next_at"), "parked": ("parked_store", "parked_at")}
Tables = dict[str, dict[str, Row]]
Watcher = Callable[[str, Row, Row], None]
RefusedWatcher = Callable[[str, Row, Any], None]


class ConditionFailedError(ClientError):
    """The condition of a write did not hold: for which key, on which row, with which values."""

    def __init__(self, key: str, row: Row, values: Any) -> None:
        super().__init__({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")
        self.refused = key, row, values


@dataclass
class Dynamo:
    """The account's tables.

    `watch` sees each write that was stored: key, before, after; `watch_refused` each of which we
    were told that its condition did not hold: key, row, values.
    """

    wire: Wire
    tables: Tables = field(default_factory=Tables)
    writes: Counter[str] = field(default_factory=Counter[str])
    watch: Watcher = lambda _key, _before, _after: None
    watch_refused: RefusedWatcher = lambda _key, _row, _values: None

    def get_item(self, **request: Any) -> dict[str, Any]:
        if not request["ConsistentRead"]:
            raise ValueError("a read that is not consistent could be answered with an old record")
        key: str = request["Key"]["key"]["S"]
        return self._read(f"get {key}", lambda: self._item(request["TableName"], key))

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        wanted_items: Mapping[str, Any] = request["RequestItems"]

        def found() -> dict[str, Any]:
            return {
                "Responses": {
                    name: [
                        dict(row)
                        for key in wanted["Keys"]
                        if (row := self._table(name).get(key["key"]["S"])) is not None
                    ]
                    for name, wanted in wanted_items.items()
                }
            }

        return self._read("get many", found)

    def query(self, **request: Any) -> dict[str, Any]:
        values = request["ExpressionAttributeValues"]
        store, now = values[":store"], values.get(":now")
        group, rank = _KEYS[request["IndexName"]]

        def found() -> dict[str, Any]:
            rows = [
                (number_or_text(row[rank]), row["key"]["S"], dict(row))
                for row in self._table(request["TableName"]).values()
                if row.get(group) == store and rank in row
            ]
            most = Decimal(now["N"]) if now else None
            kept = sorted(r for r in rows if most is None or r[0] <= most)  # pyright: ignore[reportOperatorIssue]
            return {"Items": [row for _, _, row in kept[: request["Limit"]]]}

        return self._read(f"query {request['IndexName']}", found)

    def update_item(self, **request: Any) -> dict[str, Any]:
        key: str = request["Key"]["key"]["S"]
        values, table = request["ExpressionAttributeValues"], request["TableName"]
        holds = condition(request.get("ConditionExpression", ""))
        change = update(request["UpdateExpression"])

        def store() -> Row:
            row = self._table(table).get(key, {})
            if not holds(row, values):
                raise ConditionFailedError(key, row, values)
            after = {"key": {"S": key}, **row}
            change(after, values)
            self._table(table)[key] = after
            self.watch(key, row, after)
            return after

        self.writes[table if key.startswith(f"{STORE}#") else key.partition("#")[0]] += 1
        return self._write(f"update {key}", store)

    def copy(self) -> Tables:
        """A backup."""
        return deepcopy(self.tables)

    def _read(self, call: str, read: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        trouble = self.wire.begin(call, READ_EDGE)
        if trouble in {Trouble.REQUEST_LOST, Trouble.ANSWER_LOST}:
            self.wire.scheduler.pause(GIVES_UP)
            if self._gives_up():
                raise _no_answer()
        if trouble is Trouble.PARTIAL_BODY:
            raise _no_answer()
        found = read()
        self.wire.end(trouble)
        return found

    def _write(self, call: str, store: Callable[[], Row]) -> dict[str, Any]:
        """Like the SDK: what got no answer is sent once more, a refused condition is the answer."""
        trouble = self.wire.begin(call, EDGE)
        if trouble is Trouble.LATE:
            self._later(store)
            raise _no_answer()
        if trouble in {Trouble.ANSWER_LOST, Trouble.PARTIAL_BODY, Trouble.TWICE}:
            self._quietly(store)
        if trouble in {Trouble.ANSWER_LOST, Trouble.PARTIAL_BODY, Trouble.REQUEST_LOST}:
            self.wire.scheduler.pause(GIVES_UP)
            if self._gives_up():
                self.wire.end(None, "no answer")
                raise _no_answer()
        try:
            after = store()
        except ConditionFailedError as error:
            self.watch_refused(*error.refused)
            self.wire.end(trouble, "condition failed")
            raise
        self.wire.end(trouble)
        return {"Attributes": dict(after)}

    def _gives_up(self) -> bool:
        """Whether the SDK's second try got no answer either."""
        return self.wire.scheduler.dice.random() < 0.3

    def _later(self, store: Callable[[], Row]) -> None:
        scheduler = self.wire.scheduler
        scheduler.pause(GIVES_UP)
        scheduler.after(scheduler.dice.random() * LATEST, lambda: self._quietly(store))

    def _quietly(self, store: Callable[[], Row]) -> None:
        try:
            store()
        except ConditionFailedError:
            self.wire.note("    = condition failed, and nobody heard")

    def _item(self, table: str, key: str) -> dict[str, Any]:
        row = self._table(table).get(key)
        return {} if row is None else {"Item": dict(row)}

    def _table(self, name: str) -> dict[str, Row]:
        return self.tables.setdefault(name, {})


def _no_answer() -> ReadTimeoutError:
    return ReadTimeoutError(endpoint_url="the simulated table")
