"""What a sweeper works with on its round through one store."""

from dataclasses import dataclass
from datetime import datetime

from tieout.domain.identity import OrderId, StoreKey
from tieout.ports import FIRST_ID, Clock, Ledger, Notes, Storefront, Wakeups, Watermarks


@dataclass(frozen=True, slots=True)
class Round:
    """One store's ports. After `stop_at` no further page is begun; one page is always done.

    Orders below `first_order_id` were dealt with before Tieout came, and are left alone.
    """

    store: StoreKey
    storefront: Storefront
    ledger: Ledger
    wakeups: Wakeups
    watermarks: Watermarks
    notes: Notes
    clock: Clock
    stop_at: datetime
    first_order_id: OrderId = FIRST_ID

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.clock.now() >= self.stop_at

    def name(self, sweep: str) -> str:
        """What this store's note of a sweep is called."""
        return f"{sweep}#{self.store}"
