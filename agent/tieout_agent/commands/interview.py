"""What setting up asks, in its order, and how each answer is tried out."""

import ipaddress
import os
import re
import socket
from dataclasses import dataclass
from pathlib import Path

from tieout_agent.clock import Clock
from tieout_agent.commands.asking import Asker, Question
from tieout_agent.commands.options import err, out
from tieout_agent.errors import SettingsError
from tieout_agent.port import who_listens
from tieout_agent.settings import Settings, check_settings
from tieout_agent.settings_file import Values, protection_of
from tieout_agent.trial import NOT_YET_ASKED, Trial

HIGHEST_PORT = 65535

MOST_LOGONS = 4
"""Wrong passwords before setting up ends: Sage 100 can be set to lock a user out after a few."""

_COMPANY = re.compile(r"[0-9A-Z]{3}")
_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9-]+)*")


@dataclass(frozen=True, slots=True)
class Given:
    """What was said on the command line already; None is to be asked."""

    home: str | None = None
    user: str | None = None
    password: str | None = None
    companies: str | None = None
    port: str | None = None
    names: str | None = None

    def __repr__(self) -> str:
        return "Given()"


class Interview:
    """Asks for all that the agent has to know.

    Args:
        asker: The way to the person.
        given: What needs no asking.
        path: The settings file, which may not be there yet.
        values: What it holds, offered as answers.
        clock: The clock.

    Raises:
        SettingsError: The COM module can't be loaded.
    """

    def __init__(
        self, asker: Asker, given: Given, *, path: Path, values: Values, clock: Clock
    ) -> None:
        self._asker = asker
        self._given = given
        self._path = path
        self._values = dict(values)
        com = str(values.get("com", Settings.model_fields["com"].default))
        pause_file = values.get("pause_file", Settings.model_fields["pause_file"].default)
        self._trial = Trial(com, path.resolve().parent / pause_file, clock)

    def hold(self) -> Values:
        """Ask everything.

        Returns:
            The answers, by the names of the settings; the password as it was typed.

        Raises:
            SettingsError: An answer does not hold, and nobody corrects it.
        """
        self._learn("home", self._ask_home())
        self._learn_logon()
        self._learn("companies", self._ask_companies())
        self._learn("certificate_names", self._ask_names())
        self._learn("port", self._ask_port())
        asked = ("home", "user", "password", "companies", "certificate_names", "port")
        return {name: self._values[name] for name in asked}

    def _learn(self, name: str, value: object) -> None:
        self._values[name] = value

    def _ask_home(self) -> str:
        def take(answer: str) -> str:
            self._trial.folder(answer)
            # The service is started in another folder than this one.
            return os.path.abspath(answer)  # noqa: PTH100 - a mapped drive stays the one it is

        default = self._values.get("home")
        return self._asker.ask(
            Question("Sage 100's folder MAS90\\Home", "--home", take, default), self._given.home
        )

    def _learn_logon(self) -> None:
        user, password = self._given.user, self._given.password
        kept = self._kept_password()
        for tried in range(1, MOST_LOGONS + 1):
            self._learn("user", self._asker.ask(self._user_question(), user))
            self._learn("password", self._asker.ask(_password_question(kept), password))
            try:
                self._trial.user(*(self._values[name] for name in ("home", "user", "password")))
            except SettingsError as wrong:
                if self._asker.unattended or tried == MOST_LOGONS:
                    raise
                err.print(str(wrong), style="red")
                user = password = kept = None
            else:
                return

    def _user_question(self) -> Question[str]:
        default = self._values.get("user")
        return Question("The Sage user of the agent", "--user", _something, default)

    def _kept_password(self) -> str | None:
        """The password that is there; none where it was sealed on another machine."""
        try:
            kept = protection_of(self._values).open(self._values.get("password"))
        except SettingsError:
            return None
        return str(kept) if kept else None

    def _ask_companies(self) -> list[str]:
        def take(answer: str) -> list[str]:
            codes = list(dict.fromkeys(answer.replace(",", " ").split()))
            if not codes:
                raise SettingsError("At least one company is needed.")
            for code in codes:
                if not _COMPANY.fullmatch(code):
                    raise SettingsError(
                        f"{code} is no company code: three capital letters or digits, such as ABC."
                    )
                out.print(f"{code}: {self._trial.company(self._values, code) or 'opens'}")
            return codes

        text = "Companies that web orders go to (codes, parted by spaces)"
        default = " ".join(self._values.get("companies", ())) or None
        return self._asker.ask(Question(text, "--company", take, default), self._given.companies)

    def _ask_names(self) -> list[str]:
        own = list(dict.fromkeys([socket.getfqdn(), socket.gethostname()]))
        text = "Names or addresses of this server, as the cloud calls it (parted by spaces)"
        default = " ".join(self._values.get("certificate_names", own))
        return self._asker.ask(Question(text, "--name", _names, default), self._given.names)

    def _ask_port(self) -> int:
        def take(answer: str) -> int:
            if not answer.isdecimal() or not 0 < int(answer) <= HIGHEST_PORT:
                raise SettingsError(f"{answer} is no port: a number from 1 to 65535.")
            tried = NOT_YET_ASKED | self._values | {"port": int(answer), "password": ""}
            who_listens(check_settings(tried, self._path))
            return int(answer)

        default = str(self._values.get("port", Settings.model_fields["port"].default))
        return self._asker.ask(
            Question("Port to listen at", "--port", take, default), self._given.port
        )


def _password_question(kept: str | None) -> Question[str]:
    return Question("That user's password", "--password-file", str, kept, hidden=True)


def _something(answer: str) -> str:
    if not answer.strip():
        raise SettingsError("An answer is needed.")
    return answer.strip()


def _names(answer: str) -> list[str]:
    names = list(dict.fromkeys(answer.replace(",", " ").split()))
    wrong = next((name for name in names if not _is_name(name)), None)
    if wrong is not None or not names:
        raise SettingsError(f"{wrong or 'Nothing'} is no name or address of a server.")
    return names


def _is_name(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return _HOST_NAME.fullmatch(text) is not None
    return True
