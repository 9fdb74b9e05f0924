"""What a look-up tells of our last write, so that a caller sees who else changed the order."""

import sqlite3
from collections.abc import Generator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from sandbox.sage100.control import Control
from sandbox.sage100.faults import Fault
from tests.agent.harness import RunningAgent, order, running_agent
from tests.agent.tampering import Rules, TamperedCom, without_columns
from tieout_agent.settings import Settings

NUMBER = "W000250"
ORDERS = "/_control/companies/ABC/sales-orders"
PATH = f"/ABC/SO/SalesOrder/{NUMBER}"
ORDER = "SO_SalesOrder_bus"
HELD = {"OrderStatus": "H", "Comment": "Cancelled"}


@pytest.fixture(params=["with our column", "without"])
def agent(request: pytest.FixtureRequest, settings: Settings) -> Generator[RunningAgent]:
    """An agent whose company has, or has not, the column for revisions."""
    lacking = ["UDF_TIEOUT_REV"] if request.param == "without" else []
    rules: Rules = {(ORDER, "sGetColumns"): without_columns(*lacking)}
    with running_agent(settings, module=TamperedCom(rules)) as running:
        yield running


def by_hand(agent: RunningAgent, deed: str, body: dict[str, Any]) -> None:
    """What people do at Sage's screens."""
    done = TestClient(Control(Path(agent.settings.home)).app()).post(f"{ORDERS}{deed}", json=body)
    assert done.is_success, done.text


def written(answer: dict[str, Any]) -> tuple[str | None, int | None]:
    return answer["writtenStamp"], answer["writtenRev"]


def test_each_write_tells_its_stamp_and_so_does_the_look_up_after_it(agent: RunningAgent) -> None:
    writes = [
        lambda: agent.create_order(NUMBER, order()),
        lambda: agent.replace_order(NUMBER, order(header={"Comment": "edited"}), X_Rev="2"),
        lambda: agent.patch_order(NUMBER, columns=HELD, X_Rev="5"),
    ]

    told = [(write().json(), agent.get(PATH).json()) for write in writes]

    assert [written(stored) for stored, _ in told] == [
        (stored["stamp"], rev) for (stored, _), rev in zip(told, (1, 2, 5), strict=True)
    ]
    assert [written(found) for _, found in told] == [written(stored) for stored, _ in told]
    assert len({stored["stamp"] for stored, _ in told}) == 3


def test_a_change_by_hand_leaves_the_stamp_that_we_wrote(agent: RunningAgent) -> None:
    stored = agent.create_order(NUMBER, order()).json()

    by_hand(agent, f"/{NUMBER}/hand-edit", {"header": {"Comment": "call first"}})

    found = agent.get(PATH, marker="W-250-x7").json()
    assert written(found) == (stored["stamp"], 1)
    assert found["stamp"] != stored["stamp"]
    assert found["rev"] == 1


def test_printing_is_no_change(agent: RunningAgent) -> None:
    agent.create_order(NUMBER, order())

    by_hand(agent, f"/{NUMBER}/mark", {"header": {"SalesOrderPrinted": "Y"}})

    found = agent.get(PATH).json()
    assert found["writtenStamp"] == found["stamp"]


def test_a_repeat_tells_of_the_last_write_and_not_of_its_own(agent: RunningAgent) -> None:
    agent.create_order(NUMBER, order())
    held = agent.patch_order(NUMBER, columns=HELD).json()
    by_hand(agent, f"/{NUMBER}/hand-edit", {"header": {"Comment": "call first"}})

    again = agent.create_order(NUMBER, order())

    assert again.headers["X-Tieout-Journal"] == "repeat"
    assert written(again.json()) == (held["stamp"], 2)
    assert again.json()["stamp"] != held["stamp"]


def test_a_refused_write_changes_nothing_of_what_is_known(agent: RunningAgent) -> None:
    stored = agent.create_order(NUMBER, order()).json()
    agent.fault(Fault("refuse_write"))

    refused = agent.patch_order(NUMBER, columns=HELD)

    assert refused.status_code == 422
    assert written(agent.get(PATH).json()) == (stored["stamp"], 1)


def test_an_order_by_hand_has_no_write_of_ours(agent: RunningAgent) -> None:
    typed = order(header={"CustomerPONo": "by hand"})

    by_hand(agent, "", {"SalesOrderNo": "0000777", **typed})

    found = agent.get("/ABC/SO/SalesOrder/0000777").json()
    assert (found["where"], written(found)) == ("open", (None, None))


def test_another_order_that_bears_the_marker_tells_of_its_own_writes(agent: RunningAgent) -> None:
    stored = agent.create_order("W000777", order()).json()

    found = agent.get(PATH, marker="W-250-x7").json()

    assert written(found) == (stored["stamp"], 1)


def test_a_write_whose_answer_was_lost_leaves_the_stamp_unknown_until_the_next_write(
    agent: RunningAgent,
) -> None:
    agent.create_order(NUMBER, order())
    agent.fault(Fault("lost_answer"))

    lost = agent.patch_order(NUMBER, columns=HELD)
    unknown = agent.get(PATH).json()
    stored = agent.patch_order(NUMBER, columns=HELD | {"Comment": "again"}, X_Rev="3").json()

    assert lost.status_code == 504
    assert (unknown["salesOrder"]["OrderStatus"], written(unknown)) == ("H", (None, None))
    assert written(agent.get(PATH).json()) == (stored["stamp"], 3)


def test_a_write_that_was_not_read_back_leaves_the_stamp_unknown(settings: Settings) -> None:
    """As when the agent ends between the commit and the reading."""

    def lose(real: Any, arguments: tuple[Any, ...]) -> int:
        if committed.pop("now", False):
            raise AttributeError("nFind")
        return real(*arguments)

    def commit(real: Any, arguments: tuple[Any, ...]) -> int:
        done: int = real(*arguments)
        committed["now"] = committed.pop("armed", False)
        return done

    committed: dict[str, bool] = {}
    rules: Rules = {(ORDER, "nWrite"): commit, (ORDER, "nFind"): lose}
    with running_agent(settings, module=TamperedCom(rules)) as agent:
        agent.create_order(NUMBER, order())
        committed["armed"] = True
        lost = agent.patch_order(NUMBER, columns=HELD)
        found = agent.get(PATH).json()
        again = agent.patch_order(NUMBER, columns=HELD, If_Match=f'"{"0" * 32}"')

    assert (lost.status_code, found["rev"], written(found)) == (504, 2, (None, None))
    assert (again.headers["X-Tieout-Journal"], written(again.json())) == ("repeat", (None, None))


def test_a_journal_that_was_lost_knows_no_write(agent: RunningAgent) -> None:
    agent.create_order(NUMBER, order())

    with closing(sqlite3.connect(agent.settings.journal)) as direct, direct:
        direct.execute("DELETE FROM revision")

    assert written(agent.get(PATH).json()) == (None, None)


def test_an_invoiced_order_tells_what_is_known_and_a_deleted_one_nothing(
    agent: RunningAgent,
) -> None:
    stored = agent.create_order(NUMBER, order()).json()
    agent.create_order("W000251", order(header={"CustomerPONo": "W-251-x7"}))

    by_hand(agent, f"/{NUMBER}/invoice", {})
    agent.delete_order("W000251")

    invoiced = agent.get(PATH).json()
    deleted = agent.get("/ABC/SO/SalesOrder/W000251").json()
    assert (invoiced["where"], written(invoiced)) == ("history", (stored["stamp"], 1))
    assert (deleted["where"], written(deleted)) == ("history", (None, None))
