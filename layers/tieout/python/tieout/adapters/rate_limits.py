"""How many requests a store still grants, learnt from every answer, and who must hold back."""

import math
import random
import threading
import time

from tieout.adapters.answers import LONGEST_WAIT, Answer
from tieout.errors import RetryableError

# The share of the quota that even the reading of orders leaves alone: the quota is the store's, for
# all its apps (BigCommerce docs: API rate limits). A scan leaves far more.
ORDER_RESERVE = 0.02
# A refusal without headers is the platform protecting a loaded store: 5 s, 10 s … 160 s.
FIRST_WAIT = 5
MOST_DOUBLINGS = 5
JITTER = 3
_MS = 1000
_RESET = "X-Rate-Limit-Time-Reset-Ms"
_REFUSED = 429


class RateLimit:
    """One store's budget as this process knows it; `reserve` is the share never used by it."""

    def __init__(self, reserve: float) -> None:
        self._reserve = reserve
        self._lock = threading.Lock()
        self._left: int | None = None
        self._quota = 0
        self._reset_at = 0.0
        self._refusals = 0

    def heed(self, answer: Answer) -> None:
        """Remember what an answer says of the budget."""
        left = answer.whole_number("X-Rate-Limit-Requests-Left")
        reset = answer.whole_number(_RESET)
        with self._lock:
            self._refusals = self._refusals + 1 if answer.status == _REFUSED else 0
            if left is not None and reset is not None:
                self._left = left
                self._quota = answer.whole_number("X-Rate-Limit-Requests-Quota") or self._quota
                self._reset_at = time.monotonic() + min(reset / _MS, LONGEST_WAIT)

    def check(self) -> None:
        """Raise RetryableError, with the wait until the reset, when the rest is for others."""
        with self._lock:
            left, wait = self._left, self._reset_at - time.monotonic()
            if left is None or wait <= 0 or left > self._reserve * self._quota:
                return
        raise RetryableError(
            f"The store grants {left} more requests for now, and they are kept for other work.",
            retry_after=_with_jitter(wait),
        )

    def refusal(self, answer: Answer) -> RetryableError:
        """The error for a 429: the longer of the waits it names, else twice the wait before."""
        reset = (answer.whole_number(_RESET) or 0) / _MS
        named = max(answer.wait("X-Retry-After") or 0, min(reset, LONGEST_WAIT))
        wait = named or FIRST_WAIT * 2 ** min(self._refusals - 1, MOST_DOUBLINGS)
        return RetryableError(
            "The store grants no more requests for now.", retry_after=_with_jitter(wait)
        )


def _with_jitter(seconds: float) -> int:
    return math.ceil(seconds + random.uniform(0, JITTER))  # noqa: S311 - jitter
