import json
import re
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.agent.harness import make_settings, seeded_home
from tests.agent.processes import free_port, settings_file, wait_long
from tieout_agent.errors import SettingsError
from tieout_agent.service import (
    NAME,
    RESTARTS_AFTER,
    STOP_SECONDS,
    Hosted,
    Plan,
    install,
    remove,
    status,
)


@dataclass
class Windows:
    """A service manager, a firewall and an event log that behave as those of Windows do."""

    services: dict[str, Plan] = field(default_factory=dict[str, Plan])
    running: set[str] = field(default_factory=set[str])
    rules: list[str] = field(default_factory=list[str])
    may_log_on: list[str] = field(default_factory=list[str])
    event_source: bool = False
    takes_rules: bool = True
    stopped_within: float = 0

    def state(self, name: str) -> str | None:
        if name not in self.services:
            return None
        return "running" if name in self.running else "stopped"

    def create(self, plan: Plan) -> None:
        assert plan.name not in self.services, "Windows refuses a second one of the name"
        self.services[plan.name] = plan

    def change(self, plan: Plan) -> None:
        assert plan.name not in self.running, "what runs keeps its old settings"
        self.services[plan.name] = plan

    def allow_log_on(self, account: str) -> None:
        self.may_log_on.append(account)

    def start(self, name: str) -> None:
        self.running.add(self.services[name].name)

    def stop(self, name: str, seconds: float) -> None:
        self.stopped_within = seconds
        self.running.discard(name)

    def delete(self, name: str) -> None:
        assert name not in self.running, "Windows would only mark it for deletion"
        del self.services[name]

    def add_event_source(self) -> None:
        self.event_source = True

    def remove_event_source(self) -> None:
        self.event_source = False

    def command(self, *arguments: str) -> bool:
        assert arguments[:3] == ("netsh", "advfirewall", "firewall")
        verb, _, name, *rule = arguments[3:]
        assert name == "name=Tieout agent"
        if verb == "delete":
            had, self.rules = bool(self.rules), []
            return had
        self.rules += [" ".join(rule)] if self.takes_rules else []
        return self.takes_rules


@pytest.fixture
def file(tmp_path: Path, seeded: Path) -> Path:
    port = free_port()
    return settings_file(make_settings(tmp_path, seeded_home(tmp_path, seeded), port=port))


def belonging_to(account: str, file: Path) -> Path:
    file.write_text(json.dumps(json.loads(file.read_text()) | {"service_account": account}))
    return file


def port_of(file: Path) -> int:
    port: int = json.loads(file.read_text())["port"]
    return port


def test_the_service_is_installed_started_and_let_in(file: Path) -> None:
    windows = Windows()

    install(file, manager=windows)

    plan = windows.services[NAME]
    assert status(manager=windows) == "running"
    assert (plan.program, plan.account) == (sys.executable, None)
    assert plan.arguments == f'-P -m tieout_agent.windows_service --settings "{file}"'
    assert plan.restarts_after == RESTARTS_AFTER
    assert windows.event_source
    assert windows.rules == [
        f"dir=in action=allow protocol=TCP localport={port_of(file)} remoteip=any"
    ]


def test_an_account_of_its_own_may_log_on_and_its_password_is_never_shown(file: Path) -> None:
    windows = Windows()

    install(belonging_to("SUMMIT\\tieout", file), password="canary", manager=windows)

    plan = windows.services[NAME]
    assert (plan.account, plan.password) == ("SUMMIT\\tieout", "canary")
    assert windows.may_log_on == ["SUMMIT\\tieout"]
    assert "canary" not in repr(plan)


def test_an_account_that_may_not_read_the_settings_is_refused(file: Path) -> None:
    windows = Windows()

    with pytest.raises(SettingsError, match="setup --service-account"):
        install(file, "SUMMIT\\other", manager=windows)

    assert windows == Windows()


def test_the_firewall_lets_in_the_named_addresses_alone(file: Path) -> None:
    windows = Windows()

    install(file, addresses=["203.0.113.7", "198.51.100.0/24", "2001:db8::1"], manager=windows)

    assert windows.rules[0].endswith("remoteip=203.0.113.7/32,198.51.100.0/24,2001:db8::1/128")


def test_installing_again_brings_the_service_up_to_date(file: Path) -> None:
    windows = Windows()
    install(file, manager=windows)
    values = json.loads(belonging_to("SUMMIT\\tieout", file).read_text()) | {"port": 9443}
    file.write_text(json.dumps(values))

    install(file, "summit\\Tieout", manager=windows)

    assert windows.services[NAME].account == "summit\\Tieout"
    assert status(manager=windows) == "running"
    assert [re.findall(r"localport=(\d+)", rule) for rule in windows.rules] == [["9443"]]


def test_removing_it_stops_it_in_time_and_leaves_only_its_files(file: Path) -> None:
    windows = Windows()
    install(file, manager=windows)

    remove(manager=windows)

    assert windows == Windows(stopped_within=STOP_SECONDS)
    assert status(manager=windows) == "not installed"
    assert file.exists()


def test_removing_what_is_not_installed_is_no_fault() -> None:
    windows = Windows()

    remove(manager=windows)

    assert windows == Windows()


@pytest.mark.parametrize(
    ("port", "address", "words"), [(8443, "cloud", "203.0.113.7"), (0, "203.0.113.7", "port")]
)
def test_nothing_is_installed_with_an_address_or_a_port_that_is_none(
    file: Path, *, port: int, address: str, words: str
) -> None:
    windows = Windows()
    file.write_text(json.dumps(json.loads(file.read_text()) | {"port": port}))

    with pytest.raises(SettingsError, match=words):
        install(file, addresses=[address], manager=windows)

    assert windows == Windows()


def test_a_firewall_that_takes_no_rule_is_told_with_what_to_open_by_hand(file: Path) -> None:
    windows = Windows(takes_rules=False)

    with pytest.raises(OSError, match=f"port {port_of(file)}.*by hand"):
        install(file, manager=windows)


def test_elsewhere_than_on_windows_it_says_what_to_do_instead(file: Path) -> None:
    with pytest.raises(SettingsError, match="tieout-agent run"):
        install(file)


def test_what_runs_inside_the_service_serves_until_it_is_stopped(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    hosted = Hosted(file)
    codes: list[int] = []
    running = threading.Thread(target=lambda: codes.append(hosted.run()))
    running.start()
    wait_long(lambda: "listening on" in capfd.readouterr().out)

    hosted.stop()
    running.join(STOP_SECONDS)

    assert codes == [0]


def test_a_service_that_can_not_start_says_why_in_its_log(tmp_path: Path) -> None:
    file = tmp_path / "agent.json"
    file.write_text('{"home": "nowhere"}')

    code = Hosted(file).run()

    lines = (tmp_path / "logs" / "tieout-agent-supervisor.log").read_text().splitlines()
    told = json.loads(lines[-1])
    assert code == 1
    assert (told["event"], told["level"]) == ("cannot_start", "error")
    assert "companies" in told["message"]
