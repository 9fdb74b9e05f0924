"""A simulated Sage 100 installation, seeded once and copied for each test."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from sandbox.sage100 import com, seed
from tests.sandbox.providex.client import Sage


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("providex")
    seed.fill(home)
    return home


@pytest.fixture
def sage(tmp_path: Path, seeded: Path) -> Generator[Sage]:
    home = tmp_path / "home"
    shutil.copytree(seeded, home)
    yield Sage(home)
    com.release()
