"""Schedule: wake the orders that are due, and those whose webhook never came."""

from tieout.domain.identity import StoreKey
from tieout.entry import Event, count, logger, metrics
from tieout.errors import SetupError, TieoutError
from tieout.wiring.polling import backfill_orders, stores, wake_due_orders


@metrics.log_metrics
def handler(event: Event, _context: object) -> Event:
    """Run one job for each store; one store's trouble does not keep the others waiting.

    The event is `{"job": "due"}` or `{"job": "backfill"}`. Raises when a store's run failed, so that
    the function's error alarm rings; both jobs are repeated by their schedule.
    """
    name = event["job"]
    job = JOBS[name]
    failed: list[StoreKey] = []
    for store in stores():
        try:
            queued = job(store)
        except TieoutError as error:
            logger.warning("poll_failed", job=name, store=store, reason=str(error))
            failed.append(store)
            count("SetupErrors" if isinstance(error, SetupError) else "PollsFailed")
        else:
            logger.info("polled", job=name, store=store, queued=queued)
    if failed:
        raise TieoutError(f"The job {name} failed for: {', '.join(failed)}.")
    return {"job": name}


def _due(store: StoreKey) -> int:
    queued = wake_due_orders(store)
    count("DueQueued", queued)
    return queued


def _backfill(store: StoreKey) -> int:
    scan = backfill_orders(store)
    count("BackfillQueued", scan.queued)
    count("BackfillAgeSeconds", scan.behind.total_seconds())
    return scan.queued


JOBS = {"due": _due, "backfill": _backfill}
