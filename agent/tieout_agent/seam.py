"""The seam between the agent and ProvideX: what a COM module must offer, and how it is loaded."""

import importlib
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
