"""Secrets at rest: sealed by Windows where there is Windows, kept by the file's mode elsewhere."""

import base64
import binascii
import importlib
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from tieout_agent.errors import SettingsError

ON_WINDOWS = "tieout_agent.windows_protection"
DEFAULT = ON_WINDOWS if sys.platform == "win32" else ""
"""The module that seals secrets and files; none where file modes do it."""

SEALED = "protected"
SCHEME = "dpapi:"
"""How a sealed value looks in the settings file: `{"protected": "dpapi:<base64>"}`."""

SYSTEM = "S-1-5-18"
ADMINISTRATORS = "S-1-5-32-544"
"""Who may read our files beside the service's account: the system itself and administrators."""

OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Windows(Protocol):
    """What Windows does for secrets and files."""

    def protect(self, secret: bytes) -> bytes:
        """Seal bytes so that this machine alone can open them."""
        ...

    def unprotect(self, sealed: bytes) -> bytes:
        """Open what `protect` has sealed.

        Raises:
            OSError: It was sealed on another machine, or is damaged.
        """
        ...

    def identify(self, account: str) -> str:
        """Say the security identifier of an account.

        Raises:
            OSError: There is no such account.
        """
        ...

    def restrict(self, path: str, owner: str, identifiers: Sequence[str]) -> None:
        """Give a file, or a folder with all that is in it, to an owner, and let just these have it.

        Whoever owns it could let himself in again.
        """
        ...

    def allowed(self, path: str) -> list[str]:
        """Say whose identifiers the list of a file names as allowed."""
        ...

    def owner(self, path: str) -> str:
        """Say the identifier of the account that a file or folder belongs to.

        Raises:
            OSError: The right to see it is missing.
        """
        ...

    def granted(self, path: str) -> list[tuple[str, int, int]]:
        """Say whom the list of a file lets do what: identifier, the entry's flags, access mask.

        Raises:
            OSError: The right to see it is missing.
        """
        ...


class Protection:
    """Seals secrets and closes files off to everybody who has no business with them.

    Args:
        windows: The way to Windows; None where file modes do it all.
        account: The Windows account that the service runs as; empty for the system's own.
    """

    def __init__(self, windows: Windows | None, account: str = "") -> None:
        self._windows = windows
        self._account = account

    @property
    def windows(self) -> Windows | None:
        """The way to Windows; None where file modes do it all."""
        return self._windows

    @property
    def seals(self) -> bool:
        """Whether secrets are sealed, and not just kept by the file's mode."""
        return self._windows is not None

    def seal(self, secret: str) -> str | dict[str, str]:
        """Say what of a secret goes into the settings file."""
        if self._windows is None:
            return secret
        sealed = base64.b64encode(self._windows.protect(secret.encode()))
        return {SEALED: SCHEME + sealed.decode("ascii")}

    def open(self, kept: object) -> object:
        """Say the secret that the settings file keeps; one that a person typed is as it is.

        Raises:
            SettingsError: It is sealed, but not for this machine or not whole.
        """
        if not isinstance(kept, dict):
            return kept
        sealed = str(cast("dict[str, Any]", kept).get(SEALED))
        if self._windows is None:
            raise _unopened()
        try:
            raw = base64.b64decode(sealed.removeprefix(SCHEME), validate=True)
            return self._windows.unprotect(raw).decode()
        except (OSError, binascii.Error, UnicodeDecodeError) as error:
            raise _unopened() from error

    def close_off(self, path: Path) -> None:
        """Let just the service, the system and administrators have a file or a folder.

        Raises:
            SettingsError: Windows knows no such account.
            OSError: The right to do so is missing.
        """
        if self._windows is None:
            path.chmod(stat.S_IRWXU if path.is_dir() else stat.S_IRUSR | stat.S_IWUSR)
        else:
            self._windows.restrict(str(path), ADMINISTRATORS, self._ours())

    def is_closed_off(self, path: Path) -> bool:
        """Say whether nobody else may have a file."""
        if self._windows is None:
            return not path.stat().st_mode & OTHERS
        return set(self._windows.allowed(str(path))) <= set(self._ours())

    def _ours(self) -> list[str]:
        if self._windows is None or not self._account:
            return [SYSTEM, ADMINISTRATORS]
        try:
            return [SYSTEM, ADMINISTRATORS, self._windows.identify(self._account)]
        except OSError as error:
            raise SettingsError(
                f"Windows knows no account {self._account}. Correct `service_account`."
            ) from error


def load_protection(name: str, account: str = "") -> Protection:
    """Import the module that the settings name; none for file modes.

    Raises:
        SettingsError: There is no such module on this machine, or it needs one that is missing.
    """
    if not name:
        return Protection(None)
    try:
        return Protection(cast("Windows", importlib.import_module(name)), account)
    except ImportError as error:
        raise SettingsError(
            f"The module {name} that protects secrets can't be loaded ({error}). It needs Windows "
            'with pywin32; elsewhere set `"protection": ""` in the settings file.'
        ) from error


def _unopened() -> SettingsError:
    return SettingsError(
        "The Sage user's password in the settings file was protected on another machine, or is "
        "damaged. Run `tieout-agent setup` again and type it."
    )
