"""What is packed into layers and functions, and what is left out."""

import sys
from pathlib import Path

import pytest

from infra import layers
from tests.infra.cloud import Cloud

pytestmark = pytest.mark.xdist_group("infra")

HASHED = """\
boto3==1.44.5 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
    # via tieout
httpx==0.28.1 ; python_full_version >= '3.11' \\
    --hash=sha256:cccc
    # via
    #   tieout
    #   boto3
python-dateutil==2.9.0.post0 \\
    --hash=sha256:dddd
pydantic-core==2.50.4 \\
    --hash=sha256:eeee
"""


def asset(cloud: Cloud, holding: str) -> Path:
    (folder,) = (path for path in cloud.folder.glob("asset.*") if (path / holding).exists())
    return folder


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_what_the_runtime_has_is_left_out_with_its_hashes():
    left = layers.without_runtime(HASHED)

    assert left.splitlines()[0].startswith("httpx==0.28.1")
    assert "pydantic-core==2.50.4" in left
    assert "boto3==" not in left
    assert "dateutil" not in left
    assert [word for word in ("aaaa", "bbbb", "dddd") if word in left] == []
    assert [word for word in ("cccc", "eeee") if word not in left] == []


def test_the_lock_itself_keeps_all_that_functions_import():
    left = layers.without_runtime(layers.REQUIREMENTS.read_text())

    names = {line.split("==")[0] for line in left.splitlines() if "==" in line}

    assert {"aws-lambda-powertools", "httpx", "pydantic", "pydantic-core"} <= names
    assert not names & layers.RUNTIME_HAS


def test_the_layer_for_lambda_is_another_than_the_one_for_this_machine():
    names = {layers.fingerprint(local=local) for local in (True, False)}

    assert len(names) == 2


def test_caches_tests_scripts_and_records_are_stripped(tmp_path: Path):
    wanted = {"pkg/mod.py", "pkg-1.dist-info/METADATA", "pkg-1.dist-info/licenses/LICENSE"}
    unwanted = {"pkg/__pycache__/mod.pyc", "pkg/tests/t.py", "bin/x", "pkg-1.dist-info/RECORD"}
    for name in wanted | unwanted:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")

    layers.strip(tmp_path)

    assert files(tmp_path) == wanted


def test_a_layer_that_outgrows_its_limit_is_refused(tmp_path: Path):
    with (tmp_path / "large.so").open("wb") as file:
        file.truncate(layers.MAX_BYTES + 1)

    with pytest.raises(layers.LayerError, match="weighs 36,700,161 bytes"):
        layers.check_size(tmp_path)


def test_a_function_is_deployed_with_the_entry_points_alone(dev: Cloud):
    deployed = files(asset(dev, "functions"))

    assert "functions/take_orders.py" in deployed
    assert {name for name in deployed if not name.startswith("functions/")} == set()
    assert not [name for name in deployed if "__pycache__" in name]


def test_the_product_is_deployed_without_its_command_line(dev: Cloud):
    deployed = files(asset(dev, "python/tieout"))

    assert "python/tieout/settings.py" in deployed
    for of_the_command in ("/cli", "/status_screen", "__pycache__"):
        assert not [name for name in deployed if of_the_command in name]


def test_the_build_uses_hashes_and_wheels_only():
    options = layers.command(Path("list.txt"), Path("out"), options=layers.LAMBDA)

    assert options[:3] == [sys.executable, "-m", "uv"]
    assert {"--require-hashes", "--no-deps", "aarch64-manylinux_2_28"} <= set(options)
    assert options[options.index("--only-binary") + 1] == ":all:"


def test_a_build_that_fails_says_why():
    failing = [sys.executable, "-c", "import sys; sys.exit('no such wheel')"]

    with pytest.raises(layers.LayerError, match="no such wheel"):
        layers.run(failing)
