import hashlib
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

from tests.agent.harness import KEY, wait_until
from tieout_agent import __version__
from tieout_agent.__main__ import main
from tieout_agent.security import key_hash
from tieout_agent.settings import Settings, read_settings

ROOT = Path(__file__).parents[2]
START_SECONDS = 30.0
INIT = ["--home", "C:\\MAS90\\Home", "--user", "tieout", "--company", "ABC", "--name", "sage.lan"]


def init(folder: Path) -> Path:
    path = folder / "agent.json"
    assert main(["init", "--settings", str(path), *INIT]) == 0
    return path


def test_init_writes_settings_and_shows_fingerprint_and_key_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = init(tmp_path)

    shown = capsys.readouterr().out
    key = shown.rpartition("API key, shown this once: ")[2].strip()
    certificate = ssl.PEM_cert_to_DER_cert((tmp_path / "tieout-agent.crt").read_text())
    assert read_settings(path).api_key_hashes == (key_hash(key.encode()),)
    assert key not in path.read_text()
    assert hashlib.sha256(certificate).hexdigest() in shown
    assert path.stat().st_mode & 0o077 == 0


def test_init_does_not_overwrite_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = init(tmp_path)
    before = path.read_text()

    assert main(["init", "--settings", str(path), *INIT]) == 1

    assert path.read_text() == before
    assert "File exists" in capsys.readouterr().err


def test_init_with_a_wrong_company_code_writes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "agent.json"

    assert main(["init", "--settings", str(path), *INIT, "--company", "nonsense"]) == 1

    assert "companies" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_pause_and_resume_make_and_remove_the_pause_file(tmp_path: Path) -> None:
    path = init(tmp_path)
    pause_file = read_settings(path).pause_file

    main(["pause", "--settings", str(path)])
    paused = pause_file.exists()
    main(["resume", "--settings", str(path)])

    assert paused
    assert not pause_file.exists()


def test_run_without_settings_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "--settings", str(tmp_path / "none.json")]) == 1

    assert "can't be read" in capsys.readouterr().err


def test_run_with_a_com_module_that_is_not_there_says_so(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    path = init(tmp_path)
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
