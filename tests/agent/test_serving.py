import io
import os
import socket
import ssl
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
import uvicorn

from sandbox.sage100.faults import Fault, add
from sandbox.sage100.store import SYSTEM, Store, database
from tests.agent.harness import KEY, make_settings, seeded_home, wait_until
from tests.agent.processes import free_port, lives, settings_file, wait_long
from tieout_agent.life import HUNG, NEVER, SETUP, STOP_WORD
from tieout_agent.sage.owner import Owner
from tieout_agent.sage.sessions import Sessions
from tieout_agent.serving import Ending, Lifeline, main
from tieout_agent.settings import Settings
from tieout_agent.supervisor import WorkerProcess


@pytest.fixture
def served(tmp_path: Path, seeded: Path) -> Settings:
    home = seeded_home(tmp_path, seeded)
    limits = {"call_seconds": 0.5, "hang_seconds": 1.0}
    return make_settings(tmp_path, home, port=free_port(), **limits)


@contextmanager
def supervised() -> Generator[int]:
    """Give this process the lifeline of a worker, and hand out the supervisor's end of it."""
    reading, writing = os.pipe()
    before = sys.stdin
    sys.stdin = io.TextIOWrapper(io.FileIO(reading))
    try:
        yield writing
    finally:
        # Whoever still listens hears that all is well, before the pipe closes.
        os.write(writing, STOP_WORD)
        for thread in threading.enumerate():
            if isinstance(thread, Lifeline):
                thread.join(5)
        sys.stdin.close()
        sys.stdin = before
        os.close(writing)


class Serving(threading.Thread):
    """A worker's `main`, in a thread of this process."""

    def __init__(self, settings: Settings, *options: str) -> None:
        super().__init__()
        self.arguments = ["--settings", str(settings_file(settings)), *options]
        self.code: int | None = None

    def run(self) -> None:
        self.code = main(self.arguments)


def test_it_serves_until_the_supervisor_says_stop(
    served: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with supervised() as supervisor:
        worker = Serving(served, "--restarts", "2", "--last-restart", "2026-11-21T12:00:00+00:00")
        worker.start()
        said = wait_long(lambda: capsys.readouterr().out)

        os.write(supervisor, STOP_WORD)
        worker.join(10)

    assert f"listening on https://127.0.0.1:{served.port}" in said
    assert worker.code == 0


def test_a_hang_while_nobody_asks_ends_it_with_a_code_of_its_own(
    served: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(database(Path(served.home), SYSTEM))
    with supervised():
        worker = Serving(served)
        worker.start()
        wait_long(lambda: "listening on" in capsys.readouterr().out)
        add(store, Fault("hang", seconds=4))
        threading.Thread(target=knock, args=[served]).start()
        worker.join(20)
    store.close()

    assert worker.code == HUNG


def knock(settings: Settings) -> None:
    trust = ssl.create_default_context(cafile=settings.certificate_file)
    url = f"https://127.0.0.1:{settings.port}/v1/ABC/AR/Customer/00-BUY0001"
    httpx.get(url, headers={"Authorization": f"Bearer {KEY}"}, verify=trust)


@pytest.mark.parametrize("wrong", [{"com": "no.such.module"}, {"companies": ()}])
def test_what_has_to_be_corrected_is_said_and_has_a_code_of_its_own(
    served: Settings, capsys: pytest.CaptureFixture[str], wrong: dict[str, Any]
) -> None:
    file = settings_file(served.model_copy(update=wrong))

    code = main(["--settings", str(file)])

    assert code == SETUP
    assert "tieout-agent: " in capsys.readouterr().err


def test_a_port_that_is_taken_is_said_plainly(
    served: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    with supervised(), socket.socket() as other:
        other.bind(("127.0.0.1", served.port))
        other.listen()

        code = main(["--settings", str(settings_file(served))])

    assert code == SETUP
    assert f"Port {served.port} of 127.0.0.1 can't be opened" in capsys.readouterr().err


@pytest.fixture
def pipe() -> Generator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    os.close(ends[0])


def lifeline(reading: int) -> tuple[Lifeline, list[str]]:
    heard: list[str] = []
    line = Lifeline(reading, lambda: heard.append("stop"), lambda: heard.append("death"))
    line.start()
    return line, heard


def test_the_lifeline_hears_the_word_to_stop_even_in_pieces(pipe: tuple[int, int]) -> None:
    line, heard = lifeline(pipe[0])

    os.write(pipe[1], STOP_WORD[:2])
    os.write(pipe[1], STOP_WORD[2:])
    line.join(5)
    os.close(pipe[1])

    assert heard == ["stop"]


def test_the_lifeline_takes_a_closed_pipe_for_the_supervisors_death(pipe: tuple[int, int]) -> None:
    line, heard = lifeline(pipe[0])

    os.close(pipe[1])
    line.join(5)

    assert heard == ["death"]


class Stopped:
    """Stands for the HTTP server and for the way to Sage: notes that it was told to end."""

    def __init__(self) -> None:
        self.should_exit = False
        self.drained = False

    def drain(self) -> None:
        self.drained = True


def an_ending(seconds: float, leave: Callable[[int], object]) -> tuple[Ending, Stopped]:
    told = Stopped()
    server, owner = cast("uvicorn.Server", told), cast("Owner[Sessions]", told)
    return Ending(server, owner, seconds=seconds, leave=leave), told


def test_an_end_that_takes_too_long_is_made_short() -> None:
    codes: list[int] = []
    ending, told = an_ending(0.05, codes.append)

    ending.begin(HUNG)
    ending.begin(0)
    wait_until(lambda: codes)

    assert (told.should_exit, told.drained) == (True, True)
    assert codes == [HUNG], "the first reason counts"


def test_an_end_in_order_is_left_alone() -> None:
    codes: list[int] = []
    ending, _ = an_ending(0.05, codes.append)

    ending.begin(0)
    ending.done()
    threading.Event().wait(0.15)

    assert codes == []


def test_a_worker_that_is_ended_at_once_is_gone(served: Settings) -> None:
    worker = WorkerProcess(settings_file(served), NEVER)
    lived = lives(worker.pid)

    worker.kill()
    worker.ask_to_stop()

    assert lived
    assert not lives(worker.pid)
    assert worker.poll() is not None
