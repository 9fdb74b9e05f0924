"""What the staff of the simulated company does behind the agent's back: ships, packs, posts."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

from sandbox.sage100 import posting, shipping
from sandbox.sage100.clock import WorkstationClock
from sandbox.sage100.company import Company
from sandbox.sage100.store import SYSTEM, Store, database


class Staff:
    """People at the screens of one company."""

    def __init__(self, home: Path, code: str = "ABC") -> None:
        self._home = home
        self._code = code

    @contextmanager
    def company(self) -> Generator[Company]:
        with (
            closing(Store(database(self._home, SYSTEM))) as system,
            closing(Store(database(self._home, self._code))) as store,
        ):
            clock = WorkstationClock()
            yield Company(self._code, store, system, clock=clock, user="STAFF", date="20260302")

    def ship(self, *orders: str, tracking: tuple[str, ...] = ()) -> str:
        with self.company() as company:
            return shipping.ship(company, list(orders), list(tracking))

    def pack(self, invoice: str, *tracking: str) -> None:
        with self.company() as company:
            shipping.add_tracking(company, invoice, list(tracking))

    def post(self, invoice: str) -> str:
        with self.company() as company:
            return posting.post(company, invoice)

    def credit(self, invoice: str, amount: str) -> str:
        with self.company() as company:
            return posting.credit(company, invoice, Decimal(amount))
