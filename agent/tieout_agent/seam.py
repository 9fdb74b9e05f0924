"""The seam between the agent and ProvideX: what a COM module must offer, and how it is loaded."""

import importlib
from dataclasses import dataclass
from typing import Any, Protocol, cast

from tieout_agent.settings import SettingsError


class ComModule(Protocol):
    """A way to ProvideX: the real one (pywin32) or a simulated one.

    Every call happens on one thread, and objects never leave the thread that made them.
    """

    @property
    def error(self) -> type[Exception]:
        """What a failing COM call raises."""
        ...

    def dispatch(self, prog_id: str) -> Any:
        """Create a COM object by its program id, after joining this thread to COM."""
        ...

    def by_ref_string(self) -> Any:
        """Make an out-parameter for text; after the call its `value` holds the text."""
        ...

    def by_ref_number(self) -> Any:
        """Make an out-parameter for a number; after the call its `value` holds a double."""
        ...

    def release(self) -> None:
        """End this thread's use of COM."""
        ...


@dataclass(frozen=True, slots=True)
class Server:
    """A process that ProvideX works in, such as `pvxcom.exe`.

    Attributes:
        pid: Its number, which Windows gives out again.
        started: When it was started, as text; the two together mean one process for ever.
    """

    pid: int
    started: str


class Outside(Protocol):
    """What a COM module offers besides, if ProvideX works in processes of its own.

    Without these names it works inside the agent's process, and is dead when that is.
    """

    def servers(self) -> frozenset[Server]:
        """Say which such processes run now, whoever they work for, as far as we may see them."""
        ...

    def is_alive(self, server: Server) -> bool:
        """Say whether one runs, or may run: True where it can't be told."""
        ...

    def end_server(self, server: Server) -> None:
        """End one at once, if we may; never raises."""
        ...


def outside_of(com: ComModule) -> Outside | None:
    """Say how to see the processes that a COM module works in; None when it needs none."""
    return cast("Outside", com) if hasattr(com, "end_server") else None


def load_com(name: str) -> ComModule:
    """Import the COM module that the settings name.

    Raises:
        SettingsError: There is no such module on this machine, or it needs one that is missing.
    """
    try:
        return cast("ComModule", importlib.import_module(name))
    except ImportError as error:
        raise SettingsError(
            f"The COM module {name} can't be loaded ({error}). The real one needs Windows with "
            "pywin32; correct `com` in the settings file."
        ) from error
