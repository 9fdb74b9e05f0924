"""What the Sage thread keeps: the ProvideX script and the sessions open on it."""

from contextlib import suppress
from dataclasses import dataclass

from tieout_agent.clock import Clock
from tieout_agent.problems import ProblemError
from tieout_agent.sage.com_object import Access, ComObject
from tieout_agent.sage.families import Family
from tieout_agent.sage.grants import Grants
from tieout_agent.sage.licences import LicenceWatch
from tieout_agent.sage.servers import Notes, Servers
from tieout_agent.sage.session import Logon, Session, cannot_open
from tieout_agent.sage.ticket import Ticket
from tieout_agent.seam import ComModule

PROG_ID = "ProvideX.Script"


@dataclass(frozen=True, slots=True)
class Opening:
    """How sessions are opened and how long they are kept.

    Attributes:
        home: Sage's home folder, for `Init`.
        logon: The Sage user.
        idle_seconds: A session is closed after this rest; that frees its licence and its files.
        max_seconds: A session is opened anew after this age, since leaks are unknown.
        open_sessions: Companies whose sessions stay open side by side.
    """

    home: str
    logon: Logon
    idle_seconds: float
    max_seconds: float
    open_sessions: int


@dataclass(frozen=True, slots=True)
class Lasting:
    """What outlives a thread and its sessions.

    Attributes:
        grants: What each company's user may have.
        licences: How long Sage has had no licence for us.
        servers: Which processes ProvideX works in.
    """

    grants: Grants
    licences: LicenceWatch
    servers: Servers


class Sessions:
    """The state of the Sage thread; used by that thread alone, but for `is_open`.

    Attributes:
        grants: What each company's user may have; shared with the threads before and after.
    """

    def __init__(
        self, com: ComModule, opening: Opening, *, clock: Clock, ticket: Ticket, lasting: Lasting
    ) -> None:
        self.grants = lasting.grants
        self._licences = lasting.licences
        self._servers = lasting.servers
        self._notes = Notes()
        self._com = com
        self._opening = opening
        self._clock = clock
        self._access = Access(com, ticket)
        self._script: ComObject | None = None
        self._open: dict[str, Session] = {}

    @property
    def is_open(self) -> bool:
        """Whether any session is open."""
        return bool(self._open)

    def start(self) -> None:
        """Start ProvideX on Sage's folder; takes no licence.

        Raises:
            CannotOpenError: There is no Sage in the folder.
        """
        self._scripted()

    def try_user(self) -> None:
        """Log the user on and off again, without a company.

        Raises:
            CannotOpenError: Sage refused, or there is no licence.
        """
        session = Session(self._scripted(), access=self._access, clock=self._clock)
        try:
            session.set_user(self._opening.logon)
        finally:
            session.close()

    def company(self, code: str) -> Session:
        """Hand out the session of a company; open it when it is not open.

        Raises:
            ProblemError: 503, Sage would not open it.
            ComFailedError: A COM call raised.
        """
        session = self._open.get(code)
        if session is not None and session.broken:
            self.close()
            session = None
        if session is None:
            while len(self._open) >= self._opening.open_sessions:
                self._close_company(next(iter(self._open)))
            session = self._open_company(code)
        session.used_at = self._clock.monotonic()
        return session

    def can_use(self, code: str, family: Family) -> bool:
        """Try whether an object can be made in a company."""
        session = self.company(code)
        try:
            session.use(family)
        except ProblemError:
            return False
        return True

    def tidy(self) -> None:
        """Close sessions that rest or have grown old; without sessions leave COM too."""
        now = self._clock.monotonic()
        for code, session in list(self._open.items()):
            resting = now - session.used_at > self._opening.idle_seconds
            if resting or now - session.opened_at > self._opening.max_seconds:
                self._close_company(code)
        if not self._open:
            self._release()

    def close(self) -> None:
        """Close every session and leave COM."""
        for code in list(self._open):
            self._close_company(code)
        self._release()

    def _open_company(self, code: str) -> Session:
        session = Session(self._scripted(), access=self._access, clock=self._clock)
        try:
            session.log_on(self._opening.logon, code)
        except BaseException as error:
            session.close()
            if isinstance(error, ProblemError):
                self._licences.refused(error.problem.code)
            raise
        self._licences.opened()
        self._open[code] = session
        return session

    def _scripted(self) -> ComObject:
        if self._script is not None:
            return self._script
        try:
            script = self._dispatch()
            script.raw.Init(self._opening.home)
        except ProblemError:
            self._release()
            raise
        except self._com.error as error:
            self._release()
            raise cannot_open(PROG_ID, f"ProvideX did not start on {self._opening.home}") from error
        return script

    def _dispatch(self) -> ComObject:
        with self._servers.watching() as notes:
            self._notes = notes
            script = ComObject(self._com.dispatch(PROG_ID), PROG_ID, self._access)
            self._script = script
        return script

    def _close_company(self, code: str) -> None:
        self._open.pop(code).close()

    def _release(self) -> None:
        if self._script is not None:
            self._script = None
            with suppress(self._com.error):
                self._com.release()
            self._notes.forget()
