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
    """Run them; raises CalledProcessError when one fails."""
    for target, seconds in (("demo", 90), ("test", 300)):
        began = time.monotonic()
        subprocess.run(["make", "--silent", target], check=True, cwd=ROOT, env=dict(os.environ))  # noqa: TID251 - PATH and all
        yield Figure(f"make {target}, after set-up", time.monotonic() - began, "s", seconds)
