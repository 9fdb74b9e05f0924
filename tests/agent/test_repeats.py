"""Repeated requests, requests of unknown end, and a journal that can't be used."""

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100.faults import Fault
from sandbox.sage100.tables_so import SO_SALES_ORDER_HEADER, SO_SALES_ORDER_HISTORY_HEADER
from tests.agent.harness import RunningAgent, in_seconds, order, running_agent
from tests.agent.tampering import Rules, TamperedCom, always, without_columns
from tieout_agent.settings import Settings

NUMBER = "W000250"
PATH = f"/ABC/SO/SalesOrder/{NUMBER}"
ORDER = "SO_SalesOrder_bus"
CUSTOMER = {
    "CustomerName": "Alpine Outfitters",
    "SalespersonDivisionNo": "00",
    "SalespersonNo": "0100",
}


def test_it_holds_nothing_of_what_a_document_says(agent: RunningAgent) -> None:
    canary = "Canary Person"
    agent.create_order(NUMBER, order(header={"ShipToName": canary, "ConfirmTo": canary}))
    agent.create_customer("00-WEB0001", CUSTOMER | {"CustomerName": canary})

    written = b"".join(
        path.read_bytes() for path in agent.settings.journal.parent.glob("tieout-agent.journal*")
    )

    assert b"W000250" in written
    assert b"Canary" not in written


def test_the_very_same_request_is_answered_without_writing(agent: RunningAgent) -> None:
    created = agent.create_order(NUMBER, order())
    agent.fault(Fault("refuse_write", count=None))

    again = agent.create_order(NUMBER, order(), X_Not_After=in_seconds(-5))

    assert (again.status_code, again.headers["X-Tieout-Journal"]) == (201, "repeat")
    assert again.json() == created.json() | {"warnings": []}
    assert "X-Tieout-Journal" not in created.headers


def test_a_repeated_change_is_answered_without_writing(agent: RunningAgent) -> None:
    agent.create_order(NUMBER, order())
    stamp = f'"{agent.get(PATH).json()["stamp"]}"'
    edited = order(header={"Comment": "edited"})
    replaced = agent.replace_order(NUMBER, edited, If_Match=stamp)
    held = agent.patch_order(NUMBER, columns={"OrderStatus": "H"}, X_Rev="3")
    agent.fault(Fault("refuse_write", count=None))

    replaced_again = agent.replace_order(NUMBER, edited, If_Match=stamp)
    held_again = agent.patch_order(NUMBER, columns={"OrderStatus": "H"}, X_Rev="3")

    for answer in (replaced_again, held_again):
        assert (answer.status_code, answer.headers["X-Tieout-Journal"]) == (200, "repeat")
        assert answer.json()["rev"] == 3, "what Sage holds by now"
    assert replaced.json()["rev"] == 2
    assert held_again.json() == held.json()


def test_a_repeated_deletion_is_answered_from_the_journal(agent: RunningAgent) -> None:
    agent.create_order(NUMBER, order())
    stamp = f'"{agent.get(PATH).json()["stamp"]}"'
    agent.delete_order(NUMBER, If_Match=stamp)

    again = agent.delete_order(NUMBER, If_Match=stamp)

    assert (again.status_code, again.headers["X-Tieout-Journal"]) == (200, "repeat")
    assert again.json() == {"where": "history", "stamp": "", "warnings": []}


def test_a_repeated_create_never_brings_an_order_back(agent: RunningAgent) -> None:
    agent.create_order(NUMBER, order())
    with closing(agent.store()) as store:
        store.delete(SO_SALES_ORDER_HEADER, NUMBER)
        store.delete(SO_SALES_ORDER_HISTORY_HEADER, NUMBER)

    again = agent.create_order(NUMBER, order())
    meant = agent.create_order(NUMBER, order(), X_Rev="2")

    assert (again.status_code, again.json()["code"]) == (404, "SalesOrderAbsent")
    assert again.headers["X-Tieout-Journal"] == "repeat"
    assert meant.status_code == 201


def test_a_refusal_is_not_remembered(agent: RunningAgent) -> None:
    agent.fault(Fault("refuse_write"))

    refused = agent.create_order(NUMBER, order())
    with closing(sqlite3.connect(agent.settings.journal)) as direct:
        kept = direct.execute("SELECT count(*) FROM request").fetchone()
    good = agent.create_order(NUMBER, order())

    assert (refused.status_code, kept, good.status_code) == (422, (0,), 201)
    assert "X-Tieout-Journal" not in good.headers


def test_a_repeated_customer_is_answered_without_writing(agent: RunningAgent) -> None:
    created = agent.create_customer("00-WEB0001", CUSTOMER)

    again = agent.create_customer("00-WEB0001", CUSTOMER)
    other = agent.create_customer("00-WEB0001", CUSTOMER | {"Comment": "other"})

    assert (again.status_code, again.headers["X-Tieout-Journal"]) == (201, "repeat")
    assert again.json() == created.json()
    assert (other.status_code, other.json()["code"]) == (412, "CustomerExists")


def test_a_repeated_create_never_brings_a_customer_back(settings: Settings) -> None:
    with running_agent(settings) as agent:
        agent.create_customer("00-WEB0001", CUSTOMER)
    gone: Rules = {("AR_Customer_bus", "nFind"): always(0)}

    with running_agent(settings, module=TamperedCom(gone)) as agent:
        again = agent.create_customer("00-WEB0001", CUSTOMER)

    assert (again.status_code, again.json()["code"]) == (404, "CustomerAbsent")
    assert again.headers["X-Tieout-Journal"] == "repeat"


def test_a_customer_whose_answer_was_lost_is_found_by_its_repeat(agent: RunningAgent) -> None:
    agent.fault(Fault("lost_answer"))

    lost = agent.create_customer("00-WEB0001", CUSTOMER)
    again = agent.create_customer("00-WEB0001", CUSTOMER)

    assert (lost.status_code, again.status_code) == (504, 201)
    assert again.headers["X-Tieout-Journal"] == "repeat"


@pytest.mark.parametrize("column", [[], ["UDF_TIEOUT_REV"], ["UDF_TIEOUT_REV", "CustomerPONo$"]])
def test_a_create_whose_answer_was_lost_is_found_by_its_repeat(
    settings: Settings, column: list[str]
) -> None:
    rules: Rules = {(ORDER, "sGetColumns"): without_columns(*column)}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        agent.fault(Fault("lost_answer"))

        lost = agent.create_order(NUMBER, order())
        again = agent.create_order(NUMBER, order())
        found = agent.get(PATH).json()

    assert (lost.status_code, again.status_code) == (504, 201)
    assert again.headers["X-Tieout-Journal"] == "repeat"
    assert (again.json()["rev"], found["rev"]) == (1, 1)


@pytest.mark.parametrize("column", [[], ["UDF_TIEOUT_REV"]])
def test_an_order_by_hand_is_never_taken_for_a_create_of_unknown_end(
    settings: Settings, column: list[str]
) -> None:
    rules: Rules = {(ORDER, "sGetColumns"): without_columns(*column)}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        begun_and_lost(agent, order())
        agent.create_order(NUMBER, order(header={"CustomerPONo": "by hand"}), X_Rev="9")

        again = agent.create_order(NUMBER, order())

    assert (again.status_code, again.json()["code"]) == (412, "SalesOrderExists")


def begun_and_lost(agent: RunningAgent, sent: dict[str, Any]) -> None:
    """Leave what a crash leaves between the journal's note and Sage's commit."""
    assert agent.create_order(NUMBER, sent).status_code == 201
    with closing(sqlite3.connect(agent.settings.journal)) as direct, direct:
        direct.execute("UPDATE request SET status = NULL, ended_at = NULL")
        direct.execute("DELETE FROM revision")
    with closing(agent.store()) as store:
        store.delete(SO_SALES_ORDER_HEADER, NUMBER)
        store.delete(SO_SALES_ORDER_HISTORY_HEADER, NUMBER)


def test_a_create_that_began_and_never_landed_is_carried_out(agent: RunningAgent) -> None:
    begun_and_lost(agent, order())

    again = agent.create_order(NUMBER, order())

    assert again.status_code == 201
    assert "X-Tieout-Journal" not in again.headers


@pytest.mark.parametrize(
    ("column", "status", "header"),
    [([], 200, "repeat"), (["UDF_TIEOUT_REV"], 412, None)],
)
def test_a_change_whose_answer_was_lost_is_told_by_its_revision_alone(
    settings: Settings, *, column: list[str], status: int, header: str | None
) -> None:
    rules: Rules = {(ORDER, "sGetColumns"): without_columns(*column)}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        agent.create_order(NUMBER, order())
        stamp = f'"{agent.get(PATH).json()["stamp"]}"'
        agent.fault(Fault("lost_answer"))

        lost = agent.patch_order(NUMBER, columns={"Comment": "x"}, If_Match=stamp)
        again = agent.patch_order(NUMBER, columns={"Comment": "x"}, If_Match=stamp)

    assert (lost.status_code, again.status_code) == (504, status)
    assert again.headers.get("X-Tieout-Journal") == header


@pytest.mark.parametrize("landed", [True, False])
def test_a_deletion_of_unknown_end_is_looked_up(settings: Settings, *, landed: bool) -> None:
    def lose(real: Any, arguments: tuple[Any, ...]) -> int:
        if not lost:
            lost.append(1)
            if landed:
                real(*arguments)
            raise AttributeError("nDelete")
        return real(*arguments)

    lost: list[int] = []
    with running_agent(settings, module=TamperedCom({(ORDER, "nDelete"): lose})) as agent:
        agent.create_order(NUMBER, order())
        stamp = f'"{agent.get(PATH).json()["stamp"]}"'

        unknown = agent.delete_order(NUMBER, If_Match=stamp)
        again = agent.delete_order(NUMBER, If_Match=stamp)

    assert (unknown.status_code, again.status_code) == (504, 200)
    assert again.json()["where"] == "history"
    assert ("X-Tieout-Journal" in again.headers) is landed


@contextmanager
def held_by_another(file: Path) -> Generator[None]:
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


def test_nothing_is_stored_while_the_journal_can_not_be_written(agent: RunningAgent) -> None:
    with held_by_another(agent.settings.journal):
        refused = agent.create_order(NUMBER, order())
        health = agent.get("/health").json()
        read = agent.get(PATH)

    after = agent.create_order(NUMBER, order())

    assert (refused.status_code, refused.json()["code"]) == (503, "JournalFailed")
    assert int(refused.headers["Retry-After"]) > 0
    assert health["status"] == "degraded"
    assert read.status_code == 404
    assert (after.status_code, agent.get("/health").json()["status"]) == (201, "ok")


@pytest.mark.parametrize("broken", ["a folder", "no database"])
def test_a_journal_that_is_no_journal_stops_writes_and_not_reads(
    settings: Settings, broken: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_agent(settings) as agent:
        agent.create_order(NUMBER, order())
    path = settings.journal.with_name("other.journal")
    if broken == "a folder":
        path.mkdir()
    else:
        path.write_bytes(b"nothing that a database would begin with" * 100)
    hidden: Rules = {(ORDER, "sGetColumns"): without_columns("UDF_TIEOUT_REV")}

    changed = settings.model_copy(update={"journal_file": path})
    with running_agent(changed, module=TamperedCom(hidden)) as agent:
        health = agent.get("/health").json()
        found = agent.get(PATH)
        refused = [
            agent.create_order("W000251", order()),
            agent.delete_order(NUMBER),
            agent.create_customer("00-WEB0001", CUSTOMER),
        ]

    assert health["status"] == "degraded"
    assert (found.status_code, found.json()["rev"]) == (200, None)
    assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {
        (503, "JournalFailed")
    }
    assert capsys.readouterr().err.count("journal_failed") == 1


def test_a_write_whose_end_can_not_be_noted_is_good_all_the_same(settings: Settings) -> None:
    def hold(real: Any, arguments: tuple[Any, ...]) -> int:
        done: int = real(*arguments)
        held.execute("BEGIN IMMEDIATE")
        return done

    with (
        closing(
            sqlite3.connect(settings.journal, isolation_level=None, check_same_thread=False)
        ) as held,
        running_agent(settings, module=TamperedCom({(ORDER, "nWrite"): hold})) as agent,
    ):
        created = agent.create_order(NUMBER, order())
        held.execute("ROLLBACK")
        again = agent.create_order(NUMBER, order())

    assert created.status_code == 201
    assert (again.status_code, again.headers["X-Tieout-Journal"]) == (201, "repeat")
