"""Structured log lines: one JSON object per event, ids only, never a name, address or e-mail."""

import importlib
import json
import logging
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Protocol, cast

from tieout_agent.notices import NOTICES, Notice, tell

LONGEST_VALUE = 256
"""Characters of one logged value; a longer one is cut, so that no payload ends up in a log."""

FILE_BYTES = 10 * 1024 * 1024
"""A log file's size, some 50,000 calls; a person can still open it."""

FILES_KEPT = 10
"""The present file and those before it: weeks of a busy shop, and never more than 100 MB."""

EVENT_LOG = "tieout_agent.windows_events"
"""The module that writes to the event log of Windows."""


class EventLog(Protocol):
    """Where a person looks who does not read log files."""

    def write(self, notice: Notice, text: str) -> None:
        """Write an entry; never raises."""
        ...


class _LogFile(RotatingFileHandler):
    """A log file that gives up on a line it can't write: a full disk must not stop the service."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        """Pass over the failure; the console has the line."""


_files: list[_LogFile] = []
_event_logs: list[EventLog] = []


def log_event(event: str, *, at: datetime, **fields: str | int | None) -> None:
    """Write one event as a single line of JSON to standard error and to the log file.

    An event that has a notice goes to the event log of Windows as well, in plain sentences.

    Args:
        event: What happened, in `snake_case`.
        at: When it happened.
        fields: Ids, counts and codes. JSON escapes line breaks, so a value can't forge a line.
    """
    line: dict[str, str | int | None] = {
        "time": at.astimezone(UTC).isoformat(timespec="milliseconds"),
        "event": event,
    }
    cut = {name: _cut(value) for name, value in fields.items()}
    line.update(cut)
    notice = NOTICES.get(event)
    if notice is not None:
        text = tell(notice, cut)
        line.update(level=notice.level, message=text)
        for log in _event_logs:
            log.write(notice, text)
    _write(json.dumps(line))


def say(line: str) -> None:
    """Print a line for a person at the console, where there is one: a service has none."""
    if sys.stdout is not None:  # pyright: ignore[reportUnnecessaryComparison] - it is None there
        with suppress(OSError, ValueError):
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


@contextmanager
def logging_to(folder: Path, name: str, *, event_log: EventLog | None = None) -> Generator[None]:
    """Write events to a log file too while the block runs, and to the event log where there is one.

    Args:
        folder: Is made when it is missing.
        name: The file's name; full, it gets the ending `.1`, and so on up to `.9`.
        event_log: Stands for that of Windows.

    Raises:
        OSError: The folder or the file can't be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file = _LogFile(
        folder / name, maxBytes=FILE_BYTES, backupCount=FILES_KEPT - 1, encoding="utf-8"
    )
    kept = event_log or _windows_event_log()
    _files.append(file)
    _event_logs.extend([] if kept is None else [kept])
    try:
        yield
    finally:
        _files.remove(file)
        with suppress(OSError):  # closing writes what is left, which a full disk does not take
            file.close()
        if kept is not None:
            _event_logs.remove(kept)


def _windows_event_log() -> EventLog | None:
    try:
        return cast("EventLog", importlib.import_module(EVENT_LOG))
    except ImportError:  # pywin32 is there on Windows only
        return None


def _write(line: str) -> None:
    if sys.stderr is not None:  # pyright: ignore[reportUnnecessaryComparison] - so in a service
        with suppress(OSError, ValueError):
            sys.stderr.write(line + "\n")
            sys.stderr.flush()
    for file in _files:
        file.handle(logging.makeLogRecord({"msg": line}))


def _cut(value: str | int | None) -> str | int | None:
    return value[:LONGEST_VALUE] if isinstance(value, str) else value
