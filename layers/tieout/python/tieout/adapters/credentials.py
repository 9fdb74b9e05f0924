"""How adapters come by their secrets, so that a rotated one is picked up without a restart."""

from typing import Protocol, TypeVar

from tieout.errors import SetupError


class StoreSecret(Protocol):
    """What reading a BigCommerce store takes."""

    @property
    def access_token(self) -> str:
        """The API account's token."""
        ...


class AgentSecret(Protocol):
    """What calling the Sage agent takes."""

    @property
    def api_key(self) -> str:
        """The key that the agent knows the hash of."""
        ...


class LogonSecret(Protocol):
    """What calling eBusiness Web Services takes."""

    @property
    def username(self) -> str:
        """A user of Sage 100, by code or logon name."""
        ...

    @property
    def password(self) -> str:
        """The user's password."""
        ...


Secret_co = TypeVar("Secret_co", covariant=True)


class Credentials(Protocol[Secret_co]):
    """One secret, from wherever it is kept. Both methods may raise RetryableError or SetupError."""

    def current(self) -> Secret_co:
        """The secret, from memory where possible."""
        ...

    def refresh(self) -> Secret_co:
        """The secret, read anew because the other side refused the present one."""
        ...


def as_header(secret: str, *, name: str) -> str:
    """A secret that is fit for a header; raises SetupError without showing it."""
    if not secret or not secret.isascii() or not secret.isprintable() or " " in secret:
        raise SetupError(f"The secret's {name} is empty or has characters that no {name} has.")
    return secret
