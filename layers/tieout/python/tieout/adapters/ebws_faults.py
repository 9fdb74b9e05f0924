"""What a fault of eBusiness Web Services means: told by its code where that says enough, else by its text."""

import re
from collections.abc import Iterable, Mapping
from enum import Enum

from tieout.adapters.answers import Answer
from tieout.adapters.ebws_xml import Fault
from tieout.adapters.sage_refusals import LONGEST_REASON, refusal
from tieout.errors import NotSentError, RetryableError, SetupError


class Meaning(Enum):
    """What a fault comes to. After all but UNKNOWN nothing was stored: each call is atomic."""

    EXISTS = "the key is taken"
    NO_KEY = "a record with this key does not exist"
    REFUSED = "the document is not taken"
    LOGON = "user name or password are wrong"
    ACCESS = "the user may not do this, or the service is off"
    BUSY = "no licence is free, or somebody has locked it"
    MISUNDERSTOOD = "the request was not even read"
    UNKNOWN = "anything may have happened"


# The message names the business object's column (Sage 100 reference: faults).
_COLUMN = re.compile(r"\w+_bus column (\w+)", re.IGNORECASE)
# A key that isn't there, told of a customer: which column of an order that is about.
_CUSTOMER = re.compile(r"customer", re.IGNORECASE)
_OURS = ("CI_", "WS_")
# A value isn't on file, or is too long. Their texts may quote the value, an item such as "LICENSE-5".
_REFUSING = frozenset({"CI_NOF", "CI_CharLength"})
# What the SOAP layer itself says before it hands a request on (WCF, SOAP 1.1).
_UNREAD = frozenset(
    {"VersionMismatch", "MustUnderstand", "ActionNotSupported", "DeserializationFailed"}
)
_UNEXPECTED = re.compile(r"an exception occurred|timed out|time-?out", re.IGNORECASE)
# How Sage's own messages are called: two letters of a module, and a word. What comes under another
# name, or under none, may have gone wrong after the record was stored.
_SAGES = re.compile(r"[A-Z]{1,3}_\w+")
# The codes of these are published nowhere; their texts are.
_BY_TEXT: tuple[tuple[Meaning, re.Pattern[str]], ...] = (
    (Meaning.UNKNOWN, _UNEXPECTED),
    (
        Meaning.BUSY,
        re.compile(r"licen[cs]e|number of users|exclusiv|locked by|in use by", re.IGNORECASE),
    ),
    (
        Meaning.ACCESS,
        re.compile(r"no access|not authorized|not enabled|not allowed|permission", re.IGNORECASE),
    ),
    (Meaning.LOGON, re.compile(r"\blog-? ?(on|in)\b|password|user ?name", re.IGNORECASE)),
)


def meaning_of(fault: Fault) -> Meaning:
    """What a fault means."""
    code, text = _code(fault), _text(fault)
    if code == "WS_AlreadyExists":
        return Meaning.EXISTS
    if code == "CI_NoKey":
        return Meaning.NO_KEY
    if not code:
        return Meaning.MISUNDERSTOOD if fault.code in _UNREAD else Meaning.UNKNOWN
    if code in _REFUSING or _COLUMN.search(text):
        return Meaning.REFUSED
    fitting = (meaning for meaning, pattern in _BY_TEXT if pattern.search(text))
    return next(fitting, Meaning.REFUSED if _SAGES.fullmatch(code) else Meaning.UNKNOWN)


def error_of(answer: Answer, fault: Fault, *, sent: Iterable[Mapping[str, str]] = ()) -> Exception:
    """The error for a fault that a call has no meaning of its own for; `sent` as `refusal` wants it."""
    meaning = meaning_of(fault)
    if meaning is Meaning.UNKNOWN:
        return answer.unusable("says that an exception occurred; its event log tells which")
    if meaning is Meaning.BUSY:
        kind = NotSentError if answer.writing else RetryableError
        return kind("Sage 100 has no free licence, or somebody has locked what is needed.")
    if meaning in _SETUP:
        return SetupError(_SETUP[meaning])
    if answer.writing:
        return refusal(_text(fault), _column(fault), sent=sent)
    return SetupError(f"eBusiness Web Services refused a question: {_text(fault)}"[:LONGEST_REASON])


# Without the service's own words, which could quote the user.
_SETUP = {
    Meaning.LOGON: "eBusiness Web Services refused our user: correct user name and password in the "
    "secret, or unlock the user in Sage 100.",
    Meaning.ACCESS: "eBusiness Web Services doesn't let our user do this: enable it for system, "
    "company and user, and give the user's role the tasks that the guide names.",
    Meaning.MISUNDERSTOOD: "eBusiness Web Services did not understand our request: its release is "
    "another one. Compare its own description with ours, see the guide.",
}


def _code(fault: Fault) -> str:
    """Sage's own code: that of MasFault, else the fault's own if it is one of Sage's."""
    if fault.mas_code or fault.mas_text:
        return fault.mas_code or "MasFault"
    return fault.code if fault.code.startswith(_OURS) else ""


def _text(fault: Fault) -> str:
    return fault.mas_text or fault.text or fault.mas_code


def _column(fault: Fault) -> str:
    named = _COLUMN.search(_text(fault))
    if named:
        return named[1]
    absent = meaning_of(fault) is Meaning.NO_KEY and _CUSTOMER.search(_text(fault))
    return "CustomerNo" if absent else ""
