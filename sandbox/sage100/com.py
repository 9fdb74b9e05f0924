"""The seam: the four names that a ProvideX client needs, answered by the simulator."""

import threading
from typing import Any

from .engine import Engine
from .errors import ComError
from .script import Script
from .values import ByRef

PROG_IDS = ("ProvideX.Script", "ProvideX.Script.1")
CLASS_NOT_REGISTERED = -2147221164
"""REGDB_E_CLASSNOTREG."""

error = ComError
"""What a COM failure raises."""


class _Thread(threading.local):
    """What each thread has made and not released."""

    def __init__(self) -> None:
        self.engines: list[Engine] = []


_thread = _Thread()


def dispatch(prog_id: str) -> Any:
    """Return a new script object that only this thread may touch.

    Raises:
        ComError: No such program.
    """
    if prog_id not in PROG_IDS:
        raise ComError(CLASS_NOT_REGISTERED, "Class not registered")
    engine = Engine()
    _thread.engines.append(engine)
    return Script(engine)


def by_ref_string() -> Any:
    """Return a reference to hand in where a text comes out; read its `.value` afterwards."""
    return ByRef(str)


def by_ref_number() -> Any:
    """Return a reference to hand in where a number comes out; read its `.value` afterwards."""
    return ByRef(float)


def release() -> None:
    """End this thread's COM use: every object that it made is gone."""
    for engine in _thread.engines:
        engine.close()
    _thread.engines.clear()
