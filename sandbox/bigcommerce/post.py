"""The last yard of a delivery: stands for DNS and edge TLS, then one HTTP POST on loopback."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

# Undocumented at BigCommerce; a receiver that needs longer has lost its acknowledgement here.
TIMEOUT_SECONDS: Final = 10.0
NO_ROUTE: Final = "no route: this sandbox knows no such host; tell it with POST /_control/routes"


@dataclass(frozen=True)
class Route:
    """Where an origin really is: a local base address, and the Host header it wants."""

    target: str
    host: str | None = None


@dataclass(frozen=True)
class Outcome:
    """How one attempt ended: a status, or the reason why there is none."""

    status: int | None
    error: str = ""

    @property
    def accepted(self) -> bool:
        """BigCommerce docs: any 2xx acknowledges."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 - HTTP's own


def origin_of(url: str) -> str:
    """Scheme and host of a URL, in lower case, without a default port."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower().removesuffix(":443")


class Post:
    """Posts to routed destinations; nothing else is ever contacted."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        # Proxies of this machine's user must not see, or break, loopback traffic.
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False)

    def send(self, destination: str, body: bytes, headers: dict[str, str]) -> Outcome:
        """One POST; redirects count as refusals."""
        route = self.routes.get(origin_of(destination))
        if route is None:
            return Outcome(None, NO_ROUTE)
        parts = urlsplit(destination)
        url = route.target.rstrip("/") + parts.path + (f"?{parts.query}" if parts.query else "")
        host = {"Host": route.host or parts.netloc}
        try:
            answer = self._client.post(url, content=body, headers=host | headers)
        except httpx.HTTPError as trouble:
            return Outcome(None, f"{type(trouble).__name__}: {trouble}")
        return Outcome(answer.status_code)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()
