"""DynamoDB: the ledger of orders, the links to AR customers, and how far each scan has come."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from tieout.adapters.ledger_items import (
    Item,
    entry_of,
    from_attribute,
    item_of,
    moment,
    order_key,
    stamp,
    to_attribute,
)
from tieout.domain.identity import CustomerKey, OrderKey, StoreKey
from tieout.domain.ledger import LEASE, Claim, Entry, State
from tieout.errors import LeaseLostError, RetryableError, SetupError
from tieout.ports import MOST_PARKED, Clock

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# BatchGetItem takes a hundred keys (DynamoDB API reference).
BATCH = 100
BATCH_ATTEMPTS = 5
# Everything that a worker may write, so that what an entry no longer has is removed.
_WORKERS = frozenset(
    {"state", "rev", "sage_rev", "absent_rev", "map_version", "waits", "company", "content_hash",
     "intent_hash", "seen_hash", "waived_hash", "standing", "sage_stamp", "mode", "reason",
     "next_action", "currency", "sales_order_no", "total_cents", "not_after", "created_at",
     "checked_at", "absent_at", "modified_at", "read_at", "missing_since", "parked_at", "parked_store"}
)  # fmt: skip
_DUE = frozenset({"next_at", "due_store"})
_PERMANENT = frozenset(
    {"AccessDeniedException", "ResourceNotFoundException", "ValidationException"}
)


class _ConditionError(Exception):
    """The condition of a write did not hold."""


class Table:
    """One table, spoken to in plain values; faults become RetryableError or SetupError."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        self.client = client
        self.name = name

    def get(self, key: str) -> Item | None:
        """The item, read consistently."""
        answer = self.call(self.client.get_item, Key={"key": {"S": key}}, ConsistentRead=True)
        return _plain(answer["Item"]) if "Item" in answer else None

    def update(self, key: str, *, update: str, condition: str, values: Item) -> Item:
        """Update under a condition and return the whole new item; raises _ConditionError."""
        names = {f"#{name}": name for name in _named(f"{update} {condition}")}
        optional: dict[str, Any] = {"ConditionExpression": condition} if condition else {}
        answer = self.call(
            self.client.update_item,
            Key={"key": {"S": key}},
            UpdateExpression=update,
            ReturnValues="ALL_NEW",
            ExpressionAttributeValues={f":{n}": to_attribute(v) for n, v in values.items()},
            ExpressionAttributeNames=names,
            **optional,
        )
        return _plain(answer["Attributes"])

    def query(self, *, index: str, condition: str, values: Item, limit: int) -> Iterator[Item]:
        """The first `limit` items of an index, in its order."""
        request: dict[str, Any] = {
            "IndexName": index,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": {f":{n}": to_attribute(v) for n, v in values.items()},
        }
        found = 0
        while found < limit:
            request["Limit"] = limit - found
            answer = self.call(self.client.query, **request)
            for item in answer["Items"]:
                found += 1
                yield _plain(item)
            if "LastEvaluatedKey" not in answer:
                return
            request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    def get_many(self, keys: Iterable[str]) -> Iterator[Item]:
        """The items that exist, read consistently, a hundred at a time."""
        rest = iter(keys)
        while batch := list(islice(rest, BATCH)):
            wanted: Any = {
                self.name: {"Keys": [_write_key(k) for k in batch], "ConsistentRead": True}
            }
            for _ in range(BATCH_ATTEMPTS):
                answer = self.call(self.client.batch_get_item, table=False, RequestItems=wanted)
                yield from (_plain(item) for item in answer["Responses"].get(self.name, []))
                wanted = answer.get("UnprocessedKeys")
                if not wanted:
                    break
            else:
                raise RetryableError("DynamoDB left keys of a batch unread.")

    def call(self, method: Callable[..., Any], *, table: bool = True, **request: Any) -> Any:
        """Call DynamoDB and tell apart who must act when it fails."""
        if table:
            request["TableName"] = self.name
        try:
            return method(**request)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code == "ConditionalCheckFailedException":
                raise _ConditionError from error
            kind = SetupError if code in _PERMANENT else RetryableError
            raise kind(f"DynamoDB refused a request to {self.name}: {code}.") from error
        except BotoCoreError as error:
            raise RetryableError(f"DynamoDB was not reached: {type(error).__name__}.") from error


class DynamoLedger:
    """The ledger of orders; implements the Ledger port."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def claim(self, key: OrderKey, *, owner: str) -> Claim | None:
        """See the port.

        An own write whose answer got lost is repeated by the SDK; `owner = me` lets it through, so
        that nobody is refused by a claim of his own.
        """
        now = self._clock.now()
        lease_until = now + LEASE
        try:
            item = self._table.update(
                str(key),
                update="SET #owner = :owner, #lease_until = :until, #next_at = :until,"
                " #due_store = :store, #first_seen = if_not_exists(#first_seen, :now),"
                " #state = if_not_exists(#state, :seen) ADD #epoch :one, #attempts :one",
                condition="attribute_not_exists(#lease_until) OR #lease_until < :now"
                " OR #owner = :owner",
                values={
                    "owner": owner,
                    "until": stamp(lease_until),
                    "now": stamp(now),
                    "store": key.store,
                    "seen": "SEEN",
                    "one": 1,
                },
            )
        except _ConditionError:
            return None
        entry = entry_of(item)
        return Claim(entry, owner, entry.epoch, lease_until)

    def want(self, key: OrderKey) -> None:
        """See the port. Due at once, in case the holder let go between our claim and this write."""
        self._table.update(
            str(key),
            update="SET #next_at = :now, #due_store = :store ADD #wanted :one",
            condition="",
            values={"now": stamp(self._clock.now()), "store": key.store, "one": 1},
        )

    def save(self, claim: Claim, entry: Entry) -> None:
        """See the port."""
        try:
            self._store(claim, {k: v for k, v in item_of(entry).items() if k not in _DUE}, _WORKERS)
        except _ConditionError:
            raise LeaseLostError(f"Order {entry.key} was taken over by another worker.") from None

    def release(self, claim: Claim, entry: Entry) -> None:
        """See the port. It ends the epoch too, so that a write which was held up can't land after it."""
        item = item_of(entry) | {
            "attempts": 0,
            "epoch": claim.epoch + 1,
            "released_by": claim.owner,
        }
        all_ours = _WORKERS | _DUE | {"owner", "lease_until"}
        due = {"next_at": stamp(self._clock.now()), "due_store": claim.entry.key.store}
        released = self._released(claim, item, all_ours, wanted=claim.entry.wanted)
        if not released and not self._released(claim, item | due, all_ours):
            raise LeaseLostError(f"Order {claim.entry.key} was taken over by another worker.")

    def _released(
        self, claim: Claim, item: Item, ours: frozenset[str], *, wanted: int | None = None
    ) -> bool:
        """Whether the record is written and given back, by this request or by one whose answer got lost."""
        try:
            self._store(claim, item, ours, wanted=wanted)
        except _ConditionError:
            found = self._table.get(str(claim.entry.key)) or {}
            return found.get("released_by") == claim.owner
        return True

    def _store(
        self, claim: Claim, item: Item, ours: frozenset[str], *, wanted: int | None = None
    ) -> None:
        gone = sorted(ours - set(item))
        update = "SET " + ", ".join(f"#{name} = :{name}" for name in sorted(item))
        if gone:
            update += " REMOVE " + ", ".join(f"#{name}" for name in gone)
        values = item | {"my_epoch": claim.epoch}
        condition = "#epoch = :my_epoch"
        if wanted is not None:
            condition += " AND (#wanted = :seen_wanted OR attribute_not_exists(#wanted))"
            values["seen_wanted"] = wanted
        self._table.update(str(claim.entry.key), update=update, condition=condition, values=values)

    def read(self, key: OrderKey) -> Entry | None:
        """See the port."""
        item = self._table.get(str(key))
        return entry_of(item) if item else None

    def read_many(self, keys: Iterable[OrderKey]) -> Mapping[OrderKey, Entry]:
        """See the port."""
        entries = (entry_of(item) for item in self._table.get_many(map(str, keys)))
        return {entry.key: entry for entry in entries}

    def due(self, store: StoreKey, *, now: datetime, limit: int) -> tuple[OrderKey, ...]:
        """See the port."""
        found = self._table.query(
            index="due",
            condition="due_store = :store AND next_at <= :now",
            values={"store": store, "now": stamp(now)},
            limit=limit,
        )
        return tuple(order_key(item["key"]) for item in found)

    def put_off(self, key: OrderKey, *, now: datetime, until: datetime) -> None:
        """See the port."""
        try:
            self._table.update(
                str(key),
                update="SET #next_at = :until",
                condition="#next_at <= :now",
                values={"until": stamp(until), "now": stamp(now)},
            )
        except _ConditionError:
            return  # a worker has it by now, or is done with it

    def expect(self, key: OrderKey) -> None:
        """See the port."""
        now = stamp(self._clock.now())
        try:
            self._table.update(
                str(key),
                update="SET #state = :seen, #first_seen = :now, #next_at = :now, #due_store = :store",
                condition="attribute_not_exists(#key)",
                values={"seen": "SEEN", "now": now, "store": key.store},
            )
        except _ConditionError:
            return

    def doubt(self, key: OrderKey, *, anew: bool = False) -> bool:
        """See the port. A holder would write its own `checked_at` back when it lets go."""
        values: Item = {"now": stamp(self._clock.now()), "store": key.store}
        try:
            self._table.update(
                str(key),
                update=f"SET #next_at = :now, #due_store = :store{', #state = :intent' * anew}"
                " REMOVE #checked_at",
                condition="attribute_exists(#key) AND"
                " (attribute_not_exists(#lease_until) OR #lease_until < :now)",
                values=values | ({"intent": State.INTENT.value} if anew else {}),
            )
        except _ConditionError:
            return False
        return True

    def parked(self, store: StoreKey) -> Iterator[Entry]:
        """See the port."""
        found = self._table.query(
            index="parked",
            condition="parked_store = :store",
            values={"store": store},
            limit=MOST_PARKED,
        )
        return map(entry_of, found)


class DynamoAudit:
    """What people decided, beside the orders; implements the Audit port."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def append(self, key: OrderKey, *, deed: str, who: str, reason: str, at: datetime) -> None:
        """See the port; a repeat after a lost answer writes the same entry over itself."""
        self._table.update(
            f"audit#{key}#{at.isoformat()}",
            update="SET #deed = :deed, #who = :who, #reason = :reason, #at = :at",
            condition="attribute_not_exists(#deed) OR #who = :who",
            values={"deed": deed, "who": who, "reason": reason, "at": stamp(at)},
        )


class DynamoWatermarks:
    """How far each scan has come, beside the orders; implements the Watermarks port."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def read(self, store: StoreKey, scan: str) -> datetime | None:
        """See the port."""
        item = self._table.get(_scan_key(store, scan))
        return moment(item["reached"]) if item else None

    def advance(self, store: StoreKey, scan: str, to: datetime) -> None:
        """See the port."""
        try:
            self._table.update(
                _scan_key(store, scan),
                update="SET #reached = :to",
                condition="attribute_not_exists(#reached) OR #reached < :to",
                values={"to": stamp(to)},
            )
        except _ConditionError:
            return  # a scan that began later has finished first: its mark is the better one


class DynamoCustomerLinks:
    """Which AR customer a buyer is; implements the CustomerLinks port."""

    def __init__(self, table: Table, clock: Clock) -> None:
        self._table = table
        self._clock = clock

    def find(self, company: str, fingerprint: str) -> CustomerKey | None:
        """See the port."""
        item = self._table.get(f"{company}#{fingerprint}") or {}
        return CustomerKey(item["division"], item["number"]) if "number" in item else None

    def claim(self, company: str, fingerprint: str, *, owner: str, lease: timedelta) -> bool:
        """See the port; an own claim whose answer got lost is no refusal."""
        now = self._clock.now()
        try:
            self._table.update(
                f"{company}#{fingerprint}",
                update="SET #owner = :owner, #lease_until = :until",
                condition="attribute_not_exists(#lease_until) OR #lease_until < :now"
                " OR #owner = :owner",
                values={"owner": owner, "until": stamp(now + lease), "now": stamp(now)},
            )
        except _ConditionError:
            return False
        return True

    def remember(self, company: str, fingerprint: str, key: CustomerKey) -> CustomerKey:
        """See the port: the first link stands, whoever asks."""
        item = self._table.update(
            f"{company}#{fingerprint}",
            update="SET #division = if_not_exists(#division, :division),"
            " #number = if_not_exists(#number, :number) REMOVE #owner, #lease_until",
            condition="",
            values={"division": key.division, "number": key.number},
        )
        return CustomerKey(item["division"], item["number"])


def _scan_key(store: StoreKey, scan: str) -> str:
    return f"scan#{store}#{scan}"


@lru_cache(maxsize=256)  # the expressions are few, and each is built anew for every write
def _named(expression: str) -> frozenset[str]:
    """The attribute names in an expression; each is written `#name`, for some are reserved words."""
    words = expression.replace("(", " ").replace(")", " ").replace(",", " ").split()
    return frozenset(word[1:] for word in words if word.startswith("#"))


def _plain(item: Mapping[str, Any]) -> Item:
    return {name: from_attribute(value) for name, value in item.items()}


def _write_key(key: str) -> dict[str, dict[str, str]]:
    return {"key": {"S": key}}
