"""The simulated service as a process of its own, over TLS, with troubles on the way."""

import json
import ssl
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.sandbox.ebws.client import SERVICE, WS, envelope, logon, members, order

REPOSITORY = Path(__file__).parents[3]
PATIENCE = 30.0


@dataclass
class Running:
    """A running process and a client that trusts it."""

    web: httpx.Client

    def call(self, operation: str, inner: str, *, patience: float = PATIENCE) -> httpx.Response:
        parameters = f"{logon()}<companyCode>ABC</companyCode>{inner}"
        headers = {"SOAPAction": f'"{WS}/IMasService/{operation}"', "Content-Type": "text/xml"}
        body = envelope(operation, parameters)
        return self.web.post(SERVICE, content=body, headers=headers, timeout=patience)

    def create(self, number: str, *, patience: float = PATIENCE) -> httpx.Response:
        document = f"<salesOrder>{members(order(number))}</salesOrder>"
        return self.call("CreateSalesOrder", document, patience=patience)

    def has(self, number: str) -> bool:
        found = self.call("GetSalesOrder", f"<salesOrderNo>{number}</salesOrderNo>")
        return found.status_code == 200

    def go_wrong(self, kind: str, **more: object) -> None:
        trouble = {"kind": kind, "operation": "CreateSalesOrder", **more}
        assert self.web.post("/_control/faults", json=trouble).status_code == 201


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Generator[Running]:
    folder = tmp_path_factory.mktemp("service")
    certificate = folder / "ebws.crt"
    files = ["--certificate", str(certificate), "--key", str(folder / "ebws.key")]
    command = [sys.executable, "-m", "sandbox.ebws", "--home", str(folder / "home"), *files]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        trusted = ssl.create_default_context(cafile=certificate)
        base = told["https"].removesuffix(SERVICE)
        with httpx.Client(base_url=base, verify=trusted, trust_env=False) as web:
            yield Running(web)
        process.terminate()


def test_an_order_goes_through_over_tls(running: Running) -> None:
    answer = running.create("W000300")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert "date" in answer.headers


@pytest.mark.parametrize(
    ("number", "kind", "stored"),
    [("W000301", "drop_request", False), ("W000302", "drop_answer", True)],
)
def test_a_connection_that_ends_tells_nothing(
    running: Running, *, number: str, kind: str, stored: bool
) -> None:
    running.go_wrong(kind)

    with pytest.raises(httpx.RemoteProtocolError):
        running.create(number)

    assert running.has(number) is stored


def test_half_an_answer_can_follow_a_whole_order(running: Running) -> None:
    running.go_wrong("cut_answer")

    with pytest.raises(httpx.RemoteProtocolError):
        running.create("W000303")

    assert running.has("W000303")


@pytest.mark.parametrize(
    ("number", "kind", "status", "stored"),
    [
        ("W000304", "unavailable", 503, False),
        ("W000305", "bad_gateway", 502, True),
        ("W000306", "garbage", 200, True),
    ],
)
def test_what_stands_between_answers_for_itself(
    running: Running, *, number: str, kind: str, status: int, stored: bool
) -> None:
    running.go_wrong(kind)

    answer = running.create(number)

    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert running.has(number) is stored


def test_a_delayed_call_is_done_all_the_same(running: Running) -> None:
    running.go_wrong("delay", seconds=0.3)

    with pytest.raises(httpx.ReadTimeout):
        running.create("W000307", patience=0.1)

    end = time.monotonic() + PATIENCE
    while not running.has("W000307") and time.monotonic() < end:
        time.sleep(0.05)
    assert running.has("W000307")


def test_faults_can_be_listed_and_forgotten(running: Running) -> None:
    running.go_wrong("garbage", count=None)

    [standing] = running.web.get("/_control/faults").json()["faults"]
    running.web.delete("/_control/faults")

    assert standing["kind"] == "garbage"
    assert running.web.get("/_control/faults").json() == {"faults": []}
    assert running.web.post("/_control/faults", json={"kind": "luck"}).status_code == 400
