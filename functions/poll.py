"""Schedule: wake the orders that are due, and look for those that nobody told us of."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from tieout.domain.identity import StoreKey
from tieout.domain.sweeps import Flow
from tieout.entry import Event, count, logger, metrics
from tieout.errors import SetupError, TieoutError
from tieout.flows.recount import AT_ONCE, ONCE_A_NIGHT
from tieout.flows.self_test import Result
from tieout.wiring.polling import Edges, edges
from tieout.wiring.watching import check_hooks, try_door

# What a job's last page may still take once its time is up: three storefront reads of 10 s, one list
# of the agent of 25 s, and the writing down of how far it came.
ENDING = timedelta(seconds=60)
SELF_TESTS = {
    Result.PASSED: "SelfTestPassed",
    Result.FAILED: "SelfTestFailed",
    Result.NOTHING: "SelfTestIdle",
}


class Context(Protocol):
    """What is used of Lambda's context."""

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until the function is cut off."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """One run of one job."""

    name: str
    stores: Sequence[StoreKey]
    context: Context

    def share(self, among: int) -> timedelta:
        """How long one of so many stores may take from now on, so that each gets its turn."""
        left = timedelta(milliseconds=self.context.get_remaining_time_in_millis()) - ENDING
        return max(left, timedelta(0)) / among

    def attempt(self, what: str, work: Callable[[], int]) -> list[str]:
        """Do the work; what failed is returned, logged and counted, and not raised."""
        try:
            queued = work()
        except TieoutError as error:
            logger.warning("poll_failed", job=self.name, store=what, reason=str(error))
            count("SetupErrors" if isinstance(error, SetupError) else "PollsFailed")
            return [what]
        logger.info("polled", job=self.name, store=what, queued=queued)
        return []


Job = Callable[[Run], list[str]]


@metrics.log_metrics
def handler(event: Event, context: Context) -> Event:
    """Run one job; see `answer`."""
    ours = edges()
    return answer(event, context, jobs=jobs_of(ours), stores=tuple(ours.stores))


def answer(
    event: Event, context: Context, *, jobs: Mapping[str, Job], stores: Sequence[StoreKey]
) -> Event:
    """Run the job that the event names: `{"job": "due"}`.

    One store's trouble does not keep the others waiting. Raises when a store's run failed, so that
    the function's error alarm rings; every job is repeated by its schedule.
    """
    name = event["job"]
    failed = jobs[name](Run(name, stores, context))
    if failed:
        raise TieoutError(f"The job {name} failed for: {', '.join(failed)}.")
    return {"job": name}


def each(work: Callable[[StoreKey, timedelta], int]) -> Job:
    """A job that is done for each store by itself, with the time that it may take."""

    def job(run: Run) -> list[str]:
        failed: list[str] = []
        for done, store in enumerate(run.stores):
            time_left = run.share(len(run.stores) - done)
            failed += run.attempt(store, partial(work, store, time_left))
        return failed

    return job


def together(work: Callable[[Sequence[StoreKey]], int]) -> Job:
    """A job that is done for all stores in one go."""
    return lambda run: run.attempt(", ".join(run.stores), partial(work, run.stores))


def one_after_another(*jobs: Job) -> Job:
    """Several jobs by one schedule; a later one is done whatever became of those before."""
    return lambda run: [failed for job in jobs for failed in job(run)]


def jobs_of(ours: Edges) -> dict[str, Job]:
    """Every job there is, by the name that its schedule gives it."""
    return {
        "due": together(partial(_due, ours)),
        "backfill": each(partial(_backfill, ours)),
        "gaps": one_after_another(
            each(partial(_gaps, ours)),
            each(partial(_recount, ours, begin_after=None)),
            together(partial(_promises, ours)),
        ),
        "recount": each(partial(_recount, ours, begin_after=ONCE_A_NIGHT)),
        "recount_now": each(partial(_recount, ours, begin_after=AT_ONCE, thorough=True)),
        "hooks": each(_hooks),
        "selftest": each(_selftest),
    }


def _due(ours: Edges, stores: Sequence[StoreKey]) -> int:
    woken = ours.wake_due(stores)
    flow, reason = woken.breaker.flow, woken.breaker.reason
    count("DueQueued", woken.queued)
    count("AgentDown", int(flow is Flow.DOWN))
    count("OrdersStuck", int(flow is Flow.STUCK))
    if flow is not Flow.FREE:
        logger.warning("held_back", flow=flow.value, since=str(woken.breaker.since), reason=reason)
    return woken.queued


def _backfill(ours: Edges, store: StoreKey, time_left: timedelta) -> int:
    scan = ours.backfill(store, time_left=time_left)
    count("BackfillQueued", scan.queued)
    count("BackfillAgeSeconds", scan.behind.total_seconds())
    return scan.queued


def _gaps(ours: Edges, store: StoreKey, time_left: timedelta) -> int:
    gaps = ours.sweep_gaps(store, time_left=time_left)
    count("GapsFound", gaps.found)
    return gaps.found


def _recount(
    ours: Edges,
    store: StoreKey,
    time_left: timedelta,
    *,
    begin_after: timedelta | None,
    thorough: bool = False,
) -> int:
    """Count, or go on counting; what was found is told once, when the recount has come to its end."""
    tally = ours.recount(store, time_left=time_left, begin_after=begin_after, thorough=thorough)
    if tally is None or not tally.ended:
        return 0
    count("RecountMissing", tally.missing)
    count("RecountExtra", tally.extra)
    count("RecountDoubled", tally.doubled)
    found = tally.missing + tally.extra + tally.doubled
    count("RecountFound", found)
    logger.info("recounted", store=store, tally=tally.note)
    return found


def _promises(ours: Edges, _stores: Sequence[StoreKey]) -> int:
    return int(ours.note_promises())


def _hooks(store: StoreKey, _time_left: timedelta) -> int:
    found = check_hooks(store)
    count("HooksMended", len(found.mended))
    count("HooksBroken", len(found.broken))
    count("HooksDoubled", len(found.doubled))
    logger.info(
        "hooks", store=store, mended=found.mended, broken=found.broken, doubled=found.doubled
    )
    return len(found.mended)


def _selftest(store: StoreKey, time_left: timedelta) -> int:
    found = try_door(store, time_left=time_left)
    for result, name in SELF_TESTS.items():
        count(name, int(found.result is result))
    logger.info(
        "self_test",
        store=store,
        result=found.result,
        words=found.words,
        order=str(found.order or ""),
        http_status=found.status,
    )
    return int(found.result is Result.PASSED)
