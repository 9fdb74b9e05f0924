import threading
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.agent.harness import wait_until
from tieout_agent.problems import ProblemError
from tieout_agent.sage.owner import STUCK_THREADS_ALLOWED, Limits, Owner
from tieout_agent.sage.ticket import AbandonedError, Ticket
from tieout_agent.sage.worker import ComFailedError

CALL_SECONDS = 0.4


class State:
    """Stands for the sessions: counts what the owner does with it."""

    def __init__(self, ticket: Ticket) -> None:
        self.ticket = ticket
        self.threads: set[int] = set()
        self.closed = threading.Event()
        self.is_open = True

    def tidy(self) -> None:
        self.threads.add(threading.get_ident())

    def close(self) -> None:
        self.is_open = False
        self.closed.set()

    def touch(self) -> "State":
        self.threads.add(threading.get_ident())
        return self


class Hang:
    """A call that hangs until it is let go."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.over = threading.Event()
        self.came_back: list[str] = []

    def read(self, state: State) -> None:
        self.begun.set()
        self.over.wait(10)
        try:
            state.ticket.check()
        except AbandonedError:
            self.came_back.append("forbidden")
            raise

    def commit(self, state: State) -> None:
        with state.ticket.commit():
            self.begun.set()
            self.over.wait(10)

    def late_commit(self, state: State) -> None:
        self.begun.set()
        self.over.wait(10)
        with state.ticket.commit():
            self.came_back.append("committed")


@pytest.fixture
def limits(tmp_path: Path) -> Limits:
    return Limits(call_seconds=CALL_SECONDS, queue_limit=2, pause_file=tmp_path / "paused")


@pytest.fixture
def owner(limits: Limits) -> Generator[Owner[State]]:
    made = Owner(State, limits)
    yield made
    made.stop()


@pytest.fixture
def hang() -> Generator[Hang]:
    made = Hang()
    yield made
    made.over.set()


def refusal(call: Callable[[], object]) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        call()
    return caught.value


def in_background(call: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        with pytest.raises(ProblemError):
            call()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def nothing(_: State) -> str:
    return "done"


def test_every_job_runs_on_one_thread_that_is_not_the_callers(owner: Owner[State]) -> None:
    threads = {owner.run(lambda _: threading.get_ident()) for _ in range(20)}

    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_jobs_of_many_callers_never_overlap(limits: Limits) -> None:
    owner = Owner(State, Limits(10, 32, limits.pause_file))
    inside: list[int] = []
    most: list[int] = []

    def task(_: State) -> None:
        inside.append(1)
        most.append(len(inside))
        inside.pop()

    callers = [threading.Thread(target=owner.run, args=[task]) for _ in range(16)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    owner.stop()

    assert most == [1] * 16


def test_what_a_job_raises_reaches_its_caller(owner: Owner[State]) -> None:
    def task(_: State) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        owner.run(task)

    assert owner.run(nothing) == "done"


def test_a_job_over_its_time_is_a_504_and_the_next_gets_a_fresh_thread(
    owner: Owner[State], hang: Hang
) -> None:
    before = owner.run(State.touch)

    hung = refusal(lambda: owner.run(hang.read))
    after = owner.run(State.touch)

    assert (hung.problem.status, hung.problem.code) == (504, "SageTimeout")
    assert hung.problem.retryable is True
    assert after is not before
    assert not (after.threads & before.threads)


def test_a_given_up_thread_stops_at_its_next_call_and_lets_go(
    owner: Owner[State], hang: Hang
) -> None:
    state = owner.run(State.touch)
    refusal(lambda: owner.run(hang.read))

    hang.over.set()

    assert state.closed.wait(5)
    assert hang.came_back == ["forbidden"]


def test_a_given_up_thread_can_no_longer_commit(owner: Owner[State], hang: Hang) -> None:
    state = owner.run(State.touch)
    refusal(lambda: owner.run(hang.late_commit))

    hang.over.set()

    assert state.closed.wait(5)
    assert hang.came_back == []


def test_a_barrier_is_refused_while_a_given_up_commit_may_still_land(
    owner: Owner[State], hang: Hang
) -> None:
    refusal(lambda: owner.run(hang.commit))

    during = refusal(lambda: owner.run(nothing, barrier=True))
    hang.over.set()
    wait_until(lambda: owner.session != "broken")

    assert (during.problem.status, during.problem.code) == (503, "Busy")
    assert owner.run(nothing, barrier=True) == "done"


def test_plain_reads_go_on_while_a_given_up_commit_hangs(owner: Owner[State], hang: Hang) -> None:
    refusal(lambda: owner.run(hang.commit))

    assert owner.run(nothing) == "done"


def test_a_full_queue_is_a_503_at_once(owner: Owner[State], hang: Hang) -> None:
    callers = [in_background(lambda: owner.run(hang.read))]
    hang.begun.wait(5)
    callers += [in_background(lambda: owner.run(hang.read)) for _ in range(2)]
    wait_until(lambda: owner.queued == 2)

    full = refusal(lambda: owner.run(nothing))

    for caller in callers:
        caller.join()
    assert (full.problem.status, full.problem.code) == (503, "Busy")
    assert full.retry_after is not None


def test_a_job_that_waited_too_long_is_called_off_and_never_runs(
    owner: Owner[State], hang: Hang
) -> None:
    ran: list[str] = []
    first = in_background(lambda: owner.run(hang.read))
    hang.begun.wait(5)

    waited = refusal(lambda: owner.run(lambda _: ran.append("late")))

    first.join()
    owner.run(nothing)
    assert (waited.problem.status, waited.problem.code) == (503, "Busy")
    assert ran == []


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_thread_that_died_is_replaced(owner: Owner[State]) -> None:
    def break_housekeeping(state: State) -> State:
        state.tidy = die
        return state

    owner.run(break_housekeeping)
    wait_until(lambda: not any(each.name == "sage" for each in threading.enumerate()))

    assert owner.run(nothing) == "done"


def die() -> None:
    raise ZeroDivisionError


def test_too_many_hanging_threads_end_in_a_503_that_tells_of_the_restart(
    owner: Owner[State], hang: Hang
) -> None:
    for _ in range(STUCK_THREADS_ALLOWED):
        refusal(lambda: owner.run(hang.read))

    refused = refusal(lambda: owner.run(nothing))

    assert refused.problem.code == "SessionFailed"
    assert "restarts itself" in refused.problem.detail


def test_the_owner_recovers_when_hanging_threads_come_back(owner: Owner[State], hang: Hang) -> None:
    for _ in range(STUCK_THREADS_ALLOWED):
        refusal(lambda: owner.run(hang.read))

    hang.over.set()
    wait_until(lambda: owner.session == "closed")

    assert owner.run(nothing) == "done"


def test_a_com_failure_before_a_commit_promises_that_nothing_was_stored(
    owner: Owner[State],
) -> None:
    def task(_: State) -> None:
        raise ComFailedError("nSetValue raised")

    failed = refusal(lambda: owner.run(task))

    assert (failed.problem.status, failed.problem.code) == (503, "SessionFailed")


def test_a_com_failure_in_a_commit_leaves_the_outcome_open(owner: Owner[State]) -> None:
    def task(state: State) -> None:
        with state.ticket.commit():
            raise ComFailedError("nWrite raised")

    failed = refusal(lambda: owner.run(task))

    assert (failed.problem.status, failed.problem.code) == (504, "SageTimeout")


def test_the_commit_of_one_job_does_not_colour_the_failure_of_the_next(
    owner: Owner[State],
) -> None:
    def commit(state: State) -> None:
        with state.ticket.commit():
            pass

    def fail(_: State) -> None:
        raise ComFailedError("nFind raised")

    owner.run(commit)

    assert refusal(lambda: owner.run(fail)).problem.code == "SessionFailed"


def test_a_com_failure_closes_the_session(owner: Owner[State]) -> None:
    state = owner.run(State.touch)

    def fail(_: State) -> None:
        raise ComFailedError("nFind raised")

    refusal(lambda: owner.run(fail))

    assert state.closed.wait(5)
    assert owner.session == "broken"


def test_pausing_refuses_calls_and_lets_go_of_sage(owner: Owner[State], limits: Limits) -> None:
    state = owner.run(State.touch)

    limits.pause_file.touch()

    assert state.closed.wait(5)
    assert refusal(lambda: owner.run(nothing)).problem.code == "Paused"


def test_a_call_that_waited_when_the_pause_began_opens_sage_no_more(
    limits: Limits, hang: Hang
) -> None:
    owner = Owner(State, Limits(10, 2, limits.pause_file))
    ran: list[str] = []
    refused: list[ProblemError] = []
    first = threading.Thread(target=owner.run, args=[hang.read])
    first.start()
    hang.begun.wait(5)
    second = threading.Thread(
        target=lambda: refused.append(refusal(lambda: owner.run(lambda _: ran.append("late"))))
    )
    second.start()
    wait_until(lambda: owner.queued == 1)

    limits.pause_file.touch()
    hang.over.set()
    first.join()
    second.join()
    owner.stop()

    assert [refusal.problem.code for refusal in refused] == ["Paused"]
    assert ran == []


def test_draining_lets_the_running_call_end_and_refuses_the_rest(
    limits: Limits, hang: Hang
) -> None:
    owner = Owner(State, Limits(10, 2, limits.pause_file))
    answers: list[str] = []
    running = threading.Thread(
        target=lambda: answers.append(owner.run(lambda state: hang.read(state) or "done"))
    )
    running.start()
    hang.begun.wait(5)

    owner.drain()
    refused = refusal(lambda: owner.run(nothing))
    hang.over.set()
    running.join()
    owner.stop()

    assert (refused.problem.code, refused.problem.retryable) == ("Busy", True)
    assert answers == ["done"]


def test_the_time_of_the_longest_call_is_told_even_when_it_was_given_up(
    owner: Owner[State], hang: Hang
) -> None:
    idle = owner.busy_seconds

    refusal(lambda: owner.run(hang.read))
    owner.run(nothing)
    hanging = owner.busy_seconds
    hang.over.set()
    wait_until(lambda: owner.session != "broken")

    assert idle < CALL_SECONDS <= hanging
    assert owner.busy_seconds < CALL_SECONDS


def test_calls_go_on_after_a_pause(owner: Owner[State], limits: Limits) -> None:
    limits.pause_file.touch()
    refusal(lambda: owner.run(nothing))

    limits.pause_file.unlink()

    assert owner.run(nothing) == "done"


def test_stopping_closes_the_session_on_its_own_thread(limits: Limits) -> None:
    owner = Owner(State, limits)
    state = owner.run(State.touch)

    owner.stop()

    assert state.closed.is_set()
