from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.agent.harness import FakeClock, make_settings
from tieout_agent.certificate import VALID_FOR, ensure_certificate
from tieout_agent.checks.findings import Finding, State, good, to_mend
from tieout_agent.checks.history import TEST_DELETED, check_history
from tieout_agent.checks.judging import compared, found_both, stamped
from tieout_agent.checks.layout import Layout, check_layouts
from tieout_agent.checks.lengths import check_lengths
from tieout_agent.checks.level import guarantee
from tieout_agent.checks.machine import (
    DAYS_TO_RENEW,
    FREE_NEEDED,
    FREE_WANTED,
    check_disk,
    check_machine,
    check_service,
)
from tieout_agent.checks.numbering import check_next_number, check_numbering
from tieout_agent.checks.rights import RIGHTS
from tieout_agent.journal import Journal
from tieout_agent.protection import load_protection
from tieout_agent.sage.families import INVOICE_HISTORY, ORDER_HISTORY, PROBED, SALES_ORDER
from tieout_agent.sage.sales_order_reading import Found
from tieout_agent.sage.sales_order_writing import OrderDocument
from tieout_agent.settings_file import write_values

ALL = frozenset({SALES_ORDER, ORDER_HISTORY, INVOICE_HISTORY})


class Machine:
    """An installation without a Sage."""

    def __init__(self, folder: Path, clock: FakeClock) -> None:
        self.path = folder / "agent.json"
        self.clock = clock
        self.settings = make_settings(folder, folder)
        self.write(password="typed")
        ensure_certificate(self.settings, clock)

    def write(self, **values: Any) -> None:
        write_values(self.path, {"protection": ""} | values)

    def change(self, **values: Any) -> None:
        self.settings = self.settings.model_copy(update=values)

    def look(self) -> dict[str, Finding]:
        found = check_machine(self.path, self.settings, self.clock)
        return {finding.what: finding for finding in found}


@pytest.fixture
def machine(tmp_path: Path, clock: FakeClock) -> Machine:
    made = Machine(tmp_path, clock)
    made.change(api_keys=(made.settings.keys[0], made.settings.keys[2]))
    return made


def test_a_sound_machine_has_nothing_to_mend(machine: Machine) -> None:
    assert {finding.state for finding in machine.look().values()} == {State.OK}


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (VALID_FOR.days - DAYS_TO_RENEW - 2, State.OK),
        (VALID_FOR.days - DAYS_TO_RENEW, State.WARNING),
        (VALID_FOR.days, State.WRONG),
    ],
)
def test_a_certificate_is_renewed_in_time(machine: Machine, *, days: int, state: State) -> None:
    machine.clock.move(days * 86400)

    found = machine.look()["Certificate"]

    assert found.state is state
    assert ("certificate renew" in found.todo) is (state is not State.OK)


def test_a_certificate_without_one_of_the_names_is_told(machine: Machine) -> None:
    machine.change(certificate_names=("localhost", "sage.summit.example"))

    found = machine.look()["Certificate"]

    assert found.state is State.WARNING
    assert "It lacks sage.summit.example." in found.says


def test_missing_files_are_told(machine: Machine) -> None:
    machine.settings.key_file.unlink()
    machine.settings.certificate_file.unlink()

    found = machine.look()

    assert found["Private key"].state is found["Certificate"].state is State.WRONG


@pytest.mark.parametrize(
    ("kept", "state", "said"),
    [
        ((0,), State.WARNING, "keys add --scope read"),
        ((2,), State.WRONG, "keys add --scope write"),
        ((0, 1, 2), State.WARNING, "keys remove"),
    ],
)
def test_keys_that_are_missing_or_too_many_are_told(
    tmp_path: Path, clock: FakeClock, *, kept: tuple[int, ...], state: State, said: str
) -> None:
    machine = Machine(tmp_path, clock)
    machine.change(api_keys=tuple(machine.settings.keys[place] for place in kept))

    found = machine.look()["API keys"]

    assert found.state is state
    assert said in found.todo


def test_on_windows_a_typed_password_is_to_be_sealed(machine: Machine) -> None:
    windows = "tests.agent.fake_windows"
    machine.change(protection=windows)
    machine.write(password="typed", protection=windows)
    typed = machine.look()
    machine.write(password={"protected": "dpapi:"}, protection=windows)
    sealed = machine.look()

    assert typed["Sage user's password"].state is State.WARNING
    assert sealed["Sage user's password"].state is State.OK


def test_on_windows_the_folder_has_to_be_closed_off_too(machine: Machine) -> None:
    windows = "tests.agent.fake_windows"
    machine.change(protection=windows)
    machine.write(password={"protected": "dpapi:"}, protection=windows)
    before = machine.look()["Settings folder"].state
    load_protection(windows).close_off(machine.path.parent)

    assert before is State.WRONG
    assert machine.look()["Settings folder"].state is State.OK


def test_a_journal_that_is_damaged_has_to_be_mended(machine: Machine) -> None:
    machine.settings.journal.write_bytes(b"no journal" * 1000)

    assert machine.look()["Journal"].state is State.WRONG


def test_a_journal_that_the_service_has_open_is_sound(machine: Machine) -> None:
    service = Journal(machine.settings.journal, machine.clock)

    assert machine.look()["Journal"].state is State.OK
    assert not service.broken


@pytest.mark.parametrize(
    ("free", "state"),
    [
        (FREE_WANTED, State.OK),
        (FREE_WANTED - 1, State.WARNING),
        (FREE_NEEDED, State.WARNING),
        (FREE_NEEDED - 1, State.WRONG),
    ],
)
def test_room_on_the_disk_is_judged_by_what_journal_and_logs_grow_to(
    free: int, state: State
) -> None:
    assert check_disk(free).state is state


def test_a_port_of_somebody_else_has_to_be_mended(machine: Machine) -> None:
    machine.change(host="192.0.2.1", port=8443)

    assert machine.look()["Port"].state is State.WRONG


def test_local_time_and_zone_are_told(machine: Machine) -> None:
    says = machine.look()["Clock"].says

    assert "2026-11-20 12:00:00 UTC" in says
    assert "UTC+" in says or "UTC-" in says


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ("running", State.OK),
        ("stopped", State.WRONG),
        ("stopping", State.WRONG),
        ("not installed", State.WARNING),
    ],
)
def test_the_service_has_to_run_where_it_is_installed(told: str, state: State) -> None:
    assert check_service(told).state is state


def test_only_what_is_wrong_has_to_be_mended() -> None:
    states = (State.OK, State.WARNING, State.UNKNOWN)
    findings = [Finding("ABC", "x", state, "y") for state in states]

    assert not to_mend(findings)
    assert to_mend([*findings, Finding("ABC", "x", State.WRONG, "y")])


def test_every_object_that_is_tried_has_a_right_that_a_person_can_grant() -> None:
    assert set(PROBED) == set(RIGHTS)


@pytest.mark.parametrize(
    ("statuses", "completed", "deleted"),
    [
        ({"A"}, State.UNKNOWN, State.UNKNOWN),
        ({"A", "C"}, State.OK, State.UNKNOWN),
        ({"X"}, State.UNKNOWN, State.OK),
        ({"C", "Z"}, State.OK, State.OK),
        (set[str](), State.UNKNOWN, State.UNKNOWN),
    ],
)
def test_what_history_keeps_is_told_by_what_it_has(
    statuses: set[str], completed: State, deleted: State
) -> None:
    found = list(check_history("ABC", frozenset(statuses)))

    assert [finding.state for finding in found] == [completed, deleted]


@pytest.mark.parametrize(
    ("made", "level", "steps"),
    [
        (ALL, "full", 0),
        (ALL - {INVOICE_HISTORY}, "never twice", 1),
        (ALL - {ORDER_HISTORY}, "never twice", 1),
        (frozenset({SALES_ORDER}), "never twice", 2),
        (frozenset[Any](), "none", 1),
    ],
)
def test_the_guarantee_follows_from_what_can_be_looked_through(
    made: frozenset[Any], level: str, steps: int
) -> None:
    found = guarantee("ABC", made, list(check_history("ABC", frozenset({"C", "X"}))))

    assert (found.level, len(found.raised_by)) == (level, steps)


KEEPS_ALL, KEEPS_COMPLETED = frozenset({"C", "X"}), frozenset({"C"})
TRACE = good("ABC", TEST_DELETED, "It is gone.")
NO_TRACE = Finding("ABC", TEST_DELETED, State.WARNING, "It is gone.", "Keep deleted orders too.")


@pytest.mark.parametrize(
    ("found", "level", "steps"),
    [
        (check_history("ABC", KEEPS_ALL), "full", 0),
        (check_history("ABC", KEEPS_COMPLETED), "unproven", 1),
        (check_history("ABC", frozenset()), "unproven", 2),
        ([*check_history("ABC", KEEPS_COMPLETED), TRACE], "full", 0),
        ([*check_history("ABC", KEEPS_ALL), NO_TRACE], "unproven", 1),
        ([*check_history("ABC", KEEPS_ALL), replace(NO_TRACE, about="TST")], "full", 0),
        ([*check_history("ABC", KEEPS_COMPLETED), replace(TRACE, about="TST")], "unproven", 1),
        ([], "unproven", 1),
    ],
)
def test_nothing_is_promised_in_full_that_was_not_seen(
    found: Iterable[Finding], level: str, steps: int
) -> None:
    result = guarantee("ABC", ALL, list(found))

    assert (result.level, len(result.raised_by)) == (level, steps)


def test_columns_that_a_release_lacks_are_named() -> None:
    missing = tuple(f"Column{number}" for number in range(7))
    ours = ("UDF_TIEOUT_MARKER", "UDF_TIEOUT_REV")

    [found, own] = check_layouts("ABC", [Layout("sales orders", missing, ours)])

    assert found.state is State.WARNING
    assert "Column4 and 2 more" in found.says
    assert own.state is State.OK


def test_columns_of_our_own_that_are_missing_are_told_with_their_size() -> None:
    [_, own] = check_layouts("ABC", [Layout("sales orders", (), ("UDF_TIEOUT_MARKER",))])

    assert own.state is State.WARNING
    assert "UDF_TIEOUT_REV (number, 9 digits)" in own.todo


def test_without_sales_orders_our_own_columns_are_not_judged() -> None:
    found = list(check_layouts("ABC", [Layout("customers", (), ())]))

    assert [finding.what for finding in found] == ["Columns of customers"]


def test_a_release_that_keeps_less_is_told() -> None:
    assert check_lengths("TST", []).state is State.OK
    assert "ShipToName" in check_lengths("TST", ["ShipToName"]).says


def test_an_automatic_number_must_not_begin_as_web_orders_do() -> None:
    assert check_next_number("TST", ["W"], "0000123") == good(
        "TST", "Automatic number", "Sage 100 drew 0000123, which can't meet a web order's."
    )
    assert check_next_number("TST", ["W"], "W000123").state is State.WRONG


def test_strangers_among_the_web_orders_are_counted_and_some_named() -> None:
    strangers = [f"W00000{number}" for number in range(5)]

    found = check_numbering("ABC", "W", strangers)

    assert found.says.startswith("5 orders")
    assert "W000002" in found.says
    assert "W000003" not in found.says


def sent() -> OrderDocument:
    line = {"ItemCode": "TENT", "QuantityOrdered": "1", "UnitPrice": "1.00"}
    return OrderDocument("TIE0001", 1, header={}, lines=[line])


@pytest.mark.parametrize(
    ("change", "state"),
    [
        ({}, State.OK),
        ({"UnitPrice": "1.000000", "QuantityOrdered": "1.0"}, State.OK),
        ({"UnitPrice": "0.90"}, State.WRONG),
        ({"QuantityOrdered": "2"}, State.WRONG),
        ({"ItemCode": "BAG"}, State.WRONG),
    ],
)
def test_what_sage_holds_is_compared_with_what_was_sent(
    change: dict[str, str], state: State
) -> None:
    held = {"Lines": [{**sent().lines[0], **change}]}

    assert compared(good("TST", "Test order written", "TIE0001."), held, sent()).state is state


def test_an_order_that_is_not_found_by_its_mark_is_a_reason_to_stop() -> None:
    unmarked = Found("open", {"SalesOrderNo": "TIE0001"})

    assert found_both("TST", "TIE0001", unmarked).state is State.WRONG
    assert found_both("TST", "TIE0001", None).state is State.WRONG


def test_without_a_stamp_of_sage_s_its_clock_is_not_known(clock: FakeClock) -> None:
    assert stamped("TST", {}, clock.now()).state is State.UNKNOWN
