"""How much of everything a load run does."""

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from typing import Self


@dataclass(frozen=True)
class Sizes:
    """How much of everything; seconds are seconds, rates are per second.

    Attributes:
        burst_webhooks: How many orders are announced at once, one signed webhook each.
        burst_seconds: Within how many seconds.
        connections: How many deliveries are under way at once at most.
        flood_rate: Unsigned requests a second.
        flood_seconds: For how long.
        flood_orders: Orders sold meanwhile, three signed webhooks each, evenly spread: 1,200 an hour.
            At three times as many the quota of the storefront's API delays orders, flood or not.
        calm_orders: As many more orders before, at the same pace and without a flood, to compare.
        outage_orders: Orders announced while Sage is slow and then the agent is off.
        outage_rate: At which pace they are announced.
        slow_seconds: How long Sage is slow before the agent goes off.
        slow_calls_ms: By how many milliseconds each call into Sage is slowed then.
        hanging_writes: How many writes of the slow Sage take longer than anybody waits.
        off_seconds: How long the agent is off.
    """

    burst_webhooks: int = 1000
    burst_seconds: int = 10
    connections: int = 8
    flood_rate: int = 500
    flood_seconds: int = 300
    flood_orders: int = 100
    calm_orders: int = 20
    outage_orders: int = 2000
    outage_rate: int = 10
    slow_seconds: int = 120
    slow_calls_ms: int = 5
    hanging_writes: int = 2
    off_seconds: int = 300

    @property
    def ordinary_rate(self) -> float:
        """Orders a second beside the flood, and in the calm before it."""
        return self.flood_orders / self.flood_seconds

    def changed(self, wanted: Iterable[str]) -> Self:
        """Return the same with some sizes replaced, each given as `name=number`.

        Raises:
            ValueError: there is no such size, or it is no whole number above zero.
        """
        known = {one.name for one in fields(self)}
        changes: dict[str, int] = {}
        for text in wanted:
            name, _, number = text.partition("=")
            if name not in known or not number.isdecimal() or not int(number):
                raise ValueError(f"{text!r}: write name=number, with one of {sorted(known)}.")
            changes[name] = int(number)
        return replace(self, **changes)


FULL = Sizes()
QUICK = Sizes(
    burst_webhooks=100,
    burst_seconds=1,
    flood_seconds=15,
    flood_orders=5,
    calm_orders=5,
    outage_orders=60,
    slow_seconds=10,
    hanging_writes=1,
    off_seconds=10,
)
"""Everything once and small, in some three minutes; its figures say little."""
