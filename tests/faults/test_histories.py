"""Histories and plans as `make faults` runs them, a few of each: the same every time, and clean."""

import pytest

from tests.faults.histories import run_history
from tests.faults.kinds import Fault, Trouble
from tests.faults.options import Options, mode_of
from tests.faults.plans import SWEEPS_BEGIN, boundaries, pairs, run_plan, singles, some_pairs
from tieout.domain.guarantees import Mode

SOME = range(4)


@pytest.mark.parametrize("seed", SOME)
def test_a_seed_is_one_history(seed: int) -> None:
    first, second = run_history(seed), run_history(seed)

    assert first.hash == second.hash
    assert first == second


def test_another_seed_is_another_history() -> None:
    assert len({run_history(seed).hash for seed in SOME}) == len(SOME)


def test_a_trace_tells_time_actor_call_fault_and_answer() -> None:
    report = run_history(1, trace=True)

    text = "\n".join(report.trace)
    assert report.trace[0].startswith("05:00:00.000 world: ")
    assert "worker m1.1 (receiver" in text
    assert "agent create W000" in text
    assert " ! " in text
    assert "    = done" in text


@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("seed", SOME)
def test_a_history_ends_with_nothing_lost_doubled_silent_or_stuck(mode: Mode, seed: int) -> None:
    report = run_history(seed, Options(mode=mode))

    assert report.findings == ()
    assert report.orders >= 6
    assert report.fired


def test_without_faults_none_fires_and_no_order_is_parked() -> None:
    report = run_history(3, faultless=True)

    assert report.findings == ()
    assert not report.fired
    assert not report.parked


def test_each_trouble_strikes_at_the_boundary_that_the_plan_names() -> None:
    for trouble in Trouble:
        report, struck = run_plan({8: trouble}, trace=True)

        hit = [line for line in report.trace if line.endswith(f" ! {trouble}")]
        assert (len(hit), report.findings) == (int(struck), ())


def test_a_plan_for_the_sweeps_strikes_a_sweep() -> None:
    report, struck = run_plan({SWEEPS_BEGIN + 2: Trouble.CRASH_BEFORE}, trace=True)

    hit = [line for line in report.trace if line.endswith(" ! crash before")]
    assert struck
    assert "poll" in hit[0]
    assert report.fired == {Fault.CRASH_BEFORE: 1}


def test_plans_cover_every_boundary_with_every_trouble() -> None:
    work, sweeps = boundaries()

    alone = list(singles(work, sweeps))
    together = list(pairs(3))

    assert work > 20
    assert len(alone) == len({tuple(p.items()) for p in alone}) == (work + sweeps) * len(Trouble)
    assert len(together) == len({tuple(p.items()) for p in together}) == 3 * len(Trouble) ** 2


def test_sampled_pairs_are_the_same_ones_each_time() -> None:
    chosen = some_pairs(30, 20)

    assert chosen == some_pairs(30, 20)
    assert all(len(plan) == 2 for plan in chosen)


@pytest.mark.parametrize("plan", some_pairs(30, 12), ids=str)
def test_two_faults_at_once_do_no_harm(plan: dict[int, Trouble]) -> None:
    report, _struck = run_plan(plan)

    assert report.findings == ()


def test_the_ordinary_run_has_histories_of_every_mode() -> None:
    modes = [mode_of(seed) for seed in range(100)]

    assert (modes.count(Mode.FULL), modes.count(Mode.NO_DEADLINE)) == (85, 10)
    assert modes.count(Mode.NEVER_TWICE) == 5
