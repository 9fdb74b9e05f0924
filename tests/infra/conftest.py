"""Two synthesised stages of the example customer, made once; the node of this environment runs CDK."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.infra.cloud import Cloud

# jsii looks for node when aws_cdk is imported, so this comes before any import of it.
pytest.MonkeyPatch().setenv("JSII_NODE", str(Path(sys.executable).parent / "node"))


@pytest.fixture(scope="session")
def dev(tmp_path_factory: pytest.TempPathFactory) -> "Cloud":
    from tests.infra.cloud import example, synth  # noqa: PLC0415 - only once node is named

    return synth(example("dev"), tmp_path_factory.mktemp("dev"))


@pytest.fixture(scope="session")
def prod(tmp_path_factory: pytest.TempPathFactory) -> "Cloud":
    from tests.infra.cloud import example, synth  # noqa: PLC0415 - only once node is named

    return synth(example("prod"), tmp_path_factory.mktemp("prod"))
