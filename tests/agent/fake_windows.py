"""What Windows does for secrets and files, as far as the agent asks it: the second implementation."""

from collections.abc import Sequence

KEY = 0x5A
ADMINISTRATORS = "S-1-5-32-544"
ACCOUNTS = {"SUMMIT\\tieout": "S-1-5-21-1-2-3-1105"}
EVERYBODY = "S-1-1-0"
lists: dict[str, list[str]] = {}
owners: dict[str, str] = {}
grants: dict[str, list[tuple[str, int, int]]] = {}


def protect(secret: bytes) -> bytes:
    return b"sealed" + bytes(byte ^ KEY for byte in secret)


def unprotect(sealed: bytes) -> bytes:
    if not sealed.startswith(b"sealed"):
        raise OSError("Key not valid for use in specified state.")
    return bytes(byte ^ KEY for byte in sealed.removeprefix(b"sealed"))


def identify(account: str) -> str:
    try:
        return ACCOUNTS[account]
    except KeyError:
        raise OSError("No mapping between account names and security IDs was done.") from None


def restrict(path: str, owner: str, identifiers: Sequence[str]) -> None:
    owners[path] = owner
    lists[path] = list(identifiers)


def allowed(path: str) -> list[str]:
    return lists.get(path, [EVERYBODY])


def owner(path: str) -> str:
    return owners.get(path, ADMINISTRATORS)


def granted(path: str) -> list[tuple[str, int, int]]:
    return grants.get(path, [])
