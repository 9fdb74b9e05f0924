"""Is it up? One question for every part, whatever it speaks."""

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from sandbox.processes import Children

# Interpreters start side by side on a small machine; none takes a tenth of this when alone.
START_SECONDS = 60.0
PAUSE_SECONDS = 0.1
ANSWER_SECONDS = 5.0


class NotReadyError(Exception):
    """A part is running and doesn't answer as it should."""


@dataclass(frozen=True)
class Probe:
    """What to ask: a success means that the part is well.

    Attributes:
        name: The part, for people.
        url: Where to ask.
        headers: What to send along.
        certificate: For HTTPS, the one certificate that is trusted, and nothing else.
    """

    name: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    certificate: Path | None = None

    def answers(self) -> bool:
        """Ask once."""
        try:
            with client(self.certificate) as http:
                return http.get(self.url, headers=dict(self.headers)).is_success
        except httpx.TransportError:
            return False


def client(certificate: Path | None = None) -> httpx.Client:
    """Return an HTTP client that knows no proxy, and trusts at most this certificate."""
    context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(certificate)
        # The certificate itself is the anchor, also when it isn't one of an authority.
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return httpx.Client(timeout=ANSWER_SECONDS, trust_env=False, verify=context)


def wait_for(name: str, ready: Callable[[], bool], children: Children) -> None:
    """Wait until something is so.

    Raises:
        NotReadyError: it wasn't so within `START_SECONDS`.
        ProcessError: a program has ended meanwhile.
    """
    deadline = time.monotonic() + START_SECONDS
    while not ready():
        children.check()
        if time.monotonic() > deadline:
            raise NotReadyError(f"{name} did not get ready within {START_SECONDS:.0f} s.")
        time.sleep(PAUSE_SECONDS)
