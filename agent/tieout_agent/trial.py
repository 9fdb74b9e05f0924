"""Tries answers out while the agent is being set up: on the live Sage, one thing at a time."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from tieout_agent.clock import Clock
from tieout_agent.errors import SettingsError
from tieout_agent.problems import ProblemError
from tieout_agent.sage.capabilities import company_name
from tieout_agent.sage.session import SET_COMPANY, SET_USER, CannotOpenError
from tieout_agent.sage.sessions import Sessions
from tieout_agent.seam import load_com
from tieout_agent.server import make_owner
from tieout_agent.settings import Settings
from tieout_agent.settings_file import Values

T = TypeVar("T")

SLOWEST_SECONDS = 24
"""The first opening after a restart of the server takes longest; the agent's own calls have less."""

NOT_YET_ASKED: Values = {
    "user": "",
    "password": "",
    "companies": ["XXX"],
    "api_keys": [{"sha256": "0" * 64, "scope": "read"}],
}
"""What the settings need and a trial does not use."""


class Trial:
    """Opens Sage with the answers given so far, as the service would, and says what is wrong.

    Args:
        com: The name of the module that speaks to ProvideX.
        pause_file: While it exists, nothing is tried.
        clock: The clock.

    Raises:
        SettingsError: From every call: what was answered does not work, and what to correct.
    """

    def __init__(self, com: str, pause_file: Path, clock: Clock) -> None:
        self._com = load_com(com)
        self._pause_file = pause_file
        self._clock = clock

    def folder(self, home: str) -> None:
        """Start ProvideX on Sage's folder."""
        check_folder(home)
        self._run({"home": home}, Sessions.start)

    def user(self, home: str, user: str, password: str) -> None:
        """Log the user on and off again."""
        answers: Values = {"home": home, "user": user, "password": password}
        self._run(answers, Sessions.try_user)

    def company(self, answers: Values, code: str) -> str:
        """Open a company; say its name, or nothing where the user may not read it."""

        def task(sessions: Sessions) -> str:
            sessions.company(code)
            return company_name(sessions, code)

        return self._run(answers, task)

    def _run(self, answers: Values, task: Callable[[Sessions], T]) -> T:
        given: dict[str, Any] = {name: answers[name] for name in answers if name in _OPENING}
        fixed = {"pause_file": self._pause_file, "call_seconds": SLOWEST_SECONDS}
        settings = Settings.model_validate(NOT_YET_ASKED | given | fixed)
        owner = make_owner(settings, self._com, self._clock)
        try:
            return owner.run(task)
        except CannotOpenError as error:
            raise SettingsError(explain(error)) from error
        except ProblemError as error:
            raise SettingsError(error.problem.detail) from error
        finally:
            owner.stop()


_OPENING = ("home", "user", "password")


def check_folder(home: str) -> None:
    r"""See whether there is a folder that can be Sage's `MAS90\Home`.

    Raises:
        SettingsError: There is none; the text proposes one that lies below.
    """
    folder = Path(home)
    if folder.is_dir() and folder.name.lower() == "home":
        return
    below = [folder / "Home", folder / "MAS90" / "Home"]
    found = next((candidate for candidate in below if candidate.is_dir()), None)
    if found is not None:
        raise SettingsError(f"Sage 100's own folder lies below this one. Give {found}.")
    what = "is called Home, as Sage 100's own has to be" if folder.is_dir() else "is there"
    raise SettingsError(
        f"No folder {home} {what}. Give the folder MAS90\\Home of the Sage 100 server."
    )


def explain(error: CannotOpenError) -> str:
    """Say to the person who answers what is wrong with the last answer."""
    said = error.said.rstrip(".") or "no reason given"
    if error.problem.code == "NoLicence":
        return f"Sage 100 has no licence free ({said}). Have somebody log off, and try again."
    if error.problem.code == "Locked":
        return f"Sage 100 is locked ({said}). Wait for the end of the work on it, and try again."
    if error.step == SET_USER:
        return f"Sage 100 does not let this user in: {said}. Correct the name or the password."
    if error.step == SET_COMPANY:
        return (
            f"Sage 100 does not open this company: {said}. Correct the code, or tick Allow External "
            "Access in Library Master, Company Maintenance, Preferences."
        )
    return (
        f"Sage 100 does not start: {said}. Give the folder MAS90\\Home of the server; on another "
        "machine than the server, run Sage 100's Workstation Setup first."
    )
