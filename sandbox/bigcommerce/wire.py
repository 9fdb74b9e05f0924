"""A request and an answer of the simulated API, away from any web framework."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.model import Account, Json

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop


class RefusedError(Exception):
    """The API says no; `errors` names fields, as V3 does."""

    def __init__(self, status: int, message: str, *, errors: Mapping[str, str] | None = None):
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = dict(errors or {})


@dataclass(frozen=True)
class Reply:
    """What goes back; `body` None is an empty body, as V2 has it for an empty list."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])

    def content(self) -> bytes:
        """The body's bytes; none at all for None."""
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Call:
    """One request; `path` follows the store hash, `moment` is how fresh the answer may be."""

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    account: Account
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])
    moment: float = math.inf

    def document(self) -> Json:
        """The body as a JSON object.

        Raises:
            RefusedError: 400, it is none.
        """
        try:
            found: object = json.loads(self.body)
        except ValueError as wrong:
            raise RefusedError(400, f"The body is not JSON: {wrong}.") from wrong
        if not isinstance(found, dict):
            raise RefusedError(400, "The body must be a JSON object.")
        return found  # pyright: ignore[reportUnknownVariableType] - json has no types to give

    def number(self, name: str) -> int | None:
        """A whole number from the query string.

        Raises:
            RefusedError: 400, it is none.
        """
        value = self.query.get(name)
        if value is None:
            return None
        if not re.fullmatch(r"[0-9]{1,18}", value):
            raise RefusedError(400, f"The query parameter {name} must be a whole number.")
        return int(value)


Handler = Callable[["Shop", Call], Reply]


@dataclass(frozen=True)
class Resource:
    """One line of the API's table: `{id}` stands for a number; `scope` is what the token needs."""

    method: str
    pattern: str
    handler: Handler
    query: frozenset[str] = frozenset()
    scope: str | None = None

    def match(self, path: str) -> dict[str, int] | None:
        """The numbers in the path, or None when it is another resource's path."""
        regex = re.sub(r"\{(\w+)\}", r"(?P<\1>[0-9]{1,18})", self.pattern)
        found = re.fullmatch(regex, path)
        return None if found is None else {k: int(v) for k, v in found.groupdict().items()}


def resource(
    method: str, pattern: str, handler: Handler, *, query: str = "", scope: str | None = None
) -> Resource:
    """A table line; `query` is the list of known parameters, separated by blanks."""
    return Resource(method, pattern, handler, frozenset(query.split()), scope)


def page_of(items: list[Any], call: Call, *, most: int, usual: int = 50) -> list[Any]:
    """The asked page of a list.

    Raises:
        RefusedError: 413 for a limit over `most` (BigCommerce docs: status codes), 400 for zero.
    """
    limit = call.number("limit")
    page = call.number("page")
    limit = usual if limit is None else limit
    page = 1 if page is None else page
    if limit > most:
        raise RefusedError(413, f"The limit is {limit}; at most {most} are given at once.")
    if limit < 1 or page < 1:
        raise RefusedError(400, "page and limit are counted from 1.")
    return items[(page - 1) * limit : page * limit]


def some(items: list[Any]) -> Reply:
    """A V2 list: 204 without a body when it is empty."""
    return Reply(body=items) if items else Reply(204)
