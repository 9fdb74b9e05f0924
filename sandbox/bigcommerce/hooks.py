"""`/v3/hooks`: register, list, change and remove webhooks, within BigCommerce's limits."""

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from sandbox.bigcommerce.events import SCOPES
from sandbox.bigcommerce.model import Hook, Json
from sandbox.bigcommerce.v3 import listed, pagination
from sandbox.bigcommerce.wire import Call, RefusedError, Reply

if TYPE_CHECKING:
    from sandbox.bigcommerce.shop import Shop

HOOKS_PER_SCOPE = 10  # BigCommerce docs: per store, client and scope
HEADERS, LONGEST_NAME, LONGEST_VALUE = 64, 64, 8192  # BigCommerce docs: webhooks overview
HTTPS_PORTS = {None, 443}
FIELDS = frozenset({"scope", "destination", "is_active", "headers"})


def post_hook(shop: "Shop", call: Call) -> Reply:
    """Register one hook; 200 with the hook, as BigCommerce answers."""
    body = call.document()
    missing = {name: "error.path.missing" for name in ("scope", "destination") if name not in body}
    if missing:
        raise RefusedError(422, "JSON data is missing or invalid", errors=missing)
    now = int(shop.clock.now())
    hook = Hook(
        id=shop.composer.numbers.next("hook"),
        client_id=call.account.client_id,
        scope="",
        destination="",
        headers={},
        is_active=True,
        created_at=now,
        updated_at=now,
    )
    _change(shop, hook, body)
    shop.hooks[hook.id] = hook
    return Reply(body={"data": shown(shop, hook), "meta": {}})


def list_hooks(shop: "Shop", call: Call) -> Reply:
    """The hooks of the calling account, and no other's."""
    mine = [hook for hook in shop.hooks.values() if hook.client_id == call.account.client_id]
    for name in ("scope", "destination"):
        if name in call.query:
            mine = [hook for hook in mine if getattr(hook, name) == call.query[name]]
    if "is_active" in call.query:
        mine = [hook for hook in mine if hook.is_active == _flag(call.query["is_active"])]
    return listed([shown(shop, hook) for hook in mine], call)


def get_hook(shop: "Shop", call: Call) -> Reply:
    """One hook."""
    return Reply(body={"data": shown(shop, _hook(shop, call)), "meta": {}})


def put_hook(shop: "Shop", call: Call) -> Reply:
    """Change or reactivate a hook; nothing that it missed is replayed."""
    hook = _hook(shop, call)
    _change(shop, hook, call.document())
    hook.updated_at = int(shop.clock.now())
    hook.deactivated = hook.deactivated and not hook.is_active
    return Reply(body={"data": shown(shop, hook), "meta": {}})


def delete_hook(shop: "Shop", call: Call) -> Reply:
    """Remove a hook; the answer shows it once more."""
    hook = _hook(shop, call)
    del shop.hooks[hook.id]
    return Reply(body={"data": shown(shop, hook), "meta": {}})


def get_admin(shop: "Shop", call: Call) -> Reply:
    """Hooks with their status, and the blocked domains."""
    mine = [hook for hook in shop.hooks.values() if hook.client_id == call.account.client_id]
    blocked = shop.courier.blocklist.blocked(shop.clock.now())
    data: Json = {
        "emails": [],
        "hooks_list": [shown(shop, hook) | {"status": _status(hook)} for hook in mine],
        "blocked_domains": [
            {"destination": domain, "time_left": round(left), "reasons": []}
            for domain, left in blocked.items()
        ],
    }
    return Reply(body={"data": data, "meta": pagination(len(mine), len(mine), page=1, limit=50)})


def shown(shop: "Shop", hook: Hook) -> Json:
    """A hook as the API shows it."""
    return {
        "id": hook.id,
        "client_id": hook.client_id,
        "store_hash": shop.settings.store_hash,
        "scope": hook.scope,
        "destination": hook.destination,
        "headers": dict(hook.headers),
        "is_active": hook.is_active,
        "created_at": hook.created_at,
        "updated_at": hook.updated_at,
    }


def _status(hook: Hook) -> str:
    return "deactivated" if hook.deactivated else "active" if hook.is_active else "inactive"


def _flag(value: str) -> bool:
    if value not in {"true", "false"}:
        raise RefusedError(422, "is_active must be true or false")
    return value == "true"


def _hook(shop: "Shop", call: Call) -> Hook:
    number = call.numbers["id"]
    hook = shop.hooks.get(number)
    if hook is None or hook.client_id != call.account.client_id:
        raise RefusedError(404, f"Webhook with id [{number}] not found")
    return hook


def _change(shop: "Shop", hook: Hook, body: Json) -> None:
    scope = body.get("scope", hook.scope)
    destination = body.get("destination", hook.destination)
    headers: object = body.get("headers", hook.headers) or {}
    active = body.get("is_active", hook.is_active)
    wrong = dict.fromkeys(set(body) - FIELDS, "error.unknown")
    wrong |= {} if isinstance(scope, str) and scope in SCOPES else {"scope": "error.unknown"}
    wrong |= {} if _reachable(destination) else {"destination": "error.https.443.only"}
    wrong |= {} if _headers(headers) is not None else {"headers": "error.invalid"}
    wrong |= {} if isinstance(active, bool) else {"is_active": "error.expected.boolean"}
    if wrong:
        raise RefusedError(422, "JSON data is missing or invalid", errors=wrong)
    _check_limits(shop, hook, scope, destination=destination)
    hook.scope, hook.destination, hook.is_active = scope, destination, active
    hook.headers = _headers(headers) or {}


def _reachable(destination: object) -> bool:
    if not isinstance(destination, str):
        return False
    try:
        parts = urlsplit(destination)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and port in HTTPS_PORTS


def _headers(wanted: object) -> dict[str, str] | None:
    """The custom headers, or None when they break a limit."""
    if not isinstance(wanted, dict) or len(wanted) > HEADERS:  # pyright: ignore[reportUnknownArgumentType] - from a client's JSON
        return None
    found: dict[str, str] = {}
    for name, value in wanted.items():  # pyright: ignore[reportUnknownVariableType] - as above
        if not isinstance(name, str) or not isinstance(value, str):
            return None
        found[name] = value
    fits = all(
        0 < len(name.encode()) <= LONGEST_NAME and len(value.encode()) <= LONGEST_VALUE
        for name, value in found.items()
    )
    return found if fits else None


def _check_limits(shop: "Shop", hook: Hook, scope: str, *, destination: str) -> None:
    others = [
        one
        for one in shop.hooks.values()
        if one.id != hook.id and one.client_id == hook.client_id and one.scope == scope
    ]
    if any(one.destination == destination for one in others):
        raise RefusedError(422, "A webhook with this scope and destination already exists.")
    if len(others) >= HOOKS_PER_SCOPE:
        raise RefusedError(422, f"At most {HOOKS_PER_SCOPE} webhooks per scope are allowed.")
