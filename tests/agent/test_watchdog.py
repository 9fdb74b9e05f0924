import json
import os
import signal
import threading
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from sandbox.sage100.faults import Fault
from tests.agent.harness import (
    FakeClock,
    in_seconds,
    make_settings,
    order,
    running_agent,
    seeded_home,
    wait_until,
)
from tests.agent.processes import (
    SERVERS,
    AgentProcess,
    agent_process,
    free_port,
    lives,
    wait_long,
)
from tieout_agent.certificate import ensure_certificate
from tieout_agent.life import HUNG
from tieout_agent.sage.licences import TOLD_AFTER, LicenceWatch
from tieout_agent.settings import Settings
from tieout_agent.watchdog import CertificateWatch, Watchdog

CUSTOMER = "/ABC/AR/Customer/00-BUY0001"
ORDER = "/ABC/SO/SalesOrder/W000250"
HANG_SECONDS = 60


@pytest.fixture
def hasty(tmp_path: Path, seeded: Path) -> Settings:
    home = seeded_home(tmp_path, seeded)
    limits = {"call_seconds": 1.5, "hang_seconds": 2.5}
    return make_settings(tmp_path, home, port=free_port(), **limits)


def create(agent: AgentProcess) -> httpx.Response:
    headers = {"If-None-Match": "*", "X-Not-After": in_seconds(300), "X-Rev": "1"}
    return agent.client.put(ORDER, json=order(), headers=headers)


def after_the_restart(agent: AgentProcess) -> dict[str, Any]:
    return wait_long(lambda: (health := agent.health()).get("restarts") == 1 and health)


def test_a_call_that_hangs_for_good_costs_one_worker_and_the_agent_serves_on(
    hasty: Settings,
) -> None:
    with agent_process(hasty) as agent:
        agent.client.get(CUSTOMER)
        agent.fault(Fault("hang", seconds=HANG_SECONDS))

        hung = agent.client.get(CUSTOMER)
        during = agent.health()
        after = after_the_restart(agent)
        answer = agent.client.get(CUSTOMER)
        events = agent.events() + agent.events("tieout-agent-supervisor.log")

    assert (hung.status_code, hung.json()["code"]) == (504, "SageTimeout")
    assert (during["status"], during["restarts"]) == ("degraded", 0)
    assert (after["status"], after["session"]) == ("ok", "closed")
    assert answer.status_code == 200
    assert [line["level"] for line in events if line["event"] == "call_hung"] == ["error"]
    assert [line["code"] for line in events if line["event"] == "worker_ended"] == [HUNG]


def test_a_call_that_hangs_while_sage_is_being_let_go_is_noticed_too(hasty: Settings) -> None:
    with agent_process(hasty) as agent:
        agent.client.get(CUSTOMER)
        agent.fault(Fault("hang", count=None, seconds=HANG_SECONDS))

        hasty.pause_file.touch()
        after = after_the_restart(agent)

    assert (after["status"], after["session"]) == ("paused", "closed")


@pytest.fixture
def outside(hasty: Settings, tmp_path: Path) -> Generator[AgentProcess]:
    """An agent whose ProvideX works in processes of its own."""
    folder = tmp_path / "servers"
    folder.mkdir()
    changed = hasty.model_copy(update={"com": "tests.agent.outside_com"})
    try:
        with agent_process(changed, **{SERVERS: str(folder)}) as agent:
            yield agent
    finally:
        for pid in server_pids(tmp_path):
            if lives(pid):
                os.kill(pid, signal.SIGKILL)


def server_pids(tmp_path: Path) -> list[int]:
    return [int(path.name) for path in (tmp_path / "servers").iterdir() if path.name.isdigit()]


def hang_in_a_commit(agent: AgentProcess) -> None:
    agent.client.get(CUSTOMER)
    agent.fault(Fault("hang", on="write", seconds=HANG_SECONDS))
    assert create(agent).status_code == 504
    after_the_restart(agent)


def test_the_process_that_has_a_write_in_hand_is_ended_before_the_next_worker_serves(
    outside: AgentProcess, tmp_path: Path
) -> None:
    hang_in_a_commit(outside)

    found = outside.client.get(ORDER)

    first = server_pids(tmp_path)
    assert found.json()["code"] == "SalesOrderAbsent"
    assert sum(lives(pid) for pid in first) == 1, "the new worker's alone"


def test_absent_is_not_said_while_a_process_that_could_not_be_ended_may_still_store(
    outside: AgentProcess, tmp_path: Path
) -> None:
    (tmp_path / "servers" / "unkillable").touch()
    before = set(server_pids(tmp_path))
    hang_in_a_commit(outside)
    storing = next(pid for pid in server_pids(tmp_path) if pid not in before)

    looked = outside.client.get(ORDER)
    written = create(outside)
    other = outside.client.get("/ABC/SO/SalesOrder/W000251")
    customer = outside.client.get(CUSTOMER)
    land(outside.settings, tmp_path)
    os.kill(storing, signal.SIGKILL)
    wait_until(lambda: not lives(storing))
    found = outside.client.get(ORDER)
    again = create(outside)

    assert (looked.status_code, looked.json()["code"]) == (503, "Busy")
    assert looked.json()["retryable"] is True
    assert 0 < int(looked.headers["Retry-After"]) <= 60
    assert (written.status_code, written.json()["code"]) == (503, "Busy")
    assert (other.status_code, customer.status_code) == (404, 200)
    assert found.status_code == 200, "its end was proved, so there is nothing more to wait for"
    assert (again.status_code, again.headers["X-Tieout-Journal"]) == (201, "repeat")
    told = [line for line in outside.events() if line["event"] == "process_left"]
    assert [(line["level"], line["count"]) for line in told] == [("error", 1)]


def land(settings: Settings, tmp_path: Path) -> None:
    """Store the order in Sage as the process does that has it in hand."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    with running_agent(make_settings(folder, Path(settings.home))) as agent:
        assert agent.create_order("W000250", order()).status_code == 201


def test_a_process_that_could_not_be_ended_and_stores_nothing_holds_nothing_up(
    outside: AgentProcess, tmp_path: Path
) -> None:
    (tmp_path / "servers" / "unkillable").touch()
    outside.client.get(CUSTOMER)
    outside.fault(Fault("hang", seconds=HANG_SECONDS))
    outside.client.get(CUSTOMER)
    after_the_restart(outside)

    assert outside.client.get(ORDER).status_code == 404
    assert "process_left" not in [line["event"] for line in outside.events()]


def test_a_call_may_not_count_as_hung_before_its_time_is_up(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="hang_seconds has to be longer"):
        make_settings(tmp_path, tmp_path, call_seconds=20, hang_seconds=20)


def test_the_watchdog_ends_the_process_once_a_call_hangs_and_not_before() -> None:
    busy = [0.0]
    ends: list[float] = []
    dog = Watchdog(lambda: busy[0], 0.2, on_hung=ends.append)
    dog.start()

    busy[0] = 0.2
    threading.Event().wait(0.1)
    early = list(ends)
    busy[0] = 0.3
    dog.join(5)

    assert (early, ends) == ([], [0.3])


def test_a_watchdog_that_is_stopped_looks_no_more() -> None:
    looks: list[int] = []
    dog = Watchdog(lambda: 0.0, 0.2, on_hung=lambda _: None, others=[lambda: looks.append(1)])
    dog.start()
    wait_until(lambda: looks)

    dog.stop()
    dog.join(5)

    assert not dog.is_alive()


def told(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_the_end_of_the_certificate_is_told_a_month_before_and_once_a_day(
    settings: Settings, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    ensure_certificate(settings, clock)
    watch = CertificateWatch(settings.certificate_file, clock)

    watch.look()
    fresh = told(capsys)
    clock.move(timedelta(days=5 * 365 - 20).total_seconds())
    watch.look()
    watch.look()
    ending = told(capsys)
    clock.move(timedelta(days=30).total_seconds())
    watch.look()
    ended = told(capsys)

    assert fresh == []
    assert [(line["event"], line["days"]) for line in ending] == [("certificate_ends", 19)]
    assert [(line["event"], line["level"]) for line in ended] == [("certificate_ended", "error")]


def test_a_certificate_that_can_not_be_read_counts_as_ended(
    tmp_path: Path, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    CertificateWatch(tmp_path / "none.crt", clock).look()

    assert [line["event"] for line in told(capsys)] == ["certificate_ended"]


def test_ten_minutes_without_a_licence_are_told_once(
    clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = LicenceWatch(clock)

    watch.refused("NoLicence")
    clock.move(TOLD_AFTER - 1)
    watch.refused("NoLicence")
    early = told(capsys)
    clock.move(1)
    watch.refused("NoLicence")
    watch.refused("NoLicence")

    assert early == []
    assert [(line["event"], line["minutes"]) for line in told(capsys)] == [("licence_missing", 10)]


def test_a_session_that_opened_or_another_refusal_is_no_missing_licence(
    clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    watch = LicenceWatch(clock)

    watch.refused("NoLicence")
    watch.opened()
    clock.move(TOLD_AFTER)
    watch.refused("NoLicence")
    watch.refused("Locked")

    assert told(capsys) == []


def test_a_licence_that_is_missing_is_noticed_where_sessions_are_opened(
    settings: Settings, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    with running_agent(settings, clock=clock) as agent:
        agent.fault(Fault("no_licence", count=2))
        agent.get("/ABC/AR/Customer/00-BUY0001")
        clock.move(TOLD_AFTER)
        agent.get("/ABC/AR/Customer/00-BUY0001")

    assert "licence_missing" in [line["event"] for line in told(capsys)]
