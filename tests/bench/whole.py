"""How long the two commands of the README take, and what the layer weighs."""

import os
import subprocess
import time
from collections.abc import Iterator

from tests.bench.figures import Figure
from tests.bench.imports import ROOT

MEGABYTE = 1024 * 1024


def sizes() -> Iterator[Figure]:
    """The dependency layer as the last synth built it, unpacked."""
    layers = [
        folder
        for folder in (ROOT / "cdk.out").glob("asset.*")
        if (folder / "python" / "httpx").is_dir()
    ]
    newest = max(layers, key=lambda folder: folder.stat().st_mtime)
    weight = sum(file.stat().st_size for file in newest.rglob("*") if file.is_file())
    yield Figure("dependency layer, unpacked, without boto3", weight / MEGABYTE, "MB", 35)


def commands() -> Iterator[Figure]:
    """Run them; one that fails is a row of the table like the others."""
    for target, seconds in (("demo", 90), ("test", 300)):
        began = time.monotonic()
        done = subprocess.run(
            ["make", "--silent", target],
            check=False,
            cwd=ROOT,
            env=dict(os.environ),  # noqa: TID251 - PATH and all
        )
        took = time.monotonic() - began
        name = f"make {target}, after set-up"
        yield Figure(name, took, "s", seconds, failed=done.returncode != 0)
