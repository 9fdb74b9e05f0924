"""Start the service: `python -m sandbox.ebws --home DIR --certificate FILE --key FILE`."""

import argparse
import json
import socket
import sys
from pathlib import Path

import uvicorn

from sandbox.certificates import ensure_identity
from sandbox.sage100.clock import WorkstationClock
from sandbox.sage100.seed import fill
from sandbox.sage100.store import SYSTEM, database

from .app import SERVICE, create_app

ADDRESS = "127.0.0.1"
BACKLOG = 128


def main() -> None:
    """Serve over TLS until stopped; the first line on stdout tells where, as JSON."""
    options = _options()
    now = WorkstationClock().now()
    identity = ensure_identity(options.certificate, options.key, "ebws", now=now)
    if not database(options.home, SYSTEM).is_file():
        fill(options.home)
    config = uvicorn.Config(
        create_app(options.home),
        lifespan="off",
        log_level="critical",
        access_log=False,
        ssl_certfile=str(identity.certificate),
        ssl_keyfile=str(identity.key),
    )
    # The protocol must be named: asyncio turns Nagle's delay off only where it sees TCP.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((ADDRESS, options.port))
        listener.listen(BACKLOG)
        _tell(listener.getsockname()[1], identity.fingerprint)
        uvicorn.Server(config).run(sockets=[listener])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.ebws", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="folder, filled when empty")
    parser.add_argument("--port", type=int, default=0, help="on 127.0.0.1; 0 takes a free one")
    parser.add_argument("--certificate", type=Path, required=True, help="made when missing")
    parser.add_argument("--key", type=Path, required=True, help="made when missing")
    return parser.parse_args()


def _tell(port: int, fingerprint: str) -> None:
    where = {"https": f"https://{ADDRESS}:{port}{SERVICE}", "fingerprint": fingerprint}
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
