"""What the service says when it refuses: codes and texts of its faults."""

import re

CODES_SEEN = ("CI_NOF", "CI_NoKey", "CI_CharLength", "WS_AlreadyExists")
"""The codes that the Sage 100 reference names. All others here are made up: no client may depend
on them, only on the text, on these four, or on not knowing the code."""

_BY_TEXT = (
    (r"already exists", "WS_AlreadyExists"),
    (r"character\(s\)", "CI_CharLength"),
    (r"is not on file|does not exist", "CI_NOF"),
    (r"is read only", "CI_ReadOnly"),
    (r"failed validation on|Variable type invalid", "CI_Validation"),
    (r"is required", "CI_Required"),
    (r"maximum number of users", "WS_NoLicense"),
    (r"exclusively|locked by another user", "WS_Locked"),
)
UNKNOWN = "WS_Refused"
_COLUMN = re.compile(r"\w+_Bus column ")


class MasFaultError(Exception):
    """The service refuses, with a fault that has the detail `MasFault`.

    Args:
        code: Such as `CI_NOF`.
        message: Names the business object's column where there is one.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class UnexpectedError(Exception):
    """Something broke inside; a client learns only that «An exception occurred.»."""


def refusal(text: str) -> MasFaultError:
    """Return the fault for the last error of a business object or session."""
    fitting = (code for pattern, code in _BY_TEXT if re.search(pattern, text))
    told = f"Could not set {text}" if _COLUMN.match(text) else text
    return MasFaultError(next(fitting, UNKNOWN), told)


def absent(what: str) -> MasFaultError:
    """Return the fault for a document that is not there."""
    return MasFaultError("CI_NoKey", f"{what} does not exist.")


def taken(what: str) -> MasFaultError:
    """Return the fault for a key that is in use."""
    return MasFaultError("WS_AlreadyExists", f"{what} already exists.")
