"""What a run adds up to: its last line, what never fired, and seeds that differ."""

from collections import Counter

from tests.faults.jobs import Job, Result, healthy, run
from tests.faults.kinds import Branch, Fault
from tests.faults.totals import Run, Totals


def result(job: Job | None = None, *, findings: tuple[tuple[str, str], ...] = ()) -> Result:
    """A result in which everything fired once."""
    return Result(
        job or Job(1),
        hash="aa",
        findings=findings,
        fired=Counter(fault.name for fault in Fault),
        branches=Counter(branch.name for branch in Branch),
        parked=Counter(),
        orders=6,
        seconds=0.5,
    )


def test_the_last_line_says_what_was_run_found_and_fired() -> None:
    totals = Totals()
    totals.add(result())
    totals.add(result(Job(plan=((3, "late"),)), findings=(("lost", "x"), ("resurrected", "y"))))

    assert totals.last_line == (
        "faults: 1 histories, 1 plans: 1 lost, 0 doubled, 1 silent, 0 stuck; "
        f"all {len(Fault)} fault kinds and {len(Branch)} recovery branches fired"
    )


def test_a_run_in_which_something_never_fired_is_not_good() -> None:
    whole = Run()
    whole.add(result())
    good = whole.good

    del whole.whole.fired[Fault.PURGED.name]

    assert good
    assert not whole.good
    assert whole.whole.unseen == [Fault.PURGED.value]
    assert f"only {len(Fault) - 1} of {len(Fault)} fault kinds" in whole.whole.last_line


def test_a_seed_that_is_not_the_same_twice_is_not_good() -> None:
    whole = Run()
    whole.add(result())
    whole.add(result())
    good = whole.good

    whole.hashes[Job(1)] = "bb"
    whole.add(result())

    assert (good, whole.good) == (True, False)
    assert (whole.repeated, whole.differing) == (2, [Job(1)])
    assert whole.whole.histories == 1


def test_a_finding_says_how_to_replay_it() -> None:
    assert str(Job(17)) == "SEED=17"
    assert str(Job(40, "never_twice")) == "SEED=40 MODE=never_twice"
    assert str(Job(plan=((3, "late"), (9, "crash before")))) == "PLAN=3:late,9:crash_before"


def test_a_job_is_done_and_told() -> None:
    done = run(Job(2), trace=True)
    plan = run(Job(plan=((5, "answer lost"),)))

    assert (done.findings, plan.findings) == ((), ())
    assert done.trace
    assert plan.struck


def test_an_order_that_nothing_happens_to_costs_little() -> None:
    writes, invocations = healthy()

    assert 4 < writes < 15
    assert 2 < invocations < 6
