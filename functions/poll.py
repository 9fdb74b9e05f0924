"""Schedule: wake what is due, find what no webhook told of, recount, and watch over our own ears."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial

from tieout.domain.identity import StoreKey
from tieout.domain.sweeps import Flow
from tieout.entry import Context, Event, count, logger, metrics
from tieout.flows.recount import AT_ONCE, ONCE_A_NIGHT
from tieout.flows.self_test import Result
from tieout.jobs import Job, each, one_after_another, run_job, together
from tieout.wiring.polling import Edges, edges
from tieout.wiring.watching import check_hooks, try_door

SELF_TESTS = {
    Result.PASSED: "SelfTestPassed",
    Result.FAILED: "SelfTestFailed",
    Result.NOTHING: "SelfTestIdle",
}


@metrics.log_metrics
def handler(event: Event, context: Context) -> Event:
    """Run one job; see `run_job`."""
    ours = edges()
    return run_job(event, context, jobs=jobs_of(ours), stores=tuple(ours.stores))


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
