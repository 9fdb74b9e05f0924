"""Where the sandbox keeps its things, and what its programs see of this machine's environment."""

import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
# A program of ours needs these and no others: an AWS profile, a proxy or a token of the person at
# the keyboard would leak into the local cloud's functions.
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "SSL_CERT_FILE", "SYSTEMROOT")
FOREIGN_PREFIXES = ("AWS_", "CDK_", "PYTHON", "VIRTUAL_ENV", "NODE_OPTIONS")


class SetupMissingError(Exception):
    """The sandbox can't start, since a set-up step was not done."""


@dataclass(frozen=True)
class Places:
    """Every file and folder of one sandbox; all of it lies under ``build`` and can be deleted.

    Sandboxes of different names can be up side by side; the usual one has none.

    Raises:
        ValueError: the name is not made of lower-case letters, digits and hyphens.
    """

    name: str = ""
    repository: Path = REPOSITORY

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z0-9-]*", self.name):
            raise ValueError("A sandbox's name has lower-case letters, digits and hyphens only.")

    @property
    def stem(self) -> str:
        """What the names of its files begin with."""
        return f"sandbox-{self.name}" if self.name else "sandbox"

    @property
    def build(self) -> Path:
        """The folder for everything that can be made again."""
        return self.repository / "build"

    @property
    def home(self) -> Path:
        """What one run leaves behind; emptied at the next start."""
        return self.build / self.stem

    @property
    def description(self) -> Path:
        """The file that tells everyone where the parts are."""
        return self.build / f"{self.stem}.json"

    @property
    def environment(self) -> Path:
        """The file that leads a shell, and with it the command `tieout`, to the local cloud."""
        return self.build / f"{self.stem}.env"

    @property
    def logs(self) -> Path:
        """One log file per program."""
        return self.home / "logs"

    @property
    def run(self) -> Path:
        """Lock files of the living programs."""
        return self.home / "run"

    @property
    def scratch(self) -> Path:
        """Where the programs unpack things, such as the functions' layers."""
        return self.home / "tmp"

    @property
    def starter_lock(self) -> Path:
        """The file that the living starter holds."""
        return self.build / f"{self.stem}.lock"

    @property
    def assembly(self) -> Path:
        """The synthesized stacks; kept between runs, so that unchanged layers aren't packed anew."""
        return self.build / f"{self.stem}.cdk.out"

    @property
    def cloud_python(self) -> Path:
        """The interpreter of the local cloud's own environment."""
        return self.build / "local-cloud" / "bin" / "python"

    @property
    def cdk(self) -> Path:
        """The CDK command-line tool."""
        return self.repository / "infra" / "node_modules" / ".bin" / "cdk"

    def demand_setup(self) -> None:
        """Look whether everything is installed.

        Raises:
            SetupMissingError: something is not; the message says what to run.
        """
        for what, path in (("the local cloud", self.cloud_python), ("the CDK tool", self.cdk)):
            if not path.exists():
                raise SetupMissingError(
                    f"{what} is not installed ({path} is missing). Run `make setup` first."
                )

    def empty(self) -> None:
        """Remove what the run before has left."""
        self.unlist()
        shutil.rmtree(self.home, ignore_errors=True)
        for folder in (self.logs, self.run, self.scratch):
            folder.mkdir(parents=True)

    def tidy(self) -> None:
        """Remove what is of use only while it runs; logs stay for whoever asks what happened."""
        self.unlist()
        shutil.rmtree(self.scratch, ignore_errors=True)

    def unlist(self) -> None:
        """Remove the files that tell others of a running sandbox."""
        self.description.unlink(missing_ok=True)
        self.environment.unlink(missing_ok=True)


def bare_environment(home: Path, **more: str) -> Mapping[str, str]:
    """Return the least environment that a program needs, with a home folder of its own."""
    kept = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}  # noqa: TID251 - children need a PATH; no setting is read here
    return kept | {"HOME": str(home), "TMPDIR": str(home / "tmp"), "PYTHONUNBUFFERED": "1"} | more


def tool_environment(**more: str) -> Mapping[str, str]:
    """Return this shell's environment for build tools, without what would lead them elsewhere.

    The tools keep the person's home folder, so that their caches are found; Node and Python of
    the project's environment come first in the path.
    """
    shell = {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 - handed on as it is, but for what points at a real account
        if not name.startswith(FOREIGN_PREFIXES)
    }
    own = Path(sys.executable).parent
    return shell | {"PATH": f"{own}{os.pathsep}{shell.get('PATH', os.defpath)}"} | more
