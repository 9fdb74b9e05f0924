"""Structured log lines: one JSON object per event, ids only, never a name, address or e-mail."""

import json
import sys
from datetime import UTC, datetime

LONGEST_VALUE = 256
"""Characters of one logged value; a longer one is cut, so that no payload ends up in a log."""


def log_event(event: str, *, at: datetime, **fields: str | int | None) -> None:
    """Write one event as a single line of JSON to standard error.

    Args:
        event: What happened, in `snake_case`.
        at: When it happened.
        fields: Ids, counts and codes. JSON escapes line breaks, so a value can't forge a line.
    """
    line: dict[str, str | int | None] = {
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "event": event,
    }
    line.update({name: _cut(value) for name, value in fields.items()})
    sys.stderr.write(json.dumps(line) + "\n")
    sys.stderr.flush()


def _cut(value: str | int | None) -> str | int | None:
    return value[:LONGEST_VALUE] if isinstance(value, str) else value
