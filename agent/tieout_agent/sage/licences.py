"""How long Sage has had no licence for us: one refusal is usual, ten minutes of them are not."""

from tieout_agent.clock import Clock
from tieout_agent.logs import log_event

TOLD_AFTER = 600.0
"""Seconds without a licence after which a person is told: longer than a clerk's coffee."""


class LicenceWatch:
    """Notes how each try to open a session ended; shared by the threads that own COM in turn."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since: float | None = None
        self._told = False

    def opened(self) -> None:
        """Note that a session was opened."""
        self._since, self._told = None, False

    def refused(self, code: str) -> None:
        """Note that a session was refused; `code` is the problem's."""
        if code != "NoLicence":
            return
        now = self._clock.monotonic()
        if self._since is None:
            self._since = now
        if now - self._since >= TOLD_AFTER and not self._told:
            self._told = True
            minutes = round((now - self._since) / 60)
            log_event("licence_missing", at=self._clock.now(), minutes=minutes)
