"""BigCommerce's hooks: lists those that lead to us, registers and mends them (BigCommerce docs: V3 hooks)."""

from collections.abc import Mapping, Sized
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from tieout.adapters.answers import Answer
from tieout.adapters.bigcommerce_api import PATIENCE, BigCommerceApi
from tieout.adapters.bigcommerce_notices import KEY_HEADER
from tieout.adapters.credentials import Credentials, as_header
from tieout.adapters.http import Patience
from tieout.domain.hooks import Hook
from tieout.errors import RetryableError
from tieout.ports import Clock
from tieout.settings import Store

# Each of them says «look at this order again»; shipments and payments show as `updated` too.
# `store/hook/deliveryException` is left out: it wants an address that no other hook has.
SCOPES = (
    "store/order/created",
    "store/order/updated",
    "store/order/statusUpdated",
    "store/order/archived",
    "store/order/refund/created",
)
PATH = "/v3/hooks"
# What a page holds unless asked; the most that may be asked for is not published.
PAGE = 50
# A thousand hooks: BigCommerce allows ten for each of about a hundred scopes.
MOST_PAGES = 20
# Functions go on with a remembered secret for five minutes, and somewhat longer in an outage.
SECRET_KNOWN_AFTER = timedelta(minutes=10)
_FORBIDDEN = (
    "BigCommerce forbids us its hooks: check store_hash, and the scopes of the API account."
)


class HookSecret(Protocol):
    """What looking after a store's hooks takes."""

    @property
    def access_token(self) -> str:
        """The API account's token; only the hooks of its account are visible to it."""
        ...

    @property
    def webhook_key(self) -> str:
        """The value of our secret header."""
        ...

    @property
    def webhook_key_previous(self) -> str:
        """The one before, while it is being changed."""
        ...

    @property
    def client_secret_previous(self) -> str:
        """What signed before, while the API account is being changed."""
        ...


class DatedCredentials(Credentials[HookSecret], Protocol):
    """A secret of which it is known since when it is as it is."""

    @property
    def written_at(self) -> datetime | None:
        """When the present value was set; None when nobody says."""
        ...


class BigCommerceHooks:
    """The port `Hooks` for one BigCommerce store; `address` is where its webhooks are to come."""

    def __init__(
        self,
        store: Store,
        credentials: DatedCredentials,
        *,
        address: str,
        clock: Clock,
        patience: Patience = PATIENCE,
    ) -> None:
        self.wanted = SCOPES
        self._credentials = credentials
        self._address = address
        self._clock = clock
        self._api = BigCommerceApi(store, credentials, when_forbidden=_FORBIDDEN, patience=patience)

    def close(self) -> None:
        """Close all connections."""
        self._api.close()

    def is_secret_changing(self) -> bool:
        """See the port. A secret without values of before is a first one, and nobody remembers any."""
        secret, written_at = self._credentials.current(), self._credentials.written_at
        if not (secret.webhook_key_previous or secret.client_secret_previous) or not written_at:
            return False
        return self._clock.now() - written_at < SECRET_KNOWN_AFTER

    def ours(self) -> tuple[Hook, ...]:
        """See the port.

        Raises:
            RetryableError: also for a list of more than `MOST_PAGES` pages.
        """
        found: list[Hook] = []
        for page in range(1, MOST_PAGES + 1):
            params = {"page": str(page), "limit": str(PAGE)}
            answer = self._api.read(PATH, params)
            document = answer.json_object()
            rows = _rows(document, answer)
            ours = [row for row in rows if row.get("destination") == self._address]
            found += [self._hook(row, answer) for row in ours]
            if page >= _page_count(document, page, rows):
                return tuple(found)
        raise RetryableError(f"The API account has more than {MOST_PAGES * PAGE} hooks.")

    def register(self, event: str) -> None:
        """See the port."""
        fresh = {"scope": event, "destination": self._address}
        self._api.write("POST", PATH, {**fresh, **self._working()})

    def mend(self, hook_id: int) -> None:
        """See the port."""
        self._api.write("PUT", f"{PATH}/{hook_id}", self._working())

    def _working(self) -> dict[str, Any]:
        return {"is_active": True, "headers": {KEY_HEADER: self._key()}}

    def _key(self) -> str:
        return as_header(self._credentials.current().webhook_key, name="webhook_key")

    def _hook(self, row: Mapping[str, Any], answer: Answer) -> Hook:
        hook_id, event, is_on = row.get("id"), row.get("scope"), row.get("is_active")
        if type(hook_id) is not int or not isinstance(event, str) or not isinstance(is_on, bool):
            raise answer.unusable("gave a hook that can't be read")
        return Hook(hook_id, event, is_on=is_on, has_key=_key_of(row) == self._key())


def _page_count(document: Mapping[str, Any], page: int, rows: Sized) -> int:
    """How many pages there are: as the list says, since a page may hold fewer than we asked for."""
    named: Any = document
    for name in ("meta", "pagination", "total_pages"):
        named = cast("dict[str, Any]", named).get(name) if isinstance(named, dict) else None
    if type(named) is int:
        return named
    return page if len(rows) < PAGE else page + 1


def _rows(document: Mapping[str, Any], answer: Answer) -> list[Mapping[str, Any]]:
    rows = cast("Any", document.get("data"))
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) for row in cast("list[Any]", rows)
    ):
        raise answer.unusable("gave a list of hooks that can't be read")
    return cast("list[Mapping[str, Any]]", rows)


def _key_of(row: Mapping[str, Any]) -> str:
    """The value of our secret header; "" when there is none. Names of headers know no letter case."""
    headers: Any = row.get("headers")
    if not isinstance(headers, dict):
        return ""
    for name, value in cast("dict[str, Any]", headers).items():
        if name.lower() == KEY_HEADER and isinstance(value, str):
            return value
    return ""
