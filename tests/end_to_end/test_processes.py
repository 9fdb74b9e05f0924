"""The sandbox leaves nothing behind: whatever it started is stopped, also after a crash."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.processes import Children, ProcessError, Program, held, holder, stop_leftovers

WAIT_SECONDS = 10.0
# Starts a child of its own in the same group, as the local cloud does for its functions.
FAMILY = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(60)
"""


def program(name: str, code: str, folder: Path) -> Program:
    return Program(name, [sys.executable, "-c", code], {"PATH": os.defpath}, folder)


def children(folder: Path) -> Children:
    return Children(logs=folder / "logs", run=folder / "run")


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WAIT_SECONDS
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "\nState:\tZ" not in status.read_text()


def test_stopping_ends_a_program_and_its_own_children(tmp_path: Path) -> None:
    all_of_it = children(tmp_path)
    parent = all_of_it.start(program("family", FAMILY, tmp_path))
    until(parent.log.read_text)
    grandchild = int(parent.log.read_text())

    all_of_it.stop()

    assert parent.process.poll() is not None
    until(lambda: not alive(grandchild))


def test_a_program_that_ends_by_itself_is_named_with_its_last_words(tmp_path: Path) -> None:
    all_of_it = children(tmp_path)
    child = all_of_it.start(program("weak", "raise SystemExit('no licence')", tmp_path))
    child.process.wait(WAIT_SECONDS)

    with pytest.raises(ProcessError, match=r"weak has ended by itself:\n +no licence"):
        all_of_it.check()

    all_of_it.stop()


def test_a_program_that_was_taken_down_is_no_failure_and_can_be_started_again(
    tmp_path: Path,
) -> None:
    all_of_it = children(tmp_path)
    all_of_it.start(program("other", "import time; time.sleep(60)", tmp_path))
    first = all_of_it.start(program("agent", "import time; time.sleep(60)", tmp_path))

    taken_down = all_of_it.take_down("agent")
    all_of_it.check()
    again = all_of_it.start(taken_down)

    assert first.process.poll() is not None
    assert again.process.poll() is None
    assert [child.name for child in all_of_it.running] == ["other", "agent"]
    all_of_it.stop()


def test_a_step_that_fails_shows_its_log(tmp_path: Path) -> None:
    all_of_it = children(tmp_path)

    with pytest.raises(ProcessError, match="no such stack"):
        all_of_it.finish(
            program("deploy", "raise SystemExit('no such stack')", tmp_path), seconds=9
        )

    assert all_of_it.running == []


def test_a_step_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    all_of_it = children(tmp_path)

    with pytest.raises(ProcessError, match="took more than 0 s"):
        all_of_it.finish(program("deploy", "import time; time.sleep(60)", tmp_path), seconds=0.2)

    assert holder(tmp_path / "run" / "deploy.pid") is None


def test_what_a_killed_starter_left_is_found_and_stopped(tmp_path: Path) -> None:
    left = children(tmp_path).start(program("orphan", FAMILY, tmp_path))

    stopped = stop_leftovers(tmp_path / "run")

    assert stopped == ["orphan"]
    assert left.process.wait(WAIT_SECONDS) != 0
    assert stop_leftovers(tmp_path / "run") == []


def test_a_number_in_a_file_that_nobody_holds_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "gone.pid").write_text(str(os.getpid()))

    stopped = stop_leftovers(tmp_path)

    assert stopped == []


def test_a_second_starter_is_refused_while_the_first_lives(tmp_path: Path) -> None:
    with held(tmp_path / "starter"), pytest.raises(BlockingIOError), held(tmp_path / "starter"):
        pass
