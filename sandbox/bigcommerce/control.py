"""The control API's documents and deeds: what a tester can make happen, and see of it."""

from decimal import Decimal
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import Field, RootModel

from sandbox.bigcommerce import control_prices, control_stock
from sandbox.bigcommerce.clock import iso8601
from sandbox.bigcommerce.control_request import Deed, Request
from sandbox.bigcommerce.events import order_event, status_event
from sandbox.bigcommerce.faults import FaultSpec
from sandbox.bigcommerce.forge import ForgeSpec, forge
from sandbox.bigcommerce.hooks import shown as shown_hook
from sandbox.bigcommerce.model import ALL_SCOPES, Account, Json, OrderDocument
from sandbox.bigcommerce.money import number, text
from sandbox.bigcommerce.post import Route, origin_of
from sandbox.bigcommerce.spec import (
    Currency,
    EditSpec,
    OrderSpec,
    RefundSpec,
    StatusSpec,
    Strict,
    WebhookSpec,
)
from sandbox.bigcommerce.statuses import PARTIALLY_REFUNDED, REFUNDED, status_fields
from sandbox.bigcommerce.wire import RefusedError

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class SettingsSpec(Strict):
    """Settings to change; see `model.Settings` for what each means."""

    currency: Currency | None = None
    tax_inclusive: bool | None = None
    tax_rate: Decimal | None = Field(default=None, ge=0, le=100)
    quota: int | None = Field(default=None, ge=1)
    window_seconds: float | None = Field(default=None, gt=0)
    retry_factor: float | None = Field(default=None, gt=0)
    restamp_retries: bool | None = None
    list_incomplete: bool | None = None
    list_archived: bool | None = None
    shipments_move_status: bool | None = None
    update_stock_behavior: Literal["order_placed", "order_completed_or_shipped"] | None = None
    edit_order_stock_adjustment: bool | None = None
    refund_order_stock_adjustment: bool | None = None
    aggregated_stock: bool | None = None
    inventory_delay_seconds: float | None = Field(default=None, ge=0)
    absolute_conflict: Literal["last", "first", "dice"] | None = None
    inventory_partial: bool | None = None
    catalog_partial: bool | None = None
    records_partial: bool | None = None
    records_replace: bool | None = None
    adjustments_at_once: int | None = Field(default=None, ge=0)
    work_seconds: float | None = Field(default=None, ge=0, le=60)


class RoutesSpec(RootModel[dict[str, str]]):
    """Origins and where they really are, and an optional `host`."""


class AccountSpec(Strict):
    """Another API account of the store."""

    client_id: str
    client_secret: str
    access_token: str
    scopes: frozenset[str] = ALL_SCOPES


def place_order(shop: "Shop", request: Request) -> object:
    """Sell something."""
    return summary(shop.place(OrderSpec.model_validate(request.document)))


def edit_order(shop: "Shop", request: Request) -> object:
    """Change lines, addresses or charges, as staff do in the control panel."""
    return summary(shop.edit(request.number, EditSpec.model_validate(request.document)))


def move_order(shop: "Shop", request: Request) -> object:
    """Give an order another status."""
    spec = StatusSpec.model_validate(request.document)
    return summary(shop.set_status(request.number, spec.status_id, spec))


def archive_order(shop: "Shop", request: Request) -> object:
    """Archive an order, which is BigCommerce's soft delete."""
    spec = WebhookSpec.model_validate(request.document)
    with shop.lock:
        shop.revise(request.number, lambda one: one.header.update(is_deleted=True))
        shop.announce([order_event("archived", request.number)], spec)
        return summary(shop.orders[request.number].current)


def refund_order(shop: "Shop", request: Request) -> object:
    """Refund all or some; status 4 or 14, `refunded_amount` stays 0 as documented."""
    spec = RefundSpec.model_validate(request.document)
    with shop.lock:
        before = shop.orders[request.number].current
        owed = _owed(before)
        amount = owed if spec.amount is None else spec.amount
        if not 0 < amount <= owed:
            raise RefusedError(400, f"Only {owed} is left to refund on this order.")
        status = REFUNDED if amount == owed else PARTIALLY_REFUNDED
        refund = _refund(shop, request.number, amount=amount, reason=spec.reason)

        def change(document: OrderDocument) -> None:
            document.refunds.append(refund)
            document.header |= status_fields(status)

        shop.revise(request.number, change)
        events = [order_event("refund/created", request.number, refund={"refund_id": refund["id"]})]
        if before.header["status_id"] != status:
            events.append(status_event(request.number, before.header["status_id"], status))
        shop.announce([*events, order_event("updated", request.number)], spec)
        return summary(shop.orders[request.number].current) | {"refund": refund}


def _owed(document: OrderDocument) -> Decimal:
    refunded = sum((Decimal(str(one["total_amount"])) for one in document.refunds), Decimal(0))
    return Decimal(document.header["total_inc_tax"]) - refunded


def _refund(shop: "Shop", order_id: int, *, amount: Decimal, reason: str) -> Json:
    return {
        "id": shop.composer.numbers.next("refund"),
        "order_id": order_id,
        "user_id": 1,
        "created": iso8601(shop.clock.now()),
        "reason": reason,
        "total_amount": number(amount),
        "total_tax": 0,
        "uses_merchant_override_values": True,
        "items": [
            {
                "item_type": "ORDER",
                "item_id": order_id,
                "reason": reason,
                "requested_amount": number(amount),
                "adjustments": [],
            }
        ],
        "payments": [
            {
                "id": shop.composer.numbers.next("refund payment"),
                "provider_id": "authorizenet",
                "amount": number(amount),
                "offline": False,
                "is_declined": False,
                "declined_message": "",
                "transaction_id": None,
            }
        ],
    }


def list_calls(_shop: "Shop", _request: Request) -> object:
    """Every call of this API; `spec.py`, `faults.py`, `troubles.py` and `grow.py` have the documents."""
    return {
        "calls": [
            {"method": method, "path": path, "does": (deed.__doc__ or "").partition("\n")[0]}
            for (method, path), deed in DEEDS.items()
        ]
    }


def list_orders(shop: "Shop", _request: Request) -> object:
    """Every order with its totals, archived and incomplete ones too."""
    with shop.lock:
        return {"orders": [summary(order.current) for order in shop.orders.values()]}


def show_order(shop: "Shop", request: Request) -> object:
    """One order with all its documents."""
    with shop.lock:
        document = shop.orders[request.number].current
        return {
            "order": document.header,
            "products": document.lines,
            "shipping_addresses": document.addresses,
            "coupons": document.coupons,
            "taxes": document.taxes,
            "fees": document.fees,
            "transactions": document.transactions,
            "shipments": document.shipments,
            "refunds": document.refunds,
        }


def summary(document: OrderDocument) -> Json:
    """The few figures of an order that a demo or a test compares."""
    header = document.header
    names = [
        "id",
        "status_id",
        "status",
        "customer_id",
        "default_currency_code",
        "is_tax_inclusive_pricing",
        "subtotal_ex_tax",
        "subtotal_inc_tax",
        "shipping_cost_inc_tax",
        "handling_cost_inc_tax",
        "wrapping_cost_inc_tax",
        "discount_amount",
        "coupon_discount",
        "total_tax",
        "total_ex_tax",
        "total_inc_tax",
        "items_total",
        "order_is_digital",
        "date_created",
        "date_modified",
        "is_deleted",
        "external_order_id",
    ]
    return {name: header.get(name) for name in names} | {
        "email": header["billing_address"]["email"],
        "name": f"{header['billing_address']['first_name']} "
        f"{header['billing_address']['last_name']}",
        "company": header["billing_address"]["company"],
        "lines": len(document.lines),
    }


def show_state(shop: "Shop", _request: Request) -> object:
    """Settings, hooks, accounts, routes, and how much of everything there is."""
    with shop.lock:
        shop.settle()
        settings = vars(shop.settings) | {"tax_rate": text(shop.settings.tax_rate)}
        pending = sum(1 for one in shop.courier.deliveries if one.state == "pending")
        return {
            "settings": settings,
            "orders": len(shop.orders),
            "customers": len(shop.customers),
            "requests": len(shop.requests),
            "deliveries": len(shop.courier.deliveries),
            "pending_deliveries": pending,
            **control_stock.figures(shop),
            "hooks": [shown_hook(shop, hook) for hook in shop.hooks.values()],
            "accounts": [
                {"client_id": one.client_id, "scopes": sorted(one.scopes)}
                for one in shop.accounts.values()
            ],
            "routes": {
                origin: {"target": route.target, "host": route.host}
                for origin, route in shop.courier.post.routes.items()
            },
        }


def change_settings(shop: "Shop", request: Request) -> object:
    """Change some settings."""
    spec = SettingsSpec.model_validate(request.document)
    with shop.lock:
        for name, value in spec.model_dump(exclude_none=True).items():
            setattr(shop.settings, name, value)
    return show_state(shop, request)


def add_account(shop: "Shop", request: Request) -> object:
    """Add an API account, or give a token other scopes."""
    spec = AccountSpec.model_validate(request.document)
    with shop.lock:
        shop.accounts[spec.access_token] = Account(**dict(spec))
    return {"client_id": spec.client_id, "scopes": sorted(spec.scopes)}


def list_deliveries(shop: "Shop", _request: Request) -> object:
    """Every webhook with its attempts and answers."""
    with shop.lock:
        return {"deliveries": [one.listed() for one in list(shop.courier.deliveries)]}


def forge_delivery(shop: "Shop", request: Request) -> object:
    """Send something that a receiver must refuse."""
    return forge(shop, ForgeSpec.model_validate(request.document))


def add_fault(shop: "Shop", request: Request) -> object:
    """Order a trouble."""
    spec = FaultSpec.model_validate(request.document)
    with shop.lock:
        shop.faults.add(spec)
        return {"faults": shop.faults.listed()}


def list_faults(shop: "Shop", _request: Request) -> object:
    """The standing troubles and how often each was used."""
    with shop.lock:
        return {"faults": shop.faults.listed()}


def clear_faults(shop: "Shop", _request: Request) -> object:
    """End all trouble."""
    with shop.lock:
        shop.faults.clear()
    return {"faults": []}


def reset(shop: "Shop", _request: Request) -> object:
    """Forget everything but accounts, routes and settings."""
    shop.reset()
    return {"orders": 0}


def list_requests(shop: "Shop", _request: Request) -> object:
    """Every API request since the last reset, oldest first."""
    with shop.lock:
        return {"requests": list(shop.requests)}


def clear_requests(shop: "Shop", _request: Request) -> object:
    """Start counting anew."""
    with shop.lock:
        shop.requests.clear()
    return {"requests": []}


def add_routes(shop: "Shop", request: Request) -> object:
    """Say where webhook destinations really are: `{"https://name": "http://127.0.0.1:1/base"}`.

    An optional `host` is the Host header for all origins of the document.
    """
    origins = RoutesSpec.model_validate(request.document).root
    routes = _routes({k: v for k, v in origins.items() if k != "host"}, origins.get("host"))
    with shop.lock:
        shop.courier.post.routes |= routes
    return {"routes": {origin: route.target for origin, route in routes.items()}}


def _routes(origins: dict[str, str], host: str | None) -> dict[str, Route]:
    routes: dict[str, Route] = {}
    for origin, target in origins.items():
        if not origin.startswith("https://"):
            raise RefusedError(400, f"{origin!r} is no origin; it must begin with https://.")
        if urlsplit(target).hostname not in LOOPBACK:
            raise RefusedError(400, f"{target!r} is not on this machine's loopback address.")
        routes[origin_of(origin)] = Route(target, host)
    return routes


DEEDS: dict[tuple[str, str], Deed] = (
    control_stock.DEEDS
    | control_prices.DEEDS
    | {
        ("GET", "/"): list_calls,
        ("POST", "/orders"): place_order,
        ("GET", "/orders"): list_orders,
        ("GET", "/orders/{number}"): show_order,
        ("POST", "/orders/{number}/edit"): edit_order,
        ("POST", "/orders/{number}/status"): move_order,
        ("POST", "/orders/{number}/archive"): archive_order,
        ("POST", "/orders/{number}/refund"): refund_order,
        ("GET", "/state"): show_state,
        ("POST", "/settings"): change_settings,
        ("POST", "/accounts"): add_account,
        ("GET", "/deliveries"): list_deliveries,
        ("POST", "/deliveries/forge"): forge_delivery,
        ("POST", "/faults"): add_fault,
        ("GET", "/faults"): list_faults,
        ("DELETE", "/faults"): clear_faults,
        ("POST", "/reset"): reset,
        ("GET", "/requests"): list_requests,
        ("DELETE", "/requests"): clear_requests,
        ("POST", "/routes"): add_routes,
    }
)
