"""What the simulated Sage 100 has been told to do wrong; kept where every process sees it."""

import json
from dataclasses import dataclass
from typing import Literal, get_args

from .store import Store

FaultKind = Literal[
    "hang",
    "slow",
    "no_licence",
    "no_object_licence",
    "exclusive_lock",
    "record_lock",
    "no_right",
    "poison",
    "lost_answer",
    "refuse_write",
]
KINDS: tuple[str, ...] = get_args(FaultKind)
HANG_POINTS = ("call", "write", "commit")
MAX_SECONDS = 600
MAX_COUNT = 100_000


@dataclass(frozen=True)
class Fault:
    """One thing to do wrong.

    Attributes:
        kind: `hang` and `slow` wait; `no_licence` refuses `nSetUser`, `no_object_licence` refuses
            `NewObject`; `exclusive_lock` refuses `nSetCompany`, header writes and deletions;
            `record_lock` refuses to open the key in `object`; `no_right` refuses `NewObject` of
            `object`; `poison` breaks the next call; `lost_answer` breaks after the commit;
            `refuse_write` makes a header write or a deletion give 0.
        count: How often, or None for until it is deleted.
        seconds: How long `hang` and `slow` wait.
        on: Where `hang` waits: before any `call`, before a header `write` or a deletion, or after
            its `commit`.
        object: Object name for `no_right`, key for `record_lock`.
        text: What `refuse_write` says.
    """

    kind: FaultKind
    count: int | None = 1
    seconds: float = 0
    on: str = "call"
    object: str = ""
    text: str = ""


def add(store: Store, fault: Fault) -> None:
    """Remember a fault in the system file."""
    body = {"seconds": fault.seconds, "on": fault.on, "object": fault.object, "text": fault.text}
    sql = "INSERT INTO fault (kind, left, body) VALUES (?, ?, ?)"
    store.execute(sql, fault.kind, fault.count, json.dumps(body))


def clear(store: Store) -> None:
    """Forget every fault."""
    store.execute("DELETE FROM fault")


def active(store: Store) -> list[Fault]:
    """Return the faults that would still happen, oldest first."""
    return [fault for _, fault in _rows(store)]


def take(store: Store, kind: FaultKind, *, on: str = "", object_: str = "") -> Fault | None:
    """Use up one occurrence of a fault and return it, or None when there is none.

    Args:
        store: The system file.
        kind: Which kind.
        on: Only faults at this point, when given.
        object_: Only faults for this object or key, when given.
    """
    for number, fault in _rows(store):
        fits = fault.kind == kind and on in ("", fault.on) and object_ in ("", fault.object)
        if fits and _use(store, number):
            return fault
    return None


def _use(store: Store, number: int) -> bool:
    sql = "UPDATE fault SET left = left - 1 WHERE id = ? AND (left IS NULL OR left > 0)"
    used = store.execute(sql, number).rowcount == 1
    store.execute("DELETE FROM fault WHERE id = ? AND left = 0", number)
    return used


def _rows(store: Store) -> list[tuple[int, Fault]]:
    rows = store.execute("SELECT id, kind, left, body FROM fault ORDER BY id")
    return [(row[0], Fault(kind=row[1], count=row[2], **json.loads(row[3]))) for row in rows]
