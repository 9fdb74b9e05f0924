"""Schedule: wake the orders that are due, and those whose webhook never came."""

from tieout.domain.identity import StoreKey
from tieout.entry import Event, count, logger, metrics
from tieout.errors import TieoutError
from tieout.wiring.polling import backfill_orders, stores, wake_due_orders

JOBS = {"due": (wake_due_orders, "DueQueued"), "backfill": (backfill_orders, "BackfillQueued")}


@metrics.log_metrics
def handler(event: Event, _context: object) -> Event:
    """Run one job for each store; one store's trouble does not keep the others waiting.

    The event is `{"job": "due"}` or `{"job": "backfill"}`. Raises when a store's run failed, so that
    the function's error alarm rings; both jobs are repeated by their schedule.
    """
    job, metric = JOBS[event["job"]]
    failed: list[StoreKey] = []
    for store in stores():
        try:
            queued = job(store)
        except TieoutError as error:
            logger.warning("poll_failed", job=event["job"], store=store, reason=str(error))
            failed.append(store)
            continue
        count(metric, queued)
        logger.info("polled", job=event["job"], store=store, queued=queued)
    if failed:
        raise TieoutError(f"The job {event['job']} failed for: {', '.join(failed)}.")
    return {"job": event["job"]}
