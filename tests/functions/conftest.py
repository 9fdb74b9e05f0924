"""What the handlers' tests share: an account in memory, a fresh start, a store, and what was counted."""

import importlib
import itertools
import json
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from types import ModuleType
from typing import TYPE_CHECKING, Any

import boto3
import pytest

import tieout.entry
import tieout.jobs
import tieout.queue_entry
from sandbox.certificates import Identity, make_identity
from tests.adapters.bigcommerce_shop import IMPORT_STATUSES, RunningShop, running_shop
from tests.adapters.cloud import LEDGER, account, dynamodb, make_tables
from tieout.adapters.dynamodb import Table
from tieout.wiring import polling, receiving, taking

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

Handler = Callable[[dict[str, Any], object], dict[str, Any]]
Load = Callable[[str], Handler]
Counted = Callable[[], dict[str, float]]
Poller = Callable[[dict[str, Any]], None]
WEBHOOKS = "https://door.example/prod/webhooks"
SECRET = {"client_id": "", "client_secret": "the-client-secret", "webhook_key": "the-webhook-key"}
_starts = itertools.count()
WIRINGS: tuple[ModuleType, ...] = (polling, receiving, taking)


class Context:
    """What Lambda tells a function of the time it has left."""

    def __init__(self, seconds: float = 300) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


# What keeps connections open: a function never ends, a test does.
KEPT = (
    (polling, "_storefront", ("main",)),
    (polling, "_door", ()),
    (taking, "desk", ("main",)),
    (taking, "_sage", ("ABC",)),
)


def _close() -> None:
    for wiring, name, of in KEPT:
        made = getattr(wiring, name)
        if made.cache_info().currsize:
            kept = made(*of)
            getattr(kept, "storefront", kept).close()


def _forget() -> None:
    for wiring in WIRINGS:
        for made in list(vars(wiring).values()):
            if hasattr(made, "cache_clear"):
                made.cache_clear()


@pytest.fixture(autouse=True)
def cloud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Generator[None]:
    """Each test begins cold, as a function does, in an empty account."""
    # A log of its own per test: its stream is the one that is captured then.
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", f"test {next(_starts)}")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Tieout")
    _forget()
    with account(monkeypatch):
        yield
        _close()
    capsys.readouterr()
    _forget()


@pytest.fixture
def load() -> Load:
    """Import a function anew, so that log and metrics see the environment of the test."""

    def load(name: str) -> Handler:
        for module in (tieout.entry, tieout.jobs, tieout.queue_entry):
            importlib.reload(module)
        return importlib.reload(importlib.import_module(f"functions.{name}")).handler

    return load


@pytest.fixture
def counted(capsys: pytest.CaptureFixture[str]) -> Counted:
    """The metrics since the last call, each summed up."""

    def read() -> dict[str, float]:
        sums: dict[str, float] = {}
        for text in capsys.readouterr().out.splitlines():
            row: dict[str, Any] = json.loads(text)
            for group in row.get("_aws", {}).get("CloudWatchMetrics", []):
                for name in (metric["Name"] for metric in group["Metrics"]):
                    values: list[float] = row[name]
                    sums[name] = sums.get(name, 0) + sum(values)
        return sums

    return read


@pytest.fixture(scope="session")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Identity:
    now = datetime.now(UTC)  # noqa: TID251 - the certificate must be valid
    return make_identity(tmp_path_factory.mktemp("identity"), "loopback", now=now)


@pytest.fixture(scope="session")
def _running_shop(identity: Identity) -> Generator[RunningShop]:
    with running_shop(identity) as running:
        yield running


@pytest.fixture
def shop(_running_shop: RunningShop) -> RunningShop:
    """The simulated BigCommerce, as on its first day."""
    _running_shop.start_anew()
    return _running_shop


@pytest.fixture
def store(shop: RunningShop) -> dict[str, Any]:
    """The shop as TIEOUT_STORES has it, with its secret in the account."""
    secret = json.dumps({**SECRET, "access_token": shop.token})
    client = boto3.client("secretsmanager")
    return {
        "key": "main",
        "platform": "bigcommerce",
        "letter": "W",
        "store_hash": "sandbox1",
        "api": {
            "url": shop.url,
            "trust": "pin",
            "pins": [shop.fingerprint],
            "allow_networks": ["127.0.0.0/8"],
        },
        "secret_arn": client.create_secret(Name="s", SecretString=secret)["ARN"],
        "import_statuses": sorted(IMPORT_STATUSES),
        "companies": {"USD": "ABC"},
    }


@pytest.fixture
def sqs() -> "SQSClient":
    return boto3.client("sqs")


@pytest.fixture
def queue_url(sqs: "SQSClient") -> str:
    return sqs.create_queue(QueueName="orders")["QueueUrl"]


@pytest.fixture
def table() -> Table:
    """The ledger's table."""
    client = dynamodb()
    make_tables(client)
    return Table(client, LEDGER)


@pytest.fixture
def poller(
    monkeypatch: pytest.MonkeyPatch, store: dict[str, Any], *, queue_url: str, table: Table
) -> Poller:
    """Make the poll function's environment, once one says how it reaches the agent."""

    def make(agent: dict[str, Any]) -> None:
        monkeypatch.setenv("TIEOUT_AGENT", json.dumps(agent))
        monkeypatch.setenv("TIEOUT_STORES", json.dumps([store]))
        monkeypatch.setenv("TIEOUT_STACK_TAG", "x7")
        monkeypatch.setenv("LEDGER_TABLE", table.name)
        monkeypatch.setenv("ORDER_QUEUE_URL", queue_url)
        monkeypatch.setenv("WEBHOOKS_URL", WEBHOOKS)

    return make
