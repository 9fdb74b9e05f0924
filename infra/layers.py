"""Builds what the functions run on: the dependency layer, the product layer, their own code; no Docker."""

import compileall
import hashlib
import platform
import py_compile
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import cast

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, IgnoreMode, ILocalBundling
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "requirements" / "runtime.txt"

RUNTIME_HAS = frozenset(
    {"boto3", "botocore", "jmespath", "python-dateutil", "s3transfer", "six", "urllib3"}
)
"""Lambda's Python runtime brings these along, so the layer leaves them out: 30 MB less."""

RUNTIME_PYTHON = (3, 13)
LAMBDA = ("--python-platform", "aarch64-manylinux_2_28", "--python-version", "3.13")
MAX_BYTES = 35 * 1024 * 1024
"""What the dependency layer may weigh unpacked; each MB costs time at a cold start."""

BUILD_SECONDS = 300
"""A build takes seconds; this long means that the package registry doesn't answer."""

NOT_CODE = ["**/__pycache__", "*.pyc", "*.pyo", ".DS_Store"]


SAID = 2000
"""How much of a failed build's last words is shown."""


class LayerError(ValueError):
    """The dependency layer can't be built or is too large; the text says what to do."""


class Layers(Construct):
    """The two layers of every function, built for arm64 or, for the sandbox, for this machine."""

    def __init__(self, scope: Construct, id_: str, *, local: bool) -> None:
        super().__init__(scope, id_)
        x86 = local and platform.machine() in {"x86_64", "AMD64"}
        self.architecture = lambda_.Architecture.X86_64 if x86 else lambda_.Architecture.ARM_64
        self.functions = functions_code()
        self.all = [
            self._layer("Dependencies", dependencies(local=local)),
            self._layer("Product", product()),
        ]

    def _layer(self, id_: str, code: lambda_.Code) -> lambda_.LayerVersion:
        return lambda_.LayerVersion(
            self,
            id_,
            code=code,
            description=f"Tieout: {id_.lower()}",
            compatible_runtimes=[lambda_.Runtime.PYTHON_3_13],
            compatible_architectures=[self.architecture],
        )


def functions_code() -> lambda_.Code:
    """The folder `functions/` under its own name, so that handlers are named as in the tests."""
    exclude = ["/*", "!/functions", *NOT_CODE]
    return lambda_.Code.from_asset(str(ROOT), exclude=exclude, ignore_mode=IgnoreMode.GIT)


def product() -> lambda_.Code:
    """The package `tieout` without its command line, whose libraries the functions don't have."""
    exclude = ["/python/tieout/cli.py", "/python/tieout/status_screen.py", *NOT_CODE]
    folder = str(ROOT / "layers" / "tieout")
    return lambda_.Code.from_asset(folder, exclude=exclude, ignore_mode=IgnoreMode.GIT)


def dependencies(*, local: bool) -> lambda_.Code:
    """The locked libraries; their asset is named after the lock, this recipe and the platform."""
    bundling = BundlingOptions(
        image=DockerImage.from_registry("never-used"),
        local=cast("ILocalBundling", DependencyBuild(local=local)),
    )
    return lambda_.Code.from_asset(
        str(REQUIREMENTS.parent),
        asset_hash=fingerprint(local=local),
        asset_hash_type=AssetHashType.CUSTOM,
        bundling=bundling,
    )


def fingerprint(*, local: bool) -> str:
    """Name the content of the layer by all that decides it."""
    builder = f"{sys.version_info[:2]} {platform.platform() if local else ''}"
    target = builder if local else f"{builder} {' '.join(LAMBDA)}"
    parts = [REQUIREMENTS.read_bytes(), Path(__file__).read_bytes(), target.encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


@jsii.implements(ILocalBundling)
class DependencyBuild:
    """Fills the layer's folder with `uv`, from hashes alone."""

    def __init__(self, *, local: bool) -> None:
        self._local = local
        self._target = ("--python", sys.executable) if local else LAMBDA

    def try_bundle(self, output_dir: str, options: BundlingOptions) -> bool:  # noqa: ARG002 — jsii calls it by this signature
        """Build into `output_dir`; it never says no, so that Docker is never asked for."""
        target = Path(output_dir) / "python"
        with tempfile.TemporaryDirectory() as folder:
            wanted = Path(folder) / "requirements.txt"
            wanted.write_text(without_runtime(REQUIREMENTS.read_text()))
            uv = command(wanted, target, options=self._target)
            run(uv)
        strip(target)
        if self._local or sys.version_info[:2] == RUNTIME_PYTHON:
            precompile(target)
        check_size(target)
        return True


def without_runtime(requirements: str) -> str:
    """Take the packages that Lambda's runtime has out of a hashed list of requirements."""
    blocks = re.split(r"^(?=[A-Za-z0-9])", requirements, flags=re.MULTILINE)
    names = (re.split(r"[^A-Za-z0-9._-]", block, maxsplit=1)[0].lower() for block in blocks)
    return "".join(
        block for block, name in zip(blocks, names, strict=True) if name not in RUNTIME_HAS
    )


def command(wanted: Path, target: Path, *, options: tuple[str, ...]) -> list[str]:
    """Install wheels only, each checked against its hash, and nothing that isn't listed."""
    rules = ("--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile-bytecode")
    places = ("--target", str(target), "--requirements", str(wanted))
    return [sys.executable, "-m", "uv", "pip", "install", "--quiet", *rules, *options, *places]


def run(words: list[str]) -> None:
    """Run a command of ours, or say what it said."""
    done = subprocess.run(  # noqa: S603 - the words are this module's
        words, check=False, timeout=BUILD_SECONDS, cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        raise LayerError(
            "the dependency layer can't be built; is the package registry in reach? uv says: "
            + done.stderr[-SAID:]
        )


def strip(target: Path) -> None:
    """Remove what a function never reads: caches, tests, and scripts that name this machine's paths."""
    for path in [*target.rglob("__pycache__"), *target.rglob("tests"), target / "bin"]:
        shutil.rmtree(path, ignore_errors=True)
    for record in target.rglob("*.dist-info/RECORD"):
        record.unlink()


def precompile(target: Path) -> None:
    """Put byte code beside the sources: a layer can't be written to, so a cold start would compile anew.

    It is trusted without looking at the sources' dates, which packing changes.
    """
    compileall.compile_dir(
        target,
        quiet=2,
        stripdir=target.parent,
        prependdir="/opt",
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )


def check_size(target: Path) -> None:
    """Refuse a layer that has outgrown its limit."""
    size = sum(path.stat().st_size for path in target.rglob("*") if path.is_file())
    if size > MAX_BYTES:
        raise LayerError(
            f"the dependency layer weighs {size:,} bytes, more than {MAX_BYTES:,}; "
            "drop a dependency from pyproject.toml or raise the limit in infra/layers.py"
        )
