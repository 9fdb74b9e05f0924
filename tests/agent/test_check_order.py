from collections.abc import Generator, Iterator
from pathlib import Path
from typing import cast

import pytest

from sandbox.sage100 import com, faults
from sandbox.sage100.store import SYSTEM, Store, database
from sandbox.sage100.tables_ar import AR_CUSTOMER
from sandbox.sage100.tables_ci import CI_ITEM
from sandbox.sage100.tables_so import SO_OPTIONS, SO_SALES_ORDER_HEADER
from tests.agent.checking import TEST, check, orders_of, run, state
from tests.agent.harness import KEY, FakeClock, kept, order, running_agent, seeded_home
from tests.agent.setting_up import installed
from tieout_agent.checks.findings import Finding, State
from tieout_agent.checks.judging import refused
from tieout_agent.checks.stage import NUMBERS, NUMBERS_TRIED, Stage, Wanted, prepare
from tieout_agent.checks.trial_order import prove
from tieout_agent.errors import SettingsError
from tieout_agent.journal import Journal
from tieout_agent.sage.books import Books
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


@pytest.mark.parametrize("yes", [("--yes",), ()])
def test_no_test_order_goes_where_web_orders_go_unless_that_is_said(
    path: Path, home: Path, *, yes: tuple[str, ...]
) -> None:
    done = run(path, "--test-company", "CAN", *yes, typed="y\n")

    assert isinstance(done.exception, SettingsError)
    assert "Web orders go to company CAN" in str(done.exception)
    assert "--even-if-served" in str(done.exception)
    assert orders_of(home, "CAN") == {}


def test_a_company_that_no_web_order_goes_to_needs_no_more_than_a_yes(path: Path) -> None:
    write_values(path, read_values(path) | {"companies": ["ABC"]})

    report = check(path, "--test-company", "CAN", "--yes")

    assert state(report, "CAN", "Test order deleted") == "ok"


def test_without_a_yes_no_test_order_is_written(path: Path, home: Path) -> None:
    done = run(path, "--test-company", "CAN", "--even-if-served", typed="n\n")

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
    stage: Stage, home: Path, system: Store
) -> None:
    findings = prove(stage, Wanted(), ["W"])

    written = next(each for each in findings if each.what == "Test order written")
    faults.add(system, faults.Fault("refuse_write", count=None, text="The batch is in use"))
    *_, failed, left = findings

    [number] = orders_of(home, "CAN")
    assert number in written.says
    assert "The batch is in use" in failed.says
    assert f"Delete the sales order {number} in company CAN by hand" in left.todo


def test_a_check_that_is_broken_off_leaves_no_order(stage: Stage, home: Path) -> None:
    findings = prove(stage, Wanted(), ["W"])
    next(each for each in findings if each.what == "Test order written")

    cast("Generator[Finding]", findings).close()

    assert orders_of(home, "CAN") == {}


def test_what_sage_remarks_on_the_test_order_is_told(
    stage: Stage, path: Path, clock: FakeClock
) -> None:
    marker = stage.run(lambda books: prepare(books, Wanted(), clock)).header["CustomerPONo"]
    write_values(path, read_values(path) | {"api_keys": [kept(KEY).model_dump(exclude_none=True)]})
    customer = {"ARDivisionNo": "00", "CustomerNo": _some_customer(path)}
    with running_agent(read_settings(path)) as agent:
        entered = order(header=customer | {"CustomerPONo": marker})
        answer = agent.create_order("W000001", entered, company="CAN")
    assert answer.status_code == 201, answer.text

    found = {finding.what: finding for finding in prove(stage, Wanted(), ["W"])}

    assert "Sage 100 remarked" in found["Test order written"].says


def _some_customer(path: Path) -> str:
    store = Store(database(Path(read_settings(path).home), "CAN"))
    customers = [record for _, record in store.scan(AR_CUSTOMER)]
    store.close()
    return next(each["CustomerNo"] for each in customers if each["ARDivisionNo"] == "00")


def test_where_deleted_orders_are_not_kept_it_is_said_what_that_means(
    path: Path, home: Path
) -> None:
    store = Store(database(home, "CAN"))
    store.put(SO_OPTIONS, {"ModuleCode": "S/O", "RetainDeletedOrders": "N"})
    store.close()

    found = check(path, *TEST)["found"]["CAN", "Test order deleted"]

    assert found["state"] == "warning"
    assert "keep deleted orders too" in found["todo"]


@pytest.mark.parametrize("letter", ["w", "WX", "[", ""])
def test_what_begins_no_web_order_s_number_is_not_looked_for(path: Path, letter: str) -> None:
    done = run(path, "--letter", letter)

    assert done.exit_code == 2
    assert "capital letter" in done.stderr


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


def test_another_clock_or_zone_than_sage_s_is_told(stage: Stage) -> None:
    found = {finding.what: finding for finding in prove(stage, Wanted(), ["W"])}

    assert found["Sage's clock and zone"].state is State.WARNING
    assert "when it is 2026-11-20" in found["Sage's clock and zone"].says


def test_a_write_that_is_not_refused_is_a_reason_to_stop(stage: Stage) -> None:
    def nothing(_: Books) -> None:
        """A write that Sage takes."""

    assert refused(stage, "Too late", nothing, code="DeadlinePassed").state is State.WRONG


def test_a_company_full_of_test_orders_is_to_be_purged(
    stage: Stage, home: Path, clock: FakeClock
) -> None:
    first = int(clock.now().timestamp()) % NUMBERS
    store = Store(database(home, "CAN"))
    for step in range(NUMBERS_TRIED):
        number = f"TIE{(first + step) % NUMBERS:04d}"
        store.put(SO_SALES_ORDER_HEADER, {"SalesOrderNo": number, "OrderStatus": "N"})
    store.close()

    [found] = prove(stage, Wanted(), ["W"])

    assert "Purge the test company's history" in found.says
