"""A person's hands in the simulated shop: its own API as any client, its control API as a tester."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from sandbox.health import client

STORE_HASH = "sandbox1"
LARGEST_PAGE = 250


class ShopError(Exception):
    """The shop has refused what the sandbox asked of it."""


@dataclass(frozen=True)
class Account:
    """The API account that Tieout uses in the shop."""

    access_token: str
    client_id: str
    client_secret: str


class Shop:
    """One simulated shop over plain HTTP; close it after use."""

    def __init__(self, url: str, account: Account) -> None:
        self._url = url
        self._account = account
        self._http = client()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def route(self, destination: str, target: str, *, host: str) -> None:
        """Say where the host of a webhook destination really is; the path stays as it is."""
        parts = urlsplit(destination)
        self._control("POST", "/routes", {f"{parts.scheme}://{parts.netloc}": target, "host": host})

    def place(self, wish: Mapping[str, Any]) -> int:
        """Sell something; return the order's id."""
        return int(self._control("POST", "/orders", wish)["id"])

    def set_status(self, order_id: int, status_id: int) -> None:
        """Move an order to another status, as staff or a payment would."""
        self._control("POST", f"/orders/{order_id}/status", {"status_id": status_id})

    def orders(self) -> list[Mapping[str, Any]]:
        """Return every order as the shop's own API lists them, oldest first."""
        found: list[Mapping[str, Any]] = []
        while True:
            after = int(found[-1]["id"]) + 1 if found else 0
            query = {"min_id": after, "limit": LARGEST_PAGE, "sort": "id:asc"}
            page = self._api("GET", "/v2/orders", params=query)
            found += page or []
            if len(page or []) < LARGEST_PAGE:
                return found

    def summaries(self) -> Sequence[Mapping[str, Any]]:
        """Return every order's figures, without using up the quota of the shop's API."""
        return self._control("GET", "/orders")["orders"]

    def deliveries(self) -> Sequence[Mapping[str, Any]]:
        """Return every webhook that was to be delivered, with all attempts."""
        return self._control("GET", "/deliveries")["deliveries"]

    def _api(self, method: str, path: str, **more: Any) -> Any:  # JSON, of whatever shape
        headers = {"X-Auth-Token": self._account.access_token, "Accept": "application/json"}
        url = f"{self._url}/stores/{STORE_HASH}{path}"
        return _document(self._http.request(method, url, headers=headers, **more))

    def _control(self, method: str, path: str, document: Mapping[str, Any] | None = None) -> Any:
        return _document(self._http.request(method, f"{self._url}/_control{path}", json=document))


def _document(answer: httpx.Response) -> Any:
    if not answer.is_success:
        asked = f"{answer.request.method} {answer.request.url.path}"
        raise ShopError(f"The shop answered {answer.status_code} to {asked}: {answer.text[:500]}")
    return answer.json() if answer.content else None
