"""The shop as a program of its own: two ports, its own certificate, credentials from outside."""

import hashlib
import json
import signal
import ssl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

PATIENCE_SECONDS = 20


@dataclass(frozen=True)
class Program:
    """Where a running shop said that it is."""

    http: str
    https: str
    fingerprint: str
    certificate: Path


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    folder = tmp_path_factory.mktemp("shop")
    certificate = folder / "shop.crt"
    command = [sys.executable, "-m", "sandbox.bigcommerce", "--client-id", "mine"]
    files = ["--certificate", str(certificate), "--key", str(folder / "shop.key")]
    environment = {"SANDBOX_BIGCOMMERCE_ACCESS_TOKEN": "from-outside", "PATH": ""}
    with subprocess.Popen(
        command + files, stdout=subprocess.PIPE, env=environment, cwd=Path(__file__).parents[2]
    ) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        yield Program(told["http"], told["https"], told["fingerprint"], certificate)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_SECONDS) == 0


def test_both_ports_show_one_shop(program: Program) -> None:
    trust = ssl.create_default_context(cafile=program.certificate)
    headers = {"X-Auth-Token": "from-outside", "Accept": "application/json"}

    with httpx.Client(verify=trust, headers=headers, trust_env=False) as client:
        placed = client.post(f"{program.http}/_control/orders", json={}).json()
        seen = client.get(f"{program.https}/stores/sandbox1/v2/orders/{placed['id']}")

    assert seen.json()["total_inc_tax"] == placed["total_inc_tax"]


def test_the_printed_fingerprint_is_the_certificates(program: Program) -> None:
    der = ssl.PEM_cert_to_DER_cert(program.certificate.read_text())

    assert program.fingerprint == hashlib.sha256(der).hexdigest()
