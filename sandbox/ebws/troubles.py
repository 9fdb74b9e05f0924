"""Troubles on the way to and from the service, which the books know nothing of."""

import threading
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

TroubleKind = Literal[
    "delay", "unavailable", "bad_gateway", "drop_request", "drop_answer", "cut_answer", "garbage"
]

MAX_SECONDS = 120
MAX_COUNT = 100_000


class Trouble(BaseModel):
    """One thing that goes wrong.

    Attributes:
        kind: `delay` waits before the work; `unavailable` answers 503 and `drop_request` hangs up,
            both without doing it; `bad_gateway` answers 502, `drop_answer` hangs up before the first
            byte of the answer's body, `cut_answer` in its middle, and `garbage` answers 200 with
            something else, all four after it was done.
        operation: Only this operation; any when left out.
        count: How many calls it hits; null for all.
        seconds: How long `delay` waits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: TroubleKind
    operation: str = ""
    count: Annotated[int, Field(ge=1, le=MAX_COUNT)] | None = 1
    seconds: Annotated[float, Field(ge=0, le=MAX_SECONDS)] = 0


class Troubles:
    """The standing troubles of one service; of those that fit a call, the oldest is used up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._standing: list[Trouble] = []

    def add(self, trouble: Trouble) -> None:
        """Stand a new trouble behind the others."""
        with self._lock:
            self._standing.append(trouble)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._standing.clear()

    def standing(self) -> list[Trouble]:
        """Return what would still go wrong, oldest first."""
        with self._lock:
            return list(self._standing)

    def take(self, operation: str) -> Trouble | None:
        """Return the trouble that hits this call, if any."""
        with self._lock:
            for place, trouble in enumerate(self._standing):
                if trouble.operation in ("", operation):
                    self._use(place, trouble)
                    return trouble
        return None

    def _use(self, place: int, trouble: Trouble) -> None:
        if trouble.count is None:
            return
        if trouble.count > 1:
            self._standing[place] = trouble.model_copy(update={"count": trouble.count - 1})
        else:
            del self._standing[place]
