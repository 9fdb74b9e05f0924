"""What the staff of the simulated company does behind the agent's back: ships, packs, posts."""

from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.sage100 import com, posting, shipping
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


@dataclass
class MidReadCom:
    """The simulated ProvideX, in which something happens once in the middle of a read.

    Attributes:
        when: Right before result sets of this object are read for the first time.
        then: What happens.
    """

    when: str
    then: Callable[[], object]
    done: bool = False
    error: type[Exception] = field(default=com.error)

    def dispatch(self, prog_id: str) -> Any:
        return _Watched(com.dispatch(prog_id), self, "")

    def by_ref_string(self) -> Any:
        return com.by_ref_string()

    def by_ref_number(self) -> Any:
        return com.by_ref_number()

    def release(self) -> None:
        com.release()


class _Watched:
    def __init__(self, raw: Any, watcher: MidReadCom, name: str) -> None:
        self._raw = raw
        self._watcher = watcher
        self._name = name

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._raw, name)
        if name == "nGetResultSets" and self._name == self._watcher.when:
            self._happen_once()
        return found

    def NewObject(self, name: str, *session: Any) -> Any:  # noqa: N802 - ProvideX's own name
        made = self._raw.NewObject(name, *session)
        return made if name == "SY_Session" else _Watched(made, self._watcher, name)

    def _happen_once(self) -> None:
        if not self._watcher.done:
            self._watcher.done = True
            self._watcher.then()
