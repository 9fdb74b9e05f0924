"""Starts the control API: `python -m sandbox.sage100 --home DIR --port N` (loopback only)."""

import argparse
from pathlib import Path

import uvicorn

from .control import Control
from .seed import fill
from .store import SYSTEM, database

LOOPBACK = "127.0.0.1"


def main() -> None:
    """Fill the installation when it is not there yet, then serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.sage100", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the installation")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--seed", type=int, default=1, help="number that stock follows from")
    options = parser.parse_args()
    if not database(options.home, SYSTEM).is_file():
        fill(options.home, options.seed)
    uvicorn.run(Control(options.home).app(), host=LOOPBACK, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
