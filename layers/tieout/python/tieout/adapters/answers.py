"""An HTTP answer taken apart with limits: what it is, when it was given, what JSON it holds."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn, cast

import httpx

from tieout.errors import OutcomeUnknownError, RetryableError

JSON_DEPTH = 32
# No answer may send a caller to sleep for longer: whoever needs more says it again.
LONGEST_WAIT = 3600
MOST_DIGITS = 12
_HALF_PAIR = re.compile(r"[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer, its body at most as large as `http.LARGEST_BODY`.

    `writing` tells whether the request could have changed something on the other side, for then an
    answer that can't be understood leaves open whether it did.
    """

    peer: str
    writing: bool
    status: int
    headers: httpx.Headers
    body: bytes

    def unusable(self, why: str, *, retry_after: int | None = None) -> RetryableError:
        """The error for an answer that tells nothing for certain."""
        kind = OutcomeUnknownError if self.writing else RetryableError
        return kind(f"{self.peer} {why}.", retry_after=retry_after)

    def json(self) -> Any:
        """The body's JSON, numbers with a point as Decimal.

        Raises:
            RetryableError: it isn't JSON, is nested too deeply, or its type says it isn't JSON; for
                a write OutcomeUnknownError.
        """
        kind = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise self.unusable("answered with something that isn't JSON")
        try:
            document = json.loads(self.body, parse_float=Decimal, parse_constant=_refuse)
        except (ValueError, RecursionError, InvalidOperation) as error:  # the last one: 1e9999999…
            raise self.unusable("answered with broken JSON") from error
        if _is_deeper(document, than=JSON_DEPTH):
            raise self.unusable("answered with JSON that is nested too deeply")
        return document

    def json_object(self) -> dict[str, Any]:
        """The body's JSON object; raises as `json` does."""
        document = self.json()
        if not isinstance(document, dict):
            raise self.unusable("answered with JSON that is no object")
        return cast("dict[str, Any]", document)

    def json_objects(self) -> list[dict[str, Any]]:
        """The body's JSON list of objects; raises as `json` does."""
        document = self.json()
        if not isinstance(document, list):
            raise self.unusable("answered with JSON that is no list")
        rows = cast("list[Any]", document)
        if not all(isinstance(row, dict) for row in rows):
            raise self.unusable("answered with a list of something else than objects")
        return cast("list[dict[str, Any]]", rows)

    def date(self) -> datetime:
        """When the other side answered, by its own clock; raises as `unusable` when it says not."""
        try:
            return utc_from_rfc_2822(self.headers.get("date", ""))
        except ValueError as error:
            raise self.unusable("gave no date with its answer") from error

    def whole_number(self, header: str) -> int | None:
        """A header's non-negative whole number; None when it is absent or something else."""
        text = self.headers.get(header, "").strip()
        plain = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
        return int(text) if plain else None

    def wait(self, header: str = "Retry-After") -> int | None:
        """The seconds that a header asks us to wait, an hour at most; None when it names none."""
        seconds = self.whole_number(header)
        return None if seconds is None else min(seconds, LONGEST_WAIT)


def is_unicode(text: str) -> bool:
    """Whether a text can be stored; JSON can hold half a surrogate pair, which no encoding takes."""
    return not _HALF_PAIR.search(text)


def utc_from_rfc_2822(text: str) -> datetime:
    """`Tue, 05 Mar 2019 21:40:11 +0000` as an aware UTC time; raises ValueError."""
    try:
        moment = parsedate_to_datetime(text)
        # «-0000» means UTC of unknown origin, which Python reads as a time without zone.
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        raise ValueError("not a date") from error


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _is_deeper(document: Any, *, than: int) -> bool:
    level = [document]
    for _ in range(than + 1):
        level = [child for node in level for child in _children(node)]
        if not level:
            return False
    return True


def _children(node: Any) -> list[Any]:
    if isinstance(node, dict):
        values = cast("dict[str, Any]", node).values()
    elif isinstance(node, list):
        values = cast("list[Any]", node)
    else:
        return []
    return [value for value in values if isinstance(value, (dict, list))]
