"""What every bulk read takes and answers: a page of rows behind a key, and when it was read."""

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tieout_agent.problems import ProblemError, bad_request
from tieout_agent.sage.bulk_reads import MOST_ROWS, Bulk
from tieout_agent.sage.file_keys import CODE_PAGE

USUAL_ROWS = 500

LONGEST_KEY = 60
"""Characters of Sage's longest key, that of a price code, and a little room."""

MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z$"

_CONTROL = re.compile(r"[\x00-\x1f]")

MomentText = Annotated[
    str | None,
    Query(
        pattern=MOMENT,
        description="Only rows that may have changed since then, in UTC. A hint: stamps in Sage are "
        "local times of workstations, imports don't move them, and deleted rows leave none. Rows "
        "without a stamp are always told, and those stamped up to 15 minutes before.",
        examples=["2026-11-20T12:00:00Z"],
    ),
]


def moment(text: str | None, *, name: str) -> datetime | None:
    """Read a moment in UTC.

    Raises:
        ProblemError: 400, there is no such day or time.
    """
    try:
        return None if text is None else datetime.fromisoformat(text)
    except ValueError:
        raise bad_request(f"{name} has to be a time such as 2026-01-31T12:00:00Z.") from None


def _changed_since(
    changed_since: Annotated[MomentText, Query(alias="changedSince")] = None,
) -> datetime | None:
    return moment(changed_since, name="changedSince")


ChangedSince = Annotated[datetime | None, Depends(_changed_since)]


def _after(
    after: Annotated[
        str,
        Query(
            max_length=LONGEST_KEY,
            description="`next` of the page before; empty for the first page.",
        ),
    ] = "",
) -> str:
    """Check that a key is text that Sage can hold."""
    if _CONTROL.search(after) or not _encodable(after):
        raise _bad_key()
    return after


def _encodable(text: str) -> bool:
    try:
        text.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return False
    return True


def _bad_key() -> ProblemError:
    return bad_request("after has to be `next` of the page before, unchanged.")


After = Annotated[str, Depends(_after)]
Limit = Annotated[
    int, Query(ge=1, le=MOST_ROWS, description="Most rows in this page; it may hold fewer.")
]


class BulkPage(BaseModel):
    """One page of a bulk read.

    `asOf` is the Sage server's time right before the reading began: a change after it may be
    missing. `next` is what to send as `after` for the page that follows, and null on the last one;
    a page with fewer rows than the limit, even none, is not the last one while `next` is there.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    as_of: str
    next: str | None


class RowPage(BulkPage):
    """Rows in the order of their keys, with Sage's own column names and decimals as text."""

    rows: list[dict[str, str]]


PageT = TypeVar("PageT", bound=BulkPage)


def shown(bulk: Bulk, kind: type[PageT], **more: object) -> PageT:
    """Put a page into words."""
    as_of = bulk.as_of.isoformat(timespec="microseconds")
    return kind.model_validate({"as_of": as_of, "rows": bulk.rows, "next": bulk.next, **more})


def with_example(example: dict[str, Any]) -> ConfigDict:
    """Give a page's model an example for the published description."""
    return ConfigDict(json_schema_extra={"examples": [example]})
