"""A simulated installation with its SOAP service, seeded once and copied for each test."""

import shutil
from collections.abc import Generator
from pathlib import Path

import pytest

from sandbox.sage100 import com, seed
from tests.sandbox.ebws.client import Soap
from tests.sandbox.providex.client import Sage


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("ebws")
    seed.fill(home)
    return home


@pytest.fixture
def soap(tmp_path: Path, seeded: Path) -> Soap:
    home = tmp_path / "home"
    shutil.copytree(seeded, home)
    return Soap(home)


@pytest.fixture
def sage(soap: Soap) -> Generator[Sage]:
    """A COM caller on the same installation."""
    yield Sage(soap.home)
    com.release()
