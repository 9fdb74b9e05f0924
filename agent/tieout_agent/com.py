"""The real way to ProvideX: COM through pywin32, on Windows only.

Left out of coverage, as all modules are that import pywin32: it can't run where the tests run. It
holds no decision, so what it does is checked on the customer's server.
"""

import importlib
from typing import Any

from tieout_agent.windows_processes import end_server, is_alive, servers

__all__ = [
    "by_ref_number",
    "by_ref_string",
    "dispatch",
    "end_server",
    "error",
    "is_alive",
    "release",
    "servers",
]

# Imported by name: pywin32 has no types, and it exists on Windows only.
_pythoncom: Any = importlib.import_module("pythoncom")
_client: Any = importlib.import_module("win32com.client")
_dynamic: Any = importlib.import_module("win32com.client.dynamic")

PROPERTIES = frozenset({"sLastErrorMsg", "sCompanyCode", "sCompanyList", "oLines", "nEOF"})
"""What is read; everything else is called. ProvideX describes neither, so late binding would first
try to read each name, and reading `nWrite` may well write."""

error: type[Exception] = _pythoncom.com_error


class LateBound:
    """A ProvideX object whose methods are always called and never read."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        """Read a property, or hand out a method."""
        if name in PROPERTIES:
            return _wrapped(getattr(self._raw, name))
        self._raw._FlagAsMethod(name)  # noqa: SLF001 - pywin32's own way to say "this is a method"
        method = getattr(self._raw, name)

        def call(*arguments: object) -> Any:
            return _wrapped(method(*[_unwrapped(argument) for argument in arguments]))

        return call


def dispatch(prog_id: str) -> Any:
    """Join this thread to COM as a single-threaded apartment and create the object, late bound."""
    _pythoncom.CoInitializeEx(_pythoncom.COINIT_APARTMENTTHREADED)
    return LateBound(_dynamic.Dispatch(prog_id))


def by_ref_string() -> Any:
    """Make a by-reference text variant."""
    return _client.VARIANT(_pythoncom.VT_BYREF | _pythoncom.VT_BSTR, "")


def by_ref_number() -> Any:
    """Make a by-reference double variant."""
    return _client.VARIANT(_pythoncom.VT_BYREF | _pythoncom.VT_R8, 0.0)


def release() -> None:
    """Leave COM on this thread."""
    _pythoncom.CoUninitialize()


def _wrapped(value: Any) -> Any:
    return LateBound(value) if isinstance(value, _dynamic.CDispatch) else value


def _unwrapped(value: Any) -> Any:
    return vars(value)["_raw"] if isinstance(value, LateBound) else value
