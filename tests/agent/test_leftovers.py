import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from sandbox.sage100 import com
from tests.agent.harness import FakeClock
from tieout_agent.clock import SystemClock
from tieout_agent.holdoff import HOLD_OFF, LONGEST, HoldOff
from tieout_agent.journal import Entry, Journal, Request
from tieout_agent.leftovers import Leftovers
from tieout_agent.problems import ProblemError
from tieout_agent.running import RunningFile
from tieout_agent.sage.servers import Servers
from tieout_agent.seam import Server
from tieout_agent.server import make_owner
from tieout_agent.settings import Settings, SettingsError

ORDER = "SO/SalesOrder/W000250"
REQUEST = Request("ABC", ORDER, "create", 1, "0" * 64)


class Machine:
    """The processes of ProvideX on a machine, and who may end them.

    Attributes:
        slow: How often one that was ended is still seen.
    """

    def __init__(self) -> None:
        self.alive: set[Server] = set()
        self.protected: set[Server] = set()
        self.ended: set[Server] = set()
        self.slow = 0

    def start(self, pid: int) -> Server:
        made = Server(pid, f"then {len(self.alive)}")
        self.alive.add(made)
        return made

    def servers(self) -> frozenset[Server]:
        return frozenset(self.alive)

    def is_alive(self, server: Server) -> bool:
        if server in self.ended:
            self.slow -= 1
            self.alive -= set() if self.slow > 0 else {server}
        return server in self.alive

    def end_server(self, server: Server) -> None:
        if server not in self.protected:
            self.ended.add(server)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def file(tmp_path: Path) -> Generator[RunningFile]:
    made = RunningFile(tmp_path / "running")
    yield made
    made.close()


def dispatch(machine: Machine, file: RunningFile, *pids: int) -> list[Server]:
    """Make a script; ProvideX starts these processes for it, or somebody else does meanwhile."""
    with Servers(machine, file).watching():
        return [machine.start(pid) for pid in pids]


def test_the_one_process_that_a_dispatch_started_is_ours_and_is_ended(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    others = machine.start(1)
    dispatch(machine, file, 2)
    left = Leftovers(machine, file, clock)

    left.end()

    assert machine.alive == {others}
    assert not left.may_land()
    assert file.traces() == []


def test_it_is_waited_for_until_it_is_gone(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    dispatch(machine, file, 2)
    machine.slow = 4
    waits: list[float] = []

    Leftovers(machine, file, clock).end(wait=waits.append)

    assert machine.alive == set()
    assert waits


def test_one_that_does_not_end_is_waited_for_some_seconds_alone(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    machine.protected = set(dispatch(machine, file, 2))
    left = Leftovers(machine, file, clock)

    left.end(wait=clock.move)

    assert clock.seconds < 1010
    assert left.may_land()
    assert [trace.server for trace in file.traces()] == list(machine.protected)


def test_what_may_be_somebody_elses_is_watched_and_never_ended(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    both = set(dispatch(machine, file, 2, 3))
    left = Leftovers(machine, file, clock)

    left.end()
    while_both_live = (left.may_land(), set(machine.alive))
    machine.alive.clear()

    assert while_both_live == (True, both)
    assert machine.ended == set()
    assert not left.may_land()


def test_a_process_that_served_others_before_us_is_not_ended_but_waited_out(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    shared = machine.start(1)
    dispatch(machine, file)
    left = Leftovers(machine, file, clock)

    left.end()

    assert machine.alive == {shared}
    assert left.may_land()


def test_a_process_that_could_not_be_seen_may_live_for_all_we_know(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    dispatch(machine, file)
    left = Leftovers(machine, file, clock)

    left.end()

    assert left.may_land()


def test_a_number_that_was_given_out_again_is_another_process(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    dispatch(machine, file, 2)
    machine.alive = {Server(2, "later")}

    left = Leftovers(machine, file, clock)
    left.end()

    assert machine.alive == {Server(2, "later")}
    assert not left.may_land()


def test_what_was_let_go_in_order_leaves_nothing(machine: Machine, file: RunningFile) -> None:
    with Servers(machine, file).watching() as notes:
        machine.start(2)

    noted = file.traces()
    notes.forget()

    assert [trace.ours for trace in noted] == [True]
    assert file.traces() == []


def test_what_can_not_be_ended_is_forgotten_once_it_can_store_nothing(
    machine: Machine, file: RunningFile, clock: FakeClock
) -> None:
    dispatch(machine, file)
    left = Leftovers(machine, file, clock)

    left.forget()

    assert file.traces() == []


def test_what_was_begun_is_held_off_while_its_process_lives_and_a_person_is_told(
    machine: Machine,
    file: RunningFile,
    clock: FakeClock,
    *,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal = begun(tmp_path / "journal", clock)
    dispatch(machine, file, 2, 3)

    Leftovers(machine, file, clock).settle(journal)
    while_they_live = refusal(journal)
    machine.alive.clear()

    told = json.loads(capsys.readouterr().err)
    assert (told["event"], told["count"], told["minutes"]) == ("process_left", 2, 720)
    assert while_they_live is not None
    assert refusal(journal) is None


def test_nothing_is_held_off_once_the_process_is_ended(
    machine: Machine, file: RunningFile, clock: FakeClock, *, tmp_path: Path
) -> None:
    journal = begun(tmp_path / "journal", clock)
    dispatch(machine, file, 2)

    Leftovers(machine, file, clock).settle(journal)

    assert machine.alive == set()
    assert refusal(journal) is None


def test_a_process_that_can_store_nothing_is_not_told_of(
    machine: Machine,
    file: RunningFile,
    clock: FakeClock,
    *,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    dispatch(machine, file, 2, 3)

    Leftovers(machine, file, clock).settle(Journal(tmp_path / "journal", clock))

    assert capsys.readouterr().err == ""
    assert file.traces() == []


def test_a_running_file_that_fails_later_stops_neither_the_start_nor_the_end(
    machine: Machine, file: RunningFile, clock: FakeClock, *, capsys: pytest.CaptureFixture[str]
) -> None:
    with Servers(machine, file).watching() as notes:
        machine.start(2)
    left = Leftovers(machine, file, clock)
    file.close()

    left.end()
    notes.forget()

    assert not left.may_land()
    assert "running_file_failed" in capsys.readouterr().err


class Unnotable:
    """A ProvideX outside our process, on a machine whose disk is full."""

    error = com.error
    by_ref_string = staticmethod(com.by_ref_string)
    by_ref_number = staticmethod(com.by_ref_number)

    def __init__(self) -> None:
        self.released = 0

    def dispatch(self, prog_id: str) -> Any:
        return com.dispatch(prog_id)

    def release(self) -> None:
        self.released += 1
        com.release()


def test_a_call_is_refused_and_sage_let_go_when_its_process_can_not_be_noted(
    machine: Machine, file: RunningFile, settings: Settings
) -> None:
    module = Unnotable()
    owner = make_owner(settings, module, SystemClock(), servers=Servers(machine, file))
    file.close()

    with pytest.raises(ProblemError) as refused:
        owner.run(lambda sessions: sessions.company("ABC"))
    owner.stop()

    assert refused.value.problem.code == "JournalFailed"
    assert module.released == 1


def test_the_notes_outlive_the_process_that_made_them(machine: Machine, tmp_path: Path) -> None:
    first = RunningFile(tmp_path / "running")
    dispatch(machine, first, 2)
    first.close()

    second = RunningFile(tmp_path / "running")
    noted = [(trace.server, trace.ours) for trace in second.traces()]
    second.close()

    assert noted == [(Server(2, "then 0"), True)]


def test_the_file_is_held_by_one_process_until_it_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "running"
    hold = (
        "import sys, time; from pathlib import Path; from tieout_agent.running import RunningFile\n"
        "held = RunningFile(Path(sys.argv[1])); print('held', flush=True); time.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        with pytest.raises(SettingsError, match="Another agent runs"):
            RunningFile(path, lock_seconds=0.1)
        os.kill(holder.pid, signal.SIGKILL)
    RunningFile(path, lock_seconds=0.1).close()


def test_a_file_that_can_not_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "running").mkdir()

    with pytest.raises(SettingsError, match="running can't be used"):
        RunningFile(tmp_path / "running")


def test_sage_is_not_used_when_its_process_can_not_be_noted(
    machine: Machine, file: RunningFile
) -> None:
    file.close()

    with pytest.raises(ProblemError) as refused, Servers(machine, file).watching():
        machine.start(2)

    assert refused.value.problem.code == "JournalFailed"


def begun(path: Path, clock: FakeClock) -> Journal:
    """Begin a write, and come back as the process after it."""
    Journal(path, clock).begin(REQUEST)
    return Journal(path, clock)


def refusal(journal: Journal, document: str = ORDER) -> ProblemError | None:
    try:
        journal.hold_off.check("ABC", document)
    except ProblemError as error:
        return error
    return None


def test_a_document_whose_write_was_begun_is_held_off(tmp_path: Path, clock: FakeClock) -> None:
    left = [540.0]
    journal = begun(tmp_path / "journal", clock)

    held = journal.hold_begun(lambda: left[0])
    at_once = refusal(journal)
    left[0] = 0.5
    at_last = refusal(journal)

    assert held
    assert at_once is not None
    assert (at_once.problem.code, at_once.problem.retryable) == ("Busy", True)
    assert "9 minutes" in at_once.problem.detail
    assert at_once.retry_after == 60
    assert at_last is not None
    assert at_last.retry_after == 1


def test_writes_of_it_are_held_off_as_look_ups_are(tmp_path: Path, clock: FakeClock) -> None:
    journal = begun(tmp_path / "journal", clock)
    journal.hold_begun(lambda: 540.0)

    with pytest.raises(ProblemError, match="Busy"):
        journal.find(REQUEST)


def test_other_documents_are_not_held_off(tmp_path: Path, clock: FakeClock) -> None:
    journal = begun(tmp_path / "journal", clock)
    journal.hold_begun(lambda: 540.0)

    assert refusal(journal, "SO/SalesOrder/W000251") is None


def test_a_proof_that_nothing_can_land_ends_it_early(tmp_path: Path, clock: FakeClock) -> None:
    left = [540.0]
    journal = begun(tmp_path / "journal", clock)
    journal.hold_begun(lambda: left[0])
    before = refusal(journal)

    left[0] = 0

    assert before is not None
    assert refusal(journal) is None


def test_a_write_whose_end_is_known_holds_nothing_off(tmp_path: Path, clock: FakeClock) -> None:
    journal = Journal(tmp_path / "journal", clock)
    journal.begin(REQUEST)
    journal.end(REQUEST, Entry(201))

    assert not journal.hold_begun(lambda: 540.0)
    assert refusal(journal) is None


def test_a_write_that_was_begun_long_ago_is_held_off_all_the_same(
    tmp_path: Path, clock: FakeClock
) -> None:
    # Its process was alive until the agent ended, however long it had hung by then.
    journal = begun(tmp_path / "journal", clock)
    clock.move(100 * HOLD_OFF.total_seconds())

    held = journal.hold_begun(lambda: 540.0)

    assert held
    assert refusal(journal) is not None


@pytest.mark.parametrize("jump", [-100, 100])
def test_a_clock_that_is_set_ends_no_hold_off_and_lengthens_none(
    machine: Machine, file: RunningFile, clock: FakeClock, *, tmp_path: Path, jump: int
) -> None:
    journal = begun(tmp_path / "journal", clock)
    dispatch(machine, file)
    clock.time += jump * HOLD_OFF
    Leftovers(machine, file, clock).settle(journal)

    clock.seconds += HOLD_OFF.total_seconds() - 1
    clock.time -= 2 * jump * HOLD_OFF
    at_last = refusal(journal)
    clock.seconds += 1

    assert at_last is not None
    assert refusal(journal) is None


def test_what_no_process_can_be_named_for_is_held_off_for_ten_minutes_from_the_start(
    machine: Machine, file: RunningFile, clock: FakeClock, *, tmp_path: Path
) -> None:
    journal = begun(tmp_path / "journal", clock)
    dispatch(machine, file)
    clock.move(HOLD_OFF.total_seconds())

    Leftovers(machine, file, clock).settle(journal)
    clock.move(HOLD_OFF.total_seconds() - 1)
    at_last = refusal(journal)
    clock.move(1)

    assert at_last is not None
    assert refusal(journal) is None
    assert file.traces() == [], "it is dead by now, so the next start need not wait for it"


def test_what_a_named_process_may_store_is_held_off_until_it_is_gone(
    machine: Machine, file: RunningFile, clock: FakeClock, *, tmp_path: Path
) -> None:
    journal = begun(tmp_path / "journal", clock)
    dispatch(machine, file, 2, 3)
    Leftovers(machine, file, clock).settle(journal)

    clock.move(LONGEST.total_seconds() - 1)
    while_it_lives = refusal(journal)
    machine.alive.clear()

    assert while_it_lives is not None
    assert refusal(journal) is None


def test_a_named_process_that_lives_on_and_on_is_told_of_once_and_waited_for_no_longer(
    machine: Machine,
    file: RunningFile,
    clock: FakeClock,
    *,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    journal = begun(tmp_path / "journal", clock)
    both = set(dispatch(machine, file, 2, 3))
    with Servers(machine, file).watching():
        machine.alive.clear()
    machine.alive = both
    Leftovers(machine, file, clock).settle(journal)
    capsys.readouterr()

    clock.move(LONGEST.total_seconds())
    refused = [refusal(journal), refusal(journal)]

    told = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert refused == [None, None]
    assert [(line["event"], line["hours"]) for line in told] == [("process_stayed", 12)]
    assert {trace.server for trace in file.traces()} == both, "the next start tries again"


def test_a_journal_that_can_not_be_read_holds_everything_off(
    tmp_path: Path, clock: FakeClock
) -> None:
    journal = Journal(tmp_path, clock)  # a folder

    held = journal.hold_begun(lambda: 540.0)

    assert held
    assert refusal(journal) is not None


def test_nothing_is_held_off_after_an_end_in_order() -> None:
    HoldOff().check("ABC", ORDER)


def test_a_damaged_running_file_is_told_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "running"
    path.write_bytes(b"no database at all, but long enough to be looked at" * 100)

    with pytest.raises(SettingsError, match="damaged file may be removed"):
        RunningFile(path)
