"""What the agent makes of answers to a change that the simulator gives only when told to."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from sandbox.sage100.store import Store, database
from sandbox.sage100.tables_so import SO_SALES_ORDER_HEADER
from tests.agent.harness import FakeClock, RunningAgent, order, running_agent, sku
from tests.agent.tampering import Answer, Rules, TamperedCom, after, always, without_columns
from tieout_agent.settings import Settings

NUMBER = "W000250"
PATH = f"/ABC/SO/SalesOrder/{NUMBER}"
ORDER = "SO_SalesOrder_bus"
LINES = "SO_SalesOrder_bus.oLines"
HISTORY = "SO_SalesOrderHistoryInquiry_bus"
INVOICES = "AR_InvoiceHistoryInquiry_bus"
EDITED = order(lines=[{"ItemCode": sku(2), "QuantityOrdered": "3", "UnitPrice": "7.00"}])

Change = Callable[[RunningAgent], Any]


def replace(agent: RunningAgent, **headers: str) -> Any:
    return agent.replace_order(NUMBER, EDITED, **headers)


def patch(agent: RunningAgent, **headers: str) -> Any:
    return agent.patch_order(NUMBER, columns={"Comment": "x"}, **headers)


def delete(agent: RunningAgent, **headers: str) -> Any:
    return agent.delete_order(NUMBER, **headers)


CHANGES = pytest.mark.parametrize("change", [replace, patch, delete])


@pytest.fixture
def before(settings: Settings) -> dict[str, Any]:
    """An order of ours, as it was before anybody changed it."""
    with running_agent(settings) as agent:
        agent.create_order(NUMBER, order())
        found: dict[str, Any] = agent.get(PATH).json()
        return found


def attempt(settings: Settings, rules: Rules, change: Change) -> Any:
    """Change the order while Sage follows the rules, and see what is there without them."""
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        answer = change(agent)
    with running_agent(settings) as agent:
        return answer, agent.get(PATH).json()


@CHANGES
def test_a_deadline_that_passes_inside_the_lock_changes_nothing(
    settings: Settings, clock: FakeClock, before: dict[str, Any], *, change: Any
) -> None:
    def slowly(real: Any, arguments: tuple[Any, ...]) -> int:
        clock.move(60)
        return real(*arguments)

    soon = (clock.now() + timedelta(seconds=30)).isoformat()
    with running_agent(
        settings, module=TamperedCom({(ORDER, "nSetKey"): slowly}), clock=clock
    ) as agent:
        answer = change(agent, X_Not_After=soon)
        kept = agent.get(PATH).json()

    assert (answer.status_code, answer.json()["code"]) == (412, "DeadlinePassed")
    assert kept == before


@CHANGES
@pytest.mark.parametrize(("code", "refusal"), [(2, (503, "Busy")), (0, (422, "Refused"))])
def test_a_record_that_does_not_open_as_an_existing_one_is_not_changed(
    settings: Settings, before: dict[str, Any], *, change: Change, code: int, refusal: Any
) -> None:
    answer, kept = attempt(settings, {(ORDER, "nSetKey"): always(code)}, change)

    assert (answer.status_code, answer.json()["code"]) == refusal
    assert kept == before


@CHANGES
@pytest.mark.usefixtures("before")
def test_a_change_by_hand_between_reading_and_locking_is_not_overwritten(
    settings: Settings, change: Change
) -> None:
    def by_hand_first(real: Any, arguments: tuple[Any, ...]) -> int:
        staff = TestClient(Control(Path(settings.home)).app())
        edit = {"header": {"Comment": "by hand"}}
        done = staff.post(f"/_control/companies/ABC/sales-orders/{NUMBER}/hand-edit", json=edit)
        assert done.is_success
        return real(*arguments)

    stored_earlier(settings)
    answer, kept = attempt(settings, {(ORDER, "nSetKey"): by_hand_first}, change)

    assert (answer.status_code, answer.json()["code"]) == (412, "SalesOrderChanged")
    assert kept["salesOrder"]["Comment"] == "by hand"
    assert len(kept["salesOrder"]["Lines"]) == 2


def stored_earlier(settings: Settings) -> None:
    """Set the order back a day, since Sage notes whole seconds and tests are quicker."""
    with closing(Store(database(Path(settings.home), "ABC"))) as store:
        header = store.get(SO_SALES_ORDER_HEADER, NUMBER) or {}
        store.put(SO_SALES_ORDER_HEADER, header | {"DateUpdated": "20261119"})


def test_old_lines_that_stay_stop_the_change(settings: Settings, before: dict[str, Any]) -> None:
    answer, kept = attempt(settings, {(LINES, "nDeleteLine"): always(1)}, replace)

    assert (answer.status_code, answer.json()["code"]) == (422, "Refused")
    assert "did not delete" in answer.json()["detail"]
    assert kept == before


def test_old_lines_that_never_end_stop_the_change(
    settings: Settings, before: dict[str, Any]
) -> None:
    def endless(real: Any, arguments: tuple[Any, ...]) -> int:
        done: int = real(*arguments)
        if arguments[0] == "LineKey$" and deleting:
            deleting.append(1)
            arguments[1].value = f"{len(deleting):06d}"
        return done

    def pretend(_real: Any, _arguments: tuple[Any, ...]) -> int:
        deleting.append(1)
        return 1

    def begin(real: Any, arguments: tuple[Any, ...]) -> int:
        deleting.append(1)
        return real(*arguments)

    deleting: list[int] = []
    rules: Rules = {
        (ORDER, "nSetKey"): begin,
        (LINES, "nGetValue"): endless,
        (LINES, "nDeleteLine"): pretend,
    }

    answer, kept = attempt(settings, rules, replace)

    assert (answer.status_code, answer.json()["code"]) == (422, "Refused")
    assert kept == before


def test_a_line_that_may_not_be_deleted_stops_the_change(
    settings: Settings, before: dict[str, Any]
) -> None:
    answer, kept = attempt(settings, {(LINES, "nDeleteLine"): always(0)}, replace)

    assert (answer.status_code, answer.json()["object"]) == (422, LINES)
    assert kept == before


def test_lines_other_than_the_given_ones_stop_the_change(
    settings: Settings, before: dict[str, Any]
) -> None:
    answer, kept = attempt(settings, {(LINES, "nWrite"): and_one_more}, replace)

    assert (answer.status_code, answer.json()["code"]) == (422, "Refused")
    assert "exactly the new lines" in answer.json()["detail"]
    assert kept == before


def and_one_more(real: Any, arguments: tuple[Any, ...]) -> int:
    done: int = real(*arguments)
    lines: Any = real.__self__
    lines.nAddLine()
    lines.nSetValue("ItemCode$", sku(5))
    real()
    return done


@pytest.mark.usefixtures("before")
def test_the_components_of_a_new_kit_are_no_lines_too_many(settings: Settings) -> None:
    def of_the_kit(real: Any, arguments: tuple[Any, ...]) -> int:
        done: int = real(*arguments)
        if arguments[0] == "SalesKitLineKey$":
            lines: Any = real.__self__
            item = type(arguments[1])(str)
            lines.nGetValue("ItemCode$", item)
            arguments[1].value = "000003" if item.value in (sku(2), sku(5)) else ""
        return done

    rules: Rules = {(LINES, "nWrite"): and_one_more, (LINES, "nGetValue"): of_the_kit}

    answer, kept = attempt(settings, rules, replace)

    assert answer.status_code == 200
    assert [line["ItemCode"] for line in kept["salesOrder"]["Lines"]] == [sku(2), sku(5)]


@pytest.mark.usefixtures("before")
def test_a_release_without_kits_is_served_all_the_same(settings: Settings) -> None:
    rules: Rules = {(LINES, "sGetColumns"): without_columns("SalesKitLineKey$")}

    answer, kept = attempt(settings, rules, replace)

    assert answer.status_code == 200
    assert [line["ItemCode"] for line in kept["salesOrder"]["Lines"]] == [sku(2)]


@pytest.mark.usefixtures("before")
def test_an_order_that_is_still_open_after_its_deletion_is_unknown(settings: Settings) -> None:
    answer, kept = attempt(settings, {(ORDER, "nDelete"): always(1)}, delete)

    assert (answer.status_code, answer.json()["code"]) == (504, "SageTimeout")
    assert kept["where"] == "open"


@pytest.mark.usefixtures("before")
def test_a_deletion_that_can_not_be_looked_up_is_unknown_and_never_called_undone(
    settings: Settings,
) -> None:
    rules: Rules = {(HISTORY, "nFind"): always(0), (INVOICES, "nGetResultSets"): always(0)}

    answer, kept = attempt(settings, rules, delete)

    assert (answer.status_code, answer.json()["code"]) == (504, "SageTimeout")
    assert kept["where"] == "history"


@pytest.mark.usefixtures("before")
def test_a_company_that_keeps_no_history_forgets_a_deleted_order(settings: Settings) -> None:
    answer, _ = attempt(settings, {(HISTORY, "nFind"): always(0)}, delete)

    assert answer.json() == {"where": "absent", "stamp": "", "warnings": []}


def test_a_deletion_that_sage_refuses_is_told(settings: Settings, before: dict[str, Any]) -> None:
    answer, kept = attempt(settings, {(ORDER, "nDelete"): always(0)}, delete)

    assert (answer.status_code, answer.json()["code"]) == (422, "Refused")
    assert kept == before


NO_REVISION: tuple[tuple[str, str], Answer] = (
    (ORDER, "sGetColumns"),
    without_columns("UDF_TIEOUT_REV"),
)


def test_a_company_without_our_column_has_its_revisions_in_the_journal(settings: Settings) -> None:
    with running_agent(settings, module=TamperedCom(dict([NO_REVISION]))) as agent:
        agent.create_order(NUMBER, order())
        replaced = replace(agent, X_Rev="5")
        too_late = patch(agent, X_Rev="5")
        found = agent.get(PATH).json()

    assert (replaced.status_code, replaced.json()["rev"]) == (200, 5)
    assert (too_late.status_code, too_late.json()["code"]) == (412, "RevisionNotNewer")
    assert found["rev"] == 5


@CHANGES
@pytest.mark.usefixtures("before")
def test_an_order_that_can_not_be_read_back_is_unknown(settings: Settings, change: Any) -> None:
    rules: Rules = {(ORDER, "nFind"): after(2, 0), (HISTORY, "nFind"): always(0)}
    with running_agent(settings) as agent:
        stamp = agent.get(PATH).json()["stamp"]

    answer, _ = attempt(settings, rules, lambda agent: change(agent, If_Match=f'"{stamp}"'))

    expected = (200, None) if change is delete else (504, "SageTimeout")
    assert (answer.status_code, answer.json().get("code")) == expected


@CHANGES
@pytest.mark.usefixtures("before")
def test_a_refused_change_lets_go_of_the_record(settings: Settings, change: Change) -> None:
    def drop(real: Any, arguments: tuple[Any, ...]) -> Any:
        dropped.append(1)
        return real(*arguments)

    dropped: list[int] = []
    rules: Rules = {
        (ORDER, "DropObject"): drop,
        (ORDER, "nWrite"): always(0),
        (ORDER, "nDelete"): always(0),
    }
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        refused = change(agent)
        at_once = len(dropped)

    assert (refused.status_code, at_once) == (422, 1)
