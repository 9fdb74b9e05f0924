"""One call's way into a company: logging on as a COM caller does, and setting columns there.

The real service is a client of the business objects too, so that their rules, their licences and
their faults are those of every other caller.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.sage100.catalogue import OBJECTS
from sandbox.sage100.clock import stamp_date
from sandbox.sage100.engine import Engine
from sandbox.sage100.errors import ComError
from sandbox.sage100.script import Script
from sandbox.sage100.session import Session
from sandbox.sage100.tables_sy import SY_COMPANY, SY_SYSTEM, SY_USER

from .documents import Document, Value
from .refusals import MasFaultError, UnexpectedError, refusal

COMPANY_LENGTH = 3
WARNING = -1


@dataclass(frozen=True)
class Desk:
    """A session in one company, good for one call.

    Attributes:
        script: Makes business objects.
        session: Logged on, with the company set.
    """

    script: Script
    session: Session

    def open(self, name: str) -> Any:
        """Return a business object made under its own module and task.

        Raises:
            MasFaultError: The user has no right to it.
        """
        info = OBJECTS[name]
        today = stamp_date(self.session.engine.clock.now())
        done(self.session, self.session.nSetDate(info.module, today))
        done(self.session, self.session.nSetModule(info.module))
        done(self.session, self.session.nSetProgram(self.session.nLookupTask(info.task)))
        try:
            return self.script.NewObject(name, self.session)
        except ComError:
            raise MasFaultError("WS_NoAccess", f"No Access to {name}.") from None


def done(source: Any, code: int) -> int:
    """Return a call's code unless it is 0; a warning counts as done.

    Args:
        source: What keeps the last error.
        code: What the call gave.

    Raises:
        MasFaultError: The call was refused.
    """
    if code == 0:
        raise refusal(source.sLastErrorMsg)
    return code


@contextmanager
def desk(home: Path, logon: Value, company: str) -> Generator[Desk]:
    """Log on, set the company, and end the session afterwards, whatever happens.

    Raises:
        MasFaultError: The user may not, or the company is not open to this service.
        UnexpectedError: A business object broke.
    """
    engine = Engine()
    try:
        script = Script(engine)
        script.Init(str(home))
        session = Session(engine)
        engine.at_close.append(session.end)
        _admit(session, logon if isinstance(logon, dict) else {}, company)
        yield Desk(script, session)
    except ComError as error:
        raise UnexpectedError(str(error)) from error
    finally:
        engine.close()


def _admit(session: Session, logon: Document, company: str) -> None:
    system = session.engine.system
    service = system.get(SY_SYSTEM, "1") or {}
    if service.get("EnableWebServices") != "Y":
        raise MasFaultError("WS_Disabled", "eBusiness Web Services are not enabled.")
    user, password = (str(logon.get(name) or "") for name in ("Username", "Password"))
    found = _user(session, user)
    done(session, session.nSetUser(found.get("UserLogon", user), password))
    if found.get("EnableWebServicesForUser") != "Y":
        raise MasFaultError("WS_UserDisabled", f"User {user} is not enabled for Web Services.")
    if len(company) != COMPANY_LENGTH:
        raise MasFaultError("WS_Company", "The company code must have three characters.")
    done(session, session.nSetCompany(company))
    if (system.get(SY_COMPANY, company) or {}).get("EnableWebServices") != "Y":
        text = f"Company {company} is not enabled for Web Services."
        raise MasFaultError("WS_CompanyDisabled", text)


def _user(session: Session, name: str) -> dict[str, str]:
    for _, user in session.engine.system.scan(SY_USER):
        if name and name.lower() in (user["UserLogon"].lower(), user["UserCode"].lower()):
            return user
    return {}
