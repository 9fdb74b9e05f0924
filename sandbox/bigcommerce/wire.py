"""A request and an answer of the simulated API, away from any web framework."""

import json
import math
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sandbox.bigcommerce.model import Account, Json

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop


# BigCommerce docs: status codes; what V3 refusals name as their type.
STATUS_CODES = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


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
    media_type: str = "application/json"

    def content(self) -> bytes:
        """The body's bytes; none at all for None."""
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Call:
    """One request; `path` follows the store hash, `moment` is how fresh the answer may be.

    `began` is the count of stock bookings when it came in; see `inventory.model`.
    """

    method: str
    path: str
    query: Mapping[str, str]
    body: bytes
    account: Account
    numbers: Mapping[str, int] = field(default_factory=dict[str, int])
    moment: float = math.inf
    began: int = sys.maxsize

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

    def exact(self) -> object:
        """The body as JSON whose numbers with a point are decimals; None for an empty body.

        Raises:
            RefusedError: 400, it is none.
        """
        try:
            return json.loads(self.body, parse_float=Decimal, parse_constant=_no_number)
        except ValueError as wrong:
            raise RefusedError(400, f"The body is not JSON: {wrong}.") from wrong

    def batch(self, *, most: int) -> list[Json]:
        """The body as a list of JSON objects, numbers as `exact` reads them.

        Raises:
            RefusedError: 413 for more than `most` (BigCommerce docs: batch endpoints), 422 for
                anything but a list of at least one object.
        """
        return objects_in(self.exact(), most=most)

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

    def numbers_in(self, name: str) -> set[int] | None:
        """The whole numbers of a comma list in the query string; None without the parameter.

        Raises:
            RefusedError: 422, one is no number.
        """
        if name not in self.query:
            return None
        parts = self.query[name].split(",")
        if not all(re.fullmatch(r"[0-9]{1,18}", part) for part in parts):
            raise RefusedError(422, f"{name} must be whole numbers, separated by commas")
        return {int(part) for part in parts}

    def words_in(self, name: str) -> set[str] | None:
        """The texts of a comma list in the query string, upper and lower case made one."""
        return set(self.query[name].casefold().split(",")) if name in self.query else None

    def flag(self, name: str) -> bool | None:
        """A true or false from the query string; None without the parameter.

        Raises:
            RefusedError: 422, it is neither.
        """
        value = self.query.get(name)
        if value not in {None, "true", "false", "1", "0"}:
            raise RefusedError(422, f"{name} must be true or false")
        return None if value is None else value in {"true", "1"}


def too_many(most: int) -> str:
    """The title of a 413 (BigCommerce docs: catalog batches)."""
    return f"The request payload is too large. The maximum items allowed in the array is {most}"


def objects_in(found: object, *, most: int, name: str = "body") -> list[Json]:
    """A client's list of at least one and at most so many objects; `name` says what is no list.

    Raises:
        RefusedError: 413, there are too many; 422, it is anything else.
    """
    if not isinstance(found, list) or not found:
        errors = {name: "error.expected.jsarray"}
        raise RefusedError(422, "JSON data is missing or invalid", errors=errors)
    items: list[object] = found  # pyright: ignore[reportUnknownVariableType] - from a client's JSON
    if len(items) > most:
        raise RefusedError(413, too_many(most))
    return [as_object(item) for item in items]


def as_object(item: object) -> Json:
    """One member of a client's list, which must be an object.

    Raises:
        RefusedError: 422, it is none.
    """
    if not isinstance(item, dict):
        raise RefusedError(422, "Every item must be a JSON object.")
    return item  # pyright: ignore[reportUnknownVariableType] - json has no types to give


def _no_number(name: str) -> object:
    raise ValueError(f"{name} is not a number in JSON")


Handler = Callable[["Shop", Call], Reply]


@dataclass(frozen=True)
class Resource:
    """One line of the API's table.

    Attributes:
        pattern: The path, where `{id}` stands for a number and `<code>` for three letters.
        scope: What the token needs.
        at_once: How many requests the store may have under way here; None for any number.
    """

    method: str
    pattern: str
    handler: Handler
    query: frozenset[str] = frozenset()
    scope: str | None = None
    at_once: int | None = None

    def match(self, path: str) -> dict[str, int] | None:
        """The numbers in the path, or None when it is another resource's path."""
        found = _regex(self.pattern).fullmatch(path)
        return None if found is None else {k: int(v) for k, v in found.groupdict().items()}


@lru_cache(maxsize=256)
def _regex(pattern: str) -> re.Pattern[str]:
    numbers = re.sub(r"\{(\w+)\}", r"(?P<\1>[0-9]{1,18})", pattern)
    return re.compile(re.sub(r"<code>", "[A-Za-z]{3}", numbers))


def resource(
    method: str,
    pattern: str,
    handler: Handler,
    *,
    query: str = "",
    scope: str | None = None,
    at_once: int | None = None,
) -> Resource:
    """A table line; `query` is the list of known parameters, separated by blanks."""
    return Resource(method, pattern, handler, frozenset(query.split()), scope, at_once)


def page_of(
    items: list[Any], call: Call, *, most: int, usual: int = 50, limit: int | None = None
) -> list[Any]:
    """The asked page of a list; `limit` overrules the one in the query.

    Raises:
        RefusedError: 413 for a limit over `most` (BigCommerce docs: status codes), 400 for zero.
    """
    limit = call.number("limit") if limit is None else limit
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
