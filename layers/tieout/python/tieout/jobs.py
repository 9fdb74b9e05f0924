"""The jobs of a schedule: one of them by name, for every store, within the time that Lambda leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tieout.domain.identity import StoreKey
from tieout.entry import Context, Event, count, logger
from tieout.errors import SetupError, TieoutError

# What a job's last page may still take once its time is up: three storefront reads of 10 s, one list
# of the agent of 25 s, and the writing down of how far it came.
ENDING = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Start:
    """One start of one job."""

    job: str
    stores: Sequence[StoreKey]
    context: Context

    def share(self, among: int) -> timedelta:
        """How long one of so many stores may take from now on, so that each gets its turn."""
        left = timedelta(milliseconds=self.context.get_remaining_time_in_millis()) - ENDING
        return max(left, timedelta(0)) / among

    def attempt(self, what: str, work: Callable[[], int]) -> list[str]:
        """Do the work; what failed is returned, logged and counted, and not raised."""
        try:
            done = work()
        except TieoutError as error:
            logger.warning("poll_failed", job=self.job, store=what, reason=str(error))
            count("SetupErrors" if isinstance(error, SetupError) else "PollsFailed")
            return [what]
        logger.info("polled", job=self.job, store=what, done=done)
        return []


Job = Callable[[Start], list[str]]


def run_job(
    event: Event, context: Context, *, jobs: Mapping[str, Job], stores: Sequence[StoreKey]
) -> Event:
    """Run the job that the event names: `{"job": "due"}`.

    One store's trouble does not keep the others waiting. Raises when a store's run failed, so that
    the function's error alarm rings; every job is repeated by its schedule.
    """
    name = event["job"]
    failed = jobs[name](Start(name, stores, context))
    if failed:
        raise TieoutError(f"The job {name} failed for: {', '.join(failed)}.")
    return {"job": name}


def each(work: Callable[[StoreKey, timedelta], int]) -> Job:
    """A job that is done for each store by itself, with the time that it may take."""

    def job(start: Start) -> list[str]:
        failed: list[str] = []
        for done, store in enumerate(start.stores):
            time_left = start.share(len(start.stores) - done)
            failed += start.attempt(store, partial(work, store, time_left))
        return failed

    return job


def together(work: Callable[[Sequence[StoreKey]], int]) -> Job:
    """A job that is done for all stores in one go."""
    return lambda start: start.attempt(", ".join(start.stores), partial(work, start.stores))


def one_after_another(*jobs: Job) -> Job:
    """Several jobs by one schedule; a later one is done whatever became of those before."""
    return lambda start: [failed for job in jobs for failed in job(start)]
