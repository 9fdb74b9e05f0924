"""Our own public address, knocked at from outside as a BigCommerce store does."""

from typing import Protocol
from urllib.parse import urlsplit
from uuid import uuid4

from tieout.adapters.bigcommerce_notices import KEY_HEADER
from tieout.adapters.bigcommerce_signing import notice_of, signed_headers
from tieout.adapters.credentials import Credentials, as_header
from tieout.adapters.http import Https, Patience
from tieout.domain.identity import OrderId
from tieout.errors import SetupError
from tieout.ports import Clock
from tieout.settings import Connection

# API Gateway gives the function its whole ten seconds, and a cold start may need some of them.
PATIENCE = Patience(read=15, total=20)


class DoorSecret(Protocol):
    """What makes a notice genuine."""

    @property
    def client_secret(self) -> str:
        """The API account's secret, which signs."""
        ...

    @property
    def webhook_key(self) -> str:
        """The value of our secret header."""
        ...


class PublicDoor:
    """The port `WebhookDoor` for one BigCommerce store.

    `address` is where its webhooks come, `way` the connection that leads there.
    """

    def __init__(
        self,
        address: str,
        *,
        way: Connection,
        store_hash: str,
        credentials: Credentials[DoorSecret],
        clock: Clock,
        patience: Patience = PATIENCE,
    ) -> None:
        self._path = urlsplit(address).path
        self._store_hash = store_hash
        self._credentials = credentials
        self._clock = clock
        self._https = Https(way, peer="Our public address", patience=patience)

    def close(self) -> None:
        """Close all connections."""
        self._https.close()

    def tell(self, order_id: OrderId) -> int:
        """See the port."""
        secret, now = self._credentials.current(), self._clock.now()
        if not secret.client_secret:
            raise SetupError("The store's secret has no client_secret.")
        body = notice_of(order_id, store_hash=self._store_hash, sent_at=now)
        headers = signed_headers(
            body,
            client_secret=secret.client_secret,
            message_id=f"msg_selftest_{uuid4().hex}",
            sent_at=now,
        )
        key = {KEY_HEADER: as_header(secret.webhook_key, name="webhook_key")}
        return self._https.write(
            self._path, headers={**headers, **key}, body=body, method="POST"
        ).status
