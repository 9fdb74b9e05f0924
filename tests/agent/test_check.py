from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.sage100 import com, faults
from sandbox.sage100.store import SYSTEM, Store, database
from sandbox.sage100.tables_sy import SY_COMPANY
from tests.agent.checking import TEST, check, orders_of, run, state
from tests.agent.harness import FakeClock, running_agent, seeded_home
from tests.agent.setting_up import installed
from tieout_agent.checks.company import CompanyCheck
from tieout_agent.checks.findings import State
from tieout_agent.checks.stage import Stage
from tieout_agent.journal import Journal
from tieout_agent.sage.families import PROBED
from tieout_agent.server import make_owner
from tieout_agent.settings import read_settings
from tieout_agent.settings_file import read_values, write_values


@pytest.fixture
def home(tmp_path: Path, seeded: Path) -> Path:
    return seeded_home(tmp_path, seeded)


@pytest.fixture
def path(tmp_path: Path, home: Path) -> Path:
    return installed(tmp_path, home)


@pytest.fixture
def system(home: Path) -> Iterator[Store]:
    store = Store(database(home, SYSTEM))
    yield store
    store.close()


@pytest.fixture
def stage(path: Path, tmp_path: Path, clock: FakeClock) -> Iterator[Stage]:
    """The test company, for a test that does something between two findings."""
    owner = make_owner(read_settings(path), com, clock)
    yield Stage("CAN", owner, Journal(tmp_path / "journal", clock), clock)
    owner.stop()


def test_a_sound_installation_is_proved_and_nothing_is_written(path: Path, home: Path) -> None:
    report = check(path)

    assert {each["state"] for each in report["findings"]} == {"ok", "unknown"}
    assert [each["level"] for each in report["guarantees"]] == ["unproven", "unproven"]
    assert orders_of(home, "ABC") == orders_of(home, "CAN") == {}


def test_each_object_is_named_with_the_right_that_opens_it(path: Path) -> None:
    report = check(path)

    for family in PROBED:
        assert state(report, "ABC", f"Right: {family.name}") == "ok"


@pytest.mark.parametrize("what", ["Session", "Columns of our own"])
def test_a_session_that_breaks_on_the_way_is_told(
    stage: Stage, system: Store, clock: FakeClock, *, what: str
) -> None:
    findings = CompanyCheck("CAN", stage.owner, ["W"], clock).findings()
    next(each for each in findings if each.what == what)

    faults.add(system, faults.Fault("poison"))
    wrong = [each for each in findings if each.state is State.WRONG]

    assert "opened anew" in wrong[0].says


def test_a_right_that_was_lost_is_named_and_the_guarantee_falls(path: Path, system: Store) -> None:
    lost = faults.Fault("no_right", count=None, object="AR_InvoiceHistoryInquiry_bus")
    faults.add(system, lost)

    report = check(path)

    found = report["found"]["ABC", "Right: AR_InvoiceHistoryInquiry_bus"]
    assert found["state"] == "warning"
    assert "Grant Invoice History Inquiry" in found["todo"]
    assert report["guarantees"][0]["level"] == "never twice"
    assert "Invoice History Inquiry" in report["guarantees"][0]["raised_by"][0]
    assert report["ok"]


def test_without_the_right_to_sales_orders_nothing_is_promised(path: Path, system: Store) -> None:
    faults.add(system, faults.Fault("no_right", count=None, object="SO_SalesOrder_bus"))

    report = check(path)

    assert state(report, "ABC", "Right: SO_SalesOrder_bus") == "wrong"
    assert report["guarantees"][0]["level"] == "none"
    assert not report["ok"]


def test_a_wrong_password_is_told_for_each_company(path: Path) -> None:
    write_values(path, read_values(path) | {"password": "wrong"})

    report = check(path)

    assert "password is not valid" in report["found"]["ABC", "Session"]["says"]
    assert [each["level"] for each in report["guarantees"]] == ["none", "none"]


def test_without_a_licence_it_is_said(path: Path, system: Store) -> None:
    faults.add(system, faults.Fault("no_licence", count=2))

    report = check(path)

    assert "maximum number of users" in report["found"]["CAN", "Session"]["says"]
    assert not report["ok"]


def test_a_company_without_external_access_is_told(path: Path, system: Store) -> None:
    company = system.get(SY_COMPANY, "CAN") or {}
    system.put(SY_COMPANY, company | {"AllowExternalAccess": "N"})

    report = check(path)

    assert "does not allow external access" in report["found"]["CAN", "Session"]["says"]
    assert state(report, "ABC", "Session") == "ok"


def test_a_session_that_breaks_while_it_reads_is_told(path: Path, system: Store) -> None:
    faults.add(system, faults.Fault("no_object_licence", count=None))

    report = check(path)

    assert not report["ok"]


def test_the_agent_that_runs_is_seen_at_its_port(path: Path) -> None:
    with running_agent(read_settings(path)):
        report = check(path)

    assert "The agent listens" in report["found"]["server", "Port"]["says"]


def test_a_paused_agent_keeps_the_check_off_sage(path: Path) -> None:
    read_settings(path).pause_file.touch()

    report = check(path)

    assert state(report, "server", "Paused") == "wrong"
    assert not any(about == "ABC" for about, _ in report["found"])


def test_a_settings_file_that_others_may_read_has_to_be_mended(path: Path) -> None:
    path.chmod(0o644)

    assert state(check(path), "server", "Settings file") == "wrong"


def test_a_person_sees_a_table_and_what_results(path: Path) -> None:
    shown = run(path)

    assert shown.exit_code == 0
    assert "guarantee level unproven" in shown.stdout
    assert "Nothing has to be mended" in shown.stdout


def test_a_person_sees_how_much_has_to_be_mended_and_what_raises_the_guarantee(
    path: Path, system: Store
) -> None:
    faults.add(
        system, faults.Fault("no_right", count=None, object="SO_SalesOrderHistoryInquiry_bus")
    )
    path.chmod(0o644)

    shown = run(path)

    assert shown.exit_code == 1
    assert "To raise it: Grant Sales Order and Quote History Inquiry" in shown.stdout
    assert "1 of " in shown.stdout


def test_no_personal_data_and_no_secret_is_in_the_report(path: Path) -> None:
    told = run(path, "--json", *TEST).stdout

    assert "@" not in told
