"""The block-list rule: a domain that fails too much hears nothing for a while."""

from collections import deque

# BigCommerce docs, webhooks overview: within two minutes, once 100 deliveries were sent, less
# than 90 % success blocks the domain for three minutes.
WINDOW_SECONDS = 120
DELIVERIES = 100
SUCCESS = 0.9
BLOCKED_SECONDS = 180


class BlockList:
    """Success and failure per domain; `factor` shrinks all times alike."""

    def __init__(self) -> None:
        self._recent: dict[str, deque[tuple[float, bool]]] = {}
        self._until: dict[str, float] = {}

    def record(self, domain: str, *, accepted: bool, now: float, factor: float) -> bool:
        """Note one delivery; True when it was the one that got the domain blocked."""
        recent = self._recent.setdefault(domain, deque())
        recent.append((now, accepted))
        while recent[0][0] <= now - WINDOW_SECONDS * factor:
            recent.popleft()
        good = sum(1 for _, ok in recent if ok)
        if len(recent) < DELIVERIES or good >= SUCCESS * len(recent):
            return False
        self._until[domain] = now + BLOCKED_SECONDS * factor
        recent.clear()
        return True

    def seconds_left(self, domain: str, now: float) -> float:
        """How long the domain stays blocked; 0 when it is not."""
        return max(0.0, self._until.get(domain, now) - now)

    def blocked(self, now: float) -> dict[str, float]:
        """Every blocked domain and its seconds left."""
        return {domain: until - now for domain, until in self._until.items() if until > now}
