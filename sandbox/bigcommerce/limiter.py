"""The store's request quota: one window, shared by every token of the store."""

from sandbox.bigcommerce.model import Settings


class RateWindow:
    """Counts requests in windows that start with their first request."""

    def __init__(self) -> None:
        self._start = 0.0
        self._used = 0

    def take(self, now: float, settings: Settings) -> bool:
        """Use one request; False when the window has none left."""
        if now - self._start >= settings.window_seconds:
            self._start, self._used = now, 0
        self._used += 1
        return self._used <= settings.quota

    def headers(self, now: float, settings: Settings) -> dict[str, str]:
        """What every answer tells (BigCommerce docs: API rate limits)."""
        left = max(0.0, self._start + settings.window_seconds - now)
        return {
            "X-Rate-Limit-Time-Window-Ms": str(round(settings.window_seconds * 1000)),
            "X-Rate-Limit-Time-Reset-Ms": str(round(left * 1000)),
            "X-Rate-Limit-Requests-Quota": str(settings.quota),
            "X-Rate-Limit-Requests-Left": str(max(0, settings.quota - self._used)),
        }
