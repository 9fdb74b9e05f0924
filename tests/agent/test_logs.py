import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.agent.harness import in_seconds, make_settings, order, seeded_home
from tests.agent.processes import agent_process, free_port
from tieout_agent.logs import FILE_BYTES, FILES_KEPT, LONGEST_VALUE, log_event, logging_to, say
from tieout_agent.notices import NOTICES, Notice, tell

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
CANARY = "canary.person@example.com"
NAME = "agent.log"


class EventLog:
    """The event log of Windows."""

    def __init__(self) -> None:
        self.entries: list[tuple[int, str, str]] = []

    def write(self, notice: Notice, text: str) -> None:
        self.entries.append((notice.number, notice.level, text))


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_an_event_is_one_line_on_the_console_and_in_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logging_to(tmp_path / "logs", NAME):
        log_event("call", at=NOON, status=200, code=None)
    log_event("call", at=NOON, status=500, code=None)

    console = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    kept = lines(tmp_path / "logs" / NAME)
    assert [line["status"] for line in console] == [200, 500]
    assert kept == console[:1], "after the block nothing is written to its file"
    assert kept[0]["time"] == "2026-11-21T12:00:00.000+00:00"


def test_a_value_can_neither_forge_a_line_nor_fill_the_log(tmp_path: Path) -> None:
    with logging_to(tmp_path, NAME):
        log_event("failed", at=NOON, error='x\n{"event": "forged"}' + "y" * 1000, place="p")

    kept = lines(tmp_path / NAME)
    assert [line["event"] for line in kept] == ["failed"]
    assert len(kept[0]["error"]) == LONGEST_VALUE
    assert len(kept[0]["message"]) < 2 * LONGEST_VALUE + len(NOTICES["failed"].text)


def test_a_full_file_is_put_aside_and_the_oldest_one_goes(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("x" * (FILE_BYTES - 10))
    for number in range(1, FILES_KEPT):
        (tmp_path / f"{NAME}.{number}").write_text(f"file {number}")

    with logging_to(tmp_path, NAME):
        log_event("call", at=NOON)

    assert (tmp_path / NAME).stat().st_size < 1000
    assert (tmp_path / f"{NAME}.1").stat().st_size == FILE_BYTES - 10
    assert (tmp_path / f"{NAME}.{FILES_KEPT - 1}").read_text() == f"file {FILES_KEPT - 2}"
    assert len(list(tmp_path.iterdir())) == FILES_KEPT


def test_a_full_disk_stops_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / NAME).symlink_to("/dev/full")

    with logging_to(tmp_path, NAME):
        log_event("call", at=NOON)

    assert json.loads(capsys.readouterr().err)["event"] == "call"


def test_what_somebody_has_to_know_is_in_the_event_log_in_plain_sentences(tmp_path: Path) -> None:
    events = EventLog()

    with logging_to(tmp_path, NAME, event_log=events):
        log_event("call", at=NOON, status=500)
        log_event("call_hung", at=NOON, seconds=121)

    number, level, text = events.entries[0]
    assert len(events.entries) == 1
    assert (number, level) == (1, "error")
    assert "hung for 121 seconds" in text
    assert lines(tmp_path / NAME)[1]["message"] == text


@pytest.mark.parametrize("event", NOTICES)
def test_every_notice_is_whole_sentences_that_end_in_what_to_do(event: str) -> None:
    text = tell(NOTICES[event], {"reason": "A setting is wrong."})

    assert text.endswith(".")
    assert text.count(". ") >= 1, "what happened, and then the next action"
    assert "{" not in text


def test_every_notice_has_a_number_of_its_own() -> None:
    numbers = [notice.number for notice in NOTICES.values()]

    assert sorted(numbers) == list(range(1, len(numbers) + 1))


def test_a_field_that_is_missing_never_breaks_the_telling() -> None:
    assert "(code ?)" in tell(NOTICES["worker_ended"], {"restarts": 2})


def test_the_log_folder_is_beside_the_settings_unless_another_is_named(tmp_path: Path) -> None:
    usual = make_settings(tmp_path, tmp_path)
    named = make_settings(tmp_path, tmp_path, log_folder=tmp_path / "elsewhere")

    assert (usual.logs, named.logs) == (tmp_path / "logs", tmp_path / "elsewhere")


def test_a_service_without_a_console_goes_on(tmp_path: Path) -> None:
    console = sys.stdout, sys.stderr
    sys.stdout = sys.stderr = None
    try:
        with logging_to(tmp_path, NAME):
            log_event("call", at=NOON)
            say("listening")
    finally:
        sys.stdout, sys.stderr = console

    assert [line["event"] for line in lines(tmp_path / NAME)] == ["call"]


def test_the_files_of_a_running_agent_hold_ids_and_nothing_of_a_person_or_a_secret(
    tmp_path: Path, seeded: Path
) -> None:
    secret = "canary-password"
    home = seeded_home(tmp_path, seeded)
    settings = make_settings(tmp_path, home, port=free_port(), password=secret)
    headers = {"If-None-Match": "*", "X-Not-After": in_seconds(60), "X-Rev": "1"}
    body = order(header={"ShipToName": CANARY, "Comment": "canary comment"})
    with agent_process(settings) as agent:
        agent.client.put("/ABC/SO/SalesOrder/W000250", json=body, headers=headers)
        agent.client.get("/ABC/AR/Customer", params={"email": CANARY})
        agent.client.get("/health", headers={"Authorization": "Bearer canary-key"})
        agent.client.get(f"/ABC/SO/SalesOrder/{CANARY}")
        agent.process.terminate()
        agent.process.wait(30)

    written = [path.read_text() for path in settings.logs.iterdir()]
    calls = [line for line in lines(settings.logs / "tieout-agent.log") if line["event"] == "call"]
    assert len(calls) == 4
    assert calls[0]["code"] == "SessionFailed"
    assert "canary" not in "".join(written)
    assert str(settings.host) not in "".join(written)
