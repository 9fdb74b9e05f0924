from collections.abc import Generator
from pathlib import Path

import pytest

from sandbox.sage100 import seed
from tests.agent.harness import FakeClock, RunningAgent, make_settings, running_agent, seeded_home
from tieout_agent.settings import Settings


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("sage100")
    seed.fill(home)
    return home


@pytest.fixture
def settings(tmp_path: Path, seeded: Path) -> Settings:
    return make_settings(tmp_path, seeded_home(tmp_path, seeded))


@pytest.fixture
def agent(settings: Settings) -> Generator[RunningAgent]:
    with running_agent(settings) as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()
