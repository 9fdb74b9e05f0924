"""`make faults`: the harness in a process of its own, with the environment that a function has."""

import os
import subprocess
import sys

# A fixed hash seed makes the same seed the same history anywhere, in this process and in its children.
ENVIRONMENT = {
    "POWERTOOLS_LOG_LEVEL": "CRITICAL",
    "POWERTOOLS_METRICS_DISABLED": "true",
    "POWERTOOLS_SERVICE_NAME": "faults",
    "POWERTOOLS_METRICS_NAMESPACE": "Tieout",
    "PYTHONHASHSEED": "0",
}


def main() -> int:
    """Hand everything on; the exit code is that of the run."""
    command = [sys.executable, "-m", "tests.faults.run", *sys.argv[1:]]
    environment = dict(os.environ) | ENVIRONMENT  # noqa: TID251 - PATH and all
    return subprocess.run(command, check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
