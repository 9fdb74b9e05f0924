import json
import os
import re
import signal
import ssl
import subprocess
import sys
import threading
import tomllib
from collections.abc import Callable, Generator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from tests.agent.harness import KEY, wait_until
from tieout_agent import __version__
from tieout_agent.__main__ import main
from tieout_agent.commands.app import app
from tieout_agent.errors import SettingsError
from tieout_agent.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0


def test_pause_and_resume_make_and_remove_the_pause_file(
    tmp_path: Path, settings: Settings
) -> None:
    path = written(tmp_path, settings)
    pause_file = read_settings(path).pause_file

    main(["pause", "--settings", str(path)])
    paused = pause_file.exists()
    main(["resume", "--settings", str(path)])

    assert paused
    assert not pause_file.exists()


@pytest.mark.parametrize(
    "command",
    [
        [],
        ["setup"],
        ["run"],
        ["check"],
        ["service", "install"],
        ["keys", "add"],
        ["keys", "remove"],
        ["certificate", "renew"],
    ],
)
def test_every_command_tells_how_it_is_used(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--help"]) == 0

    assert "Usage" in capsys.readouterr().out


def test_a_wrong_use_ends_with_two(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["setup", "--no-such-option"]) == 2

    assert "no-such-option" in capsys.readouterr().err


def test_a_service_can_be_had_on_windows_only(
    tmp_path: Path, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, settings.model_copy(update={"port": 8443}))

    for command in (["install", "--settings", str(path)], ["remove"], ["status"]):
        assert main(["service", *command]) == 1

    assert capsys.readouterr().err.count("on Windows only") == 3


def test_the_account_s_password_is_asked_for_and_not_shown(
    tmp_path: Path, settings: Settings
) -> None:
    path = written(tmp_path, settings.model_copy(update={"port": 8443}))
    command = ["service", "install", "--settings", str(path), "--account", "SUMMIT\\tieout"]

    done = CliRunner().invoke(app, command, input="its password\n")

    assert "Password of SUMMIT\\tieout" in done.output
    assert "its password" not in done.output
    assert isinstance(done.exception, SettingsError)


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0

    assert capsys.readouterr().out.strip() == __version__


def test_run_without_settings_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--settings", str(tmp_path / "none.json")]) == 1

    assert "can't be read" in capsys.readouterr().err


def test_run_with_a_com_module_that_is_not_there_says_so(
    tmp_path: Path, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, settings)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"com": "no.such.module"}))

    assert main(["run", "--settings", str(path)]) == 1

    assert "correct `com`" in capfd.readouterr().err  # the worker's, which is a process


def test_ctrl_c_ends_the_service(
    tmp_path: Path, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, settings)

    # The signal waits until the service listens, which is when it prints its first line.
    watcher = threading.Thread(target=interrupt_when, args=[lambda: capfd.readouterr().out])
    watcher.start()
    ended = main(["run", "--settings", str(path)])
    watcher.join()

    assert ended == 0


def interrupt_when(happened: Callable[[], object]) -> None:
    wait_until(happened, START_SECONDS)
    wait_until(handler_is_in_place)
    signal.raise_signal(signal.SIGINT)


def handler_is_in_place() -> bool:
    return signal.getsignal(signal.SIGINT) is not signal.default_int_handler


def written(folder: Path, settings: Settings) -> Path:
    path = folder / "agent.json"
    secret = {"password": settings.password.get_secret_value()}
    path.write_text(json.dumps(json.loads(settings.model_dump_json()) | secret))
    return path


@pytest.fixture
def process(settings: Settings, tmp_path: Path) -> Generator[subprocess.Popen[str]]:
    path = written(tmp_path, settings)
    started = subprocess.Popen(
        [sys.executable, "-m", "tieout_agent", "run", "--settings", str(path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=dict(os.environ) | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'agent'}"},  # noqa: TID251 - a child of this test
    )
    yield started
    started.terminate()
    started.wait(10)
    assert started.stdout is not None
    started.stdout.close()


def test_run_prints_where_it_listens_and_stops_when_told_to(
    process: subprocess.Popen[str], settings: Settings
) -> None:
    assert process.stdout is not None
    line = process.stdout.readline().strip()

    pattern = (
        r"tieout-agent (\S+) listening on (https://127\.0\.0\.1:\d+), "
        r"certificate SHA-256 ([0-9a-f]{64})"
    )
    said = re.fullmatch(pattern, line)
    assert said is not None, line
    trust = ssl.create_default_context(cafile=settings.certificate_file)
    answer = httpx.get(
        f"{said[2]}/v1/ABC/SO/SalesOrder/W000250",
        headers={"Authorization": f"Bearer {KEY}"},
        verify=trust,
    )
    process.terminate()
    assert answer.json()["code"] == "SalesOrderAbsent"
    assert process.wait(10) in (0, -15)


def test_the_version_is_that_of_the_package() -> None:
    package = tomllib.loads((ROOT / "agent" / "pyproject.toml").read_text())

    assert package["project"]["version"] == __version__
