"""Connections to addresses that were judged first, with one time limit for all that a call does."""

import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import httpcore

from tieout.adapters.trust import Trust
from tieout.errors import SetupError

IPAddress: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network
Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

# A name with more addresses is tried at the first few only; each may cost a connect timeout.
MOST_ADDRESSES = 3
_PIECE = 65_536


def _networks(*texts: str) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


# IANA special-purpose address registries. The first group is refused whatever the settings allow:
# this host, link-local (cloud metadata), multicast, broadcast, and IPv4 dressed up as IPv6.
NEVER = _networks(
    "0.0.0.0/8", "169.254.0.0/16", "168.63.129.16/32", "224.0.0.0/4", "240.0.0.0/4",
    "::/128", "::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48",
    "100::/64", "2001::/32", "2002::/16", "fd00:ec2::/32", "fe80::/10", "fec0::/10", "ff00::/8",
)  # fmt: skip
LOOPBACK_6 = ipaddress.ip_address("::1")
NOT_PUBLIC_4 = _networks(
    "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
)  # fmt: skip
PUBLIC_6 = ipaddress.IPv6Network("2000::/3")
NOT_PUBLIC_6 = _networks("2001::/23", "2001:db8::/32", "3fff::/20")


def allowed_networks(texts: Iterable[str]) -> tuple[IPNetwork, ...]:
    """The settings' `allow_networks`, parsed; raises SetupError for what isn't a network."""
    try:
        return tuple(ipaddress.ip_network(text) for text in texts)
    except ValueError as error:
        raise SetupError(f"allow_networks has an entry that is no network: {error}.") from error


def may_connect(address: IPAddress, allowed: Sequence[IPNetwork]) -> bool:
    """Whether an address is public, or explicitly allowed and not one that is never right."""
    if address != LOOPBACK_6 and _within(address, NEVER):
        return False
    return _is_public(address) or _within(address, allowed)


def _is_public(address: IPAddress) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return not _within(address, NOT_PUBLIC_4)
    return address in PUBLIC_6 and not _within(address, NOT_PUBLIC_6)


def _within(address: IPAddress, networks: Sequence[IPNetwork]) -> bool:
    return any(address.version == net.version and address in net for net in networks)


def resolve(host: str, port: int) -> Sequence[str]:
    """The system's answer; it knows decimal, octal and hexadecimal forms, so they are judged too."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(f"the name {host} has no address") from error
    return [str(row[4][0]) for row in rows]


class Deadline(threading.local):
    """The end of the present call in this thread; every socket operation is cut to what is left."""

    _end = float("inf")

    def start(self, seconds: float) -> None:
        """Give the present call this long from now on."""
        self._end = time.monotonic() + seconds

    def cut(self, timeout: float | None, late: type[httpcore.TimeoutException]) -> float | None:
        """The smaller of `timeout` and what is left; raises `late` when nothing is."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise late("the call's time is up")
        return left if timeout is None else min(left, timeout)


class GuardedStream(httpcore.NetworkStream):
    """A stream that checks the certificate before handing TLS over, and heeds the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, trust: Trust, deadline: Deadline) -> None:
        self._stream = stream
        self._trust = trust
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read what is there; raises httpcore.ReadTimeout, ReadError."""
        return self._stream.read(max_bytes, self._deadline.cut(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write it all; raises httpcore.WriteTimeout, WriteError."""
        for start in range(0, len(buffer), _PIECE):
            left = self._deadline.cut(timeout, httpcore.WriteTimeout)
            self._stream.write(buffer[start : start + _PIECE], left)

    def close(self) -> None:
        """Close the socket."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Shake hands and judge the certificate, with not a byte of HTTP sent yet.

        Raises:
            SetupError: the certificate is not trusted.
            httpcore.ConnectError, httpcore.ConnectTimeout: there was no handshake.
        """
        left = self._deadline.cut(timeout, httpcore.ConnectTimeout)
        try:
            secured = self._stream.start_tls(ssl_context, server_hostname, left)
        except httpcore.ConnectError as error:
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                raise _untrusted(error.__cause__) from error
            raise
        try:
            self._trust.check(_certificate(secured))
        except SetupError:
            secured.close()
            raise
        return GuardedStream(secured, self._trust, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """What httpcore asks about the socket."""
        return self._stream.get_extra_info(info)


def _certificate(stream: httpcore.NetworkStream) -> bytes | None:
    connection = stream.get_extra_info("socket")
    return (
        connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLSocket) else None
    )


def _untrusted(error: ssl.SSLCertVerificationError) -> SetupError:
    return SetupError(
        f"The server's certificate is not trusted ({error.verify_message}); nothing was sent. "
        "Renew the certificate, or set the connection's trust to match it."
    )


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves a name once, judges every address, and connects to one of those very addresses."""

    def __init__(
        self,
        trust: Trust,
        allowed: Sequence[IPNetwork],
        *,
        deadline: Deadline,
        resolver: Resolver = resolve,
    ) -> None:
        self._trust = trust
        self._allowed = allowed
        self._deadline = deadline
        self._resolver = resolver
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(  # noqa: PLR0917 - httpcore's own signature
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers.

        Raises:
            SetupError: one of the host's addresses is not allowed.
            httpcore.ConnectError, httpcore.ConnectTimeout: none answered.
        """
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._judged(host, port):
            left = self._deadline.cut(timeout, httpcore.ConnectTimeout)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, left, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return GuardedStream(stream, self._trust, self._deadline)
        raise failure or httpcore.ConnectError("the name has no address")

    def _judged(self, host: str, port: int) -> list[str]:
        found = list(dict.fromkeys(self._resolver(host, port)))
        for text in found:
            if not may_connect(ipaddress.ip_address(text), self._allowed):
                raise SetupError(
                    f"{host} has the address {text}, which is not a public one; nothing was sent. "
                    "If that is meant, add its network to allow_networks."
                )
        return found[:MOST_ADDRESSES]
