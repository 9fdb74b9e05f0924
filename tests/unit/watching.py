"""A storefront's hooks and our own door, small and in memory."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from tieout.domain.hooks import Hook
from tieout.domain.identity import OrderId
from tieout.errors import OutcomeUnknownError, RejectedError, TieoutError

WANTED = ("created", "updated", "archived")


@dataclass
class FakeHooks:
    """Hooks that lead to us; `trouble` is met by the next writes, `lost` loses all their answers."""

    hooks: dict[int, Hook] = field(default_factory=dict[int, Hook])
    trouble: deque[TieoutError] = field(default_factory=deque[TieoutError])
    lost: bool = False
    meanwhile: Callable[[], None] = lambda: None
    asked: list[str] = field(default_factory=list[str])
    wanted: tuple[str, ...] = WANTED
    changing: bool = False

    def put(self, event: str, *, is_on: bool = True, has_key: bool = True) -> int:
        """Have one more hook, as a storefront of old allowed for one event, too."""
        hook = Hook(len(self.hooks) + 1, event, is_on=is_on, has_key=has_key)
        self.hooks[hook.id] = hook
        return hook.id

    def put_all(self) -> None:
        for event in self.wanted:
            self.put(event)

    def is_secret_changing(self) -> bool:
        return self.changing

    def ours(self) -> tuple[Hook, ...]:
        self.asked.append("list")
        return tuple(self.hooks.values())

    def register(self, event: str) -> None:
        self._ask(f"register {event}")
        if any(hook.event == event for hook in self.hooks.values()):
            raise RejectedError("There is one already.", next_action="")
        self.put(event)
        self._answer()

    def mend(self, hook_id: int) -> None:
        self._ask(f"mend {hook_id}")
        self.hooks[hook_id] = replace(self.hooks[hook_id], is_on=True, has_key=True)
        self._answer()

    def _ask(self, what: str) -> None:
        self.asked.append(what)
        self.meanwhile()
        if self.trouble:
            raise self.trouble.popleft()

    def _answer(self) -> None:
        if self.lost:
            raise OutcomeUnknownError("No answer came.")


@dataclass
class FakeWebhookDoor:
    """A door that gives one answer, or none; `behind` is what happens to an order that was let in."""

    status: int = 200
    trouble: TieoutError | None = None
    behind: Callable[[OrderId], None] = lambda _order_id: None
    told: list[OrderId] = field(default_factory=list[OrderId])

    def tell(self, order_id: OrderId) -> int:
        self.told.append(order_id)
        if self.trouble:
            raise self.trouble
        if self.status == 200:
            self.behind(order_id)
        return self.status
