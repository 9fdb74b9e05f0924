import threading
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sandbox.sage100.faults import Fault
from tests.agent.harness import (
    FakeClock,
    RecordingCom,
    RunningAgent,
    make_settings,
    order,
    running_agent,
    seeded_home,
    wait_until,
)
from tieout_agent.settings import Settings

HANG_SECONDS = 1.2


@pytest.fixture
def hasty(tmp_path: Path, seeded: Path) -> Settings:
    return make_settings(tmp_path, seeded_home(tmp_path, seeded), call_seconds=0.6)


def test_one_thread_owns_every_com_object(settings: Settings) -> None:
    recording = RecordingCom()
    with running_agent(settings, module=recording) as agent:
        callers = [
            threading.Thread(target=agent.get, args=[f"/ABC/SO/SalesOrder/W00025{number}"])
            for number in range(8)
        ]
        for caller in callers:
            caller.start()
        for caller in callers:
            caller.join()

    assert len(recording.threads) == 1
    assert threading.get_ident() not in recording.threads
    assert (recording.dispatched, recording.released) == (1, 1)


def test_a_hanging_call_is_a_504_and_the_agent_recovers(hasty: Settings) -> None:
    with running_agent(hasty) as agent:
        agent.get("/ABC/AR/Customer/00-BUY0001")
        agent.fault(Fault("hang", seconds=HANG_SECONDS))

        hung = agent.get("/ABC/AR/Customer/00-BUY0001")
        during = agent.get("/health").json()
        after = agent.get("/ABC/AR/Customer/00-BUY0001")
        wait_until(lambda: agent.get("/health").json()["status"] == "ok")

    assert (hung.status_code, hung.json()["code"]) == (504, "SageTimeout")
    assert hung.json()["retryable"] is True
    assert (during["status"], during["session"]) == ("degraded", "broken")
    assert after.status_code == 200


def test_health_answers_while_a_call_hangs(settings: Settings) -> None:
    with running_agent(settings) as agent:
        agent.get("/ABC/AR/Customer/00-BUY0001")
        agent.fault(Fault("hang", seconds=HANG_SECONDS))
        caller = threading.Thread(target=agent.get, args=["/ABC/AR/Customer/00-BUY0001"])
        caller.start()

        health = agent.get("/health")

        assert caller.is_alive()
        caller.join()
    assert health.json()["status"] == "ok"
    assert health.elapsed.total_seconds() < HANG_SECONDS / 2


def test_a_write_that_hung_before_its_commit_never_lands(hasty: Settings) -> None:
    with running_agent(hasty) as agent:
        agent.get("/ABC/SO/SalesOrder/W000250")
        agent.fault(Fault("hang", seconds=HANG_SECONDS))

        hung = agent.create_order("W000250", order())
        wait_until(lambda: agent.get("/health").json()["status"] == "ok")
        found = agent.get("/ABC/SO/SalesOrder/W000250")

    assert hung.status_code == 504
    assert found.status_code == 404


def test_absent_is_not_said_while_a_commit_may_still_land(hasty: Settings) -> None:
    with running_agent(hasty) as agent:
        agent.get("/ABC/SO/SalesOrder/W000250")
        agent.fault(Fault("hang", on="write", seconds=HANG_SECONDS))

        hung = agent.create_order("W000250", order())
        during = agent.get("/ABC/SO/SalesOrder/W000250")
        wait_until(lambda: agent.get("/health").json()["status"] == "ok")
        found = agent.get("/ABC/SO/SalesOrder/W000250")

    assert hung.status_code == 504
    assert (during.status_code, during.json()["code"]) == (503, "Busy")
    assert found.status_code == 200, "the commit landed after its caller had given up"


def test_an_answer_lost_after_the_commit_is_unknown_and_a_repeat_is_safe(
    agent: RunningAgent,
) -> None:
    agent.fault(Fault("lost_answer"))

    lost = agent.create_order("W000250", order())
    again = agent.create_order("W000250", order())
    found = agent.get("/ABC/SO/SalesOrder/W000250", marker="W-250-x7")

    assert (lost.status_code, lost.json()["code"]) == (504, "SageTimeout")
    assert (again.status_code, again.headers["X-Tieout-Journal"]) == (201, "repeat")
    assert found.json()["markerMatches"] == ["W000250"]


def test_a_broken_session_is_replaced_by_a_new_one(settings: Settings) -> None:
    recording = RecordingCom()
    with running_agent(settings, module=recording) as agent:
        agent.get("/ABC/SO/SalesOrder/W000250")
        agent.fault(Fault("poison"))

        broken = agent.get("/ABC/SO/SalesOrder/W000250")
        after = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (broken.status_code, broken.json()["code"]) == (503, "SessionFailed")
    assert after.status_code == 404
    assert recording.dispatched == 2


@pytest.mark.parametrize(
    ("kind", "code"), [("no_licence", "NoLicence"), ("exclusive_lock", "Locked")]
)
def test_sage_that_lets_nobody_in_is_a_503_that_may_be_repeated(
    agent: RunningAgent, kind: str, code: str
) -> None:
    agent.fault(replace(Fault("no_right"), kind=kind))

    refused = agent.get("/ABC/SO/SalesOrder/W000250")
    after = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (refused.status_code, refused.json()["code"]) == (503, code)
    assert refused.json()["retryable"] is True
    assert int(refused.headers["Retry-After"]) > 0
    assert after.status_code == 404


def test_a_wrong_password_is_named_and_never_shown(tmp_path: Path, seeded: Path) -> None:
    settings = make_settings(tmp_path, seeded, password="wrong-password")
    with running_agent(settings) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")
    assert "not valid" in answer.json()["detail"]
    assert "wrong-password" not in answer.text


def test_a_home_folder_without_sage_is_named(tmp_path: Path) -> None:
    with running_agent(make_settings(tmp_path, tmp_path / "nothing")) as agent:
        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (answer.status_code, answer.json()["code"]) == (503, "SessionFailed")
    assert "nothing" in answer.json()["detail"]


def test_a_record_that_a_person_holds_is_a_503_and_goes_through_later(agent: RunningAgent) -> None:
    agent.fault(Fault("record_lock", object="W000250"))

    locked = agent.create_order("W000250", order())
    after = agent.create_order("W000250", order())

    assert (locked.status_code, locked.json()["code"]) == (503, "Locked")
    assert after.status_code == 201


def test_a_paused_agent_says_so_and_gives_its_licence_back(agent: RunningAgent) -> None:
    agent.get("/ABC/SO/SalesOrder/W000250")

    agent.settings.pause_file.touch()
    wait_until(lambda: agent.get("/health").json()["session"] == "closed")
    refused = agent.get("/ABC/SO/SalesOrder/W000250")

    assert agent.get("/health").json()["status"] == "paused"
    assert (refused.status_code, refused.json()["code"]) == (503, "Paused")


def test_an_agent_that_was_resumed_takes_calls_again(agent: RunningAgent) -> None:
    agent.settings.pause_file.touch()
    paused = agent.get("/ABC/SO/SalesOrder/W000250")

    agent.settings.pause_file.unlink()
    resumed = agent.get("/ABC/SO/SalesOrder/W000250")

    assert (paused.status_code, resumed.status_code) == (503, 404)
    assert agent.get("/health").json()["status"] == "ok"


def test_a_resting_session_is_closed_and_opened_again_when_needed(
    settings: Settings, clock: FakeClock
) -> None:
    with running_agent(settings, clock=clock) as agent:
        agent.get("/ABC/SO/SalesOrder/W000250")
        clock.move(settings.idle_close_seconds + 1)
        wait_until(lambda: agent.get("/health").json()["session"] == "closed")

        answer = agent.get("/ABC/SO/SalesOrder/W000250")

    assert answer.status_code == 404


def test_a_session_that_grew_old_is_replaced(settings: Settings, clock: FakeClock) -> None:
    recording = RecordingCom()
    with running_agent(settings, module=recording, clock=clock) as agent:
        agent.get("/ABC/SO/SalesOrder/W000250")
        clock.move(settings.session_max_seconds + 1)
        wait_until(lambda: recording.released == 1)

        agent.get("/ABC/SO/SalesOrder/W000250")

    assert recording.dispatched == 2


def test_one_session_is_open_at_a_time(settings: Settings) -> None:
    with running_agent(settings) as agent:
        answers: list[httpx.Response] = [
            agent.get(f"/{company}/SO/SalesOrder/W000250") for company in ("ABC", "CAN", "ABC")
        ]
        system = agent.store("SYSTEM")
        licences = system.execute("SELECT count(*) FROM console").fetchone()
        system.close()

    assert [answer.status_code for answer in answers] == [404] * 3
    assert licences[0] == 1
