"""One open session on one company of Sage 100, and the business objects made in it."""

from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from tieout_agent.clock import Clock
from tieout_agent.logs import log_event
from tieout_agent.problems import ProblemError, unavailable
from tieout_agent.sage.com_object import FAILED, WARNED, Access, ComObject
from tieout_agent.sage.families import Family
from tieout_agent.sage.grants import NotGrantedError

NO_LICENCE_WORDS = ("licen", "number of users")
LOCKED_WORDS = ("exclusive", "locked", "in use")


SET_USER, SET_COMPANY = "nSetUser", "nSetCompany"


class CannotOpenError(ProblemError):
    """Sage would not open a session; 503, nothing was stored.

    Attributes:
        step: What failed: the program id while ProvideX starts, then `nSetUser`, `nSetCompany`.
        said: Sage's own words.
    """

    def __init__(self, refusal: ProblemError, *, step: str, said: str) -> None:
        super().__init__(refusal.problem, retry_after=refusal.retry_after)
        self.step = step
        self.said = said


@dataclass(frozen=True, slots=True)
class Logon:
    """Who the agent is in Sage.

    Attributes:
        user: The Sage user.
        password: That user's password; never shown.
    """

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Logon(user={self.user!r})"


class Session:
    """An `SY_Session` with its user and company set, and the objects made so far.

    Lives on one thread. Once `broken` it must be closed and opened anew. Objects are kept for the
    session's life; one that refused a write is discarded, so that nothing half-written can slip
    into the next document.
    """

    def __init__(self, script: ComObject, *, access: Access, clock: Clock) -> None:
        self._script = script
        self._access = access
        self._clock = clock
        self._objects: dict[Family, ComObject] = {}
        self._session = ComObject(script.ask("NewObject", "SY_Session"), "SY_Session", access)
        self.opened_at = clock.monotonic()
        self.used_at = self.opened_at
        self.broken = False

    def log_on(self, logon: Logon, company: str) -> None:
        """Set user and company.

        Raises:
            CannotOpenError: 503 `SessionFailed`, `NoLicence` or `Locked`; nothing was stored.
        """
        self.set_user(logon)
        if not self._takes(SET_COMPANY, company):
            raise cannot_open(SET_COMPANY, self._session.message())
        # A remark is no refusal: Sage says which company it has opened, and no other is written to.
        opened = str(self._session.look("sCompanyCode") or "").strip()
        if opened and opened != company:
            raise cannot_open(SET_COMPANY, f"Sage opened the company {opened} in its place")

    def set_user(self, logon: Logon) -> None:
        """Log the user on; from here on a licence is taken.

        Raises:
            CannotOpenError: 503 `SessionFailed` or `NoLicence`.
        """
        if not self._takes(SET_USER, logon.user, logon.password):
            raise cannot_open(SET_USER, self._session.message())

    def use(self, family: Family) -> ComObject:
        """Hand out the session's object of a family; make it when there is none yet.

        Raises:
            ProblemError: 503, the user has no right to it, or the module is missing.
        """
        self.used_at = self._clock.monotonic()
        if family not in self._objects:
            self._objects[family] = self._make(family)
        return self._objects[family]

    @property
    def began_commit(self) -> bool:
        """Whether the present call has made Sage store something, or tried to."""
        return self._access.ticket.began_commit

    @contextmanager
    def fresh(self, family: Family) -> Generator[ComObject]:
        """Make an object for one job and drop it afterwards, whatever index it was left on."""
        made = self._make(family)
        try:
            yield made
        finally:
            self._drop(made.raw)

    def discard(self, family: Family) -> None:
        """Drop an object together with what it has not written."""
        unwanted = self._objects.pop(family, None)
        if unwanted is not None:
            self._drop(unwanted.raw)

    def close(self) -> None:
        """Drop every object and end the session; never raises."""
        for made in self._objects.values():
            self._drop(made.raw)
        self._objects.clear()
        with suppress(self._access.com.error, AttributeError):
            self._session.raw.nCleanup()
        self._drop(self._session.raw)

    def _make(self, family: Family) -> ComObject:
        self._enter(family)
        try:
            raw = self._script.raw.NewObject(family.name, self._session.raw)
        except self._access.com.error as error:
            # Raised when the user may not have the object; the session can't be trusted after it.
            self.broken = True
            raise NotGrantedError(family) from error
        if raw is None:
            raise NotGrantedError(family)
        return ComObject(raw, family.name, self._access)

    def _enter(self, family: Family) -> None:
        """Set date, module and program; Sage wants this anew for each family of objects."""
        if not family.module:
            return
        today = self._clock.now().astimezone().strftime("%Y%m%d")
        if not self._takes("nSetDate", family.module, today):
            raise cannot_open("nSetDate", self._session.message())
        if not self._takes("nSetModule", family.module):
            raise NotGrantedError(family)
        task = self._session.call("nLookupTask", family.task)
        if task == FAILED and family.is_service:
            # A service has no screen of its own; whether the user may have it shows when it is made.
            return
        if task == FAILED or not self._takes("nSetProgram", task):
            raise NotGrantedError(family)

    def _takes(self, step: str, *arguments: object) -> bool:
        """Say whether the session takes a step. A remark on it is no answer's warning: it is logged.

        Without its words, since these may name people.
        """
        code = self._session.call(step, *arguments)
        if code == WARNED:
            log_event("sage_remarked", at=self._clock.now(), step=step)
        return code != FAILED

    def _drop(self, raw: Any) -> None:
        with suppress(self._access.com.error, AttributeError):
            raw.DropObject()


def cannot_open(step: str, message: str) -> CannotOpenError:
    """Build the 503 for a session that Sage would not open.

    Sage gives a text and no number here, so the kind is told by words. A wrong guess does no harm:
    all three kinds are answered by waiting, and the text goes along.
    """
    said = message.lower()
    code = "SessionFailed"
    if any(word in said for word in NO_LICENCE_WORDS):
        code = "NoLicence"
    elif any(word in said for word in LOCKED_WORDS):
        code = "Locked"
    refusal = unavailable(
        code,
        f"Sage 100 can't be opened ({step}): {message.rstrip('.') or 'no reason given'}. Nothing was stored. "
        "Check the agent's Sage user, the licences in use and whether maintenance is running.",
    )
    return CannotOpenError(refusal, step=step, said=message)
