"""Alarms on what only the product itself can know: its own metrics, each with its limit and reason."""

from dataclasses import dataclass

from aws_cdk import Duration

from infra.monitoring import Alarms, business

BACKFILL_SILENCE = Duration.minutes(15)
"""At least three backfills fall into this time at any allowed setting."""

BACKFILL_AGE_SECONDS = 3600
"""A backfill cursor this far behind means that lost webhooks stay lost for an hour."""

STALE_SIGNATURES_AN_HOUR = 20
"""A few late webhooks are ordinary after an outage; this many mean a wrong clock or a replay."""

SELF_TEST_SILENCE_HOURS = 26
"""Two hours more than a day: one of them for the change of the clocks in autumn."""

LONG = 3
"""Periods of five minutes: a server that restarts is back by then, and nobody is to be called for it."""

FIVE_MINUTES, HOUR = Duration.minutes(5), Duration.hours(1)
DAY = Duration.days(1)
"""For what is found out once a day, so that it isn't taken for mended before it is looked at again."""


@dataclass(frozen=True, kw_only=True)
class Ring:
    """Ring when a metric was above its limit in each of the last so many periods."""

    name: str
    service: str
    means: str
    metric: str = ""
    limit: float = 0
    statistic: str = "Sum"
    period: Duration = FIVE_MINUTES
    periods: int = 1


RINGS = (
    Ring(
        name="OrdersParked",
        service="take_orders",
        period=HOUR,
        means="orders wait for a person; it rings anew each day while one does",
    ),
    Ring(
        name="WrongSignatures",
        service="receive_webhook",
        means="webhooks carry the secret header and a wrong signature",
    ),
    Ring(
        name="StaleSignatures",
        service="receive_webhook",
        limit=STALE_SIGNATURES_AN_HOUR,
        period=HOUR,
        means="many webhooks carry an old time stamp",
    ),
    Ring(
        name="BackfillBehind",
        metric="BackfillAgeSeconds",
        service="poll",
        limit=BACKFILL_AGE_SECONDS,
        statistic="Maximum",
        means="the backfill is far behind the storefront",
    ),
    Ring(
        name="AgentDown",
        service="poll",
        statistic="Minimum",
        periods=LONG,
        means="the agent has taken no order for a quarter of an hour; orders wait",
    ),
    Ring(
        name="OrdersStuck",
        service="poll",
        statistic="Minimum",
        periods=LONG,
        means="the agent says that it is well, and no order gets through; orders wait",
    ),
    Ring(
        name="GapsFound",
        service="poll",
        period=HOUR,
        means="orders were found that neither a webhook nor the backfill had told of",
    ),
    Ring(
        name="HooksMended",
        service="poll",
        period=HOUR,
        means="the storefront had stopped telling of events; it tells of them again",
    ),
    Ring(
        name="HooksBroken",
        service="poll",
        period=HOUR,
        means="the storefront doesn't tell of an event, and that could not be mended",
    ),
    Ring(
        name="RecountFound",
        service="poll",
        period=DAY,
        means="storefront, ledger and Sage disagree about orders",
    ),
    Ring(
        name="SelfTestFailed",
        service="poll",
        period=DAY,
        means="a webhook of our own did not reach the ledger",
    ),
)


def watch_business(alarms: Alarms, *, prefix: str) -> None:
    """Set every alarm on the product's own metrics."""
    for ring in RINGS:
        metric = business(
            ring.metric or ring.name,
            ring.service,
            prefix=prefix,
            statistic=ring.statistic,
            period=ring.period,
        )
        alarms.above(ring.name, metric, limit=ring.limit, means=ring.means, periods=ring.periods)
    _watch_silence(alarms, prefix)


def _watch_silence(alarms: Alarms, prefix: str) -> None:
    backfills = business(
        "BackfillQueued", "poll", prefix=prefix, statistic="SampleCount", period=BACKFILL_SILENCE
    )
    alarms.silent(
        "BackfillStopped",
        backfills,
        means="no backfill ran; an order whose webhook is lost would not be found",
    )
    # Each self-test counts its failures, be it 0.
    tests = business("SelfTestFailed", "poll", prefix=prefix, statistic="SampleCount", period=HOUR)
    alarms.silent(
        "SelfTestSilent",
        tests,
        periods=SELF_TEST_SILENCE_HOURS,
        means="no self-test came to an end for more than a day",
    )
