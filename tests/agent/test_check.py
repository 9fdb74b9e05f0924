import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from sandbox.sage100 import com, faults
from sandbox.sage100.store import SYSTEM, Store, database
from sandbox.sage100.tables_ar import AR_CUSTOMER
from sandbox.sage100.tables_ci import CI_ITEM
from sandbox.sage100.tables_so import SO_SALES_ORDER_HEADER
from sandbox.sage100.tables_sy import SY_COMPANY
from tests.agent.harness import KEY, FakeClock, kept, order, running_agent, seeded_home
from tests.agent.setting_up import installed
from tieout_agent.checks.findings import State
from tieout_agent.checks.stage import Stage, Wanted
from tieout_agent.checks.trial_order import prove
from tieout_agent.clock import SystemClock
from tieout_agent.commands.app import app
from tieout_agent.journal import Journal
from tieout_agent.sage.families import PROBED
from tieout_agent.server import make_owner
from tieout_agent.settings import read_settings
from tieout_agent.settings_file import read_values, write_values

TEST = ("--test-company", "CAN", "--yes")


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


def run(path: Path, *options: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, ["check", "--settings", str(path), *options], input=typed)


def check(path: Path, *options: str) -> dict[str, Any]:
    """What a check finds: its report, with the findings by what they are about."""
    done = run(path, "--json", *options)
    report = json.loads(done.stdout)
    assert done.exit_code == (0 if report["ok"] else 1)
    found = {(each["about"], each["what"]): each for each in report["findings"]}
    return report | {"found": found}


def state(report: dict[str, Any], about: str, what: str) -> str:
    return report["found"][about, what]["state"]


def orders_of(home: Path, company: str) -> dict[str, str]:
    store = Store(database(home, company))
    found = {key: record["OrderStatus"] for key, record in store.scan(SO_SALES_ORDER_HEADER)}
    store.close()
    return found


def test_a_sound_installation_is_proved_and_nothing_is_written(path: Path, home: Path) -> None:
    report = check(path)

    assert {each["state"] for each in report["findings"]} == {"ok", "unknown"}
    assert [each["level"] for each in report["guarantees"]] == ["full", "full"]
    assert orders_of(home, "ABC") == orders_of(home, "CAN") == {}


def test_each_object_is_named_with_the_right_that_opens_it(path: Path) -> None:
    report = check(path)

    for family in PROBED:
        assert state(report, "ABC", f"Right: {family.name}") == "ok"


def test_the_test_order_is_played_through_and_gone_afterwards(path: Path, home: Path) -> None:
    report = check(path, *TEST)

    played = [each["what"] for each in report["findings"] if "order" in each["what"].lower()]
    assert played[-4:] == [
        "Test order written",
        "Test order found",
        "Test order changed",
        "Test order deleted",
    ]
    for what in ("Same number again", "Too late", "Sage's clock and zone", "Lengths"):
        assert state(report, "CAN", what) == "ok"
    assert orders_of(home, "CAN") == {}


def test_the_test_order_is_written_in_the_named_company_alone(path: Path) -> None:
    report = check(path, *TEST)

    assert "Test order written" not in {
        each["what"] for each in report["findings"] if each["about"] == "ABC"
    }


def test_a_second_test_order_takes_another_number(path: Path) -> None:
    first, second = check(path, *TEST), check(path, *TEST)

    said = [each["found"]["CAN", "Test order written"]["says"] for each in (first, second)]
    assert said[0] != said[1]
    assert second["ok"]


def test_without_a_yes_no_test_order_is_written(path: Path, home: Path) -> None:
    done = run(path, "--test-company", "CAN", typed="n\n")

    assert done.exit_code == 1
    assert "Is it a company for tests?" in done.output
    assert orders_of(home, "CAN") == {}


@pytest.mark.parametrize(
    ("option", "value"), [("--test-customer", "00-NOBODY"), ("--test-item", "NOTHING")]
)
def test_a_test_order_that_sage_refuses_is_told_in_its_words(
    path: Path, home: Path, *, option: str, value: str
) -> None:
    report = check(path, *TEST, option, value)

    failed = report["found"]["CAN", "Test order"]
    assert failed["state"] == "wrong"
    assert value.removeprefix("00-") in failed["says"]
    assert orders_of(home, "CAN") == {}


def test_a_commit_that_sage_refuses_leaves_no_order(path: Path, home: Path, system: Store) -> None:
    faults.add(system, faults.Fault("refuse_write", text="The batch is in use"))

    report = check(path, *TEST)

    assert "The batch is in use" in report["found"]["CAN", "Test order"]["says"]
    assert state(report, "CAN", "Test order cleared away") == "ok"
    assert orders_of(home, "CAN") == {}


def test_an_order_whose_answer_was_lost_is_cleared_away(
    path: Path, home: Path, system: Store
) -> None:
    faults.add(system, faults.Fault("lost_answer"))

    report = check(path, *TEST)

    assert not report["ok"]
    assert state(report, "CAN", "Test order cleared away") == "ok"
    assert orders_of(home, "CAN") == {}


def test_an_order_that_can_t_be_cleared_away_is_named(
    path: Path, home: Path, system: Store, *, tmp_path: Path
) -> None:
    clock = SystemClock()
    owner = make_owner(read_settings(path), com, clock)
    stage = Stage("CAN", owner, Journal(tmp_path / "journal", clock), clock)
    findings = prove(stage, Wanted(), ["W"])

    written = next(each for each in findings if each.what == "Test order written")
    faults.add(system, faults.Fault("refuse_write", count=None, text="The batch is in use"))
    *_, failed, left = findings
    owner.stop()

    [number] = orders_of(home, "CAN")
    assert number in written.says
    assert "The batch is in use" in failed.says
    assert f"Delete the sales order {number} in company CAN by hand" in left.todo


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


def test_orders_that_bear_a_web_order_s_number_are_a_reason_for_another_letter(
    path: Path,
) -> None:
    write_values(path, read_values(path) | {"api_keys": [kept(KEY).model_dump(exclude_none=True)]})
    with running_agent(read_settings(path)) as agent:
        entered = order(header={"CustomerPONo": "PO 4711"})
        agent.create_order("W000777", entered)
        agent.create_order("W000250", order())

    report = check(path)
    other = check(path, "--letter", "X")

    found = report["found"]["ABC", "Numbers with W"]
    assert found["state"] == "wrong"
    assert "W000777" in found["says"]
    assert "W000250" not in found["says"]
    assert state(other, "ABC", "Numbers with X") == "ok"


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
    assert "guarantee level full" in shown.stdout
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


def test_a_test_company_without_anybody_to_sell_to_asks_for_one(path: Path, home: Path) -> None:
    store = Store(database(home, "CAN"))
    for key, _ in store.scan(AR_CUSTOMER):
        store.delete(AR_CUSTOMER, key)
    store.close()

    assert "--test-customer" in check(path, *TEST)["found"]["CAN", "Test order"]["says"]


def test_a_test_company_without_anything_to_sell_asks_for_an_item(path: Path, home: Path) -> None:
    store = Store(database(home, "CAN"))
    for _, record in store.scan(CI_ITEM):
        store.put(CI_ITEM, record | {"InactiveItem": "Y"})
    store.close()

    assert "--test-item" in check(path, *TEST)["found"]["CAN", "Test order"]["says"]


def test_another_clock_or_zone_than_sage_s_is_told(path: Path) -> None:
    clock = FakeClock()
    owner = make_owner(read_settings(path), com, clock)
    stage = Stage("CAN", owner, Journal(path.with_name("journal"), clock), clock)

    found = {finding.what: finding for finding in prove(stage, Wanted(), ["W"])}
    owner.stop()

    assert found["Sage's clock and zone"].state is State.WARNING
    assert "when it is 2026-11-20" in found["Sage's clock and zone"].says
