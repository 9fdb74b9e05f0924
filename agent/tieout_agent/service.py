"""The agent as a Windows service: what is installed, who may reach it, and what runs inside it."""

import importlib
import ipaddress
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, cast

from tieout_agent.clock import SystemClock
from tieout_agent.errors import SettingsError
from tieout_agent.logs import log_event, logging_to
from tieout_agent.settings import LOGS_NAME, read_settings
from tieout_agent.supervisor import LOG_NAME, make_supervisor, run

NAME = "TieoutAgent"
TITLE = "Tieout agent"
DESCRIPTION = "Lets Tieout read and write sales orders in Sage 100, over HTTPS."

HOST = "tieout_agent.windows_service"
"""The module that Windows starts, and that speaks to its service manager."""

STOP_SECONDS = 30.0
"""How long a stop may take: the running call ends and Sage is let go before."""

RESTARTS_AFTER = (5.0, 30.0, 60.0)
"""Seconds after which Windows starts a supervisor that failed: the first, the second, any later time."""

FORGIVEN_AFTER = 24 * 3600.0
"""Seconds without a failure after which the next one counts as the first."""

NOT_INSTALLED = "not installed"


@dataclass(frozen=True, slots=True)
class Plan:
    """The service as Windows is to have it: started with the machine, a little after everything else.

    Attributes:
        name: By which Windows knows it.
        title: What people see.
        description: What it is for.
        program: What Windows starts.
        arguments: The program's arguments, as one command line.
        account: Whom it runs as; None for the local system.
        password: That account's; None where Windows knows it, or where there is none.
        restarts_after: Seconds after the first, the second and any later failure.
        forgiven_after: Seconds without a failure.
    """

    name: str
    title: str
    description: str
    program: str
    arguments: str
    account: str | None
    password: str | None
    restarts_after: tuple[float, ...] = RESTARTS_AFTER
    forgiven_after: float = FORGIVEN_AFTER

    def __repr__(self) -> str:
        return f"Plan({self.name}, {self.account})"


class Manager(Protocol):
    """The service manager of Windows, its firewall and its event log.

    Every call may raise an OSError with Windows' own words.
    """

    def state(self, name: str) -> str | None:
        """Say whether a service is running, stopped and so on; None when there is none."""
        ...

    def create(self, plan: Plan) -> None:
        """Install a service that is not there yet."""
        ...

    def change(self, plan: Plan) -> None:
        """Make a service that is there what the plan says."""
        ...

    def allow_log_on(self, account: str) -> None:
        """Let an account log on as a service."""
        ...

    def start(self, name: str) -> None:
        """Start a service; does not wait until it serves."""
        ...

    def stop(self, name: str, seconds: float) -> None:
        """Stop a service that may run, and wait until it has ended."""
        ...

    def delete(self, name: str) -> None:
        """Remove a service."""
        ...

    def add_event_source(self) -> None:
        """Make the agent known to the event log."""
        ...

    def remove_event_source(self) -> None:
        """Take the agent out of the event log; its entries stay."""
        ...

    def command(self, *arguments: str) -> bool:
        """Run a program of Windows; say whether it did what it was asked."""
        ...


def install(
    settings_path: Path,
    account: str | None = None,
    addresses: Sequence[str] = (),
    *,
    password: str | None = None,
    manager: Manager | None = None,
) -> None:
    r"""Install the service and start it; one that is there already is brought up to date.

    Args:
        settings_path: The settings file that it runs with.
        account: Whom it runs as, such as `DOMAIN\user`; None for the one in the settings, and if
            there is none, for the local system, which reaches a Sage 100 on this machine.
        addresses: Whom the firewall lets in: addresses or networks; nothing for everybody.
        password: The account's, unless it is one of those that Windows keeps (`name$`).
        manager: Stands for that of Windows.

    Raises:
        SettingsError: The settings or the addresses are wrong, the settings are closed to the
            account, or this is no Windows.
        OSError: Windows refuses, since the user is no administrator for one.
    """
    settings = read_settings(settings_path)
    remote = _remote(addresses)
    if not settings.port:
        raise SettingsError("The service needs a `port` of its own, such as 8443, to be let in at.")
    account = _account(settings.service_account, account)
    windows = manager or _windows()
    plan = _plan(settings_path, account, password)
    if windows.state(NAME) is None:
        windows.create(plan)
    else:
        windows.stop(NAME, STOP_SECONDS)
        windows.change(plan)
    if account is not None:
        windows.allow_log_on(account)
    windows.add_event_source()
    _let_in(windows, settings.port, remote)
    windows.start(NAME)


def remove(*, manager: Manager | None = None) -> None:
    """Stop the service and remove it, with its firewall rule. Settings, journal and logs stay.

    Raises:
        SettingsError: This is no Windows.
        OSError: Windows refuses, since the user is no administrator for one.
    """
    windows = manager or _windows()
    if windows.state(NAME) is not None:
        windows.stop(NAME, STOP_SECONDS)
        windows.delete(NAME)
    _shut_out(windows)
    windows.remove_event_source()


def status(*, manager: Manager | None = None) -> str:
    """Say how the service is: running, stopped, starting, stopping, not installed.

    Raises:
        SettingsError: This is no Windows.
    """
    return (manager or _windows()).state(NAME) or NOT_INSTALLED


class Hosted:
    """The agent inside the service: its supervisor, and how it is told to stop."""

    def __init__(self, settings_path: Path) -> None:
        self._path = settings_path
        self._supervisor = make_supervisor(settings_path)

    def run(self) -> int:
        """Serve until stopped; what has to be corrected is told where a service can tell it.

        Returns:
            0 when stopped, 1 when it can't start.
        """
        try:
            return run(self._path, self._supervisor)
        except (SettingsError, OSError) as error:
            with suppress(OSError), logging_to(self._path.with_name(LOGS_NAME), LOG_NAME):
                log_event("cannot_start", at=SystemClock().now(), reason=str(error))
            return 1

    def stop(self) -> None:
        """Have it stop; does not wait."""
        self._supervisor.stop()


def _account(known: str, asked: str | None) -> str | None:
    """Say whom the service runs as: only the account in the settings file may read that file."""
    if asked and asked.casefold() != known.casefold():
        raise SettingsError(
            f"The settings file is closed to {asked}. Run `tieout-agent setup --service-account "
            f"{asked}` first, which opens it to that account."
        )
    return asked or known or None


def _plan(settings_path: Path, account: str | None, password: str | None) -> Plan:
    return Plan(
        NAME,
        TITLE,
        DESCRIPTION,
        program=sys.executable,
        arguments=f'-P -m {HOST} --settings "{settings_path.resolve()}"',
        account=account,
        password=password,
    )


def _remote(addresses: Sequence[str]) -> str:
    """Say to the firewall who may come in."""
    try:
        networks = [str(ipaddress.ip_network(address, strict=False)) for address in addresses]
    except ValueError as error:
        raise SettingsError(
            f"{error}. Name addresses such as 203.0.113.7, or networks such as 203.0.113.0/24."
        ) from error
    return ",".join(networks) or "any"


def _let_in(windows: Manager, port: int, remote: str) -> None:
    _shut_out(windows)  # a rule of an earlier installation may name another port
    rule = ("dir=in", "action=allow", "protocol=TCP", f"localport={port}", f"remoteip={remote}")
    if not windows.command(*_FIREWALL, "add", "rule", f"name={TITLE}", *rule):
        raise OSError(
            f"The firewall does not take a rule for port {port}. Open it by hand for {remote}."
        )


def _shut_out(windows: Manager) -> None:
    """Remove the rule; that there is none is no fault."""
    windows.command(*_FIREWALL, "delete", "rule", f"name={TITLE}")


_FIREWALL = ("netsh", "advfirewall", "firewall")


def _windows() -> Manager:
    try:
        return cast("Manager", importlib.import_module(HOST))
    except ImportError as error:
        raise SettingsError(
            "A service can be installed on Windows only. Elsewhere, have the machine's own service "
            "manager start `tieout-agent run`."
        ) from error
