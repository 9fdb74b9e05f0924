"""The ProvideX process behind one dispatched script: its thread, its health, its faults."""

import threading
import time
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from . import faults
from .clock import WorkstationClock
from .errors import E_DISCONNECTED, E_WRONG_THREAD, ComError, RefusedError, providex_error
from .store import SYSTEM, Store, database

P = ParamSpec("P")
T = TypeVar("T")


class Engine:
    """What every object of one dispatch shares.

    A COM error spoils all of them for good, as it does with the real one; only a new dispatch
    helps (Sage 100 reference: threads, speed, lifetime).
    """

    def __init__(self) -> None:
        self.clock = WorkstationClock()
        self.home: Path | None = None
        self.poisoned = False
        self.closed = False
        self.at_close: list[Callable[[], object]] = []
        self._system: Store | None = None
        self._thread = threading.get_ident()

    @property
    def system(self) -> Store:
        """The system files; `Init` must have named the folder.

        Raises:
            ComError: `Init` has not been called.
        """
        if self._system is None:
            raise providex_error(12, "File does not exist: Init has not been called")
        return self._system

    def open_home(self, home: Path) -> None:
        """Open the system files of an installation.

        Raises:
            ComError: The folder holds none.
        """
        path = database(home, SYSTEM)
        if not path.is_file():
            raise providex_error(12, f"File does not exist: {home}")
        self.home, self._system = home, Store(path)

    def enter(self) -> None:
        """Check that a call may run here and now, and let the faults happen that wait for it.

        Raises:
            ComError: Wrong thread, dropped, spoilt, or told to break.
        """
        if threading.get_ident() != self._thread:
            text = "The application called an interface that was marshalled for a different thread."
            raise ComError(E_WRONG_THREAD, text)
        if self.closed:
            text = "The object invoked has disconnected from its clients."
            raise ComError(E_DISCONNECTED, text)
        if self.poisoned:
            raise providex_error(65, "Window element does not exist or already exists")
        if self._system is not None:
            self._suffer(self._system)

    def wait(self, point: str) -> None:
        """Hang here when a fault says so; `point` is one of `faults.HANG_POINTS`."""
        hang = faults.take(self.system, "hang", on=point)
        if hang is not None:
            time.sleep(hang.seconds)

    def close(self) -> None:
        """End the process: every later call on its objects fails."""
        self.closed = True
        for give_back in self.at_close:
            give_back()
        if self._system is not None:
            self._system.close()

    def _suffer(self, system: Store) -> None:
        if not faults.active(system):
            return
        slow = faults.take(system, "slow")
        if slow is not None:
            time.sleep(slow.seconds)
        self.wait("call")
        if faults.take(system, "poison") is not None:
            self.poisoned = True
            raise providex_error(15, "Operating system command failed")


class EndFlag(int):
    """A number that may also be called, since ProvideX answers `nEOF` as property and method."""

    def __call__(self) -> int:
        """Return the number."""
        return int(self)


class ComObject(Protocol):
    """Anything that COM callers hold."""

    @property
    def engine(self) -> Engine:
        """The process that it lives in."""
        ...


class CodedObject(ComObject, Protocol):
    """A COM object whose calls give return codes and that keeps its last error."""

    def note(self, text: str) -> None:
        """Keep `text` as the last error."""
        ...


O = TypeVar("O", bound=ComObject)  # noqa: E741  paired with P and T
C = TypeVar("C", bound=CodedObject)


def com(method: Callable[Concatenate[O, P], T]) -> Callable[Concatenate[O, P], T]:
    """Make a method callable over COM: checked on entry; a COM error spoils the engine."""

    @wraps(method)
    def call(self: O, *args: P.args, **kwargs: P.kwargs) -> T:
        self.engine.enter()
        try:
            return method(self, *args, **kwargs)
        except ComError:
            self.engine.poisoned = True
            raise

    return call


def coded(method: Callable[Concatenate[C, P], int]) -> Callable[Concatenate[C, P], int]:
    """Make a COM method that gives 0 and keeps the reason when Sage 100 refuses."""

    @wraps(method)
    def call(self: C, *args: P.args, **kwargs: P.kwargs) -> int:
        try:
            return method(self, *args, **kwargs)
        except RefusedError as refusal:
            self.note(str(refusal))
            return 0

    return com(call)
