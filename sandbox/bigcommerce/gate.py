"""How many requests are under way at an endpoint, for those that BigCommerce limits."""

from collections import Counter
from collections.abc import Generator, Iterable
from contextlib import contextmanager


class Gate:
    """Counts who is inside; more than an endpoint takes at once are turned away."""

    def __init__(self) -> None:
        self._inside: Counter[str] = Counter()

    def busy(self, endpoints: Iterable[str]) -> bool:
        """Whether a request is under way at any of these."""
        return any(self._inside[one] for one in endpoints)

    @contextmanager
    def passing(self, endpoint: str, most: int | None) -> Generator[bool]:
        """Hold a place while a request is answered; False when there was none free."""
        admitted = most is None or self._inside[endpoint] < most
        if not admitted:
            yield False
            return
        self._inside[endpoint] += 1
        try:
            yield True
        finally:
            self._inside[endpoint] -= 1
