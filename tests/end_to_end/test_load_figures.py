"""A load run's figures: percentiles by rank, paces, and sizes that can be chosen."""

import pytest

from sandbox.load.figures import busiest, per_minute, percentile, spread
from sandbox.load.sizes import FULL, QUICK


@pytest.mark.parametrize(
    ("share", "value"), [(1, 1), (50, 50), (95, 95), (99, 99), (99.5, 100), (100, 100)]
)
def test_a_percentile_is_a_value_that_was_measured(share: float, value: int) -> None:
    values = list(range(100, 0, -1))

    assert percentile(values, share) == value


def test_one_value_is_every_percentile() -> None:
    assert [percentile([0.25], share) for share in (1, 50, 100)] == [0.25] * 3


@pytest.mark.parametrize(("values", "share"), [([], 50), ([1.0], 0), ([1.0], 101)])
def test_no_percentile_of_nothing_and_none_beyond_all(values: list[float], share: float) -> None:
    with pytest.raises(ValueError, match="no percentile"):
        percentile(values, share)


def test_the_spread_names_its_shares_and_the_slowest() -> None:
    found = spread("answer", [0.1] * 99 + [2.0])

    assert [(one.name, one.value, one.unit) for one in found] == [
        ("answer, p50", 100.0, "ms"),
        ("answer, p95", 100.0, "ms"),
        ("answer, p99", 100.0, "ms"),
        ("answer, the slowest", 2000.0, "ms"),
    ]


def test_nothing_measured_has_no_spread() -> None:
    assert spread("answer", []) == []


def test_the_busiest_minute_is_found_wherever_it_begins() -> None:
    moments = [0.0, 59.0, 61.0, 62.0, 118.0, 200.0]

    assert busiest(moments) == 4
    assert busiest([0.0, 60.0]) == 1
    assert busiest([]) == 0


def test_a_pace_counts_the_steps_between_the_first_and_the_last() -> None:
    assert per_minute([30.0, 0.0, 60.0]) == 2.0
    assert per_minute([5.0]) == per_minute([]) == 0.0


def test_a_size_can_be_changed_and_the_others_stay() -> None:
    changed = FULL.changed(["flood_seconds=60", "outage_orders=10"])

    assert (changed.flood_seconds, changed.outage_orders) == (60, 10)
    assert changed.burst_webhooks == FULL.burst_webhooks


@pytest.mark.parametrize("text", ["flood=60", "flood_seconds", "flood_seconds=-1", "off_seconds=0"])
def test_a_size_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write name=number"):
        FULL.changed([text])


def test_the_full_run_has_the_promised_sizes() -> None:
    assert (FULL.burst_webhooks, FULL.burst_seconds) == (1000, 10)
    assert FULL.flood_rate == QUICK.flood_rate == 500
    assert FULL.outage_orders == 2000


def test_all_orders_are_announced_before_the_agent_is_back() -> None:
    for sizes in (FULL, QUICK):
        announcing = sizes.outage_orders / sizes.outage_rate

        assert announcing < sizes.slow_seconds + sizes.off_seconds
