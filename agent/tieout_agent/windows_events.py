"""The event log of Windows, through pywin32.

Left out of coverage, as `com.py` is: it can't run where the tests run. It holds no decision.
"""

import importlib
from contextlib import suppress
from typing import Any

from tieout_agent.notices import Notice

# Imported by name: pywin32 has no types, and it exists on Windows only.
_events: Any = importlib.import_module("win32evtlogutil")
_kinds: Any = importlib.import_module("win32evtlog")
_errors: Any = importlib.import_module("pywintypes")

SOURCE = "Tieout agent"

_KINDS = {"warning": _kinds.EVENTLOG_WARNING_TYPE, "error": _kinds.EVENTLOG_ERROR_TYPE}


def write(notice: Notice, text: str) -> None:
    """Write an entry; a log that can't be written has no other place to say so."""
    with suppress(_errors.error):
        _events.ReportEvent(SOURCE, notice.number, eventType=_KINDS[notice.level], strings=[text])
