"""Troubles on order: what the API does wrong, where, and how often."""

from collections import Counter
from fnmatch import fnmatchcase

from pydantic import Field

from sandbox.bigcommerce.model import Json
from sandbox.bigcommerce.spec import Strict


class FaultSpec(Strict):
    """One trouble.

    Attributes:
        path: Shell pattern over the path after the store hash, such as `/v2/orders/*`.
        method: Only this method; any when left out.
        status: Answer this status instead of the real answer.
        apply: Do what was asked all the same, so that a failed answer hides a write that happened.
        rate_headers: Whether a 429 carries the quota headers.
        retry_after: Seconds for `X-Retry-After`; the header is left out without it.
        delay_seconds: Wait before answering.
        cut_body: Close the connection in the middle of the body.
        stale_seconds: Answer as a replica that lags this far behind.
        count: How many requests it hits; null for all. With `per_path`, each path has its own
            count: status 404, count 1, per_path makes every order missing once, then there.
    """

    path: str
    method: str | None = None
    status: int | None = Field(default=None, ge=400, le=599)
    apply: bool = False
    rate_headers: bool = True
    retry_after: int | None = Field(default=None, ge=0)
    delay_seconds: float = Field(default=0, ge=0, le=120)
    cut_body: bool = False
    stale_seconds: float = Field(default=0, ge=0)
    count: int | None = Field(default=1, ge=1)
    per_path: bool = False


class Faults:
    """The standing troubles; the first that fits a request is used up by one."""

    def __init__(self) -> None:
        self._specs: list[FaultSpec] = []
        self._used: Counter[tuple[int, str]] = Counter()

    def add(self, spec: FaultSpec) -> None:
        """Stand a new trouble behind the others."""
        self._specs.append(spec)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._specs.clear()
        self._used.clear()

    def take(self, method: str, path: str) -> FaultSpec | None:
        """The trouble that hits this request, if any."""
        for position, spec in enumerate(self._specs):
            if spec.method not in {None, method} or not fnmatchcase(path, spec.path):
                continue
            key = (position, path if spec.per_path else "")
            if spec.count is None or self._used[key] < spec.count:
                self._used[key] += 1
                return spec
        return None

    def listed(self) -> list[Json]:
        """Every standing trouble and how often it was used."""
        return [
            spec.model_dump()
            | {"used": sum(n for (at, _), n in self._used.items() if at == position)}
            for position, spec in enumerate(self._specs)
        ]
