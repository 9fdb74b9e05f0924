"""The watchdog: a call that hangs in COM can't be broken off, so its whole process is ended."""

import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509

from tieout_agent.clock import Clock, SteadyClock
from tieout_agent.logs import log_event

LOOKS_PER_LIMIT = 20
"""How often within `hang_seconds` the watchdog looks, so that it is late by a twentieth at most."""

LONGEST_LOOK = 5.0

MOST_AHEAD = timedelta(seconds=60)
"""How far the agent may go on ahead of a clock that was set back. Time servers correct less; beyond it,
what is read as of a moment would seem newer than it is."""

CERTIFICATE_WARNING = timedelta(days=30)
"""How long before its end a certificate is told of: enough to reach whoever runs the cloud."""

CERTIFICATE_EVERY = 24 * 3600.0
"""Seconds from one look at the certificate to the next."""


class Watchdog(threading.Thread):
    """Looks again and again whether a call hangs; a daemon, so that it keeps nothing alive.

    Args:
        busy_seconds: Says how long the longest call into Sage has been at it.
        hang_seconds: From there on it hangs for good.
        on_hung: Ends the process; called once.
        others: Further looks to take, each of which must be quick and never raise.
    """

    def __init__(
        self,
        busy_seconds: Callable[[], float],
        hang_seconds: float,
        *,
        on_hung: Callable[[float], None],
        others: Sequence[Callable[[], None]] = (),
    ) -> None:
        super().__init__(name="watchdog", daemon=True)
        self._busy_seconds = busy_seconds
        self._hang_seconds = hang_seconds
        self._on_hung = on_hung
        self._others = others
        self._stopping = threading.Event()

    def run(self) -> None:
        """Look until stopped, or until a call hangs."""
        every = min(self._hang_seconds / LOOKS_PER_LIMIT, LONGEST_LOOK)
        while not self._stopping.wait(every):
            for look in self._others:
                look()
            seconds = self._busy_seconds()
            if seconds > self._hang_seconds:
                self._on_hung(seconds)
                return

    def stop(self) -> None:
        """Look no more."""
        self._stopping.set()


class ClockWatch:
    """Has the process ended when its clock is far ahead of the machine's, which was set back."""

    def __init__(self, clock: SteadyClock, on_set_back: Callable[[], None]) -> None:
        self._clock = clock
        self._on_set_back = on_set_back

    def look(self) -> None:
        """Look, and end it when it must be."""
        ahead = self._clock.ahead
        if ahead > MOST_AHEAD:
            log_event("clock_set_back", at=self._clock.now(), seconds=round(ahead.total_seconds()))
            self._on_set_back()


class CertificateWatch:
    """Tells in time, once a day, that the certificate ends."""

    def __init__(self, certificate: Path, clock: Clock) -> None:
        self._certificate = certificate
        self._clock = clock
        self._next = clock.monotonic()

    def look(self) -> None:
        """Look, if a day has passed since the last time."""
        if self._clock.monotonic() < self._next:
            return
        self._next = self._clock.monotonic() + CERTIFICATE_EVERY
        left = ends_at(self._certificate) - self._clock.now()
        if left <= timedelta(0):
            log_event("certificate_ended", at=self._clock.now())
        elif left <= CERTIFICATE_WARNING:
            log_event("certificate_ends", at=self._clock.now(), days=left.days)


def ends_at(certificate: Path) -> datetime:
    """Say until when a certificate is valid; one that can't be read has ended for all we know."""
    try:
        return x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return datetime.min.replace(tzinfo=UTC)
