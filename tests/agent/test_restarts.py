"""The agent's process is killed in the middle of a write and started anew on the same files."""

import json
import os
import re
import sqlite3
import ssl
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from sandbox.sage100 import faults
from sandbox.sage100.store import SYSTEM, Store, database
from sandbox.sage100.tables_so import SO_SALES_ORDER_DETAIL, SO_SALES_ORDER_HEADER
from tests.agent.harness import KEY, in_seconds, order, sku, wait_until
from tieout_agent.settings import Settings

ROOT = Path(__file__).parents[2]
NUMBER = "W000250"
PATH = f"/v1/ABC/SO/SalesOrder/{NUMBER}"
HANG_SECONDS = 60
START_SECONDS = 30.0
EDITED = order(lines=[{"ItemCode": sku(2), "QuantityOrdered": "3", "UnitPrice": "7.00"}])


@contextmanager
def agent_process(settings: Settings) -> Generator[tuple[subprocess.Popen[str], httpx.Client]]:
    """Run the agent as it runs on a server; end it as a power failure would."""
    path = settings.pause_file.with_name("agent.json")
    secret = {"password": settings.password.get_secret_value()}
    path.write_text(json.dumps(json.loads(settings.model_dump_json()) | secret))
    environment = {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'agent'}"}
    with subprocess.Popen(
        [sys.executable, "-m", "tieout_agent", "run", "--settings", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=ROOT,
        env=dict(os.environ) | environment,  # noqa: TID251 - a child of this test
    ) as process:
        try:
            with client_of(process, settings) as client:
                yield process, client
        finally:
            process.kill()


def client_of(process: subprocess.Popen[str], settings: Settings) -> httpx.Client:
    assert process.stdout is not None
    said = re.search(r"listening on (https://127\.0\.0\.1:\d+)", process.stdout.readline())
    assert said is not None
    return httpx.Client(
        base_url=said[1],
        headers={"Authorization": f"Bearer {KEY}"},
        verify=ssl.create_default_context(cafile=settings.certificate_file),
        timeout=START_SECONDS,
    )


def tell(settings: Settings, point: str) -> None:
    with closing(Store(database(Path(settings.home), SYSTEM))) as system:
        faults.add(system, faults.Fault("hang", seconds=HANG_SECONDS, on=point))


def begun(settings: Settings) -> int:
    with closing(sqlite3.connect(settings.journal)) as journal:
        sql = "SELECT count(*) FROM request WHERE status IS NULL"
        found: int = journal.execute(sql).fetchone()[0]
        return found


def in_sage(settings: Settings) -> tuple[str, list[str]]:
    """The order's revision and the items of its lines, as the files have them."""
    with closing(Store(database(Path(settings.home), "ABC"))) as store:
        header = store.get(SO_SALES_ORDER_HEADER, NUMBER) or {}
        lines = [line for _, line in store.scan(SO_SALES_ORDER_DETAIL, begin=NUMBER, end=NUMBER)]
    return header.get("UDF_TIEOUT_REV", ""), [line["ItemCode"] for line in lines]


def kill_in_mid_write(settings: Settings, request: dict[str, Any], *, point: str) -> None:
    """Send a write, and kill the agent when its commit hangs before or after it was stored."""
    before = in_sage(settings)
    with agent_process(settings) as (process, client):
        tell(settings, point)

        def send() -> None:
            with suppress(httpx.HTTPError):
                client.request(**request)

        caller = threading.Thread(target=send)
        caller.start()
        wait_until(lambda: begun(settings) == 1, START_SECONDS)
        if point == "commit":
            wait_until(lambda: in_sage(settings) != before, START_SECONDS)
        process.kill()
        caller.join()


def write(body: dict[str, Any], **headers: str) -> dict[str, Any]:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent["X-Not-After"] = in_seconds(300)
    return {"method": "PUT", "url": PATH, "json": body, "headers": sent}


@pytest.mark.parametrize("point", ["write", "commit"])
def test_a_create_that_was_cut_off_makes_exactly_one_order(settings: Settings, point: str) -> None:
    request = write(order(), If_None_Match="*", X_Rev="1")

    kill_in_mid_write(settings, request, point=point)
    landed = in_sage(settings)
    with agent_process(settings) as (_, client):
        again = client.request(**request)
        once_more = client.request(**request)
        found = client.get(PATH, params={"marker": "W-250-x7"}).json()

    assert landed == (("", []) if point == "write" else ("1", [sku(0), sku(1)]))
    assert (again.status_code, again.json()["rev"]) == (201, 1)
    assert again.headers.get("X-Tieout-Journal") == (None if point == "write" else "repeat")
    assert (once_more.status_code, once_more.headers["X-Tieout-Journal"]) == (201, "repeat")
    assert found["markerMatches"] == [NUMBER]
    assert in_sage(settings) == ("1", [sku(0), sku(1)])


@pytest.mark.parametrize("point", ["write", "commit"])
def test_a_replacement_that_was_cut_off_doubles_no_line(settings: Settings, point: str) -> None:
    with agent_process(settings) as (_, client):
        created = client.request(**write(order(), If_None_Match="*", X_Rev="1")).json()
    request = write(EDITED, If_Match=f'"{created["stamp"]}"', X_Rev="2")

    kill_in_mid_write(settings, request, point=point)
    landed = in_sage(settings)
    with agent_process(settings) as (_, client):
        unsure = client.get(PATH).json()
        again = client.request(**request)

    assert (unsure["writtenStamp"], unsure["writtenRev"]) == (None, None)
    assert landed == (("1", [sku(0), sku(1)]) if point == "write" else ("2", [sku(2)]))
    assert (again.status_code, again.json()["rev"]) == (200, 2)
    assert again.headers.get("X-Tieout-Journal") == (None if point == "write" else "repeat")
    assert again.json()["writtenRev"] == (2 if point == "write" else None)
    assert in_sage(settings) == ("2", [sku(2)])
