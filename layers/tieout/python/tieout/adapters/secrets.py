"""Secrets Manager: credentials by ARN, remembered for a few minutes, never in repr or log."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import TYPE_CHECKING, Generic, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from tieout.errors import RetryableError, SetupError

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# A rotated secret is in use everywhere after this long; the old one is valid until then.
CACHE_SECONDS = 300
# While Secrets Manager is down, a remembered secret serves for so long until the next try.
RENEW_AGAIN_SECONDS = 30
_PERMANENT = frozenset(
    {
        "AccessDeniedException",
        "ResourceNotFoundException",
        "DecryptionFailure",
        "InvalidRequestException",
    }
)


@dataclass(frozen=True, slots=True)
class StoreSecret:
    """A store's API account and webhook key; the `_previous` ones are accepted while rotating."""

    access_token: str = field(repr=False)
    client_id: str
    client_secret: str = field(repr=False)
    webhook_key: str = field(repr=False)
    client_secret_previous: str = field(default="", repr=False)
    webhook_key_previous: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class AgentSecret:
    """The agent's API key."""

    api_key: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class LogonSecret:
    """The Sage 100 user that eBusiness Web Services work as."""

    username: str = field(repr=False)
    password: str = field(repr=False)


Secret = TypeVar("Secret", StoreSecret, AgentSecret, LogonSecret)


class Credentials(Generic[Secret]):
    """One secret, read on first use and again after CACHE_SECONDS.

    `written_at` is when the value that was read last was put into Secrets Manager.
    """

    def __init__(
        self,
        client: "SecretsManagerClient",
        arn: str,
        kind: type[Secret],
        *,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._seconds = seconds
        self._client = client
        self._arn = arn
        self._kind = kind
        self._read_at = 0.0
        self._secret: Secret | None = None
        self.written_at: datetime | None = None

    def current(self) -> Secret:
        """The secret, at most CACHE_SECONDS old unless Secrets Manager is down.

        Raises:
            SetupError: it may not be read, or has no such shape.
            RetryableError: Secrets Manager has never answered.
        """
        if self._secret is None:
            return self.refresh()
        if self._seconds() - self._read_at > CACHE_SECONDS:
            return self._renewed(self._secret)
        return self._secret

    def _renewed(self, secret: Secret) -> Secret:
        """Read it anew, or go on with the old one while Secrets Manager doesn't answer."""
        try:
            return self.refresh()
        except RetryableError:
            # Not at each event: a webhook would wait for the same timeout every time.
            self._read_at = self._seconds() - CACHE_SECONDS + RENEW_AGAIN_SECONDS
            return secret

    def refresh(self) -> Secret:
        """The secret read anew: for the one retry after an answer that says it was rotated."""
        read_at = self._seconds()
        self._secret = self._parsed(self._text())
        self._read_at = read_at
        return self._secret

    def _text(self) -> str:
        try:
            answer = self._client.get_secret_value(SecretId=self._arn)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _PERMANENT:
                raise SetupError(
                    f"The secret {self._arn} may not be read ({code}): check its name, value and"
                    " this function's permission."
                ) from error
            raise RetryableError(f"Secrets Manager did not answer: {code}.") from error
        except BotoCoreError as error:
            raise RetryableError(f"Secrets Manager was not reached: {error}.") from error
        self.written_at = answer.get("CreatedDate")
        # A secret of bytes has no text; what is parsed then is no secret of ours.
        return answer.get("SecretString", "")

    def _parsed(self, text: str) -> Secret:
        known = {f.name for f in fields(self._kind)}
        try:
            row = json.loads(text)
            return self._kind(**{name: _text(v) for name, v in row.items() if name in known})
        except (ValueError, TypeError, AttributeError) as error:
            # The cause's text could quote the secret, so it is not carried along.
            raise SetupError(
                f"The secret {self._arn} is no {self._kind.__name__} ({type(error).__name__}):"
                " check its value."
            ) from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value
