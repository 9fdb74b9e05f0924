"""An agent that is away for days: no dead letter, no flood, and afterwards everything arrives once."""

from tests.unit.outage import PACE, Deployment, Minute
from tieout.domain.sweeps import Flow
from tieout.flows.pace import TARGET_DEPTH
from tieout.flows.wake_due import PROBES

HOURS, ORDERS = 72, 10_000
MINUTES = HOURS * 60
# A sweep for gaps looks at the ids of one to two days.
MOST_GAP_PAGES = 2 * 24 * ORDERS // HOURS // 250 + 2
# New orders, a probe, and the two pages of a backfill.
MOST_A_MINUTE = 3 + 1 + 2


def sold_by(minute: int) -> int:
    """Orders placed until then, evenly over the outage."""
    return ORDERS * minute // MINUTES


def pass_outage(deployment: Deployment) -> None:
    for minute in range(MINUTES):
        heard = minute % 10 != 0  # every tenth webhook is lost
        deployment.pass_minute(sell=sold_by(minute + 1) - sold_by(minute), heard=heard)


def total(minutes: list[Minute]) -> int:
    """What the storefront was asked in all of them."""
    return sum(minute.requests for minute in minutes)


def drain(deployment: Deployment) -> int:
    """Minutes until every order is in Sage."""
    for minute in range(MINUTES):
        if len(deployment.world.sage.written) == deployment.sold:
            return minute
        deployment.pass_minute()
    raise AssertionError("it never ends")


def test_three_days_without_the_agent_lose_nothing_and_flood_nothing() -> None:
    deployment = Deployment()
    deployment.go_off()

    pass_outage(deployment)
    outage, deployment.minutes = deployment.minutes, []
    deployment.come_back()
    minutes = drain(deployment)

    assert deployment.queue.dead == []
    written = deployment.world.sage.written
    assert len(written) == len(set(written)) == ORDERS
    assert max(minute.depth for minute in (*outage, *deployment.minutes)) <= TARGET_DEPTH
    # Each order once when it is placed, a probe a minute; the scans take less than a page a minute.
    assert total(outage) <= ORDERS + MINUTES * PROBES[Flow.DOWN] + MINUTES
    assert max(minute.requests for minute in outage) <= MOST_GAP_PAGES + MOST_A_MINUTE
    # The drain is as quick as the agent, and asks the storefront once for each order.
    assert minutes <= ORDERS / PACE * 1.05
    assert total(deployment.minutes) <= ORDERS * 1.05


def test_a_night_in_which_sage_lets_nobody_in_is_passed_with_a_few_tries_a_minute() -> None:
    deployment = Deployment()
    deployment.go_off()
    for _ in range(60):
        deployment.pass_minute(sell=20)
    deployment.lock()

    for _ in range(5):
        deployment.pass_minute(sell=1)
    settled, deployment.minutes = deployment.minutes, []
    for _ in range(6 * 60):
        deployment.pass_minute(sell=1)
    night, deployment.minutes = deployment.minutes, []
    deployment.come_back()
    minutes = drain(deployment)

    assert deployment.queue.dead == []
    assert max(minute.depth for minute in (*settled, *night)) <= TARGET_DEPTH + 1
    # While it is not known yet that nothing gets through, as many are tried as workers can.
    tries = (PROBES[Flow.STUCK] + 1) * len(night) + TARGET_DEPTH
    assert total(night) <= tries + len(night)
    assert minutes <= deployment.sold / PACE * 1.05 + 2
    written = deployment.world.sage.written
    assert len(written) == len(set(written)) == deployment.sold
