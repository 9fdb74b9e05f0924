"""The agent's wheel installs by itself, and what it installs works.

The environment is empty but for the wheel. What it depends on comes from the environment that runs
the tests, by a path file, since a test must not need a package registry: the development
install of this repository, which is a path file there, does not come along. Of the repository
only `sandbox` is in reach, for the simulated ProvideX.
"""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest

from sandbox.sage100 import seed
from tests.agent.setting_up import SIMULATED, free_port, options

ROOT = Path(__file__).parents[2]
UV = str(Path(sys.executable).with_name("uv"))
SECONDS = 120


def run(*command: str, **more: str) -> "subprocess.CompletedProcess[str]":
    environment = dict(os.environ) | more  # noqa: TID251 - a child of this test
    elsewhere = more.get("PYTHONPATH")  # Python looks into the present folder too
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env=environment,
        cwd=elsewhere,
        check=False,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = (UV, "build", "--quiet", "--wheel", "--no-build-isolation", "--offline")
    built = run(*build, "--python", sys.executable, "--out-dir", str(folder), str(ROOT / "agent"))
    assert built.returncode == 0, built.stderr
    [path] = folder.glob("*.whl")
    return path


@dataclass(frozen=True)
class Installed:
    """An empty environment with the wheel in it."""

    programs: Path
    sandbox: Path

    def __call__(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return run(str(self.programs / program), *arguments, PYTHONPATH=str(self.sandbox))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    folder = tmp_path_factory.mktemp("empty")
    made = run(UV, "venv", "--quiet", "--offline", "--python", sys.executable, str(folder / "env"))
    assert made.returncode == 0, made.stderr
    programs = folder / "env" / "bin"
    python = str(programs / "python")
    done = run(UV, "pip", "install", "--offline", "--no-deps", "--python", python, str(wheel))
    assert done.returncode == 0, done.stderr
    [packages] = folder.glob("env/lib/python*/site-packages")
    (packages / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    (folder / "path").mkdir()
    (folder / "path" / "sandbox").symlink_to(ROOT / "sandbox")
    return Installed(programs, folder / "path")


@pytest.fixture(scope="module")
def settings(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server")
    home = folder / "MAS90" / "Home"
    seed.fill(home)
    path = folder / "agent.json"
    given = options(home, folder / "password", port=free_port())
    done = installed("tieout-agent", "setup", "--settings", str(path), *SIMULATED, *given)
    assert done.returncode == 0, done.stderr
    return path


def test_the_wheel_holds_the_agent_whole_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}

    code = {
        str(path.relative_to(ROOT / "agent"))
        for path in (ROOT / "agent" / "tieout_agent").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == code


def test_the_wheel_names_the_packages_that_are_locked_for_it(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = Parser().parsestr(archive.read(name).decode())

    needed = {line.split(";")[0].strip() for line in metadata.get_all("Requires-Dist", [])}
    lock = (ROOT / "requirements" / "agent.txt").read_text()
    assert needed
    assert {package for package in needed if f"{package}==" not in lock} == set()


def test_nothing_of_the_repository_is_in_reach_but_the_simulated_sage(installed: Installed) -> None:
    look = "import importlib.util as u; print([bool(u.find_spec(n)) for n in {}])"
    names = ["tieout", "functions", "infra", "tests", "tieout_agent", "sandbox"]

    seen = installed("python", "-c", look.format(names))
    place = installed("python", "-c", "import tieout_agent; print(tieout_agent.__file__)")

    assert json.loads(seen.stdout.lower()) == [False, False, False, False, True, True]
    assert place.stdout.startswith(str(installed.programs.parent))


def test_the_installed_agent_is_checked_against_the_simulated_company(
    installed: Installed, settings: Path
) -> None:
    test_order = ("--test-company", "CAN", "--yes", "--even-if-served")

    done = installed("tieout-agent", "check", "-s", str(settings), "--json", *test_order)

    report = json.loads(done.stdout)
    found = {(each["about"], each["what"]): each["state"] for each in report["findings"]}
    assert done.returncode == 0, report
    assert found["CAN", "Test order deleted"] == "ok"
    assert {each["level"] for each in report["guarantees"]} == {"unproven"}


def test_the_installed_agent_serves_and_stops(installed: Installed, settings: Path) -> None:
    command = [str(installed.programs / "tieout-agent"), "run", "--settings", str(settings)]
    environment = dict(os.environ) | {"PYTHONPATH": str(installed.sandbox)}  # noqa: TID251 - a child of this test

    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=environment, cwd=installed.sandbox
    ) as agent:
        assert agent.stdout is not None
        said = agent.stdout.readline()
        agent.terminate()

    assert "listening on https://127.0.0.1:" in said
