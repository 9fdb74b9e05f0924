"""Words of the published description: headers that calls take and answers carry, and examples."""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Final

from pydantic import WithJsonSchema

from tieout_agent.sage.column_checks import LONGEST_UDF
from tieout_agent.sage.columns import UDF, Column, Table

Schema = dict[str, Any]

MOST_REVISIONS = 999_999_999
"""Highest revision: nine digits, what the user-defined column holds."""

STAMP: Final = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"

MOMENT: Final = "2026-11-20T12:00:20Z"

TAKEN: Final[Mapping[str, Schema]] = {
    "If-None-Match": {
        "description": "`*`: create, and never over anything that is there. Every create needs it.",
        "schema": {"type": "string", "const": "*"},
        "example": "*",
    },
    "If-Match": {
        "description": "The `stamp` of what the caller saw, in quotes. Every change needs it, and "
        "is refused once anybody has changed the document.",
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
        "example": f'"{STAMP}"',
    },
    "X-Not-After": {
        "description": "Until when this may be stored, by the agent's own `Date`, at most ten "
        "minutes ahead. Checked once more right before Sage is told to store.",
        "schema": {"type": "string", "format": "date-time"},
        "example": MOMENT,
    },
    "X-Rev": {
        "description": "The caller's own count of the document's revisions. A change has to be "
        "higher than the one that is stored; the same request with the same revision is carried "
        "out once.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MOST_REVISIONS},
        "example": 1,
    },
}
"""Request headers by name, as parameters of the description."""

CARRIED: Final[Mapping[str, Schema]] = {
    "Date": {
        "description": "The time of the Sage server's clock, by which deadlines are checked.",
        "required": True,
        "schema": {"type": "string"},
        "example": "Fri, 20 Nov 2026 12:00:00 GMT",
    },
    "X-Tieout-Agent": {
        "description": "The agent's version; an answer without it is not the agent's.",
        "required": True,
        "schema": {"type": "string"},
        "example": "0.1.0",
    },
    "Cache-Control": {
        "description": "No answer is to be kept.",
        "required": True,
        "schema": {"type": "string", "const": "no-store"},
        "example": "no-store",
    },
    "Retry-After": {
        "description": "Seconds to wait before the same request is worth repeating.",
        "required": True,
        "schema": {"type": "integer", "minimum": 1},
        "example": 15,
    },
    "X-Tieout-Guarantees": {
        "description": "What holds for this company, blank-separated: `createOnly`, `deadline`, "
        "`barrier`, `history`, `invoiceHistory`, `replace`.",
        "schema": {"type": "string"},
        "example": "createOnly deadline barrier history invoiceHistory replace",
    },
    "X-Tieout-Stored-Rev": {
        "description": "The highest revision that this agent ever stored under the number.",
        "schema": {"type": "integer", "minimum": 0, "maximum": MOST_REVISIONS},
        "example": 1,
    },
    "X-Tieout-Journal": {
        "description": "`repeat`: nothing was written, since this very request was carried out "
        "before. What the answer shows is what Sage holds now.",
        "schema": {"type": "string", "const": "repeat"},
        "example": "repeat",
    },
}
"""Headers of answers by name."""

JOURNAL: Final = "X-Tieout-Journal"

TO_CREATE: Final = ("If-None-Match", "X-Not-After")
TO_CHANGE: Final = ("If-Match", "X-Not-After", "X-Rev")

ALWAYS_CARRIED = ("Date", "X-Tieout-Agent", "Cache-Control")


def taking(*names: str, optional: Iterable[str] = ()) -> Schema:
    """Describe the headers that a call takes, for its route."""
    needed = [_reference("parameters", name) for name in names]
    # A reference can't make a header optional, so one that may be left out is written in full.
    free = [{"name": name, "in": "header", **TAKEN[name]} for name in optional]
    return {"parameters": needed + free}


def carrying(**names: str) -> dict[int | str, Schema]:
    """Describe headers that answers carry beside the usual ones: `_404="X-Tieout-Stored-Rev"`.

    Several are parted by blanks.
    """
    return {int(status.lstrip("_")): carried(said) for status, said in names.items()}


def carried(said: str) -> Schema:
    """Describe the headers of one answer."""
    return {"headers": {name: _reference("headers", name) for name in said.split()}}


def _reference(kind: str, name: str) -> Schema:
    return {"$ref": f"#/components/{kind}/{name}"}


def columns_schema(table: Table, *, required: Iterable[str] = ()) -> Schema:
    """Describe a record that callers write: its columns, their lengths, and user-defined ones."""
    names = {name: _column(column) for name, column in table.items() if column.writable}
    for name in required:
        names[name]["minLength"] = 1
    schema: Schema = {
        "type": "object",
        "properties": names,
        "patternProperties": {f"^{UDF.pattern}$": {"type": "string", "maxLength": LONGEST_UDF}},
        "additionalProperties": False,
    }
    return schema | ({"required": list(required)} if required else {})


def _column(column: Column) -> Schema:
    if column.is_text:
        return {"type": "string", "maxLength": column.length}
    return {"type": "string", "pattern": rf"^-?[0-9]{{1,12}}(\.[0-9]{{1,{column.decimals}}})?$"}


_RECORD: Final[Schema] = {"type": "object", "additionalProperties": {"type": "string"}}
_SALES_ORDER: Final[Schema] = {
    "type": "object",
    "properties": {"Lines": {"type": "array", "items": _RECORD}},
    "required": ["Lines"],
    "additionalProperties": {"type": "string"},
}
SalesOrder = Annotated[dict[str, Any], WithJsonSchema(_SALES_ORDER)]
"""A sales order as Sage holds it: the header's columns, and its lines under `Lines`."""
