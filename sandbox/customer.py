"""The settings files of the sandbox's customer: the stacks' and the agent's."""

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.aws import REGION

CUSTOMER, STAGE, STORE = "sandbox", "sandbox", "main"
COMPANIES: Mapping[str, str] = {"USD": "ABC", "CAD": "CAN"}
WEBHOOK_HEADER = "X-Tieout-Key"
# Two workers for each of the two processors that a small machine has, and of the order of what a
# Sage server bears.
CONCURRENCY = 4

_TOML = """\
# Written by the sandbox at each start.
customer = "{customer}"
region = "{region}"

[agent]
url = "{agent_url}"
trust = "pin"
pins = ["{agent_pin}"]
allow_networks = ["127.0.0.1/32"]

[stores.{store}]
letter = "W"
store_hash = "{store_hash}"
import_statuses = [11, 9, 8, 3, 10]

[stores.{store}.api]
url = "{shop_url}"
trust = "pin"
pins = ["{shop_pin}"]
allow_networks = ["127.0.0.1/32"]

[stores.{store}.companies]
{companies}

[stores.{store}.sage]
{sage}

[schedules]
due_minutes = 1
backfill_minutes = 2

[limits]
max_concurrency = {concurrency}

[edge.door]
url = "{door_url}"
trust = "pin"
pins = ["{door_pin}"]
allow_networks = ["127.0.0.1/32"]

[stages.{stage}]
"""


@dataclass(frozen=True)
class Server:
    """One HTTPS server of the sandbox and its certificate's SHA-256."""

    url: str
    fingerprint: str


def customer_toml(
    agent: Server, shop: Server, *, door: Server, store_hash: str, sage: Mapping[str, str]
) -> str:
    """Return the customer's settings file, as a deployer would write it."""
    return _TOML.format(
        customer=CUSTOMER,
        region=REGION,
        stage=STAGE,
        store=STORE,
        agent_url=agent.url,
        agent_pin=agent.fingerprint,
        shop_url=shop.url,
        shop_pin=shop.fingerprint,
        door_url=door.url,
        door_pin=door.fingerprint,
        store_hash=store_hash,
        companies=_table(COMPANIES),
        sage=_table(sage),
        concurrency=CONCURRENCY,
    )


def _table(values: Mapping[str, str]) -> str:
    # A TOML basic string takes the same escapes as a JSON string.
    return "\n".join(f"{name} = {json.dumps(value)}" for name, value in values.items())


def new_key() -> str:
    """Return a secret that nobody can guess, fresh for each sandbox."""
    return secrets.token_urlsafe(32)


def agent_settings(path: Path, *, port: int, sage_home: Path, api_key: str, read_key: str) -> None:
    """Write the agent's settings file; the agent makes its certificate beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "home": str(sage_home),
        "user": "tieout",
        "password": "tieout",
        "companies": sorted(COMPANIES.values()),
        "com": "sandbox.sage100.com",
        "certificate_file": "agent.crt",
        "key_file": "agent.key",
        "certificate_names": ["127.0.0.1", "localhost"],
        "api_keys": [_kept(api_key, "write"), _kept(read_key, "read")],
    }
    path.write_text(json.dumps(settings, indent=2), encoding="utf-8")


def _kept(key: str, scope: str) -> dict[str, str]:
    return {"sha256": hashlib.sha256(key.encode()).hexdigest(), "scope": scope}
