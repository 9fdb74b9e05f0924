"""The storefront's API: its table of resources, and the gate that every request passes."""

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from sandbox.bigcommerce.faults import FaultSpec
from sandbox.bigcommerce.gate import Gate
from sandbox.bigcommerce.inventory.adjust import ABSOLUTE, RELATIVE
from sandbox.bigcommerce.model import Account
from sandbox.bigcommerce.resources import RESOURCES
from sandbox.bigcommerce.wire import STATUS_CODES, Call, RefusedError, Reply, Resource

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LARGEST_BODY = 1_000_000  # bytes; far above any document that this API takes
STOCK_WRITES = frozenset({ABSOLUTE, RELATIVE})
CATALOG_WRITES = frozenset({"PUT /v3/catalog/products", "PUT /v3/catalog/variants"})
LIMITED = STOCK_WRITES | {
    f"{one.method} {one.pattern}" for one in RESOURCES if one.at_once is not None
}


@dataclass(frozen=True)
class Incoming:
    """A request with all its body, and the count of stock bookings when it came in."""

    request: Request
    path: str
    body: bytes
    began: int


class StoreApi:
    """An ASGI application for everything under `/stores/`."""

    def __init__(self, shop: "Shop") -> None:
        self._shop = shop
        self._gate = Gate()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, in time, late, wrongly or half, as the standing faults say."""
        request = Request(scope, receive)
        _, _, rest = scope["path"].removeprefix("/stores/").partition("/")
        path = "/" + rest
        endpoint, most = self._limit(request.method, path)
        self._watch(endpoint)
        with self._gate.passing(endpoint, most) as admitted:
            began = self._shop.inventory.ticks
            body = await request.body()
            with self._shop.lock:
                fault = self._shop.faults.take(request.method, path) if admitted else None
            await self._work(fault, limited=admitted and endpoint in LIMITED)
            with self._shop.lock:
                incoming = Incoming(request, path, body, began)
                reply = self._answer(incoming, fault) if admitted else _crowded(path)
                self._note(request, path, reply)
            await _send(send, reply, cut=fault is not None and fault.cut_body)

    def _limit(self, method: str, path: str) -> tuple[str, int | None]:
        """The endpoint's name, and how many requests it takes at once; None for any number."""
        fitting = (one for one in RESOURCES if one.method == method and one.match(path) is not None)
        found = next(fitting, None)
        if found is None:
            return "", None
        if found.pattern in STOCK_WRITES:
            return found.pattern, self._shop.settings.adjustments_at_once or None
        return f"{method} {found.pattern}", found.at_once

    def _watch(self, endpoint: str) -> None:
        """Count bulk writes of stock and catalogue under way together, which BigCommerce warns of."""
        for here, there in ((STOCK_WRITES, CATALOG_WRITES), (CATALOG_WRITES, STOCK_WRITES)):
            if endpoint in here and self._gate.busy(there):
                self._shop.inventory.mixed += 1

    async def _work(self, fault: FaultSpec | None, *, limited: bool) -> None:
        seconds = fault.delay_seconds if fault is not None else 0
        seconds += self._shop.settings.work_seconds if limited else 0
        if seconds:
            await asyncio.sleep(seconds)

    def _answer(self, incoming: Incoming, fault: FaultSpec | None) -> Reply:
        shop, path = self._shop, incoming.path
        now = shop.clock.now()
        shop.settle()
        allowed = shop.window.take(now, shop.settings)
        quota = shop.window.headers(now, shop.settings)
        try:
            if fault is not None and fault.status is not None and not fault.apply:
                return _faulty(path, fault, quota)
            if not allowed:
                raise RefusedError(429, "Too many requests.")  # noqa: TRY301 - one way out for all
            account = self._admit(incoming.request, incoming.body)
            moment = now - fault.stale_seconds if fault and fault.stale_seconds else float("inf")
            reply = self._dispatch(incoming, account, moment=moment)
        except RefusedError as refused:
            reply = refusal(path, refused)
        if fault is not None and fault.status is not None:
            return _faulty(path, fault, quota)
        return replace(reply, headers=dict(reply.headers) | quota)

    def _admit(self, request: Request, body: bytes) -> Account:
        store_hash = request.scope["path"].removeprefix("/stores/").partition("/")[0]
        if store_hash != self._shop.settings.store_hash:
            raise RefusedError(403, "This token is not for this store.")
        account = self._shop.accounts.get(request.headers.get("X-Auth-Token", ""))
        if account is None:
            raise RefusedError(401, "Unauthorized: the X-Auth-Token is missing or wrong.")
        if "application/json" not in request.headers.get("Accept", ""):
            raise RefusedError(406, "Send Accept: application/json.")
        if len(body) > LARGEST_BODY:
            raise RefusedError(413, "The body is too large.")
        media_type = request.headers.get("Content-Type", "").partition(";")[0].strip()
        if body and media_type != "application/json":
            raise RefusedError(415, "A body needs Content-Type: application/json.")
        return account

    def _dispatch(self, incoming: Incoming, account: Account, *, moment: float) -> Reply:
        request, path = incoming.request, incoming.path
        found = [(one, numbers) for one in RESOURCES if (numbers := one.match(path)) is not None]
        if not found:
            raise RefusedError(404, "The requested resource was not found.")
        fitting = [pair for pair in found if pair[0].method == request.method]
        if not fitting:
            raise RefusedError(405, f"{request.method} is not allowed here.")
        chosen, numbers = fitting[0]
        _check_scope(chosen, account)
        query = _query(request, chosen)
        call = Call(
            request.method,
            path,
            query,
            incoming.body,
            account,
            numbers,
            moment=moment,
            began=incoming.began,
        )
        return chosen.handler(self._shop, call)

    def _note(self, request: Request, path: str, reply: Reply) -> None:
        self._shop.requests.append(
            {
                "at": self._shop.clock.now(),
                "method": request.method,
                "path": path,
                "query": request.url.query,
                "status": reply.status,
            }
        )


def _check_scope(chosen: Resource, account: Account) -> None:
    """A scope with `!` must be the modify scope; otherwise its read-only twin will do."""
    if chosen.scope is None:
        return
    scope = chosen.scope.removesuffix("!")
    enough = {scope} if chosen.scope.endswith("!") else {scope, f"{scope}_read_only"}
    if not enough & account.scopes:
        raise RefusedError(403, f"You don't have a required scope: {' or '.join(sorted(enough))}.")


def _query(request: Request, chosen: Resource) -> dict[str, str]:
    pairs = request.query_params.multi_items()
    query = dict(pairs)
    unknown = sorted(set(query) - chosen.query)
    if unknown or len(query) != len(pairs):
        raise RefusedError(
            400, f"Query parameters that this resource does not know, or twice: {unknown}."
        )
    return query


def refusal(path: str, refused: RefusedError) -> Reply:
    """A refusal in the shape of its API version."""
    if not path.startswith("/v3/"):
        return Reply(refused.status, [{"status": refused.status, "message": refused.message}])
    body = {
        "status": refused.status,
        "title": refused.message,
        "type": STATUS_CODES,
        "errors": refused.errors,
    }
    problem = path.startswith("/v3/inventory/")  # BigCommerce docs: inventory, media type
    media_type = "application/problem+json" if problem else "application/json"
    return Reply(refused.status, body, media_type=media_type)


def _crowded(path: str) -> Reply:
    """Too many at once: a 429 without the quota headers, for no wait of theirs would help."""
    return refusal(path, RefusedError(429, "Too many requests"))


def _faulty(path: str, fault: FaultSpec, quota: dict[str, str]) -> Reply:
    status = fault.status or 500
    reply = refusal(path, RefusedError(status, "The sandbox was told to fail here."))
    headers = dict(quota)
    if status == 429:  # noqa: PLR2004 - HTTP's own
        headers = quota | {"X-Rate-Limit-Requests-Left": "0"} if fault.rate_headers else {}
    if fault.retry_after is not None:
        headers["X-Retry-After"] = str(fault.retry_after)
    return replace(reply, headers=headers)


async def _send(send: Send, reply: Reply, *, cut: bool) -> None:
    content = reply.content()
    headers = dict(reply.headers)
    if reply.status != 204:  # noqa: PLR2004 - HTTP's own: no content, so no length either
        headers |= {"Content-Length": str(len(content))}
    if content:
        headers |= {"Content-Type": reply.media_type}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    sent = content[: len(content) // 2] if cut else content
    await send({"type": "http.response.body", "body": sent, "more_body": cut})
