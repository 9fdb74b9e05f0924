import os
import signal
import threading
from pathlib import Path

import httpx
import pytest

from sandbox.sage100.faults import Fault
from sandbox.sage100.store import SYSTEM, Store, database
from tests.agent.harness import FakeClock, make_settings, seeded_home, wait_until
from tests.agent.processes import agent_process, free_port, lives, started, wait_long
from tieout_agent.life import HUNG, SETUP, Restarts
from tieout_agent.settings import Settings
from tieout_agent.supervisor import (
    FIRST_REST,
    LONGEST_REST,
    WELL_SECONDS,
    Supervisor,
)

QUICK_SECONDS = 5.0
"""To stop while nothing runs; a caller's idle connection must not hold it up."""

CUSTOMER = "/ABC/AR/Customer/00-BUY0001"


class Child:
    """A worker that lives until it is told otherwise."""

    pid = 4711

    def __init__(self, code: int | None = None, *, heeds: bool = True) -> None:
        self.code = code
        self.heeds = heeds
        self.asked = False
        self.killed = False

    def poll(self) -> int | None:
        return self.code

    def ask_to_stop(self) -> None:
        self.asked = True
        if self.heeds:
            self.code = 0

    def kill(self) -> None:
        self.killed = True
        self.code = -9


class Scene:
    """Workers that end one after the other; the supervisor is stopped when none is left."""

    def __init__(self, clock: FakeClock, *lives_and_codes: tuple[float, int]) -> None:
        self.clock = clock
        self.ends = list(lives_and_codes)
        self.told: list[Restarts] = []
        self.rests: list[float] = []
        self.supervisor = Supervisor(self.start, clock, wait=self.wait)

    def start(self, restarts: Restarts) -> Child:
        self.told.append(restarts)
        lived, code = self.ends.pop(0)
        self.clock.move(lived)
        return Child(code)

    def wait(self, seconds: float) -> bool:
        self.rests.append(seconds)
        self.clock.move(seconds)
        if not self.ends:
            self.supervisor.stop()
        return not self.ends


def test_a_worker_that_ends_unasked_is_replaced_and_the_next_one_is_told(clock: FakeClock) -> None:
    scene = Scene(clock, (5, HUNG), (7, 1))

    ended = scene.supervisor.run()

    assert ended == 0
    assert [restarts.count for restarts in scene.told] == [0, 1]
    assert scene.told[0].last is None
    assert scene.told[1].last is not None
    assert scene.supervisor.restarts.count == 2


def test_the_rest_between_workers_doubles_up_to_a_minute_and_it_never_gives_up(
    clock: FakeClock,
) -> None:
    scene = Scene(clock, *[(1.0, 1)] * 100)

    scene.supervisor.run()

    assert scene.rests[:7] == [FIRST_REST, 2, 4, 8, 16, 32, LONGEST_REST]
    assert scene.rests[7:] == [LONGEST_REST] * 93


def test_after_ten_good_minutes_the_rest_is_short_again(clock: FakeClock) -> None:
    scene = Scene(clock, *[(1.0, 1)] * 4, (WELL_SECONDS, 1), (1.0, 1))

    scene.supervisor.run()

    assert scene.rests == [1, 2, 4, 8, 1, 2]


def test_a_first_worker_that_waits_for_a_correction_ends_the_agent(clock: FakeClock) -> None:
    scene = Scene(clock, (1, SETUP), (1, SETUP))

    assert scene.supervisor.run() == 1
    assert len(scene.told) == 1


def test_a_later_worker_that_waits_for_a_correction_is_tried_again(clock: FakeClock) -> None:
    scene = Scene(clock, (1, HUNG), (1, SETUP), (1, SETUP))

    assert scene.supervisor.run() == 0
    assert len(scene.told) == 3


def run_in_background(supervisor: Supervisor) -> threading.Thread:
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    return thread


def test_stopping_asks_the_worker_and_starts_no_other(clock: FakeClock) -> None:
    children = [Child()]
    supervisor = Supervisor(lambda _: children[0], clock)
    running = run_in_background(supervisor)

    supervisor.stop()
    running.join(5)

    assert not running.is_alive()
    assert (children[0].asked, children[0].killed) == (True, False)


def test_a_worker_that_does_not_stop_in_time_is_ended(clock: FakeClock) -> None:
    child = Child(heeds=False)
    supervisor = Supervisor(lambda _: child, clock)
    running = run_in_background(supervisor)

    supervisor.stop()
    wait_until(lambda: child.asked)
    in_time = child.killed
    clock.move(30)
    running.join(5)

    assert (in_time, child.killed) == (False, True)


def test_told_twice_to_stop_it_does_not_wait_for_the_worker(clock: FakeClock) -> None:
    child = Child(heeds=False)
    supervisor = Supervisor(lambda _: child, clock)
    running = run_in_background(supervisor)

    supervisor.stop()
    wait_until(lambda: child.asked)
    supervisor.stop()
    running.join(5)

    assert child.killed


@pytest.fixture
def served(tmp_path: Path, seeded: Path) -> Settings:
    return make_settings(tmp_path, seeded_home(tmp_path, seeded), port=free_port())


def licences(settings: Settings) -> int:
    store = Store(database(Path(settings.home), SYSTEM))
    held: int = store.execute("SELECT count(*) FROM console").fetchone()[0]
    store.close()
    return held


def test_a_worker_that_dies_is_replaced_and_health_tells_of_it(served: Settings) -> None:
    with agent_process(served) as agent:
        before = agent.health()
        os.kill(agent.worker(), signal.SIGKILL)
        after = wait_long(agent.health)
        answer = agent.client.get(CUSTOMER)

    assert (before["restarts"], before["lastRestart"]) == (0, None)
    assert after["restarts"] == 1
    assert after["lastRestart"].endswith("+00:00")
    assert answer.status_code == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_to_stop_ends_supervisor_and_worker(
    served: Settings, number: signal.Signals
) -> None:
    with agent_process(served) as agent:
        worker = agent.worker()
        agent.client.get(CUSTOMER)

        agent.process.send_signal(number)
        ended = agent.process.wait(QUICK_SECONDS)

    assert ended == 0
    assert not lives(worker)
    assert licences(served) == 0, "the session was closed and its licence given back"


def test_no_worker_outlives_its_supervisor(served: Settings) -> None:
    with agent_process(served) as agent:
        worker = agent.worker()

        agent.process.kill()

        wait_until(lambda: not lives(worker))


def test_a_supervisor_that_was_killed_is_followed_by_one_that_serves(served: Settings) -> None:
    with agent_process(served) as agent:
        agent.process.kill()

    with agent_process(served) as agent:
        assert agent.client.get(CUSTOMER).status_code == 200


def test_stopping_lets_the_running_call_end_and_begins_no_other(served: Settings) -> None:
    with agent_process(served) as agent:
        agent.client.get(CUSTOMER)
        agent.fault(Fault("hang", seconds=1.5))
        answers: list[httpx.Response] = []
        callers = [ask(agent.client, answers) for _ in range(3)]
        wait_long(lambda: agent.health()["queued"] == 2)

        agent.process.terminate()
        ended = agent.process.wait(30)
        for caller in callers:
            caller.join()

    codes = sorted(answer.status_code for answer in answers)
    assert ended == 0
    assert codes == [200, 503, 503]
    assert licences(served) == 0


def ask(client: httpx.Client, answers: list[httpx.Response]) -> threading.Thread:
    def call() -> None:
        answers.append(client.get(CUSTOMER))

    caller = threading.Thread(target=call)
    caller.start()
    return caller


def test_a_second_agent_with_the_same_settings_says_so_and_ends(served: Settings) -> None:
    with agent_process(served) as agent:
        second = started(served)
        _, said = second.communicate(timeout=60)

        assert second.returncode == 1
        assert "Another agent runs with these settings" in said
        assert agent.client.get(CUSTOMER).status_code == 200


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"com": "no.such.module"}, "correct `com`"), ({"host": "192.0.2.1"}, "can't be opened")],
)
def test_what_has_to_be_corrected_first_is_said_and_not_tried_again(
    served: Settings, wrong: dict[str, str], words: str
) -> None:
    process = started(served.model_copy(update=wrong))
    _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert said.count("tieout-agent: ") == 1
    assert words in said


def test_nothing_is_imported_from_the_folder_in_which_it_was_started(
    served: Settings, tmp_path: Path
) -> None:
    (tmp_path / "uvicorn.py").write_text("raise SystemExit('a stranger was let in')\n")
    process = started(served.model_copy(update={"com": "no.such.module"}), folder=tmp_path)
    _, said = process.communicate(timeout=60)

    assert "a stranger was let in" not in said
    assert "correct `com`" in said
