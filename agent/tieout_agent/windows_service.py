"""The service manager, the firewall and the event log's sources of Windows, through pywin32.

Left out of coverage, as `com.py` is: it can't run where the tests run. It holds no decision. Windows
starts it with `python -m`, so that no other program has to find this environment's libraries.
"""

import argparse
import importlib
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tieout_agent.service import HOST, NAME, STOP_SECONDS, Hosted, Plan
from tieout_agent.windows_events import SOURCE

# Imported by name: pywin32 has no types, and it exists on Windows only.
_service: Any = importlib.import_module("win32service")
_util: Any = importlib.import_module("win32serviceutil")
_host: Any = importlib.import_module("servicemanager")
_security: Any = importlib.import_module("win32security")
_events: Any = importlib.import_module("win32evtlogutil")
_errors: Any = importlib.import_module("pywintypes")

NO_SUCH_SERVICE = 1060
NOT_RUNNING = 1062
SPECIFIC_ERROR = 1066
"""ERROR_SERVICE_DOES_NOT_EXIST, ERROR_SERVICE_NOT_ACTIVE, ERROR_SERVICE_SPECIFIC_ERROR."""

_STATES = {
    _service.SERVICE_STOPPED: "stopped",
    _service.SERVICE_START_PENDING: "starting",
    _service.SERVICE_STOP_PENDING: "stopping",
    _service.SERVICE_RUNNING: "running",
}


class AgentService(_util.ServiceFramework):
    """What the service manager talks to."""

    _svc_name_ = NAME
    settings_path = Path()

    def __init__(self, arguments: Any) -> None:
        _util.ServiceFramework.__init__(self, arguments)
        self._hosted = Hosted(self.settings_path)

    def SvcDoRun(self) -> None:  # noqa: N802 - pywin32's name
        """Serve until stopped; an end with an error has Windows start it again."""
        code = self._hosted.run()
        if code:
            self.ReportServiceStatus(
                _service.SERVICE_STOPPED, win32ExitCode=SPECIFIC_ERROR, svcExitCode=code
            )

    def SvcStop(self) -> None:  # noqa: N802 - pywin32's name
        """Begin to stop."""
        self.ReportServiceStatus(_service.SERVICE_STOP_PENDING, waitHint=round(STOP_SECONDS * 1000))
        self._hosted.stop()

    SvcShutdown = SvcStop


def state(name: str) -> str | None:
    """Say whether a service is running, stopped and so on; None when there is none."""
    try:
        found = _util.QueryServiceStatus(name)[1]
    except _errors.error as error:
        if error.winerror == NO_SUCH_SERVICE:
            return None
        raise OSError(error.strerror) from error
    return _STATES.get(found, "changing")


def create(plan: Plan) -> None:
    """Install a service that is not there yet."""
    with _as_os_error():
        _util.InstallService(*_identity(plan), **_options(plan))
        _set_recovery(plan)


def change(plan: Plan) -> None:
    """Make a service that is there what the plan says."""
    with _as_os_error():
        _util.ChangeServiceConfig(*_identity(plan), **_options(plan))
        _set_recovery(plan)


def allow_log_on(account: str) -> None:
    """Let an account log on as a service."""
    with _as_os_error():
        who = _security.LookupAccountName(None, account)[0]
        policy = _security.LsaOpenPolicy(None, _security.POLICY_ALL_ACCESS)
        _security.LsaAddAccountRights(policy, who, ["SeServiceLogonRight"])
        _security.LsaClose(policy)


def start(name: str) -> None:
    """Start a service; does not wait until it serves."""
    with _as_os_error():
        _util.StartService(name)


def stop(name: str, seconds: float) -> None:
    """Stop a service that may run, and wait until it has ended."""
    with _as_os_error(but=NOT_RUNNING):
        _util.StopService(name)
        _util.WaitForServiceStatus(name, _service.SERVICE_STOPPED, round(seconds))


def delete(name: str) -> None:
    """Remove a service."""
    with _as_os_error():
        _util.RemoveService(name)


def add_event_source() -> None:
    """Make the agent known to the event log."""
    with _as_os_error():
        _events.AddSourceToRegistry(SOURCE)


def remove_event_source() -> None:
    """Take the agent out of the event log; its entries stay."""
    with suppress(_errors.error):
        _events.RemoveSourceFromRegistry(SOURCE)


def command(*arguments: str) -> bool:
    """Run a program of Windows; say whether it did what it was asked."""
    return subprocess.run(arguments, capture_output=True, check=False).returncode == 0  # noqa: S603 - fixed programs


def _identity(plan: Plan) -> tuple[str, str]:
    """Name the class that serves, which Windows itself does not need, and the service."""
    return f"{HOST}.AgentService", plan.name


def _options(plan: Plan) -> dict[str, Any]:
    return {
        "displayName": plan.title,
        "description": plan.description,
        "startType": _service.SERVICE_AUTO_START,
        "delayedstart": True,
        "exeName": plan.program,
        "exeArgs": plan.arguments,
        "userName": plan.account,
        "password": plan.password,
    }


def _set_recovery(plan: Plan) -> None:
    manager = _service.OpenSCManager(None, None, _service.SC_MANAGER_ALL_ACCESS)
    handle = _service.OpenService(manager, plan.name, _service.SERVICE_ALL_ACCESS)
    actions = {
        "ResetPeriod": round(plan.forgiven_after),
        "RebootMsg": None,
        "Command": None,
        "Actions": [
            (_service.SC_ACTION_RESTART, round(seconds * 1000)) for seconds in plan.restarts_after
        ],
    }
    _service.ChangeServiceConfig2(handle, _service.SERVICE_CONFIG_FAILURE_ACTIONS, actions)
    # An end with an error code counts as a failure as well, not a crash alone.
    _service.ChangeServiceConfig2(handle, _service.SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, True)  # noqa: FBT003 - pywin32's way
    _service.CloseServiceHandle(handle)
    _service.CloseServiceHandle(manager)


@contextmanager
def _as_os_error(but: int | None = None) -> Generator[None]:
    try:
        yield
    except _errors.error as error:
        if error.winerror != but:
            raise OSError(error.strerror) from error


def _main(dispatch: Callable[[], None]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", type=Path, required=True)
    AgentService.settings_path = parser.parse_args().settings
    _host.Initialize()
    _host.PrepareToHostSingle(AgentService)
    dispatch()


if __name__ == "__main__":
    _main(_host.StartServiceCtrlDispatcher)
