"""The storefront's API: its table of resources, and the gate that every request passes."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from sandbox.bigcommerce import hooks, reads, search, v3, writes
from sandbox.bigcommerce.faults import FaultSpec
from sandbox.bigcommerce.model import Account
from sandbox.bigcommerce.wire import Call, RefusedError, Reply, Resource, resource

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LARGEST_BODY = 1_000_000  # bytes; far above any document that this API takes
ORDERS, TRANSACTIONS = "store_v2_orders", "store_v2_transactions"
CUSTOMERS, INFORMATION = "store_v2_customers", "store_v2_information"
PAGES = "page limit"

RESOURCES: tuple[Resource, ...] = (
    resource("GET", "/v2/orders", search.list_orders, query=search.QUERY, scope=ORDERS),
    resource("GET", "/v2/orders/count", reads.get_count, scope=ORDERS),
    resource(
        "GET",
        "/v2/orders/{id}",
        reads.get_order,
        query="include consignment_structure",
        scope=ORDERS,
    ),
    resource("PUT", "/v2/orders/{id}", writes.put_order, scope=ORDERS + "!"),
    resource("GET", "/v2/orders/{id}/products", reads.get_products, query=PAGES, scope=ORDERS),
    *(
        resource("GET", path, reads.get_shipping_addresses, query=PAGES, scope=ORDERS)
        for path in ("/v2/orders/{id}/shipping_addresses", "/v2/orders/{id}/shippingaddresses")
    ),
    resource("GET", "/v2/orders/{id}/coupons", reads.get_coupons, query=PAGES, scope=ORDERS),
    resource(
        "GET", "/v2/orders/{id}/taxes", reads.get_taxes, query="details page limit", scope=ORDERS
    ),
    resource("GET", "/v2/orders/{id}/fees", reads.get_fees, scope=ORDERS),
    resource(
        "GET",
        "/v2/orders/{id}/consignments",
        reads.get_consignments,
        query="include",
        scope=ORDERS,
    ),
    resource("GET", "/v2/orders/{id}/shipments", writes.get_shipments, query=PAGES, scope=ORDERS),
    resource("POST", "/v2/orders/{id}/shipments", writes.post_shipment, scope=ORDERS + "!"),
    resource("GET", "/v2/order_statuses", reads.get_statuses, scope=ORDERS),
    resource("GET", "/v2/store", reads.get_store, scope=INFORMATION),
    resource("GET", "/v2/time", reads.get_time, scope=INFORMATION),
    resource("POST", "/v3/hooks", hooks.post_hook),
    resource("GET", "/v3/hooks", hooks.list_hooks, query="is_active scope destination page limit"),
    resource("GET", "/v3/hooks/admin", hooks.get_admin, query="is_active"),
    resource("GET", "/v3/hooks/{id}", hooks.get_hook),
    resource("PUT", "/v3/hooks/{id}", hooks.put_hook),
    resource("DELETE", "/v3/hooks/{id}", hooks.delete_hook),
    resource("GET", "/v3/orders/{id}/transactions", v3.get_transactions, scope=TRANSACTIONS),
    resource("GET", "/v3/orders/{id}/payment_actions/refunds", v3.get_refunds, scope=TRANSACTIONS),
    resource(
        "GET",
        "/v3/customers",
        v3.get_customers,
        query="id:in email:in page limit",
        scope=CUSTOMERS,
    ),
)


class StoreApi:
    """An ASGI application for everything under `/stores/`."""

    def __init__(self, shop: "Shop") -> None:
        self._shop = shop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, in time, late, wrongly or half, as the standing faults say."""
        request = Request(scope, receive)
        body = await request.body()
        _, _, rest = scope["path"].removeprefix("/stores/").partition("/")
        path = "/" + rest
        with self._shop.lock:
            fault = self._shop.faults.take(request.method, path)
        if fault is not None and fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        with self._shop.lock:
            reply = self._answer(request, path, body=body, fault=fault)
            self._note(request, path, reply)
        await _send(send, reply, cut=fault is not None and fault.cut_body)

    def _answer(
        self, request: Request, path: str, *, body: bytes, fault: FaultSpec | None
    ) -> Reply:
        shop = self._shop
        now = shop.clock.now()
        allowed = shop.window.take(now, shop.settings)
        quota = shop.window.headers(now, shop.settings)
        try:
            if fault is not None and fault.status is not None:
                return _faulty(path, fault, quota)
            if not allowed:
                raise RefusedError(429, "Too many requests.")  # noqa: TRY301 - one way out for all
            account = self._admit(request, body)
            moment = now - fault.stale_seconds if fault and fault.stale_seconds else float("inf")
            reply = self._dispatch(request, path, body=body, account=account, moment=moment)
        except RefusedError as refused:
            reply = refusal(path, refused)
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

    def _dispatch(
        self, request: Request, path: str, *, body: bytes, account: Account, moment: float
    ) -> Reply:
        found = [(one, numbers) for one in RESOURCES if (numbers := one.match(path)) is not None]
        if not found:
            raise RefusedError(404, "The requested resource was not found.")
        fitting = [pair for pair in found if pair[0].method == request.method]
        if not fitting:
            raise RefusedError(405, f"{request.method} is not allowed here.")
        chosen, numbers = fitting[0]
        _check_scope(chosen, account)
        query = _query(request, chosen)
        call = Call(request.method, path, query, body, account, numbers, moment)
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
    return Reply(
        refused.status,
        {
            "status": refused.status,
            "title": refused.message,
            "type": "/api-docs/getting-started/api-status-codes",
            "errors": refused.errors,
        },
    )


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
        headers |= {"Content-Type": "application/json"}
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    sent = content[: len(content) // 2] if cut else content
    await send({"type": "http.response.body", "body": sent, "more_body": cut})
