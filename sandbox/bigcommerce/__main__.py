"""Start the shop: `python -m sandbox.bigcommerce --http-port N --https-port M …`."""

import argparse
import asyncio
import json
import os
import socket
import sys
from collections.abc import Coroutine
from datetime import UTC, datetime
from pathlib import Path

import uvicorn

from sandbox.bigcommerce.app import create_app
from sandbox.bigcommerce.clock import SystemClock
from sandbox.bigcommerce.model import Account, Settings
from sandbox.bigcommerce.shop import Shop
from sandbox.certificates import ensure_identity

ADDRESS = "127.0.0.1"
BACKLOG = 128
# Each account value can come from a variable of this prefix: secrets don't belong in a process list.
VARIABLE_PREFIX = "SANDBOX_BIGCOMMERCE_"


def main() -> None:
    """Serve both ports until interrupted; the first line on stdout tells where, as JSON."""
    options = _options()
    now = datetime.fromtimestamp(SystemClock().now(), UTC)
    identity = ensure_identity(options.certificate, options.key, "bigcommerce", now=now)
    shop = Shop(
        account=Account(options.client_id, options.client_secret, options.access_token),
        settings=Settings(store_hash=options.store_hash, quota=options.quota),
        seed=options.seed,
    )
    plain, secure = (_listen(port) for port in (options.http_port, options.https_port))
    where = {
        "http": f"http://{ADDRESS}:{plain.getsockname()[1]}",
        "https": f"https://{ADDRESS}:{secure.getsockname()[1]}",
        "fingerprint": identity.fingerprint,
    }
    try:
        asyncio.run(_tell_and_serve(where, _serve(shop, plain, secure, options=options)))
    except KeyboardInterrupt:
        pass
    finally:
        shop.close()


def _options() -> argparse.Namespace:
    usual = Account()
    parser = argparse.ArgumentParser(prog="sandbox.bigcommerce", description=__doc__)
    parser.add_argument("--http-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--https-port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--certificate", type=Path, required=True, help="made when missing")
    parser.add_argument("--key", type=Path, required=True, help="made when missing")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quota", type=int, default=Settings.quota, help="requests per window")
    for name, value in (
        ("store_hash", Settings.store_hash),
        ("client_id", usual.client_id),
        ("client_secret", usual.client_secret),
        ("access_token", usual.access_token),
    ):
        default = os.environ.get(VARIABLE_PREFIX + name.upper(), value)  # noqa: TID251 - a program of its own, with no settings module
        parser.add_argument(f"--{name.replace('_', '-')}", default=default)
    return parser.parse_args()


def _listen(port: int) -> socket.socket:
    # The protocol must be named: asyncio turns Nagle's delay off only where it sees TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((ADDRESS, port))
    listener.listen(BACKLOG)
    listener.setblocking(False)  # noqa: FBT003 - the socket module's own signature
    return listener


async def _tell_and_serve(where: dict[str, str], serving: Coroutine[None, None, None]) -> None:
    # Whoever reads this line may stop us at once, so the loop is there before it to take the signal.
    sys.stdout.write(json.dumps(where) + "\n")
    sys.stdout.flush()
    await serving


async def _serve(
    shop: Shop, plain: socket.socket, secure: socket.socket, *, options: argparse.Namespace
) -> None:
    app = create_app(shop)
    configs = [
        uvicorn.Config(
            app,
            lifespan="off",
            log_level="critical",
            access_log=False,
            ssl_certfile=certificate,
            ssl_keyfile=key,
        )
        for certificate, key in ((None, None), (options.certificate, options.key))
    ]
    pairs = zip(map(uvicorn.Server, configs), (plain, secure), strict=True)
    await asyncio.gather(*(server.serve(sockets=[one]) for server, one in pairs))


if __name__ == "__main__":
    main()
