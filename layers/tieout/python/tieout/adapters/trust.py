"""Which certificates are trusted: public CAs, the customer's own CA, or a pinned certificate."""

import hashlib
import re
import ssl
from dataclasses import dataclass

import httpx

from tieout.errors import SetupError
from tieout.settings import Connection

# Two, so that a certificate can be changed without a gap: the old one and the new one.
MOST_PINS = 2
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Trust:
    """A TLS context (1.2 or newer) and, when pinned, the only certificates that it may meet."""

    context: ssl.SSLContext
    pins: frozenset[str] = frozenset()

    def check(self, certificate: bytes | None) -> None:
        """Judge the server's certificate (DER) right after the handshake, before HTTP begins.

        Raises:
            SetupError: it isn't a pinned one; nothing of the request was sent.
        """
        if not self.pins:
            return
        shown = hashlib.sha256(certificate).hexdigest() if certificate else "none"
        if shown not in self.pins:
            raise SetupError(
                f"The server's certificate has the fingerprint {shown}, which isn't pinned; nothing "
                "was sent. Compare it on the server itself: if it was renewed, pin the new one."
            )


def trust_of(connection: Connection) -> Trust:
    """The trust that a connection's settings ask for.

    Raises:
        SetupError: a pin is no SHA-256 in hexadecimal, there are too many, or the CA is unreadable.
    """
    if connection.trust == "pin":
        return Trust(_pinned_context(), _pins(connection.pins))
    if connection.trust == "own_ca":
        return Trust(_own_ca_context(connection.ca_pem))
    return Trust(_newer_tls(httpx.create_ssl_context(trust_env=False)))


def _pinned_context() -> ssl.SSLContext:
    """No chain, no name, no dates: the pin is stricter than all three, and holds when they lapse."""
    context = _newer_tls(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _own_ca_context(ca_pem: str) -> ssl.SSLContext:
    context = _newer_tls(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    try:
        context.load_verify_locations(cadata=ca_pem)
    except (ssl.SSLError, ValueError) as error:
        raise SetupError("ca_pem holds no readable CA certificate in PEM form.") from error
    return context


def _newer_tls(context: ssl.SSLContext) -> ssl.SSLContext:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _pins(given: tuple[str, ...]) -> frozenset[str]:
    pins = frozenset(pin.replace(":", "").lower() for pin in given)
    if len(pins) > MOST_PINS:
        raise SetupError(f"{len(pins)} pins are set; keep the old one and the new one at most.")
    if not pins or not all(_FINGERPRINT.fullmatch(pin) for pin in pins):
        raise SetupError("A pin is not a SHA-256 fingerprint of 64 hexadecimal digits.")
    return pins
