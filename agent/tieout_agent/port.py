"""Whether the port that the agent wants is free, or is in use by the agent itself."""

import errno
import hashlib
import socket
import ssl
from typing import Literal

from tieout_agent.certificate import before, fingerprint
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
    """Say whether it shows the agent's certificate, or the one before, until the service is restarted.

    Names and dates don't matter: they may be what is being set right.
    """
    present = settings.certificate_file
    ours = {fingerprint(path) for path in (present, before(present)) if path.exists()}
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # it is compared below, and nothing is ever sent
    address = EVERYWHERE.get(settings.host, settings.host), settings.port
    try:
        with (
            socket.create_connection(address, HANDSHAKE_SECONDS) as connection,
            context.wrap_socket(connection) as secured,
        ):
            shown = secured.getpeercert(binary_form=True) or b""
    except OSError:  # ssl.SSLError is one
        return False
    return hashlib.sha256(shown).hexdigest() in ours
