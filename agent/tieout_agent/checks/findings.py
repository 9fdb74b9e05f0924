"""What a check has found: how it is, in plain words, and the one thing to do about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HERE = "server"
"""What a finding is about that belongs to no company."""


class State(StrEnum):
    """How something is.

    OK: as it has to be.
    WARNING: the agent works, though not as well as it could.
    UNKNOWN: it can't be told from here; a person can look.
    WRONG: it has to be mended before web orders come.
    """

    OK = "ok"
    WARNING = "warning"
    UNKNOWN = "unknown"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: A company's code, or `HERE`.
        what: What was looked at, in a few words.
        state: How it is.
        says: What was found.
        todo: What to do about it; nothing where there is nothing to do.
    """

    about: str
    what: str
    state: State
    says: str
    todo: str = ""


def good(about: str, what: str, says: str) -> Finding:
    """Find something as it has to be."""
    return Finding(about, what, State.OK, says)


def to_mend(findings: Iterable[Finding]) -> bool:
    """Say whether anything has to be mended before web orders come."""
    return any(finding.state is State.WRONG for finding in findings)
