"""Refuses files that somebody else may have put where the agent looks for its own, or may change there."""

import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

from tieout_agent.errors import SettingsError
from tieout_agent.protection import ADMINISTRATORS, SYSTEM, Windows

if sys.platform != "win32":
    import grp
    import pwd

WRITES = 0x2 | 0x4 | 0x40 | 0x10000 | 0x40000 | 0x80000 | 0x10000000 | 0x40000000
"""What lets somebody change a file, or what is in a folder: FILE_WRITE_DATA, FILE_APPEND_DATA,
FILE_DELETE_CHILD, DELETE, WRITE_DAC, WRITE_OWNER, GENERIC_ALL and GENERIC_WRITE of Windows."""

INHERIT_ONLY = 0x8
"""INHERIT_ONLY_ACE: the entry is for what will be made in the folder, not for the folder."""

ACCOUNTS = ("S-1-5-21-", "S-1-5-80-", "S-1-5-19", "S-1-5-20")
"""How identifiers of accounts begin: of persons, and of services."""

CROWDS = ("-513", "-514", "-515")
"""How those of a domain's users, guests and computers end, which are groups of everybody."""

OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


class Trust:
    """Says whose files the agent believes: on Windows those of the system and of administrators.

    Elsewhere they are its own account's and root's, and nobody else may write them, as ssh has it; a
    group that holds its own account alone is nobody else.

    Args:
        windows: The way to Windows; None elsewhere.
    """

    def __init__(self, windows: Windows | None) -> None:
        self._windows = windows

    def check(self, paths: Iterable[Path], *, account: str | None = None) -> None:
        """Pass, if nobody but those may have made or may change any of these, as far as they exist.

        Args:
            paths: Files and folders.
            account: The service's account, which may have them too; None leaves out who may write
                them, as long as the account is not known.

        Raises:
            SettingsError: Somebody else has a hand in one of them.
        """
        for path in paths:
            if not os.path.lexists(path):
                continue
            why = self._flaw_on_windows(path, account) if self._windows else _flaw(path)
            if why:
                raise _refused(path, why)

    def _flaw_on_windows(self, path: Path, account: str | None) -> str:
        assert self._windows is not None  # noqa: S101 - told to the type checker
        if _leads_elsewhere(path):
            return "leads to another place"
        ours = {SYSTEM, ADMINISTRATORS, *self._accounts(account)}
        if self._windows.owner(str(path)) not in ours:
            return "belongs neither to the system nor to the administrators"
        if account is None:
            return ""
        granted = self._windows.granted(str(path))
        writers = {
            who for who, flags, mask in granted if mask & WRITES and not flags & INHERIT_ONLY
        }
        return "may be changed by others than administrators" if writers - ours else ""

    def _accounts(self, account: str | None) -> list[str]:
        """The identifier of the service's account; none for a group, which would let others in."""
        try:
            found = self._windows.identify(account) if self._windows and account else ""
        except OSError:
            return []
        single = found.startswith(ACCOUNTS) and not found.endswith(CROWDS)
        return [found] if single else []


def _leads_elsewhere(path: Path) -> bool:
    """Say whether it is a link or a junction: whoever made it may turn it round at any time."""
    attributes: int = getattr(path.lstat(), "st_file_attributes", 0)
    return path.is_symlink() or bool(attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT)


def _flaw(path: Path) -> str:
    if sys.platform == "win32":  # a settings file can't talk Windows out of its access lists
        return ""
    try:
        found = path.stat()
    except OSError:
        return ""  # it can't be read either, and whoever reads it says so
    if found.st_uid not in (0, os.geteuid()):
        return "belongs to another user"
    others = stat.S_IWOTH if is_private(found.st_gid) else OTHERS_WRITE
    return "may be changed by other users" if found.st_mode & others else ""


def is_private(group: int) -> bool:
    """Say whether a group has nobody in it but ourselves, as most Linux systems give to each user."""
    if sys.platform == "win32" or group != os.getegid():
        return False
    try:
        me, mine = pwd.getpwuid(os.geteuid()).pw_name, grp.getgrgid(group)
    except KeyError:
        return False
    return mine.gr_name == me and set(mine.gr_mem) <= {me}


def _refused(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"{path} {why}, so what is there may not be yours, and the agent reads nothing of it. If you "
        "didn't put it there, move it away and run `tieout-agent setup`: it makes what is missing. If "
        "you did, take it over and let nobody else write it, then repeat the command."
    )
