"""Start the service: `python -m sandbox.ebws --home DIR --port N --certificate F --key F`."""

import argparse
from pathlib import Path

import uvicorn

from sandbox.sage100.seed import fill
from sandbox.sage100.store import SYSTEM, database

from .app import create_app

ADDRESS = "127.0.0.1"


def main() -> None:
    """Fill the installation when it is not there yet, then serve over TLS until stopped."""
    parser = argparse.ArgumentParser(prog="python -m sandbox.ebws", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder of the installation")
    parser.add_argument("--port", type=int, required=True, help="port on 127.0.0.1")
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    options = parser.parse_args()
    if not database(options.home, SYSTEM).is_file():
        fill(options.home)
    uvicorn.run(
        create_app(options.home),
        host=ADDRESS,
        port=options.port,
        log_level="warning",
        access_log=False,
        ssl_certfile=str(options.certificate),
        ssl_keyfile=str(options.key),
    )


if __name__ == "__main__":
    main()
