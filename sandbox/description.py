"""What `build/sandbox.json` says: where every part answers, and the test credentials for it."""

import dataclasses
import json
import shlex
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

# Raised when a field is renamed or dropped, so that a test driver can tell.
VERSION = 1


@dataclass(frozen=True)
class CloudPart:
    """The local cloud and what the stacks have made in it.

    `webhook_url` answers plain HTTP as it is; the same API is reached under `endpoint` with the
    header `Host: <api_host>` and the path `/<api_stage>/…`. `environment` leads AWS tools and the
    operator's command `tieout` here.
    """

    endpoint: str
    region: str
    account: str
    access_key_id: str
    secret_access_key: str
    api_id: str
    api_stage: str
    api_host: str
    webhook_url: str
    tables: dict[str, str]
    queues: dict[str, str]
    functions: dict[str, str]
    secrets: dict[str, str]
    environment: dict[str, str]


@dataclass(frozen=True)
class ShopPart:
    """The simulated BigCommerce store and the account that Tieout uses there."""

    store: str
    store_hash: str
    http: str
    https: str
    control: str
    certificate: str
    fingerprint: str
    access_token: str
    client_id: str
    client_secret: str
    webhook_header: str
    webhook_key: str
    hook_destination: str


@dataclass(frozen=True)
class AgentPart:
    """The real agent over the simulated ProvideX object."""

    url: str
    certificate: str
    fingerprint: str
    api_key: str
    settings: str


@dataclass(frozen=True)
class SagePart:
    """The simulated Sage 100: its control API and its companies by currency."""

    control: str
    home: str
    companies: dict[str, str]


@dataclass(frozen=True)
class Description:
    """Everything that somebody outside needs in order to drive the sandbox."""

    cloud: CloudPart
    bigcommerce: ShopPart
    agent: AgentPart
    sage100: SagePart
    customer: str
    logs: dict[str, str]
    version: int = VERSION

    def to_json(self) -> str:
        """Return the document, indented for people."""
        return json.dumps(dataclasses.asdict(self), indent=2) + "\n"

    def write(self, path: Path) -> None:
        """Write the file so that a reader sees the whole of it or nothing."""
        _write_whole(path, self.to_json())

    def write_environment(self, path: Path) -> None:
        """Write the cloud's environment for a shell to read in, as whole as the description."""
        lines = [f"export {k}={shlex.quote(v)}\n" for k, v in self.cloud.environment.items()]
        _write_whole(path, "".join(lines))


def _write_whole(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".tmp")
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def read_description(path: Path) -> Description | None:
    """Return what a running sandbox has written; None if there is none."""
    if not path.is_file():
        return None
    return TypeAdapter(Description).validate_json(path.read_bytes())
