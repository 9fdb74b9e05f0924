"""DPAPI and access lists of Windows, through pywin32.

Left out of coverage, as `com.py` is: it can't run where the tests run. It holds no decision.
"""

import importlib
from collections.abc import Sequence
from typing import Any

# Imported by name: pywin32 has no types, and it exists on Windows only.
_crypt: Any = importlib.import_module("win32crypt")
_security: Any = importlib.import_module("win32security")
_constants: Any = importlib.import_module("ntsecuritycon")
_errors: Any = importlib.import_module("pywintypes")

LOCAL_MACHINE = 0x4
"""CRYPTPROTECT_LOCAL_MACHINE: the service runs as another account than the person who sets it up.
Every account of this machine could open it, so the file's access list is what keeps it."""

UI_FORBIDDEN = 0x1
"""CRYPTPROTECT_UI_FORBIDDEN: a service has nobody to ask."""

DESCRIPTION = "Tieout agent"
ENTROPY = b"Tieout agent: the password of its Sage user"

INHERITED = 0x3
"""OBJECT_INHERIT_ACE and CONTAINER_INHERIT_ACE: what a folder allows holds for all that is in it."""


def protect(secret: bytes) -> bytes:
    """Seal bytes so that this machine alone can open them."""
    flags = LOCAL_MACHINE | UI_FORBIDDEN
    sealed: bytes = _crypt.CryptProtectData(secret, DESCRIPTION, ENTROPY, None, None, flags)
    return sealed


def unprotect(sealed: bytes) -> bytes:
    """Open what `protect` has sealed."""
    try:
        opened: bytes = _crypt.CryptUnprotectData(sealed, ENTROPY, None, None, UI_FORBIDDEN)[1]
    except _errors.error as error:
        raise OSError(str(error)) from error
    return opened


def identify(account: str) -> str:
    """Say the security identifier of an account."""
    try:
        sid = _security.LookupAccountName(None, account)[0]
    except _errors.error as error:
        raise OSError(str(error)) from error
    text: str = _security.ConvertSidToStringSid(sid)
    return text


def restrict(path: str, owner: str, identifiers: Sequence[str]) -> None:
    """Give a file, or a folder with all that is in it, to an owner, and let just these have it."""
    allowed = _security.ACL()
    for identifier in identifiers:
        sid = _security.ConvertStringSidToSid(identifier)
        allowed.AddAccessAllowedAceEx(
            _security.ACL_REVISION_DS, INHERITED, _constants.FILE_ALL_ACCESS, sid
        )
    # Protected: what the folder above allows is not inherited.
    kinds = (
        _security.OWNER_SECURITY_INFORMATION
        | _security.DACL_SECURITY_INFORMATION
        | _security.PROTECTED_DACL_SECURITY_INFORMATION
    )
    holder = _security.ConvertStringSidToSid(owner)
    _security.SetNamedSecurityInfo(
        path, _security.SE_FILE_OBJECT, kinds, holder, None, allowed, None
    )


def allowed(path: str) -> list[str]:
    """Say whose identifiers the list of a file names."""
    kind = _security.DACL_SECURITY_INFORMATION
    found = _security.GetNamedSecurityInfo(path, _security.SE_FILE_OBJECT, kind)
    entries = found.GetSecurityDescriptorDacl()
    if entries is None:  # no list at all: everybody
        return ["S-1-1-0"]
    return [
        _security.ConvertSidToStringSid(entries.GetAce(place)[-1])
        for place in range(entries.GetAceCount())
    ]


def owner(path: str) -> str:
    """Say the identifier of the account that a file or folder belongs to."""
    holder = _described(path, _security.OWNER_SECURITY_INFORMATION).GetSecurityDescriptorOwner()
    text: str = _security.ConvertSidToStringSid(holder)
    return text


def granted(path: str) -> list[tuple[str, int, int]]:
    """Say whom the list of a file lets do what: identifier, the entry's flags, access mask."""
    entries = _described(path, _security.DACL_SECURITY_INFORMATION).GetSecurityDescriptorDacl()
    if entries is None:  # no list at all: everybody may do everything
        return [("S-1-1-0", 0, _constants.FILE_ALL_ACCESS)]
    found = [entries.GetAce(place) for place in range(entries.GetAceCount())]
    return [
        (_security.ConvertSidToStringSid(entry[-1]), entry[0][1], entry[1])
        for entry in found
        if entry[0][0] != _security.ACCESS_DENIED_ACE_TYPE
    ]


def _described(path: str, kind: int) -> Any:
    try:
        return _security.GetNamedSecurityInfo(path, _security.SE_FILE_OBJECT, kind)
    except _errors.error as error:
        raise OSError(str(error)) from error
