"""The simulated `SY_Session`: who, which company, which date, which module, which task."""

import datetime as dt
import hashlib
import os
import weakref
from dataclasses import dataclass

from . import faults
from .catalogue import MODULES, TASKS, module_of, task_named
from .company import Company
from .engine import Engine, coded, com
from .errors import RefusedError
from .store import Store, database
from .tables_sy import SY_COMPANY, SY_USER
from .values import SEPARATOR

MAX_USERS = 10
"""Licences of the simulated installation; each session with a user takes one."""


@dataclass
class _Opened:
    """How far the opening of the session has come."""

    user: str = ""
    company: str = ""
    date: str = ""
    dated_modules: tuple[str, ...] = ()
    module: str = ""
    task: str = ""


class Session:
    """One logon; opened in the order user, company, date, module, task, program.

    Args:
        engine: The process that it lives in.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.dropped = False
        self.state = _Opened()
        self._error = ""
        self._store: Store | None = None
        self._licence: weakref.finalize[[Store, int], Session] | None = None

    @property
    @com
    def sLastErrorMsg(self) -> str:  # noqa: N802  ProvideX's own name
        """The text of the last refusal or warning of anything in this session."""
        return self._error

    @property
    @com
    def sCompanyCode(self) -> str:  # noqa: N802
        """The company that is set, or nothing."""
        return self.state.company

    @property
    @com
    def sCompanyList(self) -> str:  # noqa: N802
        """The codes of all companies, each followed by the separator."""
        records = self.engine.system.scan(SY_COMPANY)
        return "".join(record["CompanyCode"] + SEPARATOR for _, record in records)

    @coded
    def nLogon(self) -> int:  # noqa: N802
        """Say 1; `nSetUser` is what logs on."""
        return 1

    @coded
    def nSetUser(self, user: str, password: str) -> int:  # noqa: N802
        """Log on: 1, or 0 when the name or password is wrong or no licence is left."""
        self._check_alive()
        found = self.engine.system.get(SY_USER, user.lower())
        right = found is not None and found["Password"] == hashed(password)
        if found is None or not right or found["Active"] != "Y":
            raise RefusedError("The user logon or password is not valid.")
        if found.get("Locked") == "Y":
            raise RefusedError(f"The user {user} is locked.")
        if faults.take(self.engine.system, "no_licence"):
            raise RefusedError("The maximum number of users has been reached.")
        self._take_licence(user)
        self.state = _Opened(user=found["UserKey"])
        return 1

    @coded
    def nSetCompany(self, code: str) -> int:  # noqa: N802
        """Choose the company: 1, or 0 when it is unknown, closed to us, or locked."""
        self._need(self.state.user, "nSetUser must come first.")
        found = self.engine.system.get(SY_COMPANY, code)
        if found is None:
            raise RefusedError(f"Company {code} is not on file.")
        if found["AllowExternalAccess"] != "Y":
            raise RefusedError(f"Company {code} does not allow external access.")
        if faults.take(self.engine.system, "exclusive_lock") is not None:
            raise RefusedError(f"Company {code} is in use exclusively by another user.")
        self._open_company(code)
        return 1

    @coded
    def nSetDate(self, module: str, date: str) -> int:  # noqa: N802
        """Set a module's accounting date, `YYYYMMDD`: 1, or 0 when either is wrong."""
        self._need(self.state.company, "nSetCompany must come first.")
        if module not in MODULES or not is_date(date):
            raise RefusedError(f"The date {date} is not valid for module {module}.")
        self.state.date = date
        self.state.dated_modules = (*self.state.dated_modules, module)
        return 1

    @coded
    def nSetModule(self, module: str) -> int:  # noqa: N802
        """Choose the module: a large number, or 0 when it has no date or does not exist."""
        if module not in self.state.dated_modules:
            raise RefusedError(f"nSetDate must come first for module {module}.")
        self.state.module, self.state.task = module, ""
        return MODULES[module]

    @coded
    def nLookupTask(self, name: str) -> int:  # noqa: N802
        """Return the number of a task, or 0 when there is none of that name."""
        self._need(self.state.company, "nSetCompany must come first.")
        return TASKS.get(name, 0)

    @coded
    def nSetProgram(self, number: int) -> int:  # noqa: N802
        """Enter a task's security context: 1, or 0 for another module's task or none at all."""
        task = task_named(int(number))
        if task is None or module_of(task) != self.state.module:
            raise RefusedError("The program is not valid in this module.")
        self.state.task = task
        return 1

    @coded
    def nCleanup(self) -> int:  # noqa: N802
        """Close files and give the licence back; the session can only be dropped after it."""
        self.end()
        return 1

    @com
    def DropObject(self) -> None:  # noqa: N802
        """Destroy the session."""
        self.end()

    def note(self, text: str) -> None:
        """Keep `text` as the last error."""
        self._error = text

    def company(self) -> Company:
        """Return the company as a new business object sees it.

        Raises:
            RefusedError: No company is set.
        """
        if self._store is None:
            raise RefusedError("nSetCompany must come first.")
        return Company(
            code=self.state.company,
            store=self._store,
            system=self.engine.system,
            clock=self.engine.clock,
            user=self.state.user,
            date=self.state.date,
        )

    def end(self) -> None:
        """Give everything back; calling it again does nothing."""
        self.dropped = True
        self.state = _Opened()
        if self._licence is not None:
            self._licence()
        if self._store is not None:
            self._store.close()

    def _check_alive(self) -> None:
        if self.dropped:
            raise RefusedError("The session has ended.")

    def _need(self, earlier: str, text: str) -> None:
        self._check_alive()
        if not earlier:
            raise RefusedError(text)

    def _open_company(self, code: str) -> None:
        home = self.engine.home
        if home is None:
            raise RefusedError("Init must come first.")
        if self._store is not None:
            self._store.close()
        self._store = Store(database(home, code))
        self.state = _Opened(user=self.state.user, company=code)

    def _take_licence(self, user: str) -> None:
        system = self.engine.system
        if self._licence is not None:
            self._licence()
        forget_dead_sessions(system)
        with system.transaction():
            if system.execute("SELECT count(*) FROM console").fetchone()[0] >= MAX_USERS:
                raise RefusedError("The maximum number of users has been reached.")
            sql = "INSERT INTO console (process, user) VALUES (?, ?)"
            number = system.execute(sql, os.getpid(), user).lastrowid or 0
        self._licence = weakref.finalize(self, _give_back, system, number)
        self.engine.at_close.append(self._licence)


def hashed(password: str) -> str:
    """Return what the user file keeps of a password; made-up credentials need no more."""
    return hashlib.sha256(password.encode()).hexdigest()[:40]


def is_date(text: str) -> bool:
    """Tell whether a text is a day as `YYYYMMDD`."""
    try:
        return len(text) == len("YYYYMMDD") and bool(dt.date.fromisoformat(text))
    except ValueError:
        return False


def forget_dead_sessions(system: Store) -> None:
    """Free the licences of processes that ended without saying so."""
    for number, process in system.execute("SELECT id, process FROM console").fetchall():
        if not _runs(process):
            system.execute("DELETE FROM console WHERE id = ?", number)


def _runs(process: int) -> bool:
    if os.name == "nt":  # there, signal 0 would end the process instead of asking after it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _give_back(system: Store, number: int) -> None:
    system.execute("DELETE FROM console WHERE id = ?", number)
