"""Whether the port that the agent wants is free, or is in use by the agent itself."""

import errno
import socket
import ssl
from typing import Literal

from tieout_agent.errors import SettingsError
from tieout_agent.server import listen
from tieout_agent.settings import Settings

HANDSHAKE_SECONDS = 5.0
"""How long whoever listens may take to show its certificate."""

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - the addresses that mean "all"

Listener = Literal["nobody", "agent"]

_TAKEN = (errno.EADDRINUSE, errno.EACCES)
"""What the operating system says of a port in use; Windows says the second where it is held alone."""


def who_listens(settings: Settings) -> Listener:
    """Say whether nobody listens at the agent's port, or an agent with this very certificate.

    Raises:
        SettingsError: Somebody else does, or the address is none of this machine.
    """
    try:
        listen(settings).close()
    except OSError as error:
        if error.errno not in _TAKEN:
            raise SettingsError(
                f"Nothing can listen at {settings.host}: {error.strerror}. Give an address of this "
                "machine, or 0.0.0.0 for all of them."
            ) from error
    else:
        return "nobody"
    if _shows_our_certificate(settings):
        return "agent"
    raise SettingsError(
        f"Port {settings.port} is in use by another program. Give another port, or end the program."
    )


def _shows_our_certificate(settings: Settings) -> bool:
    if not settings.certificate_file.exists():
        return False
    address = EVERYWHERE.get(settings.host, settings.host), settings.port
    try:
        trust = ssl.create_default_context(cafile=settings.certificate_file)
        with (
            socket.create_connection(address, HANDSHAKE_SECONDS) as connection,
            trust.wrap_socket(connection, server_hostname=settings.certificate_names[0]),
        ):
            return True
    except OSError:  # ssl.SSLError is one
        return False
