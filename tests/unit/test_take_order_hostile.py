"""Orders out of a hostile shop, and a Sage server that lies: nothing is lost, and others go on."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.unit.orders import line, order
from tests.unit.sage import Fate
from tests.unit.world import World
from tieout.domain.identity import OrderKey
from tieout.domain.outcomes import NeedsSetup, Parked
from tieout.flows.leave_record import LONGEST_REASON
from tieout.flows.take_order import SETUP_WAIT

NUMBER = "W000250"


def test_a_name_without_end_does_not_make_a_record_too_large(world: World) -> None:
    endless = replace(line(sku=""), description="x" * 1_000_000)
    key = world.storefront.put(order(lines=[endless]))

    outcome = world.take(key)

    assert isinstance(outcome, Parked)
    assert len(world.entry(key).reason) == LONGEST_REASON


def test_a_name_that_would_command_a_terminal_is_one_plain_line_in_the_ledger(
    world: World,
) -> None:
    name = "\x1b[2J\x1b]0;owned\x07Tent\r\nfor\u2028two\ud800"
    key = world.storefront.put(order(lines=[replace(line(sku=""), description=name)]))

    world.take(key)

    reason = world.entry(key).reason
    assert reason.isprintable()
    assert "Tent for two" in reason


@pytest.mark.parametrize("years", [-56, 56])
def test_a_clock_that_forgot_the_year_does_not_put_an_order_off_for_years(
    world: World, key: OrderKey, years: int
) -> None:
    world.sage.fates.append(Fate.REQUEST_LOST)
    world.take(key)
    world.sage.skew = timedelta(days=365 * years)

    outcome = world.take(key)

    assert isinstance(outcome, NeedsSetup)
    assert world.entry(key).next_at == world.clock.now() + SETUP_WAIT
    world.sage.skew = timedelta(0)
    world.run_until_quiet()
    assert world.sage.written == [NUMBER]
